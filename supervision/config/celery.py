"""The Celery application. Beat scans the database; no task carries a long ETA (docs/architecture.md)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from supervision.core.checks import refuse_demo_accounts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supervision.config.settings.local")

app = Celery("supervision")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _refuse_demo_accounts(**_: Any) -> None:
    """Celery logs an exception of a receiver and goes on; only an exit stops the worker."""
    try:
        refuse_demo_accounts()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None

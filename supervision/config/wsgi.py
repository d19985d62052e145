"""The WSGI entry point for waitress and gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from supervision.core.checks import refuse_demo_accounts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supervision.config.settings.production")

application = get_wsgi_application()
refuse_demo_accounts()

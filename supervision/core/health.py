"""Is the process alive, and can it serve? For systemd, nginx and load balancers; no sign-in."""

from __future__ import annotations

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError as BrokerError

from supervision.core import triggers


@never_cache
@require_GET
@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; says nothing of what it depends on."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_GET
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """503 with every reason while a page could not be served rightly; a silent broker is reported, not fatal."""
    reasons = unready()
    facts = {"status": "unready" if reasons else "ready", "reasons": reasons, "broker": broker_state()}
    return JsonResponse(facts, status=503 if reasons else 200)


def unready() -> list[str]:
    """What keeps this process from serving; empty when nothing does."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [
            *(f"migration {migration.app_label}.{migration.name} is not applied" for migration, _backwards in waiting),
            *(f"trigger {name} is missing" for name in triggers.missing()),
        ]
    except DatabaseError as error:
        return [f"database does not answer: {type(error).__name__}"]


def broker_state() -> str:
    """“answers” or “silent”; pages work without it and the sweep catches up."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OSError, BrokerError):
        return "silent"
    return "answers"

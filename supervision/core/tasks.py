"""The kernel's tasks: three lines each, primitive arguments."""

from celery import shared_task
from django.utils import timezone

from supervision.core import files, hooks, notifications


@shared_task(ignore_result=True)
def deliver_event(event_id: int) -> int:
    """Tell people of one event."""
    return notifications.deliver(event_id, at=timezone.now())


@shared_task(ignore_result=True)
def deliver_pending() -> int:
    """Beat, each minute: tell people of whatever was missed."""
    return notifications.deliver_pending(at=timezone.now())


@shared_task(ignore_result=True)
def push_hooks() -> int:
    """Beat, each minute: a task for each webhook that has something due."""
    return hooks.wake_due(at=timezone.now())


@shared_task(ignore_result=True, soft_time_limit=60)
def push_hook(hook_id: int) -> int:
    """Push whatever is due of one webhook."""
    return hooks.push(hook_id)


@shared_task(ignore_result=True)
def sweep_pushes() -> int:
    """Beat, each day: forget what webhooks were told long ago."""
    return hooks.sweep(timezone.now())


@shared_task(ignore_result=True)
def sweep_files() -> int:
    """Beat, each day: remove files that no row names (left by a kill between rename and commit)."""
    return files.sweep(timezone.now())

"""Beat's work of the supervision app: three lines each, primitive arguments."""

from celery import shared_task
from django.utils import timezone

from supervision.services import reminders


@shared_task(ignore_result=True)
def remind() -> int:
    """Every few minutes: whoever is to be reminded today is reminded once."""
    return reminders.remind_everybody(at=timezone.now())

"""Beat's work of the supervision app: three lines each, primitive arguments."""

from celery import shared_task
from django.utils import timezone

from supervision.services import rounds, sending


@shared_task(ignore_result=True)
def remind() -> int:
    """Every few minutes: whoever is to be reminded today is reminded once, and written to."""
    return rounds.reminding_round(at=timezone.now())


@shared_task(ignore_result=True)
def send() -> int:
    """Each minute: whatever waits to leave the system."""
    return sending.send_due(at=timezone.now())

"""Beat's work on feedback forms."""

from celery import shared_task
from django.utils import timezone

from feedback.services.deeming import deem_overdue_forms


@shared_task(ignore_result=True)
def deem_forms_received() -> int:
    """Every few minutes: forms whose receipt period is over are deemed delivered."""
    return deem_overdue_forms(at=timezone.now())

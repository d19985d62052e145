"""Housekeeping of the API."""

from celery import shared_task
from django.utils import timezone

from api.idempotency import forget_answers as forget


@shared_task(ignore_result=True)
def forget_answers() -> int:
    """Beat, each hour: stored answers older than a day go."""
    return forget(at=timezone.now())

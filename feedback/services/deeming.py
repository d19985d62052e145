"""Which forms are deemed delivered 视为送达; catches up whatever was missed, each form in its own transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.services.forms import deem_received
from supervision.core.refusals import Refusal
from supervision.enums import CampaignStatus


def deem_overdue_forms(*, at: datetime) -> int:
    """Of running campaigns alone. Safe to run twice, late or in parallel; returns how many were deemed delivered.

    The query is a day generous (time zones, the hour of the day's end); the move's own guard decides.
    """
    waiting = FeedbackForm.objects.filter(
        status=FormStatus.ISSUED,
        receipt_due_on__lt=at.date() + timedelta(days=1),
        campaign__status=CampaignStatus.RUNNING,
    )
    done = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        try:
            deem_received(pk=pk, at=at)
        except Refusal:
            continue  # signed for meanwhile, or its day is not over yet
        done += 1
    return done

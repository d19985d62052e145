"""An item that is returned alone takes its report with it: called by the item's services, inside their move."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from rectification.enums import ReportStatus
from rectification.models.item import RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.report_transitions import RETURN_WITH_ITEM
from supervision.core.events import record


def return_reports_of(*, item: RectificationItem, actor: User, at: datetime, note: str) -> list[Report]:
    """Return the report under which `item` was submitted, if the team has not accepted it yet.

    The caller holds the form's lock and the item's. The other items stay where they are: only the report must be
    signed anew, as version n+1. `actor` is who returned the item.
    """
    covering = Report.objects.filter(answers__item=item, status=ReportStatus.SUBMITTED).order_by("pk")
    return [
        return_with_item(pk=pk, at=at, note=note, item=item, returned_by=actor)
        for pk in covering.values_list("pk", flat=True)
    ]


@transaction.atomic
def return_with_item(
    *, pk: int, at: datetime, note: str, item: RectificationItem, returned_by: User | None = None
) -> Report:
    """The system's move: the report follows its item. The event names who returned the item."""
    report = Report.objects.locked(pk)
    RETURN_WITH_ITEM.check(report, None, at=at)
    was, report.status = report.status, ReportStatus.RETURNED
    report.return_note = note
    report.save(update_fields=["status", "return_note"])
    ReportItem.objects.filter(report=report, item=item).update(return_note=note)
    record(
        RETURN_WITH_ITEM.verb, subject=report, actor=returned_by, at=at, was=was, now=report.status, note=note,
        payload={"items": [item.number]},
    )  # fmt: skip
    return report

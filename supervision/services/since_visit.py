"""What happened between a unit and its team since the last visit: for whoever prepares or makes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from supervision.enums import AdviceStatus, DailyStatus, InspectionStatus
from supervision.models.advice import Advice
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection

SHOWN = 10
AHEAD = (
    InspectionStatus.PLANNED,
    InspectionStatus.APPROVED,
    InspectionStatus.IN_PROGRESS,
    InspectionStatus.POSTPONED,
)
OPEN_ADVICE = (AdviceStatus.ISSUED, AdviceStatus.ANSWERED)


@dataclass(frozen=True)
class SinceVisit:
    """Daily records since the unit's last visit, whatever is still to be followed up, and advice without its end."""

    records: list[DailyRecord]
    advice: list[Advice]

    def __bool__(self) -> bool:
        return bool(self.records or self.advice)


def since_last_visit(user: User, visit: Inspection) -> SinceVisit | None:
    """None once the visit is handed in: then it tells its own story. Two queries."""
    if visit.status not in AHEAD:
        return None
    earlier = Inspection.objects.filter(unit_id=OuterRef("unit_id"), started_at__isnull=False).exclude(pk=visit.pk)
    last = earlier.order_by().values("unit_id").annotate(last=Max("happened_on")).values("last")
    rows = DailyRecord.objects.visible_to(user).valid().filter(unit_id=visit.unit_id)
    rows = rows.annotate(last_visit=Coalesce(Subquery(last), date.min))
    found = rows.filter(Q(happened_on__gt=F("last_visit")) | Q(status=DailyStatus.TO_FOLLOW)).select_related(
        "way", "unit"
    )
    advice = Advice.objects.visible_to(user).filter(unit_id=visit.unit_id, status__in=OPEN_ADVICE)
    return SinceVisit(
        list(found.order_by("-happened_on", "-pk")[:SHOWN]),
        list(advice.order_by("clock_due_on", "pk")[:SHOWN]),
    )

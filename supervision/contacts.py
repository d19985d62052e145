"""Which unit has been in touch with its team, and which nobody has called lately. Two queries, however many units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery

from accounts.models import User
from supervision.enums import InspectionStatus
from supervision.models.campaign import Campaign
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary, vocabulary_of

VISITED = (InspectionStatus.IN_PROGRESS, InspectionStatus.PENDING_REVIEW, InspectionStatus.CONCLUDED)


@dataclass(frozen=True)
class Line:
    """One unit: how often in touch, when last, and how many working days ago."""

    unit: Unit
    week: int
    phase: int
    total: int
    last_on: date | None
    last_visit_on: date | None
    idle: int
    is_silent: bool  # longer ago than the campaign allows

    @property
    def last_contact(self) -> date | None:
        return max(filter(None, (self.last_on, self.last_visit_on)), default=None)


def coverage(user: User, campaign: Campaign, units: Iterable[Unit], on: date) -> list[Line]:
    """A line for each of these units, the longest without contact first."""
    supervised = [unit for unit in units if unit.team_id is not None]
    vocabulary = vocabulary_of(campaign.pk)
    counts, visits = _counts(user, vocabulary, on), _last_visits(user, campaign)
    lines = [_line(unit, counts.get(unit.pk, {}), visits.get(unit.pk), vocabulary, on) for unit in supervised]
    return sorted(lines, key=lambda line: (-line.idle, line.unit.order, line.unit.pk))


def _counts(user: User, vocabulary: Vocabulary, on: date) -> dict[int, dict[str, Any]]:
    monday = on - timedelta(days=on.weekday())
    phase = vocabulary.phase_on(on)
    rows = DailyRecord.objects.visible_to(user).valid().filter(campaign_id=vocabulary.campaign.pk)
    grouped = rows.order_by().values("unit_id").annotate(
        total=Count("pk"),
        week=Count("pk", filter=Q(happened_on__gte=monday)),
        phase_count=Count("pk", filter=Q(phase_id=phase.pk if phase else None)),
        last=Max("happened_on"),
    )  # fmt: skip
    return {row["unit_id"]: {**row} for row in grouped}


def _last_visits(user: User, campaign: Campaign) -> dict[int, date]:
    rows = Inspection.objects.visible_to(user).filter(campaign=campaign, status__in=VISITED)
    return dict(rows.order_by().values("unit_id").annotate(last=Max("happened_on")).values_list("unit_id", "last"))


def _line(unit: Unit, row: dict[str, Any], visited: date | None, vocabulary: Vocabulary, on: date) -> Line:
    idle = _idle(row.get("last"), visited, vocabulary, on)
    return Line(
        unit=unit,
        week=row.get("week", 0),
        phase=row.get("phase_count", 0),
        total=row.get("total", 0),
        last_on=row.get("last"),
        last_visit_on=visited,
        idle=idle,
        is_silent=idle > vocabulary.campaign.contact_within_days,
    )


def silent_units(campaign: Campaign, units: Q, on: date) -> list[Unit]:
    """Those of these units that nobody has contacted for longer than the campaign allows. One query."""
    calls = DailyRecord.objects.valid().filter(unit_id=OuterRef("pk")).order_by().values("unit_id")
    visits = Inspection.objects.filter(unit_id=OuterRef("pk"), status__in=VISITED).order_by().values("unit_id")
    rows = Unit.objects.filter(units, campaign=campaign, team__isnull=False).annotate(
        called=Subquery(calls.annotate(last=Max("happened_on")).values("last")),
        visited=Subquery(visits.annotate(last=Max("happened_on")).values("last")),
    )
    vocabulary = vocabulary_of(campaign.pk)
    return [unit for unit in rows if _idle(unit.called, unit.visited, vocabulary, on) > campaign.contact_within_days]


def _idle(called: date | None, visited: date | None, vocabulary: Vocabulary, on: date) -> int:
    """Working days since the last contact; without any, since the campaign began."""
    since = max(filter(None, (called, visited)), default=None)
    since = since or min((phase.starts_on for phase in vocabulary.phases), default=on)
    return max(0, vocabulary.calendar.between(since, on))

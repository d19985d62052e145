"""How far a form is, derived from its problems and never stored: 整改中, 待核验, 待销号, and how many are closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from feedback.enums import FormStatus, Progress, SettledAs
from feedback.models import FeedbackForm, FeedbackProblem

WITH_UNIT = (Progress.PENDING, Progress.ASSIGNED, Progress.RECTIFYING)
WITH_TEAM = (Progress.SUBMITTED,)
WITH_OFFICE = (Progress.PENDING_CLOSE,)
OPEN = Q(settled_as=SettledAs.NOT_YET)
COUNTS = {
    "total": ~Q(settled_as=SettledAs.CANCELLED),
    "closed": Q(settled_as=SettledAs.CLOSED),
    "with_unit": OPEN & Q(progress__in=WITH_UNIT),
    "with_team": OPEN & Q(progress__in=WITH_TEAM),
    "with_office": OPEN & Q(progress__in=WITH_OFFICE),
}


@dataclass(frozen=True)
class Standing:
    """How many problems of a form are where; cancelled ones are out of the total."""

    total: int
    closed: int
    with_unit: int
    with_team: int
    with_office: int

    @property
    def word(self) -> str:
        """The stage of the slowest problem: what the form as a whole waits for."""
        if self.with_unit:
            return _("整改中")
        if self.with_team:
            return _("待核验")
        return _("待销号") if self.with_office else _("待办结")


def with_counts(rows: QuerySet[FeedbackForm]) -> Any:
    """Each row with its counts, computed for the rows of the page alone."""
    return rows.annotate(**{f"problems_{name}": _counted(found) for name, found in COUNTS.items()})


def _counted(found: Q) -> Any:
    rows = FeedbackProblem.objects.filter(found, form_id=OuterRef("pk")).order_by().values("form_id")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def standing_of_row(form: Any) -> Standing:
    """From a row of `with_counts`."""
    return Standing(**{name: getattr(form, f"problems_{name}") for name in COUNTS})


def standing_of(problems: Iterable[FeedbackProblem]) -> Standing:
    """From problems that were read already."""
    rows = list(problems)
    live = [row for row in rows if not row.settled_as]
    return Standing(
        total=sum(row.settled_as != SettledAs.CANCELLED for row in rows),
        closed=sum(row.settled_as == SettledAs.CLOSED for row in rows),
        with_unit=sum(row.progress in WITH_UNIT for row in live),
        with_team=sum(row.progress in WITH_TEAM for row in live),
        with_office=sum(row.progress in WITH_OFFICE for row in live),
    )


def state_words(form: FeedbackForm, standing: Standing) -> str:
    """The legal state, and of a form that is being worked on, how far its problems are."""
    state = str(form.get_status_display())
    if form.status != FormStatus.ACKNOWLEDGED:
        return state
    return _("%(state)s，%(stage)s") % {"state": state, "stage": standing.word}

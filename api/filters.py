"""What lists can be narrowed by. A parameter that is not declared is refused (views/base.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as f
from django import forms
from django.db.models import QuerySet

from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from rectification.enums import ItemStatus, MeasureState, ReportStatus
from rectification.ledger import saying_words
from rectification.models.report import Report
from supervision.core.deadlines import Clock
from supervision.core.words import MOST_LETTERS, called, saying, saying_itself, words_of
from supervision.enums import CampaignStatus, InspectionStatus, Source
from supervision.models.organisation import Unit

MOST_ID = 2**63 - 1


class IdFilter(f.Filter):
    """Rows that belong to the object with this id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=MOST_ID, **kwargs)


def choice(choices: Any) -> f.ChoiceFilter:
    return f.ChoiceFilter(choices=choices)


class CampaignFilter(f.FilterSet):
    status = choice(CampaignStatus.choices)


class InCampaignFilter(f.FilterSet):
    campaign = IdFilter(field_name="campaign_id")


class TeamFilter(InCampaignFilter):
    body = IdFilter(field_name="body_id")


class WordsFilter(f.CharFilter):
    """`q`: words with spaces between them, as the box of the page's list takes them; a unit may be named in them."""

    field_class = forms.CharField

    def __init__(self, says: Callable[[Any, tuple[str, ...], list[Unit]], Any]) -> None:
        super().__init__(max_length=MOST_LETTERS, label="Words, each of which must be found")
        self.says = says

    def filter(self, rows: Any, value: Any) -> Any:
        words = words_of(value or "")
        return self.says(rows, words, self._units()) if words else rows

    def _units(self) -> list[Unit]:
        """Those of the person's own scope. One query."""
        return list(Unit.objects.visible_to(self.parent.request.user).only("name"))


class UnitFilter(TeamFilter):
    team = IdFilter(field_name="team_id")
    parent = IdFilter(field_name="parent_id")
    q = WordsFilter(lambda rows, words, units: rows.filter(pk__in=called(units, *words)))


class ScopedFilter(TeamFilter):
    """Every business row bears these four columns."""

    team = IdFilter(field_name="team_id")
    unit = IdFilter(field_name="unit_id")


class InspectionFilter(ScopedFilter):
    status = choice(InspectionStatus.choices)
    phase = IdFilter(field_name="phase_id")
    planned_since = f.DateFilter(field_name="planned_on", lookup_expr="gte")
    planned_until = f.DateFilter(field_name="planned_on", lookup_expr="lte")
    q = WordsFilter(lambda rows, words, units: rows.filter(saying(words, units=units)))


class ProblemFilter(ScopedFilter):
    inspection = IdFilter(field_name="inspection_id")
    category = IdFilter(field_name="category_id")
    severity = IdFilter(field_name="severity_id")
    q = WordsFilter(lambda rows, words, units: rows.filter(saying_itself(words, "title", "fact", units=units)))


class FormFilter(ScopedFilter):
    status = choice(FormStatus.choices)
    source = choice(Source.choices)
    phase = IdFilter(field_name="phase_id")
    inspection = IdFilter(field_name="inspection_id")
    number = f.CharFilter(field_name="number")
    q = WordsFilter(lambda rows, words, units: rows.filter(FeedbackForm.words_q(words, units)))


class ItemFilter(FormFilter):
    """As the ledger asks; `overdue_on` finds whose running clock had run out before that day."""

    inspection = None  # type: ignore[assignment]  # Django's way of dropping what is inherited
    status = choice(ItemStatus.choices)
    clock = choice(Clock.choices)
    form = IdFilter(field_name="form_id")
    category = IdFilter(field_name="category_id")
    is_key = f.BooleanFilter()
    due_since = f.DateFilter(field_name="due_on", lookup_expr="gte")
    due_until = f.DateFilter(field_name="due_on", lookup_expr="lte")
    overdue_on = f.DateFilter(method="overdue")
    q = WordsFilter(saying_words)

    def overdue(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.overdue(value)
        return found


class OfItemFilter(f.FilterSet):
    item = IdFilter(field_name="item_id")
    campaign = IdFilter(field_name="item__campaign_id")
    unit = IdFilter(field_name="item__unit_id")


class MeasureFilter(OfItemFilter):
    state = choice(MeasureState.choices)
    q = WordsFilter(
        lambda rows, words, units: rows.filter(saying_itself(words, "text", units=units, unit="item__unit_id"))
    )
    due_until = f.DateFilter(field_name="due_on", lookup_expr="lte")


class EvidenceFilter(OfItemFilter):
    measure = IdFilter(field_name="measure_id")
    standing = f.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")


class ReportFilter(ScopedFilter):
    status = choice(ReportStatus.choices)
    form = IdFilter(field_name="form_id")
    item = IdFilter(field_name="answers__item_id")
    q = WordsFilter(lambda rows, words, units: rows.filter(Report.words_q(words, units)))


class NotificationFilter(f.FilterSet):
    unread = f.BooleanFilter(field_name="read_at", lookup_expr="isnull")


class ReminderFilter(NotificationFilter):
    campaign = IdFilter(field_name="campaign_id")
    subject_kind = f.CharFilter()
    subject_id = IdFilter()


class EventFilter(f.FilterSet):
    subject_kind = f.CharFilter()
    subject_id = IdFilter()
    verb = f.CharFilter()
    actor = IdFilter(field_name="actor_id")

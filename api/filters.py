"""What lists can be narrowed by. A parameter that is not declared is refused (views/base.py)."""

from __future__ import annotations

from typing import Any

import django_filters as f
from django import forms
from django.db.models import Q, QuerySet

from feedback.enums import FormStatus
from rectification.enums import ItemStatus, MeasureState, ReportStatus
from supervision.core.deadlines import Clock
from supervision.enums import CampaignStatus, InspectionStatus, Source

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


class UnitFilter(TeamFilter):
    team = IdFilter(field_name="team_id")
    parent = IdFilter(field_name="parent_id")


class ScopedFilter(TeamFilter):
    """Every business row bears these four columns."""

    team = IdFilter(field_name="team_id")
    unit = IdFilter(field_name="unit_id")


class InspectionFilter(ScopedFilter):
    status = choice(InspectionStatus.choices)
    phase = IdFilter(field_name="phase_id")
    planned_since = f.DateFilter(field_name="planned_on", lookup_expr="gte")
    planned_until = f.DateFilter(field_name="planned_on", lookup_expr="lte")


class ProblemFilter(ScopedFilter):
    inspection = IdFilter(field_name="inspection_id")
    category = IdFilter(field_name="category_id")
    severity = IdFilter(field_name="severity_id")
    words = f.CharFilter(field_name="title", lookup_expr="icontains")


class FormFilter(ScopedFilter):
    status = choice(FormStatus.choices)
    source = choice(Source.choices)
    phase = IdFilter(field_name="phase_id")
    inspection = IdFilter(field_name="inspection_id")
    number = f.CharFilter(field_name="number")
    words = f.CharFilter(method="by_words")

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(number__icontains=value) | Q(title__icontains=value) | Q(unit__name__icontains=value))


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

    def overdue(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.overdue(value)
        return found


class OfItemFilter(f.FilterSet):
    item = IdFilter(field_name="item_id")
    campaign = IdFilter(field_name="item__campaign_id")
    unit = IdFilter(field_name="item__unit_id")


class MeasureFilter(OfItemFilter):
    state = choice(MeasureState.choices)
    due_until = f.DateFilter(field_name="due_on", lookup_expr="lte")


class EvidenceFilter(OfItemFilter):
    measure = IdFilter(field_name="measure_id")
    standing = f.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")


class ReportFilter(ScopedFilter):
    status = choice(ReportStatus.choices)
    form = IdFilter(field_name="form_id")
    item = IdFilter(field_name="answers__item_id")


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

"""Forms of daily records: the minute's entry, what may follow, the filters. Shape only, no rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision import rules
from supervision.core.templatetags._dates import short_day_text
from supervision.core.web import MoveForm, UploadField, date_input
from supervision.enums import DailyStatus, FollowUp, InspectionStatus
from supervision.forms.filters import ScopeFilterForm
from supervision.models.campaign import Campaign
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.models.vocabulary import ContactWay, Focus, offered
from supervision.services.daily import Contact
from supervision.vocabulary import vocabulary_of

WEEKS_BACK = 30
WEEK = timedelta(days=7)


class ContactForm(forms.Form):
    """How, with whom, what: the words that can still be corrected on the day."""

    way = forms.ModelChoiceField(
        label=_("督导方式"), queryset=ContactWay.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    content = forms.CharField(label=_("了解到的情况"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    happened_on = forms.DateField(label=_("日期"), widget=date_input())
    counterpart = forms.CharField(label=_("对方人员"), required=False, max_length=128)
    focus = forms.ModelChoiceField(label=_("督导重点"), required=False, queryset=Focus.objects.none())

    def choose(self, campaign_id: int, *, way: int | None = None, focus: int | None = None) -> None:
        """What is in use, and what the record has already."""
        self.offer("way", offered(ContactWay.objects.filter(campaign_id=campaign_id), keeping=way))
        self.offer("focus", offered(Focus.objects.filter(campaign_id=campaign_id), keeping=focus))

    def offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class DailyForm(ContactForm):
    """A new record: three things must be given (unit, way, words), everything else has its default."""

    units = forms.ModelMultipleChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个单位。")},
    )  # fmt: skip
    file = UploadField(
        label=_("附件"), required=False, help_text=_("可拍照或选一个文件；同时记录多个单位时，附在第一个单位的记录上。")
    )
    follow_up = forms.ChoiceField(
        label=_("后续"), required=False, choices=FollowUp.choices, initial=FollowUp.NONE, widget=forms.RadioSelect
    )
    follow_up_note = forms.CharField(
        label=_("后续内容（需要后续时填写）"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = user.scope.ids(*rules.TEAM_PEOPLE)
        self.offer("units", Unit.objects.filter(campaign=campaign, team_id__in=teams).select_related("campaign"))
        self.choose(campaign.pk)

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        units, file = given.pop("units"), given.pop("file")
        return {"units": units, "file": file, "contact": Contact(**given)}


class CorrectForm(ContactForm, MoveForm):
    """The entry as it stands, to be mended on its day."""

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(subject, name) for name in self.base_fields}
        super().__init__(*args, subject=subject, **kwargs)
        self.choose(subject.campaign_id, way=subject.way_id, focus=subject.focus_id)


class SupplementForm(MoveForm):
    text = forms.CharField(
        label=_("补充更正的内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("原来的记录保留不变，补充内容写在下面。"),
    )  # fmt: skip


class AskFollowUpForm(MoveForm):
    follow_up = forms.ChoiceField(
        label=_("后续"), choices=[row for row in FollowUp.choices if row[0]], widget=forms.RadioSelect
    )
    follow_up_note = forms.CharField(
        label=_("后续内容"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FollowUpForm(MoveForm):
    outcome = forms.CharField(label=_("跟进结果"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    inspection = forms.ModelChoiceField(
        label=_("在哪次督导检查中"), required=False, queryset=Inspection.objects.none(), empty_label=_("不是在检查中")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["inspection"]
        assert isinstance(field, forms.ModelChoiceField)
        visits = Inspection.objects.filter(unit_id=self.subject.unit_id, started_at__isnull=False)
        field.queryset = visits.select_related("unit").order_by("-planned_on", "-pk")
        field.initial = visits.filter(status=InspectionStatus.IN_PROGRESS).first()


class DailyFilterForm(ScopeFilterForm):
    """By unit, team, way, week and state."""

    columns = {
        **ScopeFilterForm.columns,
        "way": "way_id",
        "status": "status",
    }

    way = forms.ChoiceField(label=_("督导方式"), required=False)
    week = forms.ChoiceField(label=_("周"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)
    field_order = ["unit", "team", "way", "week", "status"]

    def __init__(self, *args: Any, campaign: Campaign | None, on: date, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        vocabulary = vocabulary_of(campaign.pk) if campaign else None
        self.offer("way", [(row.pk, row) for row in vocabulary.contact_ways] if vocabulary else [])
        first = vocabulary.phases[0].starts_on if vocabulary and vocabulary.phases else on
        self.offer("week", ((monday.isoformat(), week_text(monday, on)) for monday in weeks(first, on)))
        self.offer("status", DailyStatus.choices)

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        if monday := self.monday:
            rows = rows.filter(happened_on__gte=monday, happened_on__lt=monday + WEEK)
        return rows

    @property
    def monday(self) -> date | None:
        """The chosen week's first day."""
        chosen = self.cleaned_data.get("week") if self.is_valid() else ""
        return date.fromisoformat(chosen) if chosen else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks(first: date, on: date) -> Iterator[date]:
    """The Mondays of the campaign's weeks so far, the newest first."""
    monday, oldest = monday_of(on), monday_of(first)
    for _week in range(WEEKS_BACK):
        yield monday
        monday -= WEEK
        if monday < oldest:
            return


def week_text(monday: date, on: date) -> str:
    """“11月23日—11月29日”; this week says so."""
    span = f"{short_day_text(monday, on)}—{short_day_text(monday + timedelta(days=6), on)}"
    return f"{_('本周')} {span}" if monday == monday_of(on) else span

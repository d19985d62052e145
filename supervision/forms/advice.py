"""Forms of advice: writing it, the unit's answer, the team's reading, the filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision import rules
from supervision.core.fields import FilesField
from supervision.core.web import MoveForm
from supervision.core.words import words_of
from supervision.enums import AdviceStatus, Stance
from supervision.forms.filters import ScopeFilterForm
from supervision.models.advice import Advice
from supervision.models.campaign import Campaign
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.services.advice import Wording

UNIT_SEES = (AdviceStatus.ISSUED, AdviceStatus.ANSWERED, AdviceStatus.CLOSED, AdviceStatus.WITHDRAWN)


class WordingForm(forms.Form):
    """What is recommended."""

    title = forms.CharField(label=_("标题"), max_length=255)
    content = forms.CharField(
        label=_("建议内容"), max_length=8000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("写明建议做什么、怎么做。工作建议由单位回复，不进整改台账；发现问题的，请在督导检查中登记。"),
    )  # fmt: skip
    inspection = forms.ModelChoiceField(
        label=_("来自督导检查（可不填）"), required=False, queryset=Inspection.objects.none()
    )
    uploads = FilesField(label=_("附件"), required=False, help_text=_("可一次选择多个文件。"))

    def offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class AdviceForm(WordingForm):
    """New advice to a unit of the reader's own teams."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    daily_record = forms.ModelChoiceField(required=False, queryset=DailyRecord.objects.none(), widget=forms.HiddenInput)
    field_order = ["unit", "title", "content", "inspection", "uploads"]

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = user.scope.ids(*rules.TEAM_PEOPLE)
        self.offer("unit", Unit.objects.filter(campaign=campaign, team_id__in=teams).select_related("campaign"))
        own = {"campaign": campaign, "team_id__in": teams}
        visits = Inspection.objects.filter(**own, started_at__isnull=False).select_related("unit")
        self.offer("inspection", visits.order_by("-planned_on", "-pk"))
        self.offer("daily_record", DailyRecord.objects.filter(**own))

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        unit, uploads = given.pop("unit"), given.pop("uploads")
        return {"unit": unit, "uploads": uploads, "wording": Wording(**given)}


class EditForm(WordingForm, MoveForm):
    """A draft as it stands."""

    def __init__(self, *args: Any, subject: Advice, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(subject, name) for name in ("title", "content", "inspection")}
        super().__init__(*args, subject=subject, **kwargs)
        visits = Inspection.objects.filter(unit_id=subject.unit_id, started_at__isnull=False)
        self.offer("inspection", visits.select_related("unit").order_by("-planned_on", "-pk"))


class AnswerForm(MoveForm):
    stance = forms.ChoiceField(label=_("采纳情况"), choices=Stance.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("回复内容"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("采纳的，写明怎么落实；部分采纳或暂不采纳的，写明理由。"),
    )  # fmt: skip
    uploads = FilesField(label=_("附件"), required=False, help_text=_("可一次选择多个文件。"))


class CloseForm(MoveForm):
    remark = forms.CharField(
        label=_("阅后意见（可不填）"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("单位看得到。回复还不清楚的，请改用“请补充回复”。"),
    )  # fmt: skip


class AdviceFilterForm(ScopeFilterForm):
    columns = {**ScopeFilterForm.columns, "status": "status"}

    status = forms.ChoiceField(label=_("状态"), required=False)
    q = forms.CharField(label=_("编号、标题或单位"), required=False, max_length=64)

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, campaign=campaign, **kwargs)
        inside = campaign is not None and rules.is_supervising(user, campaign.pk)
        self.offer("status", AdviceStatus.choices if inside else [(each.value, each.label) for each in UNIT_SEES])

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        words = words_of(self.cleaned_data["q"]) if self.is_valid() else ()
        return rows.filter(Advice.words_q(words, self.units)) if words else rows

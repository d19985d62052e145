"""Forms of drafts filed for reading: filing, the team's comments, adoption, the filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from supervision.core.fields import FilesField
from supervision.core.web import MoveForm, date_input
from supervision.core.words import words_of
from supervision.enums import FiledDraftStatus, Verdict
from supervision.forms.filters import ScopeFilterForm
from supervision.models.campaign import Campaign
from supervision.models.filed_draft import FiledDraft
from supervision.models.organisation import Unit
from supervision.models.vocabulary import DraftKind, offered
from supervision.services.filed_drafts import Filing
from supervision.vocabulary import vocabulary_of


class FilingForm(forms.Form):
    """What a unit files; its own unit is chosen where the reader acts for one alone."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    draft_kind = forms.ModelChoiceField(
        label=_("材料种类"), queryset=DraftKind.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    title = forms.CharField(label=_("名称"), max_length=255)
    uploads = FilesField(label=_("送审材料"), help_text=_("可一次选择多个文件。"))
    adopt_on = forms.DateField(
        label=_("拟定稿日期"), widget=date_input(), help_text=_("督导组最迟在这一天前反馈意见。")
    )
    summary = forms.CharField(
        label=_("内容摘要"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = user.scope.ids(Role.LIAISON, Role.HEAD)
        units = Unit.objects.filter(campaign=campaign, pk__in=own).select_related("campaign")
        for name, rows in (("unit", units), ("draft_kind", offered(DraftKind.objects.filter(campaign=campaign)))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        own_units = list(units)
        if len(own_units) == 1:  # nothing to choose
            self.fields["unit"].initial, self.fields["unit"].widget = own_units[0], forms.HiddenInput()

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        unit, uploads = given.pop("unit"), given.pop("uploads")
        return {"unit": unit, "uploads": uploads, "filing": Filing(**given)}


class ReadForm(MoveForm):
    verdict = forms.ChoiceField(label=_("审阅结论"), choices=Verdict.choices, widget=forms.RadioSelect)
    comments = forms.CharField(
        label=_("修改意见"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("有修改意见的，写在这里，或附上批注后的文件。"),
    )  # fmt: skip
    uploads = FilesField(label=_("附件"), required=False, help_text=_("可一次选择多个文件。"))


class RefileForm(MoveForm):
    uploads = FilesField(label=_("修改后的材料"), help_text=_("可一次选择多个文件。"))
    summary = forms.CharField(
        label=_("修改说明"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    adopt_on = forms.DateField(label=_("拟定稿日期"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adopt_on"].initial = self.subject.adopt_on


class AdoptForm(MoveForm):
    uploads = FilesField(label=_("定稿"), required=False, help_text=_("可一次选择多个文件。"))
    as_filed = forms.BooleanField(label=_("定稿与送审材料一致，不再上传"), required=False)
    how_taken = forms.CharField(
        label=_("意见采纳情况"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("督导组提过修改意见的必须填写：逐条写明采纳与否。"),
    )  # fmt: skip


class FiledDraftFilterForm(ScopeFilterForm):
    columns = {**ScopeFilterForm.columns, "status": "status", "draft_kind": "draft_kind_id"}

    draft_kind = forms.ChoiceField(label=_("材料种类"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)
    q = forms.CharField(label=_("名称或单位"), required=False, max_length=64)

    def __init__(self, *args: Any, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        kinds = vocabulary_of(campaign.pk).draft_kinds if campaign else ()
        self.offer("draft_kind", ((row.pk, row) for row in kinds))
        self.offer("status", FiledDraftStatus.choices)

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        words = words_of(self.cleaned_data["q"]) if self.is_valid() else ()
        return rows.filter(FiledDraft.words_q(words, self.units)) if words else rows

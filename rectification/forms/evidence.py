"""Progress and evidence, as the unit types them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from rectification.enums import MeasureState
from rectification.forms.plans import rows_with_texts
from rectification.guards import MEASURES_IN_HAND
from rectification.models.item import Measure
from rectification.services.measures import MeasureUpdate
from supervision.core.fields import FilesField
from supervision.core.web import MoveForm, date_input


class MeasureStateForm(forms.Form):
    """How far one measure is; its text stands above the row."""

    measure = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("状态"), choices=MeasureState.choices)
    result = forms.CharField(
        label=_("完成情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    not_needed_reason = forms.CharField(label=_("不再需要的原因"), required=False, max_length=1000)

    def update_of(self) -> MeasureUpdate:
        given = self.cleaned_data
        return MeasureUpdate(given["measure"], given["state"], given["result"], given["not_needed_reason"])


MeasureStates = formset_factory(MeasureStateForm, extra=0)


class ProgressForm(MoveForm):
    """A dated line, files, and how far each measure is (while the unit has the item in hand)."""

    formsets = ("measures",)

    text = forms.CharField(label=_("进展情况"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    uploads = FilesField(label=_("附件"), required=False, help_text=_("可一次选择多个文件。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_hand = self.subject.status in MEASURES_IN_HAND
        initial = [
            {
                "measure": each.pk,
                "state": each.state,
                "result": each.result,
                "not_needed_reason": each.not_needed_reason,
            }
            for each in (self.subject.measures.all() if self.in_hand else ())
        ]
        told = (
            args[0] if args and self.in_hand and "measures-TOTAL_FORMS" in args[0] else None
        )  # a note alone tells none
        self.measures = MeasureStates(told, prefix="measures", initial=initial)

    def rows(self) -> list[tuple[str, MeasureStateForm]]:
        """Each row under the text of its measure."""
        return rows_with_texts(self.subject, self.measures)

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.measures.is_bound or self.measures.is_valid())

    def inputs(self) -> dict[str, Any]:
        rows = self.measures if self.measures.is_bound else ()
        return {**with_files(self), "measures": [row.update_of() for row in rows if row.has_changed()]}


class OneMeasureForm(MoveForm):
    """One measure of the item and how far it is."""

    measure = forms.ModelChoiceField(label=_("整改措施"), queryset=Measure.objects.none())
    state = forms.ChoiceField(label=_("状态"), choices=MeasureState.choices)
    result = forms.CharField(
        label=_("完成情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    not_needed_reason = forms.CharField(label=_("不再需要的原因"), required=False, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope_measures(self)

    def inputs(self) -> dict[str, Any]:
        return {**self.cleaned_data, "measure": self.cleaned_data["measure"].pk}


class EvidenceForm(MoveForm):
    uploads = FilesField(label=_("文件"), help_text=_("可一次选择多个文件；照片中的位置信息会自动去除。"))
    description = forms.CharField(label=_("说明"), max_length=255, help_text=_("例如：党组会议记录（11月6日）。"))
    measure = forms.ModelChoiceField(
        label=_("对应措施"), queryset=Measure.objects.none(), required=False, empty_label=_("全部措施")
    )
    effective_on = forms.DateField(
        label=_("生效日期"),
        required=False,
        widget=date_input(),
        help_text=_("不填即为今天；晚于今天的，到那一天才算数。"),
    )
    same_file_reason = forms.CharField(
        label=_("重复使用同一文件的说明"),
        required=False,
        max_length=255,
        help_text=_("同一文件已用于本单位其他整改事项时填写。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope_measures(self)

    def inputs(self) -> dict[str, Any]:
        return with_files(self)


def with_files(form: MoveForm) -> dict[str, Any]:
    """The cleaned values; what the form calls uploads (a form has `files` of its own) is files to the service."""
    given = dict(form.cleaned_data)
    return {"files": given.pop("uploads"), **given}


def scope_measures(form: MoveForm) -> None:
    """Only the item's own measures can be chosen."""
    field = form.fields["measure"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Measure.objects.filter(item=form.subject)

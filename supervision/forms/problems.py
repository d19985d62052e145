"""The form of a problem found on an inspection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.core.web import MoveForm, UploadField
from supervision.enums import Nature
from supervision.models.inspection import ChecklistResult, InspectionRecord
from supervision.models.problem import Problem
from supervision.models.vocabulary import Category, Severity
from supervision.services.problems import Finding

LONG = {"rows": 4}


class ResultChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.point)


class RecordChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.method}：{obj.content[:30]}"


class ProblemForm(MoveForm):
    """What may stay empty while writing is asked for at submit; two members are chosen among those present."""

    title = forms.CharField(label=_("反馈问题"), max_length=255)
    category = forms.ModelChoiceField(label=_("问题类别"), queryset=Category.objects.none())
    severity = forms.ModelChoiceField(label=_("严重程度"), queryset=Severity.objects.none())
    nature = forms.ChoiceField(
        label=_("性质"), choices=Nature.choices, initial=Nature.INDIVIDUAL, widget=forms.RadioSelect
    )
    fact = forms.CharField(label=_("具体表现"), required=False, max_length=8000, widget=forms.Textarea(attrs=LONG))
    basis = forms.CharField(label=_("依据"), required=False, max_length=4000, widget=forms.Textarea(attrs=LONG))
    record = RecordChoiceField(label=_("来源记录"), required=False, queryset=InspectionRecord.objects.none())
    checklist_result = ResultChoiceField(label=_("来源要点"), required=False, queryset=ChecklistResult.objects.none())
    mended_on_spot = forms.BooleanField(label=_("当场整改"), required=False)
    mend = forms.CharField(label=_("当场整改情况"), required=False, max_length=4000, widget=forms.Textarea(attrs=LONG))
    witness = forms.ModelChoiceField(label=_("见证成员"), required=False, queryset=User.objects.none())
    second_witness = forms.ModelChoiceField(label=_("第二见证成员"), required=False, queryset=User.objects.none())
    photo = UploadField(label=_("当场整改照片"), required=False, help_text=_("JPG或PNG；照片中的位置信息会自动去除。"))
    shown_to = forms.CharField(label=_("事实核对：单位人员（可不填）"), required=False, max_length=128)
    shown_at = forms.DateTimeField(
        label=_("核对时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    unit_view = forms.CharField(
        label=_("单位意见"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: Problem | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields if name != "photo"}
        super().__init__(*args, **kwargs)
        campaign = {"campaign_id": self.subject.campaign_id}
        present = self.subject.present.all()
        choices: dict[str, Any] = {
            "category": Category.objects.filter(**campaign).select_related("focus"),
            "severity": Severity.objects.filter(**campaign),
            "record": self.subject.records.select_related("method"),
            "checklist_result": self.subject.checklist.select_related("point"),
            "witness": present,
            "second_witness": present,
        }
        for name, queryset in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        photo = given.pop("photo")
        return {"finding": Finding(**given), "photo": photo}

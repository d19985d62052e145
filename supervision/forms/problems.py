"""The forms of problems found on an inspection: one problem, and the check of the facts of several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.core.web import FilesInput, MoveForm, UploadField, UploadsField
from supervision.enums import Nature
from supervision.models.inspection import ChecklistResult, InspectionRecord
from supervision.models.problem import Problem
from supervision.models.vocabulary import Category, Severity, offered
from supervision.services.problems import Finding

LONG = {"rows": 4}
FILES = ("photos",)


def moment_field(label: Any, *, required: bool = False) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


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
    fact = forms.CharField(
        label=_("具体表现"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("时间、地点、数量写清楚，让没到场的人也看得明白。"),
    )
    basis = forms.CharField(
        label=_("依据"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("违反了哪个文件、哪一条，或哪项工作要求。"),
    )
    record = RecordChoiceField(label=_("来源记录"), required=False, queryset=InspectionRecord.objects.none())
    checklist_result = ResultChoiceField(label=_("来源要点"), required=False, queryset=ChecklistResult.objects.none())
    mended_on_spot = forms.BooleanField(label=_("当场整改：督导组在场时已经改正"), required=False)
    mend = forms.CharField(
        label=_("当场整改情况"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    witness = forms.ModelChoiceField(label=_("见证成员"), required=False, queryset=User.objects.none())
    second_witness = forms.ModelChoiceField(label=_("第二见证成员"), required=False, queryset=User.objects.none())
    photos = UploadsField(
        label=_("当场整改照片"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*"}),
        help_text=_("可以拍照，也可以一次选几张；照片中的位置信息会自动去除。"),
    )
    shown_to = forms.CharField(label=_("单位人员（姓名、职务）"), required=False, max_length=128)
    shown_at = moment_field(_("核对时间"))
    unit_view = forms.CharField(
        label=_("单位意见"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: Problem | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields if name not in FILES}
        super().__init__(*args, **kwargs)
        campaign = {"campaign_id": self.subject.campaign_id}
        present = self.subject.present.all()
        choices: dict[str, Any] = {
            "category": offered(
                Category.objects.filter(**campaign).select_related("focus"), keeping=row.category_id if row else None
            ),
            "severity": offered(Severity.objects.filter(**campaign), keeping=row.severity_id if row else None),
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
        photos = given.pop("photos")
        if not given["mended_on_spot"]:  # the two names stand there beforehand
            given["witness"] = given["second_witness"] = None
        return {"finding": Finding(**given), "photos": photos}


class FactCheckForm(MoveForm):
    """事实核对 of several problems at once: one person, one moment; a view that differs has a field."""

    shown_to = forms.CharField(label=_("单位人员（姓名、职务）"), max_length=128)
    shown_at = moment_field(_("核对时间"), required=True)
    unit_view = forms.CharField(
        label=_("单位意见"),
        required=False,
        max_length=4000,
        initial=_("事实清楚，没有异议。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("适用于下面选中的问题；个别问题意见不同的，写在该问题下面。"),
    )
    chosen = forms.MultipleChoiceField(
        label=_("核对过的问题"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    sheet = UploadField(
        label=_("签过字的核对单照片（可不传）"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        help_text=_("存入本次督导的现场照片。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems = list(self.subject.problems.all())
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(problem.pk), problem.title) for problem in self.problems]
        field.initial = [str(problem.pk) for problem in self.problems if not problem.shown_to]
        self.fields["shown_at"].initial = timezone.now
        last = max((each for each in self.problems if each.shown_at), key=lambda each: each.shown_at, default=None)
        if last is not None:
            self.fields["shown_to"].initial = last.shown_to
        for problem in self.problems:
            self.fields[f"view_{problem.pk}"] = forms.CharField(
                label=_("对这个问题的不同意见"),
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 1}),
            )

    @property
    def lines(self) -> list[tuple[Problem, Any, Any]]:
        """Each problem with its check box and the field of its own view."""
        boxes = list(self["chosen"])
        return [(problem, box, self[f"view_{problem.pk}"]) for problem, box in zip(self.problems, boxes, strict=True)]

    def inputs(self) -> dict[str, Any]:
        given = self.cleaned_data
        common = given["unit_view"]
        return {
            "shown_to": given["shown_to"],
            "shown_at": given["shown_at"],
            "views": {int(pk): given[f"view_{pk}"].strip() or common for pk in given["chosen"]},
            "sheet": given["sheet"],
        }

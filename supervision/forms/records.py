"""Forms of an inspection's log: records with their counts, checklist, talks, photos, the overall impression."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision import guards
from supervision.core.web import FilesInput, MoveForm, UploadsField
from supervision.enums import MethodKind
from supervision.models.inspection import ChecklistResult, InspectionRecord, TalkRecord
from supervision.models.vocabulary import ChecklistPoint, Method, offered
from supervision.services.inspection_records import Counts, PointResult, Talk

COUNTS = ("people_talked", "files_read", "households", "people_tested", "people_passed", "satisfaction")
LONG = {"rows": 5}


def counted(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=1_000_000)


class EntryForm(MoveForm):
    """An entry of the log: the browser's own key for it, and the version that it was typed over."""

    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        known = {"client_key": row.client_key, "version": row.version} if row else {"client_key": uuid4(), "version": 0}
        kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def entry(self) -> dict[str, Any]:
        return {"client_key": self.cleaned_data["client_key"], "version": self.cleaned_data["version"]}


class RecordForm(EntryForm):
    method = forms.ModelChoiceField(label=_("方法"), queryset=Method.objects.none())
    content = forms.CharField(label=_("情况记录"), max_length=8000, widget=forms.Textarea(attrs=LONG))
    people_talked = counted(_("谈话人数"))
    files_read = counted(_("查阅资料（份）"))
    households = counted(_("走访（户）"))
    people_tested = counted(_("测试人数"))
    people_passed = counted(_("合格人数"))
    satisfaction = forms.DecimalField(
        label=_("满意度（%）"), required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )

    def __init__(self, *args: Any, row: InspectionRecord | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in ("method", "content", *COUNTS)}
        super().__init__(*args, row=row, **kwargs)
        ours = Q(body__isnull=True) | Q(body_id=self.subject.body_id)
        field = self.fields["method"]
        assert isinstance(field, forms.ModelChoiceField)
        of_ours = Method.objects.filter(ours, campaign_id=self.subject.campaign_id, kind=MethodKind.ACT)
        field.queryset = offered(of_ours, keeping=row.method_id if row else None)

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {
            "method": given["method"],
            "content": given["content"],
            "counts": Counts(**{name: given[name] for name in COUNTS}),
            **self.entry(),
        }


class LogForm(MoveForm):
    """The overall impression, and for each planned act without a record the reason for skipping it."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    summary = forms.CharField(label=_("总体情况"), required=False, max_length=8000, widget=forms.Textarea(attrs=LONG))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].initial = self.subject.summary
        self.fields["version"].initial = self.subject.log_version
        recorded = {row.method_id for row in self.subject.records.all()}
        self.skippable = [
            row
            for row in guards.methods_of(self.subject)
            if row.method.kind == MethodKind.ACT and row.method_id not in recorded
        ]
        for row in self.skippable:
            self.fields[f"skip_{row.method_id}"] = forms.CharField(
                label=_("未采用“%(method)s”的原因") % {"method": row.method.name},
                required=False,
                max_length=255,
                initial=row.skip_reason,
            )

    def inputs(self) -> dict[str, Any]:
        reasons = {row.method_id: self.cleaned_data[f"skip_{row.method_id}"] for row in self.skippable}
        given = self.cleaned_data
        return {"summary": given["summary"], "skip_reasons": reasons, "version": given["version"]}


class PointForm(forms.Form):
    """One line of the checklist: one of many in a form, by its prefix, or a form of its own."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    looked_at = forms.BooleanField(label=_("已查看"), required=False)
    finding = forms.CharField(
        label=_("发现"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("发现")}),
    )

    def __init__(self, data: Any = None, *, point: ChecklistPoint, row: ChecklistResult | None, **kwargs: Any) -> None:
        self.point, self.row = point, row
        initial = (
            {"looked_at": row.looked_at, "finding": row.finding, "version": row.version} if row else {"version": 0}
        )
        super().__init__(data, initial=initial, **kwargs)

    def result(self, *, tapped: bool) -> PointResult:
        """`tapped`: it is being made a problem, so it was looked at."""
        given = self.cleaned_data
        return PointResult(self.point, given["looked_at"] or tapped, given["finding"], given["version"])


class TalkForm(EntryForm):
    held_at = forms.DateTimeField(
        label=_("谈话时间"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("地点"), max_length=128)
    talker = forms.CharField(label=_("谈话人"), max_length=64)
    talked_to = forms.CharField(label=_("谈话对象"), max_length=64)
    recorder = forms.CharField(label=_("记录人"), max_length=64)
    topic = forms.CharField(label=_("主题"), max_length=255)
    points = forms.CharField(
        label=_("谈话要点"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("只有本督导组能看到。不得记录具体案情。"),
    )
    follow_up = forms.CharField(label=_("后续事项"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG))

    def __init__(self, *args: Any, row: TalkRecord | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}
        super().__init__(*args, row=row, **kwargs)

    def inputs(self) -> dict[str, Any]:
        entry = self.entry()
        said = {name: value for name, value in self.cleaned_data.items() if name not in entry}
        return {"talk": Talk(**said), **entry}


class PhotoForm(MoveForm):
    """One photo or several; a browser that sends them one by one names each by its own key."""

    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    photo = UploadsField(
        label=_("现场照片"),
        widget=FilesInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=_("手机上直接拍照，也可以一次选几张；照片中的位置信息会自动去除。"),
    )

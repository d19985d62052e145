"""Forms of the rectification report: choosing items, writing, signing, returning, filing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from rectification.enums import ReportedProgress, ReportStatus
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.services import reports
from rectification.transitions import SUBMIT
from supervision.core.web import MoveForm, NoteForm, date_input
from supervision.core.words import words_of
from supervision.enums import Source
from supervision.forms.filters import ScopeFilterForm
from supervision.forms.signing import HOW, PAPER, SCREEN, PaperSignForm
from supervision.models.people import Delegation, UnitStaff


class ItemChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label}（{obj.get_status_display()}）"


class NewReportForm(MoveForm):
    """Which items of one form the report covers."""

    items = ItemChoiceField(
        label=_("报告包括的整改事项"),
        queryset=RectificationItem.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只列出整改中或已退回、且不在其他未办结报告中的事项。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["items"]
        assert isinstance(field, ItemChoiceField)
        field.queryset = self.coverable()

    def coverable(self) -> QuerySet[RectificationItem]:
        mine = RectificationItem.objects.visible_to(self.user).filter(form=self.subject, status__in=SUBMIT.sources)
        return mine.exclude(answers__report__status__in=reports.LIVE).order_by("pk")

    def inputs(self) -> dict[str, Any]:
        return {"items": [item.pk for item in self.cleaned_data["items"]]}


def _area(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, required=False, max_length=20_000, help_text=help_text)


class ReportForm(MoveForm):
    """① overall ② item by item ③ rules made ④ next steps. A draft may be incomplete; sending it may not."""

    title = forms.CharField(label=_("标题"), max_length=255)
    overall = _area(_("一、总体情况"), 6, _("组织领导、责任落实等情况。"))
    rules_made = _area(_("三、建章立制情况"), 4)
    next_steps = _area(_("四、存在问题和下一步打算"), 4)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    subject: Report

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = self.subject.parts
        for answer in self.answers:
            self.fields[f"progress_{answer.item_id}"] = forms.ChoiceField(
                label=_("整改进展"), choices=ReportedProgress.choices, initial=answer.progress
            )
            text = _area(_("整改情况（措施、进展、成效）"), 6)
            text.initial = answer.text
            self.fields[f"text_{answer.item_id}"] = text

    def parts(self) -> list[dict[str, Any]]:
        """Part ②: each item with its two fields."""
        return [
            {
                "item": answer.item,
                "progress": self[f"progress_{answer.item_id}"],
                "text": self[f"text_{answer.item_id}"],
                "return_note": answer.return_note,
            }
            for answer in self.answers
        ]

    def inputs(self) -> dict[str, Any]:
        given = self.cleaned_data
        own = {name: given[name] for name in ("title", "overall", "rules_made", "next_steps", "seen")}
        answers = {
            answer.item_id: (given[f"progress_{answer.item_id}"], given[f"text_{answer.item_id}"])
            for answer in self.answers
        }
        return {**own, "answers": answers}


def signs_on_screen(user: User, report: Report) -> bool:
    """Head or delegate; anybody else who may open the move enters the sheet that one of them signed."""
    return any(user.scope.holds(role, report.unit_id) for role in (Role.HEAD, Role.REPORT_DELEGATE))


class ReportSignForm(PaperSignForm):
    """On screen: one sentence to confirm. On paper: the sheet's signer, date and scan."""

    confirmed = forms.BooleanField(label=_("本人已审阅，对真实性负责。"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["how", "confirmed"])
        if not signs_on_screen(self.user, self.subject):
            how = self.fields["how"]
            assert isinstance(how, forms.ChoiceField)
            how.choices, how.initial = [(PAPER, HOW[PAPER])], PAPER
            del self.fields["confirmed"]

    def signers(self) -> QuerySet[User]:
        """The unit's heads and whoever was delegated its reports; the service judges the day on paper."""
        unit = self.subject.unit_id
        heads = UnitStaff.objects.filter(unit=unit, role=Role.HEAD).values("user_id")
        delegates = Delegation.objects.filter(unit=unit).values("delegate_id")
        return User.objects.filter(Q(pk__in=heads) | Q(pk__in=delegates), is_active=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("how") == SCREEN and not cleaned.get("confirmed") and "confirmed" in self.fields:
            self.add_error("confirmed", _("请确认本人已审阅，并对真实性负责。"))
        return cleaned

    def inputs(self) -> dict[str, Any]:
        given = super().inputs()
        given.pop("confirmed", None)
        return given


class ReturnReportForm(NoteForm):
    """Why the report goes back, and what is missing in each part."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.covered = [answer.item for answer in self.subject.parts]
        for item in self.covered:
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=item.label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    def inputs(self) -> dict[str, Any]:
        notes = {item.pk: self.cleaned_data[f"note_{item.pk}"].strip() for item in self.covered}
        return {"note": self.cleaned_data["note"], "notes": {pk: note for pk, note in notes.items() if note}}


class FileReportForm(MoveForm):
    sent_up_on = forms.DateField(
        label=_("上报日期"),
        required=False,
        widget=date_input(),
        help_text=_("中央督导反馈事项的报告：向中央督导组上报的日期。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_up_on"].required = self.subject.source == Source.CENTRAL


class ReportFilterForm(ScopeFilterForm):
    """Filters of the list of reports."""

    columns = {**ScopeFilterForm.columns, "status": "status"}

    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *ReportStatus.choices])
    q = forms.CharField(label=_("标题、反馈单编号或单位"), required=False, max_length=80)

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        words = words_of(self.cleaned_data["q"]) if self.is_valid() else ()
        return rows.filter(Report.words_q(words, self.units)) if words else rows

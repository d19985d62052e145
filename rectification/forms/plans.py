"""The plan with its measures, as typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from rectification.guards import ends_too_late, new_dates_fit
from rectification.models.item import RectificationItem
from rectification.services.plans import PLAN_FIELDS, MeasureLine
from supervision.core.refusals import Condition
from supervision.core.web import MoveForm, date_input

ROWS_AT_FIRST = 3
MOST_MEASURES = 50


def rows_with_texts(item: RectificationItem, rows: Any) -> list[tuple[str, Any]]:
    """The forms of a formset of measures, each with the text of its measure (empty: not one of this item's)."""
    texts = {str(each.pk): each.text for each in item.measures.all()}
    return [(texts.get(str(row["measure"].value()), ""), row) for row in rows]


class MeasureLineForm(forms.Form):
    measure = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("整改措施"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    responsible_person = forms.CharField(label=_("责任人"), max_length=64)
    due_on = forms.DateField(label=_("完成时限"), widget=date_input())

    def line(self) -> MeasureLine:
        given = self.cleaned_data
        return MeasureLine(
            text=given["text"],
            responsible_person=given["responsible_person"],
            due_on=given["due_on"],
            pk=given.get("measure"),
            remove=bool(given.get("DELETE")),
        )


MeasureLines = formset_factory(
    MeasureLineForm, extra=1, can_delete=True, max_num=MOST_MEASURES, validate_max=True, absolute_max=MOST_MEASURES
)
FirstMeasureLines = formset_factory(
    MeasureLineForm,
    extra=ROWS_AT_FIRST,
    can_delete=True,
    max_num=MOST_MEASURES,
    validate_max=True,
    absolute_max=MOST_MEASURES,
)


class PlanForm(MoveForm):
    """A draft may be incomplete; what is missing is said when the plan is handed in."""

    formsets = ("measures",)

    root_cause = forms.CharField(
        label=_("原因分析"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    goal = forms.CharField(
        label=_("整改目标"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible_leader = forms.CharField(label=_("责任领导"), required=False, max_length=64)
    responsible_person = forms.CharField(label=_("责任人"), required=False, max_length=64)
    lead_unit = forms.CharField(label=_("牵头部门"), required=False, max_length=128)
    cooperating_units = forms.CharField(label=_("配合部门"), required=False, max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item: RectificationItem = self.subject
        for name in PLAN_FIELDS:
            self.initial.setdefault(name, getattr(item, name))
        data = args[0] if args else None
        typed = [
            {
                "measure": each.pk,
                "text": each.text,
                "responsible_person": each.responsible_person,
                "due_on": each.due_on,
            }
            for each in item.measures.all()
        ]
        lines = MeasureLines if typed else FirstMeasureLines
        self.measures = lines(data, prefix="measures", initial=typed)
        for row in self.measures:
            row.fields["due_on"].widget.attrs["max"] = item.last_day.isoformat()  # the picker greys later days out
            if (due_on := row.initial.get("due_on")) and ends_too_late(item, due_on):
                row.fields["due_on"].warning = self._too_late()  # type: ignore[attr-defined]

    @property
    def late_rows(self) -> int:
        """How many saved measures end after the item: a draft may keep them, handing it in may not."""
        return sum(hasattr(row.fields["due_on"], "warning") for row in self.measures)

    def _too_late(self) -> str:
        return _("晚于整改时限%(last)s，报送前须改。") % {"last": date_format(self.subject.last_day)}

    def put_beside(self, condition: Condition) -> bool:
        """A date that does not fit stands beside its own row."""
        if condition.name != new_dates_fit.name:
            return False
        for row in self.measures:
            due_on = row.cleaned_data.get("due_on")
            if due_on and not row.cleaned_data.get("DELETE") and ends_too_late(self.subject, due_on):
                row.add_error("due_on", str(condition.sentence))
        return True

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.measures.is_valid()])

    def inputs(self) -> dict[str, Any]:
        lines = [row.line() for row in self.measures if row.has_changed() or row.initial]
        return {**self.cleaned_data, "measures": [line for line in lines if line.pk or not line.remove]}

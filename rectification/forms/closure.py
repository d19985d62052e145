"""The office's decision, as typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rectification.closing_guards import requirements_of
from supervision.core.web import MoveForm


class CloseForm(MoveForm):
    """Every requirement is gone through and ticked, also those that the system has checked."""

    ticked = forms.MultipleChoiceField(
        label=_("销号条件（逐项核对）"), widget=forms.CheckboxSelectMultiple, required=False
    )
    effect = forms.CharField(label=_("整改成效"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    opinion = forms.CharField(label=_("审批意见"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ticked"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(row.code, row.name) for row in requirements_of(self.subject)]
        if self.is_bound:
            return
        done = (measure.result.strip() for measure in self.subject.measures.all())
        self.initial.setdefault("effect", "\n".join(dict.fromkeys(filter(None, done))))
        self.initial.setdefault("opinion", _("同意销号。"))

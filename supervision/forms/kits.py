"""What is printed into a visit kit 检查包; for a blank one, of which team and phase."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.models.campaign import Phase
from supervision.models.organisation import Team

SHEETS = (
    ("points", _("督导要点")),
    ("records", _("检查记录")),
    ("talk", _("谈话记录")),
    ("files", _("查阅资料")),
    ("problems", _("问题登记和事实核对")),
)
MOST_COPIES = 9


class KitForm(forms.Form):
    """All sheets, one copy each, unless chosen otherwise."""

    sheets = forms.MultipleChoiceField(
        label=_("要打印的表"), required=False, choices=SHEETS, widget=forms.CheckboxSelectMultiple
    )
    talks = forms.IntegerField(label=_("谈话记录份数"), required=False, min_value=1, max_value=MOST_COPIES)
    found = forms.IntegerField(label=_("问题登记份数"), required=False, min_value=1, max_value=MOST_COPIES)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        given = data.copy()
        if "sheets" not in given:
            given.setlist("sheets", [code for code, _label in SHEETS])
        for name in ("talks", "found"):
            given.setdefault(name, "1")
        super().__init__(given, **kwargs)

    @property
    def chosen(self) -> dict[str, range]:
        """The sheets with their copies; what cannot be read is left out."""
        self.is_valid()
        copies = {"talk": self.cleaned_data.get("talks"), "problems": self.cleaned_data.get("found")}
        sheets = self.cleaned_data.get("sheets") or []
        return {code: range(copies.get(code) or 1) for code in sheets}


class BlankKitForm(KitForm):
    """A kit without a visit: the team's words, the phase's points."""

    team = forms.ModelChoiceField(label=_("督导组"), queryset=Team.objects.none(), required=False)
    phase = forms.ModelChoiceField(label=_("环节"), queryset=Phase.objects.none(), required=False)
    field_order = ("team", "phase", "sheets", "talks", "found")

    def __init__(self, data: Any, *, teams: Any, phases: Any, phase: Phase | None) -> None:
        given = data.copy()
        first = teams.first()
        if first is not None:
            given.setdefault("team", str(first.pk))
        if phase is not None:
            given.setdefault("phase", str(phase.pk))
        super().__init__(given)
        for name, rows in (("team", teams), ("phase", phases)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = rows, None

"""Input of the working-day calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.core.models.calendar import DayKind
from supervision.services.workdays import USUAL

BASIS = _("例如“国办发明电〔2026〕12号”。记入修改记录，任何人都能看到。")


class DayForm(forms.Form):
    """What a day is, and by which notice."""

    kind = forms.ChoiceField(
        label=_("这一天是"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (USUAL, _("平常日子（周一至周五上班，周末休息）")),
            (DayKind.DAY_OFF, _("放假")),
            (DayKind.MAKE_UP, _("调休上班")),
        ],
    )
    name = forms.CharField(
        label=_("节日"), required=False, max_length=64, help_text=_("例如“国庆节”。平常日子不用填。")
    )
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=BASIS)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class YearForm(forms.Form):
    source = forms.CharField(label=_("依据"), max_length=200, help_text=BASIS)

"""The filters of the ledger: everything in the URL, every choice within the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rectification import ledger
from rectification.enums import ItemStatus
from supervision.core.deadlines import Clock
from supervision.enums import Source
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary

ALL = ("", _("全部"))
CLOCKS = [(clock.value, clock.label) for clock in (Clock.UNIT, Clock.TEAM, Clock.OFFICE)]


def _rows(rows: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Distinct objects as choices, in the order given."""
    return [ALL, *{row.pk: (row.pk, str(row)) for row in rows}.values()]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class IdField(forms.TypedChoiceField):
    """The id of one of the rows given; anything else is refused."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, coerce=int, empty_value=None)


class LedgerForm(forms.Form):
    q = forms.CharField(label=_("编号、问题或单位"), required=False, max_length=80)
    group = forms.ChoiceField(
        label=_("范围"), required=False, choices=[ALL, *((key, words) for key, (words, _q) in ledger.GROUPS.items())]
    )
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[ALL, *ItemStatus.choices])
    clock = forms.ChoiceField(label=_("当前计时方"), required=False, choices=[ALL, *CLOCKS])
    overdue = forms.ChoiceField(label=_("逾期"), required=False, choices=[ALL, *ledger.OVERDUE_CHOICES])
    body = IdField(_("督导主体"))
    team = IdField(_("督导组"))
    unit = IdField(_("单位"))
    phase = IdField(_("环节"))
    category = IdField(_("问题类别"))
    source = forms.ChoiceField(label=_("反馈来源"), required=False, choices=[ALL, *Source.choices])
    date = forms.ChoiceField(label=_("按日期"), required=False, choices=[ALL, *ledger.DATES])
    key = forms.BooleanField(label=_("只看重点"), required=False)

    def __init__(self, *args: Any, vocabulary: Vocabulary, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("从")), ("to", _("到"))):  # "from" is a word of Python's own
            self.fields[name] = forms.DateField(label=label, required=False, widget=_day())
        choices: dict[str, Iterable[Any]] = {
            "body": sorted((unit.body for unit in units), key=lambda body: (body.order, body.pk)),
            "team": sorted((unit.team for unit in units if unit.team), key=lambda team: (team.order, team.pk)),
            "unit": units,
            "phase": vocabulary.phases,
            "category": vocabulary.categories,
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, IdField)
            field.choices = _rows(rows)

"""Filters of lists that carry the four scope columns: unit, team, words; choices cost one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.models.campaign import Campaign
from supervision.models.organisation import Unit


class ScopeFilterForm(forms.Form):
    """What the reader's own units and teams offer. Subclasses add fields and name them in `columns`."""

    columns: dict[str, str] = {"unit": "unit_id", "team": "team_id"}  # field → lookup

    unit = forms.ChoiceField(label=_("单位"), required=False)
    team = forms.ChoiceField(label=_("督导组"), required=False)

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        teams = {unit.team_id: unit.team for unit in self.units if unit.team is not None}
        self.offer("unit", ((row.pk, row) for row in self.units))
        ordered = sorted(teams.values(), key=lambda team: (team.body_id, team.order, team.pk))
        self.offer("team", ((row.pk, row) for row in ordered))

    def offer(self, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((str(key), str(word)) for key, word in rows)]

    def narrow(self, rows: Any) -> Any:
        """The rows that fit; a filter that cannot be read finds nothing rather than everything."""
        if not self.is_valid():
            return rows.none()
        given = {self.columns[name]: value for name, value in self.cleaned_data.items() if name in self.columns}
        return rows.filter(**{lookup: value for lookup, value in given.items() if value})

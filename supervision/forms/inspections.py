"""Forms of an inspection's life: its moves, the filters of the list and of the calendar. Shape only, no rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision import guards
from supervision.core.web import MoveForm, NoteForm, date_input
from supervision.enums import InspectionStatus, Outcome
from supervision.models.campaign import Campaign
from supervision.models.organisation import Team, Unit
from supervision.vocabulary import vocabulary_of


class StartForm(MoveForm):
    present = forms.ModelMultipleChoiceField(
        label=_("到场成员（不少于两人）"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = guards.members_on(self.subject, self.subject.on).values("user_id")
        field = self.fields["present"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = User.objects.filter(pk__in=members, is_active=True)
        field.initial = [person.pk for person in self.subject.present.all()]


class ConcludeForm(MoveForm):
    outcome = forms.ChoiceField(
        label=_("督导结果"),
        choices=[(each.value, each.label) for each in (Outcome.FEEDBACK, Outcome.NONE_FOUND)],
        widget=forms.RadioSelect,
        help_text=_("有问题的，审定后自动生成反馈单草稿，问题一并带入。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.subject.problems.exists()
        self.fields["outcome"].initial = Outcome.FEEDBACK if found else Outcome.NONE_FOUND


class PostponeForm(NoteForm):
    planned_on = forms.DateField(label=_("新的日期"), widget=date_input())


class ResumeForm(MoveForm):
    planned_on = forms.DateField(label=_("检查日期"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_on"].initial = self.subject.planned_on


class InspectionFilterForm(forms.Form):
    """What the list can be narrowed by; nothing is required. Choices cost one query: the units the reader sees."""

    q = forms.CharField(label=_("单位名称"), required=False, max_length=64)
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *InspectionStatus.choices])
    unit = forms.ChoiceField(label=_("单位"), required=False)
    team = forms.ChoiceField(label=_("督导组"), required=False)
    phase = forms.ChoiceField(label=_("环节"), required=False)
    since = forms.DateField(label=_("自"), required=False, widget=date_input())
    until = forms.DateField(label=_("至"), required=False, widget=date_input())

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        phases = vocabulary_of(campaign.pk).phases if campaign else ()
        self._offer("unit", units)
        teams = teams_of(units)
        self._offer("team", teams)
        if len(teams) <= 1:
            self.fields["team"].widget = forms.HiddenInput()
        self._offer("phase", phases)

    def _offer(self, name: str, rows: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((str(row.pk), str(row)) for row in rows)]


def teams_of(units: Iterable[Unit]) -> list[Team]:
    """The teams of some units, each read with its unit, in their bodies' order."""
    teams = {unit.team_id: unit.team for unit in units if unit.team is not None}
    return sorted(teams.values(), key=lambda team: (team.body_id, team.order, team.pk))


class CalendarFilterForm(forms.Form):
    """The calendar of one team, or of all that the reader sees. One query: the units with their teams."""

    team = forms.ChoiceField(label=_("督导组"), required=False)

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = teams_of(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        self.has_several_teams = len(teams) > 1
        field = self.fields["team"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部督导组")), *((str(team.pk), team.name) for team in teams)]

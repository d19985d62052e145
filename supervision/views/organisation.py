"""The organisation as the offices read it: bodies, teams and units in their tree, who holds what with dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from supervision import rules
from supervision.core import parts
from supervision.core.parts import Crumb
from supervision.core.refusals import Condition, NotAllowed
from supervision.current import current_campaign
from supervision.effects import ADD, CHANGE, Change
from supervision.forms.people import NameForm, UnitForm
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.services import rosters, structure
from supervision.services.rosters import Group
from supervision.services.settings import rows
from supervision.views.setting_changes import ProposalView
from supervision.vocabulary import vocabulary_of


class OfficeView(LoginRequiredMixin, View):
    """The provincial office sees all, a body's office its own body; everybody else is refused."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def campaign_of(self, request: HttpRequest) -> Campaign:
        campaign = current_campaign(request)
        if campaign is None:
            raise Http404
        scope = request.user.scope  # type: ignore[union-attr]
        if campaign.pk not in scope.campaigns and not scope.bodies:
            raise NotAllowed.for_roles(vocabulary_of(campaign.pk).role_word(Role.OFFICE))
        return campaign

    def teams(self, request: HttpRequest, campaign: Campaign) -> Any:
        assert isinstance(request.user, User)
        scope = request.user.scope
        found = Team.objects.filter(campaign=campaign).select_related("body")
        return found if campaign.pk in scope.campaigns else found.filter(body_id__in=scope.bodies)


class OrganisationView(OfficeView):
    """Bodies with their teams: leader and sponsor, how many members and units."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = self.campaign_of(request)
        assert isinstance(request.user, User)
        on, vocabulary = campaign.day_of(self.now), vocabulary_of(campaign.pk)
        counted = self.teams(request, campaign).annotate(unit_count=Count("units", distinct=True))
        groups = rosters.offices(request.user, campaign, vocabulary, on)
        people = {group.pk: group for group in groups if group.kind == "team"}
        may_change = rules.may_change_settings(request.user, campaign, on)
        context = {
            "campaign": campaign,
            "offices": [group for group in groups if group.kind != "team"],
            "bodies": list(_by_body(counted, people)),
            "may_change": may_change,
            "empty_bodies": Body.objects.filter(campaign=campaign, teams__isnull=True) if may_change else (),
        }
        return render(request, "supervision/organisation.html", context)


@dataclass(frozen=True)
class TeamLine:
    team: Any
    sponsors: list[rosters.Person]
    leaders: list[rosters.Person]
    members: int


def _by_body(teams: Any, people: Mapping[int, Group]) -> Iterator[tuple[Body, list[TeamLine]]]:
    found: dict[Body, list[TeamLine]] = {}
    for team in teams:
        group = people.get(team.pk)
        held = group.people if group else []
        line = TeamLine(
            team=team,
            sponsors=[each for each in held if each.role == Role.SPONSOR],
            leaders=[each for each in held if each.role in (Role.LEADER, Role.DEPUTY)],
            members=sum(each.role != Role.SPONSOR for each in held),
        )
        found.setdefault(team.body, []).append(line)
    yield from found.items()


class TeamPageView(OfficeView):
    """A team: its people with dates and absences, its units as a tree with who holds what."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign_of(request)
        assert isinstance(request.user, User)
        team = get_object_or_404(self.teams(request, campaign), pk=pk)
        on, vocabulary = campaign.day_of(self.now), vocabulary_of(campaign.pk)
        units = list(Unit.objects.filter(team=team))
        may_change = rules.may_change_settings(request.user, campaign, on)
        moves = [
            parts.Move(_("新增单位"), reverse("supervision:unit-new", args=[campaign.pk, team.pk]), primary=True),
            parts.Move(_("修改名称"), reverse("supervision:team-rename", args=[campaign.pk, team.pk])),
        ]
        context = {
            "campaign": campaign,
            "team": team,
            "members": rosters.of_team(team, vocabulary, on),
            "units": list(_tree(units, rosters.of_units(units, vocabulary, on))),
            "may_change": may_change,
            "moves": moves if may_change else [],
        }
        return render(request, "supervision/team.html", context)


def _tree(units: list[Unit], groups: list[Group], parent: int | None = None, depth: int = 0) -> Iterator[Any]:
    """Units in depth-first order; one whose unit above belongs to another team stands at the top."""
    people = {group.pk: group.people for group in groups}
    here = {unit.pk for unit in units}
    for unit in units:
        above = unit.parent_id if unit.parent_id in here else None
        if above == parent:
            yield {"unit": unit, "depth": depth, "people": people[unit.pk]}
            yield from _tree(units, groups, unit.pk, depth + 1)


class StructureView(ProposalView):
    """A new team or unit, or a new name: previewed and saved like a setting."""

    kind = structure.UNITS
    row: Any = None

    def place(self, back: str, title: str) -> None:
        self.back, self.title = back, title
        self.trail = ((title, ""),)

    def crumbs(self, *steps: tuple[Any, str]) -> list[Crumb]:
        found = [Crumb(_("组织机构"), reverse("supervision:organisation"))]
        return [*found, *(Crumb(label, url) for label, url in steps)]

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        act = CHANGE if self.row else ADD
        values = {"name": form.cleaned_data["name"]}
        change = Change(self.campaign, self.kind, act, self.on, row=self.row, values=values)
        return change, structure.faults(change), rows.differences(change)

    def given(self) -> dict[str, Any]:
        return {"campaign_id": self.campaign.pk, "actor": self.request.user, "at": self.now}


class TeamNewView(StructureView):
    kind = structure.TEAMS

    def prepare(self, body: int = 0, **kwargs: Any) -> None:
        self.body = get_object_or_404(Body, campaign=self.campaign, pk=body)
        self.place(reverse("supervision:organisation"), _("%(body)s新增督导组") % {"body": self.body.name})

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return NameForm(data)

    def save(self, form: Any) -> None:
        structure.add_team(body=self.body, name=form.cleaned_data["name"], **self.given())


class UnitNewView(StructureView):
    def prepare(self, team: int = 0, **kwargs: Any) -> None:
        self.team = get_object_or_404(Team, campaign=self.campaign, pk=team)
        back = reverse("supervision:team", args=[self.team.pk])
        self.place(back, _("%(team)s新增单位") % {"team": self.team.name})

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return UnitForm(data, team=self.team)

    def save(self, form: Any) -> None:
        structure.add_unit(team=self.team, **form.cleaned_data, **self.given())


class RenameView(StructureView):
    """A team's or unit's new name."""

    model: Any = Unit

    def prepare(self, row: int = 0, **kwargs: Any) -> None:
        self.kind = structure.TEAMS if self.model is Team else structure.UNITS
        self.row = get_object_or_404(self.model, campaign=self.campaign, pk=row)
        team = self.row.pk if self.model is Team else self.row.team_id
        back = reverse("supervision:team", args=[team]) if team else reverse("supervision:organisation")
        self.place(back, _("修改名称：%(name)s") % {"name": self.row.name})

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return NameForm(data, initial={"name": self.row.name})

    def save(self, form: Any) -> None:
        structure.rename(kind=self.kind, pk=self.row.pk, name=form.cleaned_data["name"], **self.given())

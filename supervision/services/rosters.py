"""Who is where: people of offices, teams and units as a reader may see them, for the directory and the organisation.

A unit sees its team, its offices and its own people (and its subordinates'); a team its units and its body's office;
a body its own; the provincial office all. The provincial office's own people are everybody's to call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.models.people import BodyStaff, OfficeStaff, TeamMembership, UnitStaff
from supervision.vocabulary import Vocabulary

ORDER = {role: place for place, role in enumerate(
    (Role.OFFICE_LEAD, Role.OFFICE, Role.BODY_OFFICE, Role.SPONSOR, Role.LEADER, Role.DEPUTY, Role.MEMBER,
     Role.HEAD, Role.LEADERSHIP, Role.LIAISON)
)}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One person in one post."""

    user: User
    role: str
    word: str
    row: Any

    @property
    def away(self) -> str:
        """Since when and until when the person is recorded absent."""
        since, until = getattr(self.row, "absent_from", None), getattr(self.row, "absent_until", None)
        if since is None:
            return ""
        return _("离岗：%(since)s至%(until)s") % {"since": since, "until": until or _("另行通知")}


@dataclass
class Group:
    """The people of one office, team or unit."""

    name: str
    kind: str
    pk: int
    people: list[Person] = field(default_factory=list)


def present(on: date) -> Q:
    """Appointments that hold that day."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return begun & lasting & Q(user__is_active=True)


def words_q(words: str) -> Q:
    """Name, post or work telephone contains the words."""
    return Q(user__name__icontains=words) | Q(user__post__icontains=words) | Q(user__work_phone__icontains=words)


def bodies_of(user: User, campaign: Campaign) -> QuerySet[Body]:
    """Bodies whose office the reader may call."""
    scope = user.scope
    near = Q(pk__in=scope.bodies) | Q(teams__in=scope.teams) | Q(units__in=scope.units)
    found = Body.objects.filter(campaign=campaign)
    return found if campaign.pk in scope.campaigns else found.filter(near).distinct()


def teams_of(user: User, campaign: Campaign) -> QuerySet[Team]:
    """Teams whose people the reader may call."""
    scope = user.scope
    near = Q(pk__in=scope.teams) | Q(body_id__in=scope.bodies) | Q(units__in=scope.units)
    found = Team.objects.filter(campaign=campaign)
    return found if campaign.pk in scope.campaigns else found.filter(near).distinct()


def offices(user: User, campaign: Campaign, vocabulary: Vocabulary, on: date, words: str = "") -> list[Group]:
    """The provincial office, the bodies' offices and the teams that the reader may call; three queries."""
    asked = present(on) & words_q(words) if words else present(on)
    province = Group(_("省教整办"), "office", campaign.pk)
    for row in OfficeStaff.objects.filter(asked, campaign=campaign).select_related("user"):
        province.people.append(Person(row.user, row.role, vocabulary.role_word(row.role), row))
    found: dict[tuple[str, int], Group] = {}
    staff = BodyStaff.objects.filter(asked, body__in=bodies_of(user, campaign)).select_related("user", "body")
    for each in staff.order_by("body__order", "pk"):
        name = each.body.office_name or _("%(body)s办公室") % {"body": each.body.name}
        group = found.setdefault(("body", each.body_id), Group(name, "body", each.body_id))
        group.people.append(Person(each.user, Role.BODY_OFFICE, vocabulary.role_word(Role.BODY_OFFICE), each))
    teams = TeamMembership.objects.filter(asked, team__in=teams_of(user, campaign)).select_related("user", "team")
    for member in teams.order_by("team__body__order", "team__order", "team_id", "pk"):
        group = found.setdefault(("team", member.team_id), Group(member.team.name, "team", member.team_id))
        group.people.append(Person(member.user, member.role, vocabulary.role_word(member.role), member))
    return [_in_order(group) for group in (province, *found.values()) if group.people]


def of_team(team: Team, vocabulary: Vocabulary, on: date) -> list[Person]:
    """The people of one team, in the order of their posts."""
    rows = TeamMembership.objects.filter(present(on), team=team).select_related("user")
    group = Group(team.name, "team", team.pk)
    group.people = [Person(row.user, row.role, vocabulary.role_word(row.role), row) for row in rows.order_by("pk")]
    return _in_order(group).people


def units_of(user: User, campaign: Campaign, on: date, words: str = "") -> QuerySet[Unit]:
    """Units whose people the reader may call; by their own name or by their people's."""
    found = Unit.objects.visible_to(user).filter(campaign=campaign)
    if not words:
        return found
    people = UnitStaff.objects.filter(present(on) & words_q(words)).values("unit_id")
    return found.filter(Q(name__icontains=words) | Q(pk__in=people))


def of_units(units: Iterable[Unit], vocabulary: Vocabulary, on: date) -> list[Group]:
    """The people of these units; one query."""
    groups = {unit.pk: Group(unit.name, "unit", unit.pk) for unit in units}
    rows = UnitStaff.objects.filter(present(on), unit__in=groups).select_related("user")
    for row in rows.order_by("pk"):
        groups[row.unit_id].people.append(Person(row.user, row.role, vocabulary.role_word(row.role), row))
    return [_in_order(group) for group in groups.values()]


def _in_order(group: Group) -> Group:
    group.people.sort(key=lambda person: ORDER.get(Role(person.role), len(ORDER)))
    return group

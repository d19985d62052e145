"""Everyone whom a scenario needs, with names after their posts: no individual is named.

The same seats serve the demo (with one password, by hash computed once) and a recorded campaign (nobody signs in).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Administrator, User
from accounts.roles import Role
from accounts.services import ENABLED
from supervision.core.events import record
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.scenarios.schema import Scenario
from supervision.services import people

DEMO_PASSWORD = "dudao-demo"  # noqa: S105  (of accounts that only a demo has: settings.DEMO)
MEMBER_POST = "抽调干部"
ADMINISTRATORS = (
    ("auditor", "安全审计员", Administrator.AUDITOR),
    ("sysadmin", "系统管理员", Administrator.SYSTEM),
    ("secadmin", "安全管理员", Administrator.SECURITY),
)


@dataclass(frozen=True)
class Seat:
    """A place in the campaign: the account that holds it, and where it is held."""

    username: str
    name: str
    post: str
    role: str = ""
    on: Campaign | Body | Team | Unit | None = None
    administrator: str = ""


def seats(campaign: Campaign, scenario: Scenario) -> Iterator[Seat]:
    """Every seat of the campaign, in the order of its structure."""
    yield Seat("office", "省教整办·工作人员", "工作人员", Role.OFFICE, campaign)
    yield Seat("office-lead", "省教整办·负责人", "负责人", Role.OFFICE_LEAD, campaign)
    for body in campaign.bodies.all():
        yield Seat(f"{body.code}-office", f"{body.office_name}·工作人员", "工作人员", Role.BODY_OFFICE, body)
    posts = {team.code: team for body in scenario.bodies for team in body.teams}
    for team in campaign.teams.all():
        yield from _team_seats(team, posts[team.code].sponsor_post, posts[team.code].leader_post)
    for unit in campaign.units.all():
        yield from _unit_seats(unit)


def _team_seats(team: Team, sponsor_post: str, leader_post: str) -> Iterator[Seat]:
    yield Seat(f"{team.code}-sponsor", f"{team.name}·牵头领导", sponsor_post, Role.SPONSOR, team)
    yield Seat(f"{team.code}-lead", f"{team.name}·组长", leader_post, Role.LEADER, team)
    yield Seat(f"{team.code}-member", f"{team.name}·成员甲", MEMBER_POST, Role.MEMBER, team)
    yield Seat(f"{team.code}-member-2", f"{team.name}·成员乙", MEMBER_POST, Role.MEMBER, team)


def _unit_seats(unit: Unit) -> Iterator[Seat]:
    yield Seat(unit.code, f"{unit.name}·联络员", "教育整顿联络员", Role.LIAISON, unit)
    yield Seat(f"{unit.code}-head", f"{unit.name}·主要负责人", "主要负责人", Role.HEAD, unit)


def leadership_seat(unit: Unit) -> Seat:
    """A further member of the unit's leadership, to whom its head may delegate."""
    return Seat(f"{unit.code}-deputy", f"{unit.name}·班子成员", "班子成员", Role.LEADERSHIP, unit)


def administrator_seats() -> Iterator[Seat]:
    for username, name, kind in ADMINISTRATORS:
        yield Seat(username, name, name, administrator=kind)


def take_seats(seats: Iterable[Seat], *, at: datetime, password: str | None, prefix: str = "") -> dict[str, User]:
    """Make the accounts and give each its role; by seat, with the rights read anew.

    Without a password nobody can sign in. `prefix` keeps two campaigns' accounts apart.
    """
    rows = list(seats)
    secret = make_password(password)
    users = {
        seat.username: User(
            username=prefix + seat.username,
            name=seat.name,
            post=seat.post,
            password=secret,
            administrator=seat.administrator,
            work_phone=f"0351-0000{number:03d}" if seat.on is not None else "",
            is_demo=password is not None,
        )
        for number, seat in enumerate(rows, 1)
    }
    User.objects.bulk_create(users.values())
    for user in users.values():
        record("account.created", subject=user, actor=None, at=at, now=ENABLED, payload={"username": user.username})
    for seat in rows:
        if seat.on is not None:
            _appoint(users[seat.username], seat, at)
    return users


def _appoint(user: User, seat: Seat, at: datetime) -> None:
    common: dict[str, Any] = {"user": user, "actor": None, "at": at}
    if isinstance(seat.on, Campaign):
        people.appoint_office(campaign=seat.on, role=seat.role, **common)
    elif isinstance(seat.on, Body):
        people.appoint_body(body=seat.on, **common)
    elif isinstance(seat.on, Team):
        people.appoint_team(team=seat.on, role=seat.role, **common)
    elif isinstance(seat.on, Unit):
        people.appoint_unit(unit=seat.on, role=seat.role, **common)

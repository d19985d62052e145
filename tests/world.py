"""A small world for tests: two bodies, three teams, five units (one below another), everyone who can act.

    body a: team a1 (units u1 with its subordinate u1s, and u2), team a2 (unit u3)
    body b: team b1 (unit u4)

`world.user("a1-lead")`; people of a team: <team>-sponsor, -lead, -deputy, -member, -member-2; of a unit: <unit>,
<unit>-head, <unit>-deputy (leadership); offices: office, office-lead, a-office, b-office; auditor, sysadmin,
secadmin; nobody (an account without any role). `world.at` is now: services take it as their moment.
Rows are written in bulk; rights go the way people services would give them. tests/lasting.py hands it to the tests.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.roles import Role, codename
from supervision.core import files
from supervision.core.models import NumberSeries, VocabularyVersion
from supervision.core.workdays import Calendar, load_calendar
from supervision.enums import CampaignStatus, CloseCheck, Document, Light, LightCondition, MethodKind, Source
from supervision.models import (
    ApprovalRoute,
    ApprovalStep,
    Body,
    BodyGrant,
    BodyStaff,
    Campaign,
    CampaignGrant,
    Category,
    ChecklistPoint,
    CloseRequirement,
    ContactWay,
    DeadlineRule,
    DraftKind,
    Focus,
    LightRule,
    Method,
    OfficeStaff,
    Phase,
    ReminderRung,
    ReminderStep,
    Severity,
    Team,
    TeamGrant,
    TeamMembership,
    Unit,
    UnitGrant,
    UnitStaff,
)

PASSWORD = "correct-Horse-9"
TEAMS = {"a1": "a", "a2": "a", "b1": "b"}
UNITS = {"u1": "a1", "u1s": "a1", "u2": "a1", "u3": "a2", "u4": "b1"}
TEAM_SUFFIXES = {
    "sponsor": Role.SPONSOR,
    "lead": Role.LEADER,
    "deputy": Role.DEPUTY,
    "member": Role.MEMBER,
    "member-2": Role.MEMBER,
}
UNIT_SUFFIXES = {"": Role.LIAISON, "-head": Role.HEAD, "-deputy": Role.LEADERSHIP}
RULES = [  # code, amount, counts_from, for_problems, is_immediate
    ("receipt", 1, "issue", False, False),
    ("plan", 5, "receipt", False, False),
    ("plan_review", 3, "issue", False, False),
    ("immediate", 3, "receipt", True, True),
    ("fixed", 15, "receipt", True, False),
    ("verification", 5, "issue", False, False),
    ("closure", 3, "issue", False, False),
    ("redo", 5, "issue", False, False),
    ("countersign", 1, "issue", False, False),
    ("advice_answer", 10, "issue", False, False),
    ("reading", 5, "issue", False, False),
]
ROUTES = [
    (Document.INSPECTION, Source.TEAM, False, Role.LEADER),
    (Document.INSPECTION, Source.TEAM, True, Role.SPONSOR),
    *((Document.FEEDBACK_FORM, Source.TEAM, key, Role.LEADER) for key in (False, True)),
    *((Document.FEEDBACK_FORM, s, k, Role.OFFICE_LEAD) for s in ("provincial", "central") for k in (False, True)),
    *((Document.RECTIFICATION_PLAN, s, False, Role.LEADER) for s in ("team", "provincial", "central")),
    (Document.RECTIFICATION_PLAN, Source.TEAM, True, Role.BODY_OFFICE),
    *((Document.RECTIFICATION_PLAN, s, True, Role.OFFICE) for s in ("provincial", "central")),
    (Document.CLOSURE_SHEET, Source.TEAM, False, Role.BODY_OFFICE),
    (Document.CLOSURE_SHEET, Source.TEAM, True, Role.SPONSOR),
    *((Document.CLOSURE_SHEET, Source.PROVINCIAL, key, Role.OFFICE) for key in (False, True)),
    *((Document.CLOSURE_SHEET, Source.CENTRAL, key, Role.OFFICE_LEAD) for key in (False, True)),
    *((Document.ADVICE, Source.TEAM, key, Role.LEADER) for key in (False, True)),
]
LIGHTS = [  # condition, light, working_days, fraction, times
    (LightCondition.CANCELLED, Light.GREY, None, None, None),
    (LightCondition.CLOSED_LATE, Light.YELLOW, None, None, None),
    (LightCondition.CLOSED, Light.GREEN, None, None, None),
    (LightCondition.OVERDUE, Light.RED, None, None, None),
    (LightCondition.RETURNED, Light.RED, None, None, 2),
    (LightCondition.BEHIND, Light.YELLOW, None, None, None),
    (LightCondition.NEAR_DUE, Light.BLUE, 5, 3, None),
    (LightCondition.NOT_STARTED, Light.GREY, None, None, None),
    (LightCondition.ON_COURSE, Light.GREEN, None, None, None),
]


RUNGS = (-10, -5, -3, -1, 0, 1, 2, 4, 8)  # urgent from the day itself on
STEPS = [  # whose move it is, who is reminded too, from which rung on
    (Role.LIAISON, Role.HEAD, -1),
    (Role.LIAISON, Role.LEADER, 2),
    (Role.LIAISON, Role.SPONSOR, 4),
    (Role.HEAD, Role.LEADER, 1),
    (Role.MEMBER, Role.LEADER, -1),
    (Role.LEADER, Role.SPONSOR, 1),
    (Role.BODY_OFFICE, Role.SPONSOR, 1),
]


@dataclass(frozen=True)
class MoveRow:
    """One row of the move matrix: how to get ready, who may, with what input, by which service."""

    arrange: Callable[[World], Any]
    actor: Callable[[World, Any], User | None]
    inputs: Callable[[World, Any], dict[str, Any]]
    service: Callable[..., Any]


@dataclass
class World:
    campaign: Campaign
    at: datetime
    phases: dict[str, Phase] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    foci: dict[str, Focus] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    severities: dict[str, Severity] = field(default_factory=dict)
    rules: dict[str, DeadlineRule] = field(default_factory=dict)
    ways: dict[str, ContactWay] = field(default_factory=dict)
    draft_kinds: dict[str, DraftKind] = field(default_factory=dict)

    def user(self, username: str) -> User:
        """A fresh instance, so that its scope is read anew."""
        return User.objects.get(pk=self.users[username].pk)

    @property
    def today(self) -> Any:
        return self.campaign.day_of(self.at)

    @property
    def calendar(self) -> Calendar:
        return load_calendar()

    def after(self, working_days: int) -> datetime:
        """The same hour so many working days after `at` (negative: before)."""
        return self.at + (self.calendar.add(self.today, working_days) - self.today)

    @staticmethod
    def pdf(name: str = "佐证材料.pdf", text: str = "") -> SimpleUploadedFile:
        """A small valid PDF; different `text`, different content."""
        body = f"%PDF-1.4\n%{text or name}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".encode()
        return SimpleUploadedFile(name, body, "application/pdf")

    @staticmethod
    def png(name: str = "照片.png", colour: str = "navy") -> SimpleUploadedFile:
        buffer = io.BytesIO()
        Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
        return SimpleUploadedFile(name, buffer.getvalue(), "image/png")

    @classmethod
    def received(cls, name: str = "佐证材料.pdf", text: str = "") -> files.ReceivedFile:
        """A file that has passed the gate, ready for a service."""
        return files.receive(cls.pdf(name, text))


def build_world() -> World:
    at = timezone.localtime()  # as the officials' clocks show it: its date is the campaign's
    campaign = Campaign.objects.create(
        code="test",
        name="测试专项活动",
        short_name="测试",
        status=CampaignStatus.RUNNING,
        contact_within_days=366,  # nobody has called anybody yet: a test that wants the reminder says so
    )
    world = World(campaign, at)
    _phases(world)
    _organisation(world)
    _vocabulary(world)
    _people(world)
    VocabularyVersion.rise()
    return world


def _phases(world: World) -> None:
    spans = {"study": (-60, -21), "rectify": (-20, 60), "summary": (61, 90)}
    for order, (code, (start, end)) in enumerate(spans.items(), 1):
        world.phases[code] = Phase(
            campaign=world.campaign, code=code, name={"study": "学习教育", "rectify": "查纠整改"}.get(code, "总结提升"),
            order=order, starts_on=world.today + timedelta(start), ends_on=world.today + timedelta(end),
        )  # fmt: skip
    Phase.objects.bulk_create(world.phases.values())


def _organisation(world: World) -> None:
    for code in ("a", "b"):
        world.bodies[code] = Body(
            campaign=world.campaign, code=code, name=f"主体{code.upper()}", short_name=f"主体{code.upper()}"
        )
    Body.objects.bulk_create(world.bodies.values())
    for code, body in TEAMS.items():
        world.teams[code] = Team(
            campaign=world.campaign, body=world.bodies[body], code=code, name=f"督导组{code.upper()}"
        )
    Team.objects.bulk_create(world.teams.values())
    for code, team in UNITS.items():
        world.units[code] = Unit(
            campaign=world.campaign, body=world.teams[team].body, team=world.teams[team], code=code,
            name=f"单位{code.upper()}", type="court",
        )  # fmt: skip
    Unit.objects.bulk_create(world.units.values())
    world.units["u1s"].parent = world.units["u1"]
    world.units["u1s"].save(update_fields=["parent"])


def _vocabulary(world: World) -> None:
    of = {"campaign": world.campaign}
    for code, name in (("responsibility", "督责任"), ("content", "督内容")):
        world.foci[code] = Focus.objects.create(**of, code=code, name=name)
    ChecklistPoint.objects.bulk_create(
        ChecklistPoint(**of, focus=focus, text=f"{focus.name}要点", order=1) for focus in world.foci.values()
    )
    methods = [("listen", "听", MethodKind.ACT), ("inspect", "查", MethodKind.ACT),
               ("early", "提前介入式", MethodKind.MANNER), ("follow", "监督整改", MethodKind.FOLLOW_UP)]  # fmt: skip
    for code, name, kind in methods:
        world.methods[code] = Method(**of, code=code, name=name, kind=kind)
    Method.objects.bulk_create(world.methods.values())
    world.categories["duty"] = Category.objects.create(
        **of, code="duty", name="主体责任", focus=world.foci["responsibility"]
    )
    for code, is_key in (("general", False), ("key", True)):
        world.severities[code] = Severity(**of, code=code, name="重点" if is_key else "一般", is_key=is_key)
    Severity.objects.bulk_create(world.severities.values())
    for code, amount, since, for_problems, immediate in RULES:
        world.rules[code] = DeadlineRule(
            **of, code=code, name=code, amount=amount, counts_from=since, for_problems=for_problems,
            is_immediate=immediate,
        )  # fmt: skip
    DeadlineRule.objects.bulk_create(world.rules.values())
    for code, name in (("call", "电话联系"), ("papers", "查阅材料")):
        world.ways[code] = ContactWay(**of, code=code, name=name)
    ContactWay.objects.bulk_create(world.ways.values())
    for code, name in (("plan", "实施方案"), ("bulletin", "工作简报")):
        world.draft_kinds[code] = DraftKind(**of, code=code, name=name)
    DraftKind.objects.bulk_create(world.draft_kinds.values())
    CloseRequirement.objects.bulk_create(
        CloseRequirement(**of, code=fact, name=CloseCheck(fact).label, check_fact=fact, on_spot=fact == "verified")
        for fact in ("measures_done", "evidence_effective", "report_signed", "verified")
    )
    LightRule.objects.bulk_create(
        LightRule(**of, order=n, condition=c, light=light, working_days=days, fraction=part, times=times)
        for n, (c, light, days, part, times) in enumerate(LIGHTS, 1)
    )
    _reminding(world)
    _routes(world)


def _reminding(world: World) -> None:
    of = {"campaign": world.campaign}
    far = [(rung, {"when": "after" if rung > 0 else "before", "days": abs(rung), "order": rung}) for rung in RUNGS]
    ReminderRung.objects.bulk_create(ReminderRung(**of, is_urgent=rung >= 0, **fields) for rung, fields in far)
    ReminderStep.objects.bulk_create(
        ReminderStep(**of, whose=whose, also=also, **dict(far)[rung]) for whose, also, rung in STEPS
    )


def _routes(world: World) -> None:
    routes = [ApprovalRoute(campaign=world.campaign, document=d, source=s, is_key=k) for d, s, k, _ in ROUTES]
    ApprovalRoute.objects.bulk_create(routes)
    ApprovalStep.objects.bulk_create(
        ApprovalStep(route=route, number=1, role=row[3]) for route, row in zip(routes, ROUTES, strict=True)
    )
    NumberSeries.objects.bulk_create(
        NumberSeries(campaign_id=world.campaign.pk, code=code, prefix=prefix)
        for code, prefix in (("feedback_form", "测督反"), ("closure_sheet", "测督销"))
    )


def _people(world: World) -> None:
    names = ["office", "office-lead", "nobody", "auditor", "sysadmin", "secadmin"]
    names += [f"{code}-office" for code in world.bodies]
    names += [f"{code}-{suffix}" for code in world.teams for suffix in TEAM_SUFFIXES]
    names += [f"{code}{suffix}" for code in world.units for suffix in UNIT_SUFFIXES]
    administrators = {"auditor": "auditor", "sysadmin": "system_admin", "secadmin": "security_admin"}
    template = User(username="x")
    template.set_password(PASSWORD)
    world.users = {
        name: User(
            username=name, name=f"测试{name}", post="职务", password=template.password,
            administrator=administrators.get(name, ""),
        )
        for name in names
    }  # fmt: skip
    User.objects.bulk_create(world.users.values())
    _appointments(world)


class Appointer:
    """Collects appointments and the grants they give, and writes them in bulk."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.permissions = {p.codename: p for p in Permission.objects.filter(codename__startswith="act_as_")}
        self.rows: list[Any] = []

    def appoint(self, staff: type, grant: type, username: str, role: str, **on: Any) -> None:
        (target,) = on.values()
        user = self.world.users[username]
        role_of_row = {} if staff is BodyStaff else {"role": role}
        self.rows.append(staff(user=user, **on, **role_of_row))
        self.give(grant, username, role, target)

    def give(self, grant: type, username: str, role: str, target: Any) -> None:
        permission = self.permissions[codename(role)]
        user, source = self.world.users[username], f"test:{username}"
        self.rows.append(grant(user=user, permission=permission, content_object=target, source=source))

    def write(self) -> None:
        for model in {type(row) for row in self.rows}:
            model.objects.bulk_create([row for row in self.rows if type(row) is model])


def _appointments(world: World) -> None:
    people = Appointer(world)
    for username, role in (("office", Role.OFFICE), ("office-lead", Role.OFFICE_LEAD)):
        people.appoint(OfficeStaff, CampaignGrant, username, role, campaign=world.campaign)
    for code, body in world.bodies.items():
        people.appoint(BodyStaff, BodyGrant, f"{code}-office", Role.BODY_OFFICE, body=body)
    for code, team in world.teams.items():
        for suffix, role in TEAM_SUFFIXES.items():
            people.appoint(TeamMembership, TeamGrant, f"{code}-{suffix}", role, team=team)
    for code, unit in world.units.items():
        for suffix, role in UNIT_SUFFIXES.items():
            people.appoint(UnitStaff, UnitGrant, f"{code}{suffix}", role, unit=unit)
    for overseer in ("u1", "u1-head"):
        people.give(UnitGrant, overseer, Role.OVERSEER, world.units["u1s"])
    people.write()

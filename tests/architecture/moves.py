"""All rows of the move matrix, and what every generated test needs to know of a kind of object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.roles import OBJECT_OF, Role
from feedback.models import FeedbackForm
from rectification.enums import SETTLED, ItemStatus
from rectification.models import RectificationItem, Report
from supervision.core.transitions import TABLES, Transition
from supervision.models import Advice, Campaign, DailyRecord, FiledDraft, Inspection
from supervision.rules import ByRoute, ThePerson, next_step
from tests.feedback.moves import ROWS as FEEDBACK_ROWS
from tests.rectification.moves import ROWS as ITEM_ROWS
from tests.rectification.moves_reports import ROWS as REPORT_ROWS
from tests.supervision.moves import ROWS as SUPERVISION_ROWS
from tests.supervision.moves_guidance import ROWS as GUIDANCE_ROWS
from tests.world import TEAM_SUFFIXES, UNIT_SUFFIXES, MoveRow, World

ROWS: dict[str, dict[str, MoveRow]] = {**SUPERVISION_ROWS, **GUIDANCE_ROWS, **FEEDBACK_ROWS, **ITEM_ROWS, **REPORT_ROWS}


@dataclass(frozen=True)
class Kind:
    """The model of a kind of object and the address of its moves."""

    model: Any
    move_url: str


KINDS: dict[str, Kind] = {
    "campaign": Kind(Campaign, "supervision:campaign-move"),
    "inspection": Kind(Inspection, "supervision:inspection-move"),
    "daily_record": Kind(DailyRecord, "supervision:daily-record-move"),
    "advice": Kind(Advice, "supervision:advice-move"),
    "filed_draft": Kind(FiledDraft, "supervision:filed-draft-move"),
    "feedback_form": Kind(FeedbackForm, "feedback:form-move"),
    "rectification_item": Kind(RectificationItem, "rectification:item-move"),
    "report": Kind(Report, "rectification:report-move"),
}

ALL = [(kind, move) for kind, table in sorted(TABLES.items()) for move in table]
BY_PEOPLE = [(kind, move) for kind, move in ALL if not move.system]


def row_id(value: Any) -> str:
    return value.name if isinstance(value, Transition) else str(value)


def row_of(kind: str, move: Transition) -> MoveRow:
    return ROWS[kind][move.name]


def ready(world: World, kind: str, move: Transition) -> tuple[MoveRow, Any]:
    row = row_of(kind, move)
    subject = row.arrange(world)
    return row, KINDS[kind].model.objects.get(pk=subject.pk)


def perform(world: World, row: MoveRow, subject: Any, actor: Any, **over: Any) -> Any:
    """Make the move as its row says; system moves take no actor."""
    inputs = {**row.inputs(world, subject), **over}
    if actor is not None:
        inputs["actor"] = actor
    return row.service(pk=subject.pk, at=inputs.pop("at", world.at), **inputs)


def force_status(subject: Any, status: str) -> None:
    """Put the row into a state by hand, with what its database constraints demand."""
    values: dict[str, Any] = {"status": status}
    if isinstance(subject, RectificationItem):
        settled = ItemStatus(status) in SETTLED
        values["clock"] = "none" if settled else ("unit" if subject.clock == "none" else subject.clock)
    type(subject).objects.filter(pk=subject.pk).update(**values)


def holders(world: World, subject: Any, role: str) -> set[str]:
    """The usernames of the small world who hold `role` on this subject's campaign, body, team or unit."""
    kind = OBJECT_OF[role]
    if kind == "campaign":
        return {{Role.OFFICE: "office", Role.OFFICE_LEAD: "office-lead"}[Role(role)]}
    groups = {"body": world.bodies, "team": world.teams, "unit": world.units}[kind]
    code = next(code for code, row in groups.items() if row.pk == getattr(subject, f"{kind}_id"))
    if kind == "body":
        return {f"{code}-office"}
    if kind == "team":
        return {f"{code}-{suffix}" for suffix, held in TEAM_SUFFIXES.items() if held == role}
    return {f"{code}{suffix}" for suffix, held in UNIT_SUFFIXES.items() if held == role}


def rightful(world: World, subject: Any, move: Transition, row: MoveRow) -> set[str]:
    """Everyone to whom the table gives this move on this subject: by role, or the one person it names."""
    if isinstance(move.allowed, ThePerson):
        actor = row.actor(world, subject)
        return {actor.username} if actor else set()
    if isinstance(move.allowed, ByRoute):
        return holders(world, subject, next_step(move.allowed.document, subject)[0])
    held: set[str] = set()
    for role in move.allowed.roles if move.allowed else ():
        if role in (Role.RECEIPT_DELEGATE, Role.REPORT_DELEGATE):
            continue  # nobody holds a delegation in the small world unless a test gives one
        held |= holders(world, subject, role)
    return held


def outsiders(world: World, subject: Any) -> list[str]:
    """People of another unit, team or body, and people without business roles: the object does not exist for them."""
    unit = next((code for code, row in world.units.items() if row.pk == subject.unit_id), "")
    team = next((code for code, row in world.teams.items() if row.pk == subject.team_id), "")
    body = next((code for code, row in world.bodies.items() if row.pk == subject.body_id), "")
    over = {"u1s": "u1"}.get(unit)
    inside = {"office", "office-lead", f"{body}-office"}
    inside |= {f"{team}-{suffix}" for suffix in TEAM_SUFFIXES}
    inside |= {f"{code}{suffix}" for code in (unit, over) if code for suffix in UNIT_SUFFIXES}
    return [name for name in world.users if name not in inside]


def in_turn(people: Sequence[str], number: int, every: int) -> Sequence[str]:
    """Every so many-th of the people, beginning with another one for each number: all of them (1), a third (3)."""
    return people[number % every :: every]

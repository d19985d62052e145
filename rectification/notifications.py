"""Who is told of what happens to an item. Nobody is told of their own act (core/notifications.py)."""

from __future__ import annotations

from collections.abc import Callable

from accounts.roles import Role
from rectification.enums import ItemStatus
from rectification.models.item import RectificationItem
from rectification.rules import route_roles
from supervision.audiences import people_of
from supervision.core.deadlines import Clock
from supervision.core.models.event import Event
from supervision.core.notifications import register_policy
from supervision.enums import Document
from supervision.rules import TEAM_PEOPLE

UNIT = (Role.LIAISON, Role.HEAD)


def register() -> None:
    register_policy("item.plan_submitted", _deciders(Document.RECTIFICATION_PLAN))
    register_policy("item.plan_endorsed", _deciders(Document.RECTIFICATION_PLAN))
    register_policy("item.plan_approved", _to(*UNIT))
    register_policy("item.plan_returned", _to(*UNIT))
    register_policy("item.pressed", _pressed)
    register_policy("item.submitted", _to(*TEAM_PEOPLE))
    register_policy("item.returned", _to(*UNIT))
    register_policy("item.verification_recorded", _second_verifier)
    register_policy("item.verified", _deciders(Document.CLOSURE_SHEET))
    register_policy("item.closure_endorsed", _deciders(Document.CLOSURE_SHEET))
    register_policy("item.closed", _to(*UNIT, *TEAM_PEOPLE))
    register_policy("item.close_refused", _to(*TEAM_PEOPLE))
    register_policy("item.close_refused_to_unit", _to(*TEAM_PEOPLE, *UNIT))
    register_policy("item.corrected", _to(*UNIT, *TEAM_PEOPLE))
    register_policy("item.cancelled", _to(*TEAM_PEOPLE))


def _to(*roles: str) -> Callable[[Event], list[int]]:
    return lambda event: people_of(event, *roles)


def _deciders(document: Document) -> Callable[[Event], list[int]]:
    """Everyone whom the campaign's route names for this item, the steps of 核稿 among them."""

    def recipients(event: Event) -> list[int]:
        item = RectificationItem.objects.get(pk=event.subject_id)
        return people_of(event, *route_roles(document, item))

    return recipients


def _pressed(event: Event) -> list[int]:
    """Whoever's clock ran when 催办 was given."""
    clock = event.payload["clock"]
    if clock == Clock.UNIT:
        return people_of(event, *UNIT)
    if clock == Clock.TEAM:
        return people_of(event, *TEAM_PEOPLE)
    is_plan = event.payload["status"] == ItemStatus.PLAN_REVIEW
    return _deciders(Document.RECTIFICATION_PLAN if is_plan else Document.CLOSURE_SHEET)(event)


def _second_verifier(event: Event) -> list[int]:
    """Whoever is to confirm with their own account."""
    return [] if event.payload["scan"] else [event.payload["second_verifier"]]

"""Who is told of what happens to an inspection. The reader's own act is never told to them (core/notifications.py)."""

from __future__ import annotations

from collections.abc import Callable

from accounts.roles import Role
from supervision.audiences import people_of
from supervision.core.models.event import Audience, Event
from supervision.core.notifications import register_policy
from supervision.models.inspection import Inspection
from supervision.rules import TEAM_PEOPLE

UNIT = (Role.LIAISON, Role.HEAD)


def register() -> None:
    register_policy("inspection.created", _approvers)
    register_policy("inspection.approved", _team_and_unit)
    register_policy("inspection.endorsed", _approvers)
    register_policy("inspection.started", _unit)
    register_policy("inspection.submitted", _to(Role.LEADER, Role.DEPUTY))
    register_policy("inspection.returned", _to(*TEAM_PEOPLE))
    register_policy("inspection.concluded", _to(*TEAM_PEOPLE))
    for verb in ("inspection.postponed", "inspection.resumed", "inspection.cancelled"):
        register_policy(verb, _team_and_unit)


def _to(*roles: str) -> Callable[[Event], list[int]]:
    return lambda event: people_of(event, *roles)


def _unit(event: Event) -> list[int]:
    """The unit's people, as far as the event is for their eyes."""
    return people_of(event, *UNIT) if event.audience == Audience.UNIT else []


def _team_and_unit(event: Event) -> list[int]:
    return people_of(event, *TEAM_PEOPLE) + _unit(event)


def _approvers(event: Event) -> list[int]:
    """Whoever decides on a planned visit: the sponsor an unannounced one, the leader the others."""
    unannounced = Inspection.objects.filter(pk=event.subject_id, is_unannounced=True).exists()
    return people_of(event, Role.SPONSOR if unannounced else Role.LEADER)

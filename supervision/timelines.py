"""Which events of an object a reader may see: by the event's audience and the reader's place around the object."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from supervision.core.models.event import Audience, Event

_UNIT = (Audience.UNIT,)
_TEAM = (Audience.UNIT, Audience.TEAM)
_OFFICE = (Audience.UNIT, Audience.TEAM, Audience.OFFICE)


def audiences_for(user: User, subject: Any) -> tuple[str, ...]:
    """The audiences that include this reader of this object."""
    scope = user.scope
    if subject.campaign_id in scope.campaigns or subject.body_id in scope.bodies:
        return _OFFICE
    return _TEAM if subject.team_id in scope.teams else _UNIT


def visible_events(user: User, subject: Any) -> list[Event]:
    """The object's history as this reader may see it, newest first; one query."""
    found = Event.objects.filter(
        subject_kind=subject.kind, subject_id=subject.pk, audience__in=audiences_for(user, subject)
    )
    return list(found.order_by("-sequence"))

"""Who holds which role where today, as reminders need it: absent people left out, nobody's move left to nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.roles import OBJECT_OF, Role
from supervision.models.campaign import CampaignGrant
from supervision.models.organisation import BodyGrant, Team, TeamGrant, Unit, UnitGrant
from supervision.models.people import TeamMembership
from supervision.vocabulary import Vocabulary

_GRANTS: dict[str, Any] = {"campaign": CampaignGrant, "body": BodyGrant, "team": TeamGrant, "unit": UnitGrant}
STAND_INS = {Role.LEADER: (Role.DEPUTY, Role.SPONSOR)}
Held = dict[tuple[str, int], set[int]]


class Holding(NamedTuple):
    """A person who is reminded as `role` of what belongs to that campaign, body, team or unit."""

    role: str
    object_id: int
    user_id: int


def holdings(vocabulary: Vocabulary, on: date) -> list[Holding]:
    """Everybody's posts on that day; a fixed number of queries."""
    held = _held(vocabulary.campaign.pk, on)
    _leave_out_absent(held, on)
    above = _above(vocabulary.campaign.pk)
    for kind in ("unit", "team"):
        for object_id in above[kind]:
            _stand_in(held, vocabulary, kind, object_id, above)
    return [Holding(role, pk, user) for (role, pk), users in sorted(held.items()) for user in sorted(users)]


def _held(campaign_id: int, on: date) -> Held:
    current = (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (
        Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    )
    held: Held = defaultdict(set)
    for kind, model in _GRANTS.items():
        of = {"content_object_id" if kind == "campaign" else "content_object__campaign_id": campaign_id}
        rows = model.objects.filter(current, user__is_active=True, **of)
        for code, object_id, user_id in rows.values_list("permission__codename", "content_object_id", "user_id"):
            held[code.removeprefix("act_as_"), object_id].add(user_id)
    return held


def _leave_out_absent(held: Held, on: date) -> None:
    away = Q(absent_from__lte=on) & (Q(absent_until__isnull=True) | Q(absent_until__gte=on))
    for team_id, role, user_id in TeamMembership.objects.filter(away).values_list("team_id", "role", "user_id"):
        held[role, team_id].discard(user_id)


def _above(campaign_id: int) -> dict[str, dict[int, dict[str, int | None]]]:
    """Of each unit and team: the objects on which higher roles are held."""
    units = Unit.objects.filter(campaign_id=campaign_id).values_list("pk", "team_id", "body_id")
    teams = Team.objects.filter(campaign_id=campaign_id).values_list("pk", "body_id")
    return {
        "unit": {pk: {"unit": pk, "team": team, "body": body, "campaign": campaign_id} for pk, team, body in units},
        "team": {pk: {"team": pk, "body": body, "campaign": campaign_id} for pk, body in teams},
    }


def _stand_in(held: Held, vocabulary: Vocabulary, kind: str, object_id: int, above: Any) -> None:
    """A post that is empty or absent is answered for by its stand-in, else by the next higher person."""
    place = above[kind][object_id]
    for role in (role for role, on in OBJECT_OF.items() if on == kind and role != Role.OVERSEER):
        if held.get((role, object_id)):
            continue
        for other in _next_higher(role, vocabulary):
            users = held.get((other, place.get(OBJECT_OF[other]) or 0))
            if users:
                held[role, object_id] = set(users)
                break


def _next_higher(role: str, vocabulary: Vocabulary) -> Iterable[str]:
    yield from STAND_INS.get(Role(role), ())
    yield from (row.also for row in vocabulary.reminder_steps if row.whose == role)

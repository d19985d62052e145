"""Who is told of what happens to an inspection. The reader's own act is never told to them (core/notifications.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from supervision.audiences import people_of
from supervision.core.models.event import Audience, Event
from supervision.core.notifications import register_policy
from supervision.enums import AdviceStatus, Document, InspectionStatus
from supervision.models.advice import Advice
from supervision.models.inspection import Inspection
from supervision.models.people import TeamMembership
from supervision.rules import TEAM_PEOPLE, next_step

UNIT = (Role.LIAISON, Role.HEAD)


def register() -> None:
    register_policy("inspection.created", _approvers)
    register_policy("inspection.approved", _team_and_unit)
    register_policy("inspection.endorsed", _approvers)
    register_policy("inspection.started", _unit)
    register_policy("inspection.submitted", _leading)
    register_policy("inspection.returned", _to(*TEAM_PEOPLE))
    register_policy("inspection.concluded", _to(*TEAM_PEOPLE))
    for verb in ("inspection.postponed", "inspection.resumed", "inspection.cancelled"):
        register_policy(verb, _team_and_unit)
    _register_guidance()


def secret_visits(ids: Collection[int]) -> set[int]:
    """Those of these visits that nobody outside may hear of: unannounced ones that have not begun."""
    found = Inspection.objects.filter(pk__in=ids, is_unannounced=True, started_at__isnull=True)
    return set(found.values_list("pk", flat=True))


def _register_guidance() -> None:
    """Daily records are the team's notebook and tell nobody; advice and filed drafts always have one who answers."""
    for verb in ("advice.submitted", "advice.endorsed"):
        register_policy(verb, _advice_signers)
    for verb in ("advice.returned", "advice.answered", "filed_draft.filed", "filed_draft.refiled"):
        register_policy(verb, _to(*TEAM_PEOPLE))
    for verb in ("advice.more_asked", "advice.closed", "filed_draft.read"):
        register_policy(verb, _to(*UNIT))
    for verb in ("advice.issued", "advice.withdrawn", "filed_draft.adopted", "filed_draft.withdrawn"):
        register_policy(verb, _to(*TEAM_PEOPLE, *UNIT))


def _advice_signers(event: Event) -> list[int]:
    """Whoever the campaign's route names for the advice's next step; none once it was decided before delivery."""
    advice = Advice.objects.get(pk=event.subject_id)
    if advice.status != AdviceStatus.PENDING_SIGNOFF:
        return []
    role, _signs = next_step(Document.ADVICE, advice)
    return _leading(event) if role == Role.LEADER else people_of(event, role)


def _to(*roles: str) -> Callable[[Event], list[int]]:
    return lambda event: people_of(event, *roles)


def _unit(event: Event) -> list[int]:
    """The unit's people, as far as the event is for their eyes."""
    return people_of(event, *UNIT) if event.audience == Audience.UNIT else []


def _team_and_unit(event: Event) -> list[int]:
    return people_of(event, *TEAM_PEOPLE) + _unit(event)


def _approvers(event: Event) -> list[int]:
    """Whoever the campaign's route names for the next step of a planned visit."""
    inspection = Inspection.objects.get(pk=event.subject_id)
    if inspection.status != InspectionStatus.PLANNED:
        return []  # born approved, or decided before this was delivered
    role, _signs = next_step(Document.INSPECTION, inspection)
    return _leading(event) if role == Role.LEADER else people_of(event, role)


def _leading(event: Event) -> list[int]:
    """Who leads the team today besides the act's author: the leader, else the deputy, else the sponsor."""
    today = timezone.localdate()
    away = Q(absent_from__lte=today) & (Q(absent_until__isnull=True) | Q(absent_until__gte=today))
    members = TeamMembership.objects.filter(away, team_id__in=[event.team_id])
    absent = set(members.values_list("user_id", flat=True))
    for role in (Role.LEADER, Role.DEPUTY, Role.SPONSOR):
        found = [pk for pk in people_of(event, role) if pk not in absent and pk != event.actor_id]
        if found:
            return found
    return []

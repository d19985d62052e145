"""Who is told of what happens to a feedback form. The author of an act is never told of it (core/notifications.py)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.transitions import RETURN
from supervision.audiences import people_of
from supervision.core.models.event import Event
from supervision.core.notifications import register_policy
from supervision.core.transitions import Situation
from supervision.enums import Document
from supervision.rules import TEAM_PEOPLE, next_step

UNIT = (Role.LIAISON, Role.HEAD)


def register() -> None:
    register_policy("form.submitted", _next_signers)
    register_policy("form.endorsed", _next_signers)
    register_policy("form.returned", _drafter)
    for verb in ("form.issued", "form.withdrawn", "form.voided", "form.corrected", "form.closed"):
        register_policy(verb, _to(*UNIT))
    for verb in ("form.acknowledged", "form.deemed_received"):
        register_policy(verb, _to(*TEAM_PEOPLE))
    register_policy("signature.entered", _named_signer)


def _to(*roles: str) -> Callable[[Event], list[int]]:
    return lambda event: people_of(event, *roles)


def _form(event: Event) -> FeedbackForm:
    return FeedbackForm.objects.select_related("campaign").get(pk=event.subject_id)


def _next_signers(event: Event) -> list[int]:
    """Whoever the route names for the step that is next now; of a leader's own draft, the leader's stand-in.

    The same rule as the move's own, asked of each who holds the role or stands in for it.
    """
    form = _form(event)
    if form.status != FormStatus.PENDING_SIGNOFF:
        return []  # decided or recalled before this was delivered
    role, _signs = next_step(Document.FEEDBACK_FORM, form)
    roles = (Role.LEADER, Role.DEPUTY, Role.SPONSOR) if role == Role.LEADER else (role,)
    now = timezone.now()
    on = form.campaign.day_of(now)
    people = User.objects.filter(pk__in=people_of(event, *roles)).exclude(pk=form.submitted_by_id or 0)
    return [person.pk for person in people if RETURN.is_allowed(form, Situation(person, now, on))]


def _drafter(event: Event) -> list[int]:
    """Whoever handed the draft in has it back."""
    drafter = _form(event).submitted_by_id
    return [] if drafter is None else [drafter]


def _named_signer(event: Event) -> list[int]:
    """The person named on a paper is told at once and may dispute it."""
    return [int(event.payload["signer"])]

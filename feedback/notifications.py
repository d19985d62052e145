"""Who is told of what happens to a feedback form."""

from __future__ import annotations

from collections.abc import Callable

from accounts.roles import Role
from feedback.models import FeedbackForm
from supervision.audiences import people_of
from supervision.core.models.event import Event
from supervision.core.notifications import register_policy
from supervision.enums import Document, Source
from supervision.rules import TEAM_PEOPLE
from supervision.vocabulary import vocabulary_of

UNIT = (Role.LIAISON, Role.HEAD)


def register() -> None:
    register_policy("form.submitted", _signers)
    register_policy("form.endorsed", _signers)
    register_policy("form.returned", _drafters)
    for verb in ("form.issued", "form.withdrawn", "form.voided", "form.corrected", "form.closed"):
        register_policy(verb, _to(*UNIT))
    for verb in ("form.acknowledged", "form.deemed_received"):
        register_policy(verb, _to(*TEAM_PEOPLE))
    register_policy("signature.entered", _named_signer)


def _to(*roles: str) -> Callable[[Event], list[int]]:
    return lambda event: people_of(event, *roles)


def _form(event: Event) -> FeedbackForm:
    return FeedbackForm.objects.get(pk=event.subject_id)


def _signers(event: Event) -> list[int]:
    """Everyone on the form's route; the leader's stand-ins with the leader."""
    form = _form(event)
    roles = set(vocabulary_of(form.campaign_id).route(Document.FEEDBACK_FORM, form.source, form.is_key))
    if Role.LEADER in roles and event.actor_id in people_of(event, Role.LEADER):
        roles |= {Role.DEPUTY, Role.SPONSOR}
    return people_of(event, *roles)


def _drafters(event: Event) -> list[int]:
    if _form(event).source == Source.TEAM:
        return people_of(event, *TEAM_PEOPLE)
    return people_of(event, Role.OFFICE)


def _named_signer(event: Event) -> list[int]:
    """The person named on a paper is told at once and may dispute it."""
    return [int(event.payload["signer"])]

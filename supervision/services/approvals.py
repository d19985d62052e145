"""The steps 核稿 of an approval route before the one that signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from supervision import rules
from supervision.models.signing import Endorsement
from supervision.vocabulary import vocabulary_of


def endorse(*, subject: Any, document: str, actor: User, at: datetime) -> Endorsement:
    """Write the endorsement of the subject's current step, inside the caller's locked and checked move."""
    role, is_last = rules.next_step(document, subject)
    if is_last:
        raise ValueError("The last step of a route signs; it is not an endorsement.")
    steps = vocabulary_of(subject.campaign_id).route(document, subject.route_source, subject.is_key)
    return Endorsement.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        round=subject.route_round(document),
        step=steps.index(role) + 1,
        role=role,
        person=actor,
        at=at,
    )


def endorsers(subject: Any, document: str) -> list[Endorsement]:
    """Who endorsed the subject in its current round, in order."""
    return list(
        Endorsement.objects.filter(
            subject_kind=subject.kind, subject_id=subject.pk, round=subject.route_round(document)
        )
        .select_related("person")
        .order_by("step")
    )

"""Write events: the one audit trail. Called inside the transaction of the act it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from supervision.core import notifications
from supervision.core.models.event import Audience, Event
from supervision.core.refusals import Sentence
from supervision.core.transitions import TABLES


@dataclass(frozen=True)
class Verb:
    """An event's past-tense name, how people read it, and who may."""

    name: str
    label: Sentence
    audience: Audience


_VERBS: dict[str, Verb] = {}


def register_verb(name: str, label: Sentence, audience: Audience = Audience.AUDIT) -> None:
    """Declare a verb that is no move of a state machine (moves declare theirs in their table)."""
    _VERBS[name] = Verb(name, label, audience)


def verb(name: str) -> Verb:
    """The declared verb; an unknown one is a programming error and fails loudly (KeyError)."""
    if name not in _VERBS:
        for table in TABLES.values():
            for move in table:
                _VERBS.setdefault(move.verb, Verb(move.verb, move.label, move.audience))
    return _VERBS[name]


def record(
    name: str,
    *,
    subject: Any,
    actor: Any,
    at: datetime,
    was: str = "",
    now: str = "",
    note: str = "",
    payload: dict[str, Any] | None = None,
    audience: Audience | None = None,
    on_behalf_of: str = "",
) -> Event:
    """Append one event to the subject's chain and queue its dispatch.

    The caller holds the subject's row lock, so the sequence cannot race. Failing to write rolls the act back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its act.")
    kind = getattr(subject, "kind", "user")
    last = Event.objects.of(kind, subject.pk).values_list("sequence", "hash").last()
    event = Event(
        verb=name,
        subject_kind=kind,
        subject_id=subject.pk,
        label=str(getattr(subject, "label", subject))[:255],
        campaign_id=getattr(subject, "campaign_id", None),
        body_id=getattr(subject, "body_id", None),
        team_id=getattr(subject, "team_id", None),
        unit_id=getattr(subject, "unit_id", None),
        audience=audience or verb(name).audience,
        actor=actor,
        actor_name=actor.name if actor else "",
        actor_post=actor.post if actor else "",
        on_behalf_of=on_behalf_of,
        was=was,
        now=now,
        note=note,
        payload=payload or {},
        at=at,
        sequence=(last[0] if last else 0) + 1,
        previous_hash=last[1] if last else "",
    )
    event.seal()
    event.save(force_insert=True)
    notifications.enqueue(event)
    return event


def record_refusal(*, move_verb: str, subject: Any, actor: Any, at: datetime, reasons: list[str]) -> None:
    """Write `<verb>.refused` on the actor's own chain, in a transaction of its own.

    Not on the object's chain: a refused reader holds no lock there and could make a rightful move fail.
    """
    with transaction.atomic():
        person = get_user_model().objects.select_for_update().get(pk=actor.pk)
        about = {"kind": subject.kind, "id": subject.pk, "verb": move_verb, "reasons": reasons}
        record("move.refused", subject=person, actor=person, at=at, payload=about)


register_verb("move.refused", "办理被拒绝")


def is_chain_intact(kind: str, pk: int) -> bool:
    """Recompute one object's chain: order, links and hashes."""
    previous = ""
    for number, event in enumerate(Event.objects.of(kind, pk), start=1):
        stored = event.hash
        event.seal()
        if event.sequence != number or event.previous_hash != previous or event.hash != stored:
            return False
        previous = stored
    return True

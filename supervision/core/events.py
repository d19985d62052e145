"""Write events: the one audit trail. Called inside the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy

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


def verbs() -> list[Verb]:
    """Everything that may stand in the log, by its code."""
    for table in TABLES.values():
        for move in table:
            verb(move.verb)
    return sorted(_VERBS.values(), key=lambda each: each.name)


@dataclass(frozen=True)
class Fact:
    """What is to be recorded of one subject; `verb` where it is not the verb of the act it belongs to."""

    subject: Any
    was: str = ""
    now: str = ""
    note: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    verb: str = ""


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
    before: Sequence[Fact] = (),
) -> Event:
    """Append one event to the subject's chain and queue its dispatch; returns it.

    `before`: what happened to the same subject in the same act and stands before it on the chain, at no further query.
    The caller holds the subject's row lock, so the sequence cannot race. Failing to write rolls the act back.
    """
    facts = [*before, Fact(subject, was, now, note, payload or {})]
    return record_many(name, facts, actor=actor, at=at, audience=audience, on_behalf_of=on_behalf_of)[-1]


def record_many(
    name: str,
    facts: Sequence[Fact],
    *,
    actor: Any,
    at: datetime,
    audience: Audience | None = None,
    on_behalf_of: str = "",
    newborn: bool = False,
) -> list[Event]:
    """One act on subjects of one kind: an event for each fact, three queries however many.

    `newborn`: the subjects were created by this very act and have no chain yet.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its act.")
    heads = {} if newborn else _heads([fact.subject for fact in facts])
    written = []
    for fact in facts:
        event = _event_of(fact, fact.verb or name, actor, at, audience, on_behalf_of)
        event.sequence, event.previous_hash = heads.get(fact.subject.pk, (0, ""))
        event.sequence += 1
        event.seal()
        heads[fact.subject.pk] = (event.sequence, event.hash)
        written.append(event)
    if len(written) == 1:
        written[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(written)
    notifications.enqueue(written)
    return written


def read_ahead(subjects: Sequence[Any]) -> None:
    """Read the ends of several chains, of any kinds, in one query for the act that is about to write on them all.

    The caller holds the row locks of the subjects. What was read serves the next event on each, and no other.
    """
    chains = Q()
    for subject in subjects:
        chains |= Q(subject_kind=_kind_of(subject), subject_id=subject.pk)
    last = Event.objects.filter(chains).order_by().values("subject_kind", "subject_id").annotate(last=Max("pk"))
    rows = Event.objects.filter(pk__in=last.values("last"))
    ends = {(event.subject_kind, event.subject_id): (event.sequence, event.hash) for event in rows}
    for subject in subjects:
        subject.chain_end = ends.get((_kind_of(subject), subject.pk), (0, ""))


def _heads(subjects: list[Any]) -> dict[int, tuple[int, str]]:
    """The last sequence and hash of each subject's chain."""
    kind, each = _kind_of(subjects[0]), {subject.pk: subject for subject in subjects}
    ahead = {pk: vars(subject).pop("chain_end", None) for pk, subject in each.items()}
    if all(ahead.values()):
        return {pk: end for pk, end in ahead.items() if end}
    chains = Event.objects.filter(subject_kind=kind, subject_id__in=list(each))
    if len(each) > 1:
        chains = Event.objects.filter(
            pk__in=chains.order_by().values("subject_id").annotate(last=Max("pk")).values("last")
        )
        rows = chains.values_list("subject_id", "sequence", "hash")
    else:
        rows = chains.order_by("-sequence").values_list("subject_id", "sequence", "hash")[:1]
    return {pk: (sequence, digest) for pk, sequence, digest in rows}


def _kind_of(subject: Any) -> str:
    return str(getattr(subject, "kind", "user"))


def _event_of(fact: Fact, name: str, actor: Any, at: datetime, audience: Audience | None, on_behalf_of: str) -> Event:
    subject = fact.subject
    return Event(
        verb=name,
        subject_kind=_kind_of(subject),
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
        was=fact.was,
        now=fact.now,
        note=fact.note,
        payload=fact.payload,
        at=at,
    )


def record_refusal(*, move_verb: str, subject: Any, actor: Any, at: datetime, reasons: list[str]) -> None:
    """Write `<verb>.refused` on the actor's own chain, in a transaction of its own.

    Not on the object's chain: a refused reader holds no lock there and could make a rightful move fail.
    """
    with transaction.atomic():
        person = get_user_model().objects.select_for_update().get(pk=actor.pk)
        about = {"kind": subject.kind, "id": subject.pk, "verb": move_verb, "reasons": reasons}
        record("move.refused", subject=person, actor=person, at=at, payload=about)


register_verb("move.refused", gettext_lazy("办理被拒绝"))


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

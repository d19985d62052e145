"""The life of advice 工作建议: drafted, signed out, answered by the unit, read by the team. It opens no item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision import guidance_transitions as transitions
from supervision.core import files, numbers
from supervision.core.classified import markings
from supervision.core.deadlines import Clock
from supervision.core.events import record
from supervision.core.models import DeadlineChange
from supervision.core.models.event import Event
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import Situation, Transition
from supervision.enums import DeadlineKind, Document
from supervision.guards import campaign_is_running
from supervision.models.advice import Advice, AdviceAnswer
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.services import advice_paper
from supervision.services.approvals import endorse
from supervision.services.daily import settle_by_advice
from supervision.vocabulary import vocabulary_of

CLOCK = ("clock", "clock_due_on")


@dataclass(frozen=True)
class Wording:
    """What the writer types, and where the advice comes from."""

    title: str
    content: str
    inspection: Inspection | None = None
    daily_record: DailyRecord | None = None


# --- drafting ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_advice(
    *, unit: Unit, actor: User, at: datetime, wording: Wording, uploads: Sequence[files.ReceivedFile] = ()
) -> Advice:
    """A member writes to one unit of the team. Raises NotAllowed for others, Unmet with every field that is wrong."""
    vocabulary = vocabulary_of(unit.campaign_id)
    on = unit.campaign.day_of(at)
    phase = vocabulary.phase_on(on) or vocabulary.phases[0]
    advice = Advice(**vars(wording), phase=phase, created_by=actor, created_at=at)
    advice.take_scope_of(unit)
    advice.campaign, advice.unit = unit.campaign, unit
    situation = Situation(actor, at, on)
    if unit.team_id is None or not transitions.TEAM(advice, situation):
        raise NotAllowed.for_roles(transitions.TEAM.words(advice))
    unmet = tuple(_wrong(advice, wording, situation))
    if unmet:
        raise Unmet(unmet)
    advice.save(force_insert=True)
    files.attach_all(uploads, subject=advice, actor=actor, at=at)
    record("advice.drafted", subject=advice, actor=actor, at=at, now=advice.status)
    return advice


def _wrong(advice: Advice, wording: Wording, situation: Situation) -> Iterator[Condition]:
    not_running = campaign_is_running.unmet(advice, situation)
    if not_running:
        yield not_running
    yield from _wrong_wording(advice, wording)


def _wrong_wording(advice: Advice, wording: Wording) -> Iterator[Condition]:
    for name, source in (("inspection", wording.inspection), ("daily_record", wording.daily_record)):
        if source is not None and source.unit_id != advice.unit_id:
            yield Condition(name, _("所选来源不属于这个单位。"))
    for sentence in markings((wording.title, wording.content)):
        yield Condition("content", sentence)


@transaction.atomic
def edit_advice(
    *, pk: int, actor: User, at: datetime, title: str, content: str, inspection: Inspection | None = None,
    uploads: Sequence[files.ReceivedFile] = (),
) -> Advice:  # fmt: skip
    """Any member of the team may write on a draft."""
    advice = _checked(transitions.EDIT, pk, actor, at, title=title, content=content)
    unmet = tuple(_wrong_wording(advice, Wording(title, content, inspection)))
    if unmet:
        raise Unmet(unmet)
    advice.title, advice.content, advice.inspection = title, content, inspection
    files.attach_all(uploads, subject=advice, actor=actor, at=at)
    _move(advice, transitions.EDIT, actor, at, changed=["title", "content", "inspection"])
    return advice


@transaction.atomic
def submit_advice(*, pk: int, actor: User, at: datetime) -> Advice:
    advice = _checked(transitions.SUBMIT, pk, actor, at)
    advice.submitted_by, advice.submitted_at, advice.round = actor, at, advice.round + 1
    _move(advice, transitions.SUBMIT, actor, at, changed=["submitted_by", "submitted_at", "round"])
    return advice


@transaction.atomic
def recall_advice(*, pk: int, actor: User, at: datetime) -> Advice:
    advice = _checked(transitions.RECALL, pk, actor, at)
    _move(advice, transitions.RECALL, actor, at)
    return advice


@transaction.atomic
def discard_advice(*, pk: int, actor: User, at: datetime, note: str) -> Advice:
    """The writer gives up what was never issued; the unit does not learn of it."""
    advice = _checked(transitions.DISCARD, pk, actor, at, note=note)
    _move(advice, transitions.DISCARD, actor, at, note=note)
    return advice


# --- signing out ------------------------------------------------------------------------------------------------------


@transaction.atomic
def endorse_advice(*, pk: int, actor: User, at: datetime) -> Advice:
    """核稿: a step of a longer route before the one that signs."""
    advice = _checked(transitions.ENDORSE, pk, actor, at)
    step = endorse(subject=advice, document=Document.ADVICE, actor=actor, at=at)
    _move(advice, transitions.ENDORSE, actor, at, payload={"step": step.step, "role": step.role})
    return advice


@transaction.atomic
def return_advice(*, pk: int, actor: User, at: datetime, note: str) -> Advice:
    advice = _checked(transitions.RETURN, pk, actor, at, note=note)
    _move(advice, transitions.RETURN, actor, at, note=note)
    return advice


@transaction.atomic
def issue_advice(*, pk: int, actor: User, at: datetime) -> Advice:
    """The unit learns of it and its time to answer begins. A number is given where the campaign has a series."""
    advice = _checked(transitions.ISSUE, pk, actor, at)
    if advice.daily_record_id is not None:
        settle_by_advice(advice.daily_record_id, actor=actor, at=at)
    on = advice.campaign.day_of(at)
    advice.signer, advice.issued_at, advice.issued_on = actor, at, on
    advice.due_on = advice.original_due_on = vocabulary_of(advice.campaign_id).due(DeadlineKind.ADVICE_ANSWER, on)
    advice.clock, advice.clock_due_on = Clock.UNIT, advice.due_on
    advice.number = _number(advice, on, at)
    changed = ["signer", "issued_at", "issued_on", "due_on", "original_due_on", "number", *CLOCK]
    advice_paper.freeze(advice, at=at)
    facts = {"number": advice.number, "due_on": advice.due_on.isoformat()}
    _move(advice, transitions.ISSUE, actor, at, changed=changed, payload=facts)
    return advice


def _number(advice: Advice, on: date, at: datetime) -> str:
    vocabulary = vocabulary_of(advice.campaign_id)
    code = vocabulary.series(advice.kind, advice.body.code)
    if code not in vocabulary.number_series:
        return ""
    return numbers.take(campaign_id=advice.campaign_id, code=code, year=on.year, subject=advice, at=at).text


@transaction.atomic
def withdraw_advice(*, pk: int, actor: User, at: datetime, note: str) -> Advice:
    """Taken back while the unit has not answered; the number stays, marked."""
    advice = _checked(transitions.WITHDRAW, pk, actor, at, note=note)
    numbers.mark_voided(subject=advice, at=at)
    advice.clock, advice.clock_due_on = Clock.NONE, None
    _move(advice, transitions.WITHDRAW, actor, at, changed=CLOCK, note=note)
    return advice


# --- answering --------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_advice(
    *, pk: int, actor: User, at: datetime, stance: str, text: str, uploads: Sequence[files.ReceivedFile] = ()
) -> Advice:
    """The unit says what it makes of it. Its clock stops, the team's to read begins."""
    advice = _checked(transitions.ANSWER, pk, actor, at, stance=stance, text=text)
    on = advice.campaign.day_of(at)
    is_late = advice.clock_due_on is not None and on > advice.clock_due_on
    answer = AdviceAnswer.objects.create(
        advice=advice, stance=stance, text=text, author=actor, answered_at=at, is_late=is_late
    )
    files.attach_all(uploads, subject=answer, actor=actor, at=at)
    advice.clock = Clock.TEAM
    advice.clock_due_on = vocabulary_of(advice.campaign_id).due(DeadlineKind.READING, on)
    _move(advice, transitions.ANSWER, actor, at, changed=CLOCK, payload={"stance": stance, "late": is_late})
    return advice


@transaction.atomic
def ask_more(*, pk: int, actor: User, at: datetime, note: str) -> Advice:
    """The answer does not do: the unit's clock runs again, never shorter than what it had."""
    advice = _checked(transitions.ASK_MORE, pk, actor, at, note=note)
    assert advice.due_on is not None
    redo = vocabulary_of(advice.campaign_id).due(DeadlineKind.REDO, advice.campaign.day_of(at))
    old, advice.due_on = advice.due_on, max(advice.due_on, redo)
    advice.clock, advice.clock_due_on = Clock.UNIT, advice.due_on
    event = _move(advice, transitions.ASK_MORE, actor, at, changed=["due_on", *CLOCK], note=note)
    if advice.due_on != old:
        DeadlineChange.objects.create(
            subject_kind=advice.kind, subject_id=advice.pk, rule=DeadlineKind.REDO, old_on=old, new_on=advice.due_on,
            reason=note, event=event,
        )  # fmt: skip
    return advice


@transaction.atomic
def close_advice(*, pk: int, actor: User, at: datetime, remark: str = "") -> Advice:
    """回复已阅: the team has read the answer; every matter has its end."""
    advice = _checked(transitions.CLOSE, pk, actor, at, remark=remark)
    advice.clock, advice.clock_due_on, advice.closed_at, advice.remark = Clock.NONE, None, at, remark
    _move(advice, transitions.CLOSE, actor, at, changed=["closed_at", "remark", *CLOCK], note=remark)
    return advice


def _checked(move: Transition, pk: int, actor: User, at: datetime, **inputs: Any) -> Advice:
    advice = Advice.objects.locked(pk)
    move.check(advice, actor, at=at, **inputs)
    return advice


def _move(
    advice: Advice, move: Transition, actor: User, at: datetime, *, changed: Iterable[str] = (), note: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:  # fmt: skip
    was, advice.status = advice.status, move.target or advice.status
    advice.save(update_fields=["status", *changed])
    return record(move.verb, subject=advice, actor=actor, at=at, was=was, now=advice.status, note=note, payload=payload)

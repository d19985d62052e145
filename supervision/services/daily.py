"""Daily records 日常督导记录: one contact with a unit, told in a minute; each later word is an event of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision import guidance_transitions as transitions
from supervision.core import files
from supervision.core.classified import markings
from supervision.core.events import Fact, record, record_many
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import Situation, Transition
from supervision.enums import DailyStatus, FollowUp
from supervision.models.campaign import Campaign
from supervision.models.daily import DailyAddition, DailyRecord
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.models.vocabulary import ContactWay, Focus
from supervision.vocabulary import vocabulary_of


@dataclass(frozen=True)
class Contact:
    """What is told of a contact."""

    way: ContactWay
    happened_on: date
    content: str
    counterpart: str = ""
    focus: Focus | None = None
    follow_up: str = FollowUp.NONE
    follow_up_note: str = ""


@transaction.atomic
def create_daily_records(
    *, units: Iterable[Unit], actor: User, at: datetime, contact: Contact, file: files.ReceivedFile | None = None
) -> list[DailyRecord]:
    """One record for each unit; the file goes to the first and is named in the others' events.

    Raises NotAllowed when a unit is not of the actor's team, Unmet with every field that is wrong.
    """
    chosen = list(units)
    records = [_new(unit, contact, actor, at) for unit in chosen]
    for unit, each in zip(chosen, records, strict=True):
        situation = Situation(actor, at, unit.campaign.day_of(at))
        if unit.team_id is None or not transitions.TEAM(each, situation):
            raise NotAllowed.for_roles(transitions.TEAM.words(each))
    unmet = tuple(_wrong(chosen, contact, at))
    if unmet:
        raise Unmet(unmet)
    DailyRecord.objects.bulk_create(records)
    if file is not None:
        for each in records[:1]:
            files.attach(file, subject=each, actor=actor, at=at)
    on = contact.happened_on.isoformat()
    facts = [Fact(each, now=each.status, payload={"on": on, "way": contact.way.name}) for each in records]
    record_many("daily_record.created", facts, actor=actor, at=at, newborn=True)
    return records


def _new(unit: Unit, contact: Contact, actor: User, at: datetime) -> DailyRecord:
    vocabulary = vocabulary_of(unit.campaign_id)
    row = DailyRecord(
        **vars(contact),
        phase=vocabulary.phase_on(contact.happened_on) or vocabulary.phases[0],
        status=DailyStatus.TO_FOLLOW if contact.follow_up else DailyStatus.RECORDED,
        author=actor,
        recorded_at=at,
    )
    row.take_scope_of(unit)
    row.campaign, row.unit = unit.campaign, unit
    return row


def _wrong(units: Sequence[Unit], contact: Contact, at: datetime) -> Iterator[Condition]:
    """Everything that is wrong, each under the name of its field."""
    if not units:
        yield Condition("units", _("请至少选择一个单位。"))
        return
    campaign = units[0].campaign
    if not campaign.is_running:
        yield Condition("campaign_is_running", _("专项活动须在进行中"))
    if any(unit.campaign_id != campaign.pk for unit in units):
        yield Condition("units", _("所选单位不属于同一个专项活动。"))
    yield from _wrong_words(campaign, contact.way, contact.focus, contact.happened_on, at)
    if not contact.content.strip():
        yield Condition("content", _("请写明了解到的情况。"))
    for sentence in markings((contact.content, contact.follow_up_note)):
        yield Condition("content", sentence)


def _wrong_words(
    campaign: Campaign, way: ContactWay, focus: Focus | None, happened_on: date, at: datetime
) -> Iterator[Condition]:
    if way.campaign_id != campaign.pk:
        yield Condition("way", _("督导方式不属于这个专项活动。"))
    if focus is not None and focus.campaign_id != campaign.pk:
        yield Condition("focus", _("督导重点不属于这个专项活动。"))
    if happened_on > campaign.day_of(at):
        yield Condition("happened_on", _("日期不能晚于今天。"))


@transaction.atomic
def correct_record(
    *, pk: int, actor: User, at: datetime, way: ContactWay, happened_on: date, content: str, counterpart: str = "",
    focus: Focus | None = None,
) -> DailyRecord:  # fmt: skip
    """The author mends the entry on its day; the event keeps what stood there."""
    row = _checked(transitions.CORRECT, pk, actor, at, content=content, counterpart=counterpart)
    unmet = tuple(_wrong_words(row.campaign, way, focus, happened_on, at))
    if unmet:
        raise Unmet(unmet)
    was = {"content": row.content, "counterpart": row.counterpart, "way": row.way.name, "on": str(row.happened_on)}
    now = {"way": way, "happened_on": happened_on, "content": content, "counterpart": counterpart, "focus": focus}
    for name, value in now.items():
        setattr(row, name, value)
    return _move(row, transitions.CORRECT, actor, at, changed=list(now), payload={"was": was})


@transaction.atomic
def supplement_record(*, pk: int, actor: User, at: datetime, text: str) -> DailyRecord:
    """After its day the entry stays as it was; what was wrong or missing is written below it."""
    row = _checked(transitions.SUPPLEMENT, pk, actor, at, text=text)
    DailyAddition.objects.create(record=row, text=text, author=actor, added_at=at)
    return _move(row, transitions.SUPPLEMENT, actor, at)


@transaction.atomic
def ask_follow_up(*, pk: int, actor: User, at: datetime, follow_up: str, follow_up_note: str = "") -> DailyRecord:
    """From now on the record waits on the team's workbench."""
    given = {"follow_up": follow_up, "follow_up_note": follow_up_note}
    row = _checked(transitions.ASK_FOLLOW_UP, pk, actor, at, **given)
    row.follow_up, row.follow_up_note = follow_up, follow_up_note
    facts = {"follow_up": str(FollowUp(follow_up).label)}
    return _move(row, transitions.ASK_FOLLOW_UP, actor, at, changed=list(given), payload=facts)


@transaction.atomic
def follow_up_record(
    *, pk: int, actor: User, at: datetime, outcome: str, inspection: Inspection | None = None
) -> DailyRecord:
    """What became of it. `inspection`: the visit of the same unit on which it was looked at or became a problem."""
    row = _checked(transitions.FOLLOW_UP, pk, actor, at, outcome=outcome)
    if inspection is not None and inspection.unit_id != row.unit_id:
        raise Unmet((Condition("inspection", _("所选督导检查不是对这个单位的。")),))
    return _followed_up(row, actor, at, outcome, inspection)


def settle_by_advice(pk: int, *, actor: User, at: datetime) -> None:
    """Advice that came of this record was issued: inside that move's transaction. A settled record stays as it is."""
    row = DailyRecord.objects.locked(pk)
    if row.status == DailyStatus.TO_FOLLOW:
        _followed_up(row, actor, at, _("已提出工作建议。"), None)


def take_into(pk: int, *, inspection: Inspection, actor: User, at: datetime) -> None:
    """It became a problem of that visit: inside the transaction in which the problem is registered."""
    row = DailyRecord.objects.locked(pk)
    if row.unit_id == inspection.unit_id and row.status == DailyStatus.TO_FOLLOW:
        _followed_up(row, actor, at, _("已登记为督导检查发现的问题。"), inspection)


def _followed_up(
    row: DailyRecord, actor: User, at: datetime, outcome: str, inspection: Inspection | None
) -> DailyRecord:
    row.outcome, row.taken_into = outcome, inspection
    facts = {"inspection": inspection.pk if inspection else None}
    return _move(row, transitions.FOLLOW_UP, actor, at, changed=["outcome", "taken_into"], note=outcome, payload=facts)


@transaction.atomic
def void_record(*, pk: int, actor: User, at: datetime, note: str) -> DailyRecord:
    """Entered by mistake: it stays readable, marked, and leaves every count."""
    row = _checked(transitions.VOID_RECORD, pk, actor, at, note=note)
    return _move(row, transitions.VOID_RECORD, actor, at, note=note)


def _checked(move: Transition, pk: int, actor: User, at: datetime, **inputs: Any) -> DailyRecord:
    row = DailyRecord.objects.locked(pk)
    move.check(row, actor, at=at, **inputs)
    return row


def _move(
    row: DailyRecord, move: Transition, actor: User, at: datetime, *, changed: Iterable[str] = (), note: str = "",
    payload: dict[str, Any] | None = None,
) -> DailyRecord:  # fmt: skip
    was, row.status = row.status, move.target or row.status
    row.save(update_fields=["status", *changed])
    record(move.verb, subject=row, actor=actor, at=at, was=was, now=row.status, note=note, payload=payload)
    return row

"""The life of an inspection: planned, approved, made, reviewed; each move is one locked service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience, Event
from supervision.core.transitions import Situation, Transition
from supervision.enums import Document, Outcome
from supervision.models.inspection import Inspection
from supervision.services.approvals import endorse
from supervision.signals import inspection_concluded
from supervision.transitions import (
    APPROVE,
    CANCEL,
    CONCLUDE,
    ENDORSE,
    POSTPONE,
    RECALL,
    RESUME,
    RETURN,
    START,
    SUBMIT,
)


@transaction.atomic
def endorse_inspection(*, pk: int, actor: User, at: datetime) -> Inspection:
    """A step of a longer route before the one that approves."""
    inspection = _checked(ENDORSE, pk, actor, at)
    step = endorse(subject=inspection, document=Document.INSPECTION, actor=actor, at=at)
    record(ENDORSE.verb, subject=inspection, actor=actor, at=at, payload={"step": step.step, "role": step.role})
    return inspection


@transaction.atomic
def approve_inspection(*, pk: int, actor: User, at: datetime) -> Inspection:
    """The unit is told of an announced visit; of an unannounced one it learns nothing before the start."""
    inspection = _checked(APPROVE, pk, actor, at)
    inspection.approved_at = at
    _move(inspection, APPROVE, actor, at, changed=["approved_at"])
    return inspection


@transaction.atomic
def start_inspection(*, pk: int, actor: User, at: datetime, present: Iterable[User]) -> Inspection:
    """The team is at the unit: `present` are at least two of its members. From now on the unit sees the visit."""
    people = list(present)
    inspection = _checked(START, pk, actor, at, present=people)
    inspection.started_at = at
    inspection.happened_on = inspection.happened_on or inspection.campaign.day_of(at)
    inspection.present.set(people)
    names = [person.name for person in people]
    _move(inspection, START, actor, at, changed=["started_at", "happened_on"], payload={"present": names})
    return inspection


@transaction.atomic
def submit_inspection(*, pk: int, actor: User, at: datetime) -> Inspection:
    """Hand the log to the leader; its records are locked from here on."""
    inspection = _checked(SUBMIT, pk, actor, at)
    inspection.submitted_by, inspection.submitted_at, inspection.opened_at = actor, at, None
    _move(inspection, SUBMIT, actor, at, changed=["submitted_by", "submitted_at", "opened_at"])
    return inspection


@transaction.atomic
def note_opening(*, pk: int, actor: User, at: datetime) -> Inspection:
    """Whoever may conclude has opened the submitted log: it cannot be recalled any more. For others: nothing."""
    inspection = Inspection.objects.locked(pk)
    if inspection.opened_at is None and is_reviewed_by(inspection, actor, at):
        inspection.opened_at = at
        inspection.save(update_fields=["opened_at"])
        record("inspection.opened", subject=inspection, actor=actor, at=at)
    return inspection


def is_reviewed_by(inspection: Inspection, actor: User, at: datetime) -> bool:
    """Does the submitted log wait for this person?"""
    if inspection.status not in CONCLUDE.sources or actor.pk == inspection.submitted_by_id:
        return False
    situation = Situation(actor, at, inspection.campaign.day_of(at))
    return CONCLUDE.is_allowed(inspection, situation)


@transaction.atomic
def recall_inspection(*, pk: int, actor: User, at: datetime) -> Inspection:
    """Whoever submitted takes it back, as long as the reviewer has not opened it."""
    inspection = _checked(RECALL, pk, actor, at)
    _move(inspection, RECALL, actor, at)
    return inspection


@transaction.atomic
def return_inspection(*, pk: int, actor: User, at: datetime, note: str) -> Inspection:
    """Back to the team, which reads in `note` what is to be added."""
    inspection = _checked(RETURN, pk, actor, at, note=note)
    _move(inspection, RETURN, actor, at, note=note)
    return inspection


@transaction.atomic
def conclude_inspection(*, pk: int, actor: User, at: datetime, outcome: str) -> Inspection:
    """The reviewer settles the outcome; problems become a feedback-form draft in the same transaction."""
    inspection = _checked(CONCLUDE, pk, actor, at, outcome=outcome)
    inspection.outcome, inspection.reviewed_by = outcome, actor
    facts = {"outcome": str(Outcome(outcome))}
    _move(inspection, CONCLUDE, actor, at, changed=["outcome", "reviewed_by"], payload=facts)
    inspection_concluded.send(sender=Inspection, inspection=inspection, actor=actor, at=at)
    return inspection


@transaction.atomic
def postpone_inspection(*, pk: int, actor: User, at: datetime, note: str, planned_on: date) -> Inspection:
    """Another day: `planned_on` is the new one, `note` says why."""
    inspection = _checked(POSTPONE, pk, actor, at, note=note, planned_on=planned_on)
    return _move_to(inspection, POSTPONE, planned_on, actor, at, note)


@transaction.atomic
def resume_inspection(*, pk: int, actor: User, at: datetime, planned_on: date) -> Inspection:
    """The visit will be made on `planned_on`. One that was never approved is approved by this."""
    inspection = _checked(RESUME, pk, actor, at, planned_on=planned_on)
    inspection.approved_at = inspection.approved_at or at
    return _move_to(inspection, RESUME, planned_on, actor, at)


@transaction.atomic
def cancel_inspection(*, pk: int, actor: User, at: datetime, note: str) -> Inspection:
    inspection = _checked(CANCEL, pk, actor, at, note=note)
    _move(inspection, CANCEL, actor, at, note=note)
    return inspection


def _checked(move: Transition, pk: int, actor: User, at: datetime, **inputs: Any) -> Inspection:
    inspection = Inspection.objects.locked(pk)
    move.check(inspection, actor, at=at, **inputs)
    return inspection


def _move_to(
    inspection: Inspection, move: Transition, planned_on: date, actor: User, at: datetime, note: str = ""
) -> Inspection:
    """A move that also sets the visit's day."""
    days = {"planned_on": [inspection.planned_on.isoformat(), planned_on.isoformat()]}
    inspection.planned_on = planned_on
    _move(inspection, move, actor, at, changed=["planned_on", "approved_at"], payload=days, note=note)
    return inspection


def _move(
    inspection: Inspection,
    move: Transition,
    actor: User,
    at: datetime,
    *,
    changed: Iterable[str] = (),
    payload: dict[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Write the new status with the changed fields, and the event. The unit reads only of visits that it may see."""
    assert move.target is not None
    was, inspection.status = inspection.status, move.target
    inspection.save(update_fields=["status", *changed])
    return record(
        move.verb,
        subject=inspection,
        actor=actor,
        at=at,
        was=was,
        now=inspection.status,
        note=note,
        payload=payload,
        audience=move.audience if inspection.unit_may_see else Audience.TEAM,
    )


register_verb("inspection.opened", _("审定人打开"), Audience.TEAM)

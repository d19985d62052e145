"""The rectification plan 整改方案: filled in, handed in, recalled, approved or returned; started without one where
the deadline is 立行立改."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation

from accounts.models import User
from rectification.enums import ItemStatus
from rectification.models.item import Measure, RectificationItem
from rectification.services.moving import move_item, note_act, run_clock
from rectification.transitions import (
    APPROVE_PLAN,
    ENDORSE_PLAN,
    RECALL_PLAN,
    RETURN_PLAN,
    SAVE_PLAN,
    START,
    SUBMIT_PLAN,
)
from supervision.core import papers
from supervision.core.deadlines import Clock
from supervision.core.events import record
from supervision.core.transitions import Situation
from supervision.enums import DeadlineKind, Document
from supervision.services import approvals
from supervision.vocabulary import vocabulary_of

PLAN_FIELDS = (
    "goal", "root_cause", "responsible_leader", "responsible_person", "lead_unit", "cooperating_units",
)  # fmt: skip
PLAN_PAPER = "rectification_plan"
PLAN_TEMPLATE = "rectification_plan/1"
LANGUAGE_OF_PAPERS = "zh-hans"


@dataclass(frozen=True)
class MeasureLine:
    """One measure as typed: `pk` of the one it changes, or None for a new one; `remove` takes it away."""

    text: str
    responsible_person: str
    due_on: date
    pk: int | None = None
    remove: bool = False


@transaction.atomic
def save_plan(
    *, pk: int, actor: User, at: datetime, measures: Sequence[MeasureLine] = (), **facts: str
) -> RectificationItem:
    """Keep what the unit has filled in so far; a draft may be incomplete.

    `facts` are PLAN_FIELDS; measures that are not named stay as they are. A returned item whose plan was approved
    freezes the changed plan as its next version.
    """
    unknown = set(facts) - set(PLAN_FIELDS)
    if unknown:
        raise TypeError(f"A plan has no {sorted(unknown)}.")
    item = RectificationItem.objects.locked(pk)
    SAVE_PLAN.check(item, actor, at=at, measures=measures, **facts)
    for name, value in facts.items():
        setattr(item, name, value)
    _write_measures(item, measures)
    changed = list(facts)
    if item.plan_version:
        item.plan_version += 1
        freeze_plan(item, at)
        changed.append("plan_version")
    item.save(update_fields=changed)
    note_act(item, SAVE_PLAN, actor=actor, at=at, payload={"fields": sorted(facts), "measures": len(measures)})
    return item


def _write_measures(item: RectificationItem, lines: Sequence[MeasureLine]) -> None:
    """Apply the typed lines in order; a removed order number is not given again, so papers and pages agree."""
    if not lines:
        return
    known = {measure.pk: measure for measure in item.measures.all()}
    next_order = (item.measures.aggregate(last=Max("order"))["last"] or 0) + 1
    new: list[Measure] = []
    for line in lines:
        measure = known.get(line.pk) if line.pk else None
        if measure is None and not line.remove:
            new.append(_new_measure(item, line, next_order + len(new)))
        elif measure is not None and line.remove:
            measure.delete()
        elif measure is not None:
            _change_measure(measure, line)
    Measure.objects.bulk_create(new)


def _new_measure(item: RectificationItem, line: MeasureLine, order: int) -> Measure:
    return Measure(
        item=item, order=order, text=line.text, responsible_person=line.responsible_person, due_on=line.due_on
    )


def _change_measure(measure: Measure, line: MeasureLine) -> None:
    typed = (line.text, line.responsible_person, line.due_on)
    if typed != (measure.text, measure.responsible_person, measure.due_on):
        measure.text, measure.responsible_person, measure.due_on = typed
        measure.save(update_fields=["text", "responsible_person", "due_on"])


@transaction.atomic
def start_item(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """立行立改: no plan is handed in, the work begins."""
    item = RectificationItem.objects.locked(pk)
    START.check(item, actor, at=at)
    item.start_clock(Clock.UNIT, item.due_on)
    move_item(item, START, actor=actor, at=at)
    return item


@transaction.atomic
def submit_plan(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """Hand the plan to whoever approves it; from now on their clock runs."""
    item = RectificationItem.objects.locked(pk)
    on = SUBMIT_PLAN.check(item, actor, at=at).on
    item.plan_submitted_by = actor
    item.plan_round += 1
    item.plan_opened_at = None
    run_clock(item, Clock.OFFICE if item.is_key else Clock.TEAM, DeadlineKind.PLAN_REVIEW, on)
    move_item(item, SUBMIT_PLAN, actor=actor, at=at, changed=["plan_submitted_by", "plan_round", "plan_opened_at"])
    return item


@transaction.atomic
def recall_plan(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """Take the plan back before anybody has opened it; the unit's clock goes on as if it had not stopped."""
    item = RectificationItem.objects.locked(pk)
    RECALL_PLAN.check(item, actor, at=at)
    item.start_clock(Clock.UNIT, item.plan_due_on or item.due_on)
    move_item(item, RECALL_PLAN, actor=actor, at=at)
    return item


@transaction.atomic
def open_plan(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """Note that a decider has opened the plan: it cannot be recalled any more. Anybody else's look changes nothing."""
    item = RectificationItem.objects.locked(pk)
    if is_first_look(item, actor, at):
        item.plan_opened_at = at
        item.save(update_fields=["plan_opened_at"])
        record("item.plan_opened", subject=item, actor=actor, at=at)
    return item


def is_first_look(item: RectificationItem, actor: User, at: datetime) -> bool:
    """Does this reader's look at the plan end the time in which it may be recalled?"""
    if item.status != ItemStatus.PLAN_REVIEW or item.plan_opened_at is not None:
        return False
    situation = Situation(actor, at, item.campaign.day_of(at))
    return APPROVE_PLAN.is_allowed(item, situation) or ENDORSE_PLAN.is_allowed(item, situation)


@transaction.atomic
def endorse_plan(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """核稿: one step of a longer route."""
    item = RectificationItem.objects.locked(pk)
    ENDORSE_PLAN.check(item, actor, at=at)
    approvals.endorse(subject=item, document=Document.RECTIFICATION_PLAN, actor=actor, at=at)
    note_act(item, ENDORSE_PLAN, actor=actor, at=at)
    return item


@transaction.atomic
def approve_plan(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """The plan stands and is frozen; the unit works until its deadline."""
    item = RectificationItem.objects.locked(pk)
    APPROVE_PLAN.check(item, actor, at=at)
    item.plan_version += 1
    item.start_clock(Clock.UNIT, item.due_on)
    freeze_plan(item, at)
    move_item(item, APPROVE_PLAN, actor=actor, at=at, changed=["plan_version"])
    return item


@transaction.atomic
def return_plan(*, pk: int, actor: User, at: datetime, note: str) -> RectificationItem:
    """The plan goes back with what is to be mended. The redo date ends with the deadline unless that has passed."""
    item = RectificationItem.objects.locked(pk)
    on = RETURN_PLAN.check(item, actor, at=at, note=note).on
    redo_on = vocabulary_of(item.campaign_id).due(DeadlineKind.REDO, on)
    item.plan_due_on = min(redo_on, item.due_on) if item.due_on >= on else redo_on
    item.start_clock(Clock.UNIT, item.plan_due_on)
    move_item(item, RETURN_PLAN, actor=actor, at=at, changed=["plan_due_on"], note=note)
    return item


def freeze_plan(item: RectificationItem, at: datetime) -> None:
    """The plan as it now stands, as version `plan_version` of the item's paper."""
    with translation.override(LANGUAGE_OF_PAPERS):
        content = plan_content(item)
    papers.freeze(
        subject=item, kind=PLAN_PAPER, version=item.plan_version, content=content,
        template_version=PLAN_TEMPLATE, at=at,
    )  # fmt: skip


def plan_content(item: RectificationItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "unit": item.unit.name,
        "due_on": item.due_on,
        **{name: getattr(item, name) for name in PLAN_FIELDS},
        "measures": [
            {"text": each.text, "responsible_person": each.responsible_person, "due_on": each.due_on}
            for each in Measure.objects.filter(item=item).order_by("order")
        ],
    }

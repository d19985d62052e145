"""Items follow their form: opened at issue, assigned at receipt, corrected and cancelled with it.

The callers (rectification/receivers.py) are inside the form's move: its row is locked, items are locked here by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from accounts.models import User
from feedback.guards import problems_of
from feedback.models.form import FeedbackForm, FeedbackProblem
from rectification.enums import SETTLED, ItemStatus, MeasureState, VerificationWay
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.verification import MeasureResult, Verification
from rectification.services import counts
from rectification.services.moving import deadline_change, move_items, plan_date, run_clock, tell_problems
from rectification.transitions import ASSIGN, CANCEL_WITH_FORM
from supervision.core.deadlines import Clock
from supervision.core.events import Fact, record, record_many
from supervision.core.models import DeadlineChange
from supervision.core.models.event import Event
from supervision.core.models.file import StoredFile
from supervision.enums import DeadlineKind, Source
from supervision.models.problem import Problem


def open_items(*, form: FeedbackForm, actor: User | None, at: datetime) -> list[RectificationItem]:
    """One item per problem of an issued form; what was mended on the spot is born waiting for close-out."""
    problems = problems_of(form)
    mended = [problem for problem in problems if problem.mended_on_spot]
    prefetch_related_objects(mended, "origin__inspection", "origin__witness")
    items = RectificationItem.objects.bulk_create([_new_item(form, problem, at) for problem in problems])
    for item, problem in zip(items, problems, strict=True):
        if item.mended_on_spot:
            origin = problem.origin
            assert origin is not None  # _was_mended
            assert origin.witness is not None
            _write_mend(item, origin, origin.witness, at)
            tell_problems([item])
    facts = [Fact(item, now=item.status, payload={"due_on": item.due_on.isoformat()}) for item in items]
    record_many("item.opened", facts, actor=actor, at=at, newborn=True)
    counts.keep(items)
    return items


def _new_item(form: FeedbackForm, problem: FeedbackProblem, at: datetime) -> RectificationItem:
    opened_on = form.issued_on or form.campaign.day_of(at)
    due_on = problem.due_on or opened_on
    rule = problem.deadline_rule
    item = RectificationItem(
        form=form,
        problem=problem,
        phase_id=form.phase_id,
        category_id=problem.category_id,
        source=form.source,
        is_key=problem.severity.is_key or form.source == Source.CENTRAL,
        is_immediate=rule is not None and rule.is_immediate,
        mended_on_spot=_was_mended(problem),
        number=f"{form.number}-{problem.order}",
        title=problem.title,
        due_on=due_on,
        original_due_on=due_on,
        opened_on=opened_on,
    )
    item.take_scope_of(form)
    item.start_clock(Clock.UNIT, due_on)
    if item.mended_on_spot:
        item.status, item.close_round = ItemStatus.PENDING_CLOSE, 1
        run_clock(item, Clock.OFFICE, DeadlineKind.CLOSURE, opened_on)
    return item


def _was_mended(problem: FeedbackProblem) -> bool:
    """Mended before two members' eyes; anything less is an ordinary item."""
    origin = problem.origin
    return bool(problem.mended_on_spot and origin and origin.witness_id and origin.second_witness_id)


def _write_mend(item: RectificationItem, origin: Problem, witness: User, at: datetime) -> None:
    """What the two witnesses saw: the measure as done, their verification, the photo as evidence."""
    seen_on = min(origin.inspection.on, item.opened_on)
    measure = Measure.objects.create(
        item=item, order=1, text=origin.mend, responsible_person=item.unit.name, due_on=item.due_on,
        state=MeasureState.DONE, result=origin.mend, done_on=seen_on,
    )  # fmt: skip
    verification = Verification.objects.create(
        item=item, round=1, way=VerificationWay.ON_SITE, verified_on=seen_on, place=item.unit.name,
        opinion=origin.mend, author=witness, recorded_at=at,
        second_verifier_id=origin.second_witness_id, confirmed_at=at,
    )  # fmt: skip
    MeasureResult.objects.create(verification=verification, measure=measure, holds=True)
    photos = StoredFile.objects.filter(subject_kind=Problem.kind, subject_id=origin.pk)
    Evidence.objects.bulk_create(
        Evidence(
            item=item, measure=measure, file=photo, description=origin.mend[:255], effective_on=seen_on,
            uploaded_by_id=photo.uploaded_by_id, uploaded_at=photo.uploaded_at,
        )
        for photo in photos
    )  # fmt: skip


def assign_items(*, form: FeedbackForm, actor: User | None, at: datetime) -> list[RectificationItem]:
    """The form was received: every item that waited for it starts to count."""
    waiting = list(_locked_items(form).filter(status=ItemStatus.PENDING))
    hand_over(items=waiting, received_on=form.received_on, actor=actor, at=at)
    return waiting


def hand_over(
    *, items: Sequence[RectificationItem], received_on: date | None, actor: User | None, at: datetime
) -> None:
    """Give locked items to their unit, with the dates that now count; as many queries as for one."""
    before = [item.due_on for item in items]
    for item in items:
        _assign(item, received_on, at)
    moved = [(item, _dates(old_on, item.due_on)) for item, old_on in zip(items, before, strict=True)]
    changed = ["due_on", "original_due_on", "plan_due_on"]
    events = move_items(moved, ASSIGN, actor=actor, at=at, changed=changed)
    DeadlineChange.objects.bulk_create(
        _since_receipt(item, old_on, event)
        for item, old_on, event in zip(items, before, events, strict=True)
        if item.due_on != old_on
    )


def _assign(item: RectificationItem, received_on: date | None, at: datetime) -> None:
    """The receipt can only make the date earlier; from now on the original date stands.

    The date itself was worked out with the receipt and stands on the problem (feedback/deadlines.py).
    """
    on = ASSIGN.check(item, None, at=at).on
    item.due_on = min(item.due_on, item.problem.due_on or item.due_on)
    item.original_due_on = item.due_on
    item.plan_due_on = plan_date(item, received_on or on)
    item.start_clock(Clock.UNIT, item.plan_due_on)


def _since_receipt(item: RectificationItem, old_on: date, event: Event) -> DeadlineChange:
    rule = item.problem.deadline_rule
    return deadline_change(item, old_on, rule=rule.name if rule else "", reason=gettext("自签收之日起算"), event=event)


def correct_items(
    *, form: FeedbackForm, actor: User | None, at: datetime, note: str, dates: dict[int, date | None]
) -> list[RectificationItem]:
    """The form was corrected: items take over its words and its dates, and stay in the state they are in.

    `dates`: new deadline by problem id, None where it stays. An item that waits for receipt goes on waiting; work that
    has begun is not thrown away.
    """
    changed = []
    for item in _locked_items(form).exclude(status__in=SETTLED):
        if _correct_item(item, dates.get(item.problem_id), actor, at, note):
            changed.append(item)
    counts.keep(changed)
    return changed


def _correct_item(item: RectificationItem, new_on: date | None, actor: User | None, at: datetime, note: str) -> bool:
    problem = item.problem
    words = {"title": problem.title, "category_id": problem.category_id}
    altered = [name for name, value in words.items() if getattr(item, name) != value]
    for name in altered:
        setattr(item, name, words[name])
    old_on = item.due_on
    if new_on is not None and new_on != old_on and not item.mended_on_spot:
        _set_due_on(item, new_on)
    if not altered and item.due_on == old_on:
        return False
    item.save(update_fields=[*altered, "due_on", "original_due_on", "clock_due_on"])
    payload = _dates(old_on, item.due_on)
    event = record("item.corrected", subject=item, actor=actor, at=at, note=note, payload=payload)
    if item.due_on != old_on:
        deadline_change(item, old_on, rule=gettext("反馈单更正"), reason=note, event=event).save()
    return True


def _set_due_on(item: RectificationItem, new_on: date) -> None:
    """A new deadline. Before the receipt it is also the original one; the unit's running clock follows it."""
    item.due_on = new_on
    if item.status == ItemStatus.PENDING:
        item.original_due_on = new_on
    if item.clock != Clock.UNIT:
        return
    if item.status == ItemStatus.RETURNED:
        item.clock_due_on = max(item.clock_due_on, new_on)
    elif item.status != ItemStatus.ASSIGNED or item.is_immediate:
        item.clock_due_on = new_on  # the step of a plan keeps the date it was given


def cancel_items(*, form: FeedbackForm, actor: User | None, at: datetime, note: str) -> list[RectificationItem]:
    """The form was withdrawn or voided: what is not closed leaves the denominator."""
    alive = list(_locked_items(form).exclude(status__in=SETTLED))
    take_out(items=alive, actor=actor, at=at, note=note)
    return alive


def take_out(*, items: Sequence[RectificationItem], actor: User | None, at: datetime, note: str) -> None:
    """Cancel locked items together with their form; as many queries as for one."""
    for item in items:
        CANCEL_WITH_FORM.check(item, None, at=at)
        item.stop_clock()
    move_items([(item, {}) for item in items], CANCEL_WITH_FORM, actor=actor, at=at, note=note)


def _locked_items(form: FeedbackForm) -> Any:
    """The items of a locked form, locked by id."""
    return (
        RectificationItem.objects.filter(form=form)
        .select_for_update(of=("self",))
        .select_related("campaign", "form", "problem", "problem__deadline_rule")
        .order_by("pk")
    )


def _dates(old_on: date, new_on: date) -> dict[str, Any]:
    """What the timeline shows of a moved deadline."""
    return {"due_on": [old_on.isoformat(), new_on.isoformat()]} if old_on != new_on else {}

"""What every move of an item shares: the new state, the clock, the problem on the form, the event.

Callers hold the locks of the item's form and of the item (RectificationItem.objects.locked) and have asked the move.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from accounts.models import User
from feedback.enums import Progress, SettledAs
from feedback.services.problems import settle_problem
from rectification.enums import ItemStatus
from rectification.models.item import CLOCK_FIELDS, RectificationItem
from supervision.core.deadlines import Clock
from supervision.core.events import record
from supervision.core.models import DeadlineChange
from supervision.core.models.event import Audience, Event
from supervision.core.transitions import Transition
from supervision.enums import DeadlineKind
from supervision.vocabulary import vocabulary_of

PROGRESS_OF: dict[str, Progress] = {
    ItemStatus.PENDING: Progress.PENDING,
    ItemStatus.ASSIGNED: Progress.ASSIGNED,
    ItemStatus.PLAN_REVIEW: Progress.ASSIGNED,
    ItemStatus.IN_PROGRESS: Progress.RECTIFYING,
    ItemStatus.RETURNED: Progress.RECTIFYING,
    ItemStatus.SUBMITTED: Progress.SUBMITTED,
    ItemStatus.PENDING_CLOSE: Progress.PENDING_CLOSE,
    ItemStatus.CLOSED: Progress.SETTLED,
    ItemStatus.CANCELLED: Progress.SETTLED,
}
SETTLED_AS: dict[str, SettledAs] = {
    ItemStatus.CLOSED: SettledAs.CLOSED,
    ItemStatus.CANCELLED: SettledAs.CANCELLED,
}


def move_item(
    item: RectificationItem,
    move: Transition,
    *,
    actor: User | None,
    at: datetime,
    changed: Iterable[str] = (),
    note: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:
    """Write the move's target with the changed fields and the clock, tell the problem, record the event."""
    was = item.status
    assert move.target is not None
    item.status = move.target
    item.save(update_fields=["status", *CLOCK_FIELDS, *changed])
    tell_problem(item, was)
    return record(move.verb, subject=item, actor=actor, at=at, was=was, now=item.status, note=note, payload=payload)


def note_act(
    item: RectificationItem,
    move: Transition,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    payload: dict[str, Any] | None = None,
    audience: Audience | None = None,
) -> Event:
    """Record a move that stays in place."""
    return record(move.verb, subject=item, actor=actor, at=at, note=note, payload=payload, audience=audience)


def tell_problem(item: RectificationItem, was: str = "") -> None:
    """The problem on the form learns how far its item is (facts travel downward)."""
    progress = PROGRESS_OF[item.status]
    if was and PROGRESS_OF[was] == progress:
        return
    settle_problem(item.problem_id, progress=progress, settled_as=SETTLED_AS.get(item.status))


def run_clock(item: RectificationItem, clock: Clock, rule: DeadlineKind, on: date) -> None:
    """From here on only `clock` can be overdue, after the rule's term counted from `on`."""
    item.start_clock(clock, vocabulary_of(item.campaign_id).due(rule, on))


def redo_date(item: RectificationItem, on: date) -> date:
    """Until when a returned item is to be mended: the later of its deadline and `on` + redo days (states.md)."""
    return max(item.due_on, vocabulary_of(item.campaign_id).due(DeadlineKind.REDO, on))


def plan_date(item: RectificationItem, received_on: date) -> date:
    """Until when the plan is due: its own term, but never later than the deadline; what needs no plan: the deadline."""
    if item.is_immediate:
        return item.due_on
    return min(vocabulary_of(item.campaign_id).due(DeadlineKind.PLAN, received_on), item.due_on)


def write_deadline_change(item: RectificationItem, old_on: date, *, rule: str, reason: str, event: Event) -> None:
    """Without this row an issued date does not move."""
    DeadlineChange.objects.create(
        subject_kind=item.kind,
        subject_id=item.pk,
        rule=rule,
        old_on=old_on,
        new_on=item.due_on,
        reason=reason,
        event=event,
    )

"""What every move of an item shares: the new state, the clock, the problem on the form, the event.

Callers hold the locks of the item's form and of the item (RectificationItem.objects.locked) and have asked the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import User
from feedback.deadlines import plan_due_on
from feedback.enums import Progress, SettledAs
from feedback.services.problems import settle_problems
from rectification.enums import ItemStatus
from rectification.models.item import CLOCK_FIELDS, RectificationItem
from rectification.services import counts
from supervision.core.deadlines import Clock
from supervision.core.events import Fact, record, record_many
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
    moved = [(item, payload or {})]
    return move_items(moved, move, actor=actor, at=at, changed=changed, note=note)[0]


def move_items(
    moved: Sequence[tuple[RectificationItem, dict[str, Any]]],
    move: Transition,
    *,
    actor: User | None,
    at: datetime,
    changed: Iterable[str] = (),
    note: str = "",
    notes: Mapping[int, str] | None = None,
) -> list[Event]:
    """One move of several items, each with its event's payload: as many queries as for one. Returns their events.

    `notes`: item id → what was said of this item alone. The counters come last (services/counts.py).
    """
    if not moved:
        return []
    assert move.target is not None
    said = notes or {}
    facts = [
        Fact(item, was=item.status, now=move.target, note=said.get(item.pk) or note, payload=payload)
        for item, payload in moved
    ]
    items = [item for item, _payload in moved]
    for item in items:
        item.status = move.target
    RectificationItem.objects.bulk_update(items, ["status", *CLOCK_FIELDS, *changed])
    tell_problems(items)
    events = record_many(move.verb, facts, actor=actor, at=at)
    counts.keep(items)
    return events


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


def tell_problems(items: Sequence[RectificationItem]) -> None:
    """The problems on the form learn how far their items are (facts travel downward), unless they know it already."""
    untold: dict[str, list[int]] = {}
    for item in items:
        if item.problem.progress != PROGRESS_OF[item.status]:
            item.problem.progress = PROGRESS_OF[item.status]
            untold.setdefault(item.status, []).append(item.problem_id)
    for status, problems in untold.items():
        settle_problems(problems, progress=PROGRESS_OF[status], settled_as=SETTLED_AS.get(status))


def run_clock(item: RectificationItem, clock: Clock, rule: DeadlineKind, on: date) -> None:
    """From here on only `clock` can be overdue, after the rule's term counted from `on`."""
    item.start_clock(clock, vocabulary_of(item.campaign_id).due(rule, on))


def redo_date(item: RectificationItem, on: date) -> date:
    """Until when a returned item is to be mended: the later of its deadline and `on` + redo days (states.md)."""
    return max(item.due_on, vocabulary_of(item.campaign_id).due(DeadlineKind.REDO, on))


def plan_date(item: RectificationItem, received_on: date) -> date:
    """Until when the item's plan is due, counted from the receipt of its form."""
    return plan_due_on(item.due_on, item.is_immediate, vocabulary_of(item.campaign_id), received_on)


def deadline_change(item: RectificationItem, old_on: date, *, rule: str, reason: str, event: Event) -> DeadlineChange:
    """The row without which an issued date does not move; the caller saves it."""
    return DeadlineChange(
        subject_kind=item.kind,
        subject_id=item.pk,
        rule=rule,
        old_on=old_on,
        new_on=item.due_on,
        reason=reason,
        event=event,
    )

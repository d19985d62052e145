"""ItemCount: how many items share everything that the figures of 驾驶舱 ask for, kept with every move.

One table answers six questions, so that a move writes its counters in one statement. What a question does not ask for
is neutral in its rows (`NEUTRAL`). Overdue is a sum over dates: midnight writes nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from rectification.enums import SETTLED, Filed, ItemStatus, Lane, Question
from supervision.core.deadlines import Clock
from supervision.models.campaign import Phase
from supervision.models.organisation import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from rectification.models.item import RectificationItem

RETURNED_TWICE = 2
NO_DAY = date(1970, 1, 1)  # a settled item has no date that still matters
SHARED = ("campaign_id", "body_id", "team_id", "unit_id", "phase_id")
NEUTRAL: dict[str, Any] = {
    "category": 0,
    "lane": "",
    "status": "",
    "clock": "",
    "late": False,
    "returned_twice": False,
    "filed": "",
    "due_on": NO_DAY,
    "clock_due_on": NO_DAY,
    "week": NO_DAY,
}
KEY = ("question", *SHARED, *NEUTRAL)
Key = tuple[Any, ...]


class ItemCountQuerySet(ScopedQuerySet["ItemCount"]):
    unit_part = None  # a unit counts its own items


class ItemCount(ScopedModel):
    """`n` items of one unit and phase that are alike. Rows of 0 stay until the next recount."""

    question = models.CharField(max_length=12, choices=Question)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+")
    category = models.BigIntegerField(default=0)
    lane = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=16, blank=True)
    clock = models.CharField(max_length=8, blank=True)
    late = models.BooleanField(default=False)
    returned_twice = models.BooleanField(default=False)
    filed = models.CharField(max_length=8, blank=True)
    due_on = models.DateField(default=NO_DAY)
    clock_due_on = models.DateField(default=NO_DAY)
    week = models.DateField(default=NO_DAY)  # its Monday
    n = models.IntegerField(default=0)

    objects = ItemCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_count_key", fields=[name.removesuffix("_id") for name in KEY]),
            models.CheckConstraint(name="item_count_question_known", condition=models.Q(question__in=Question.values)),
        ]
        indexes = [models.Index(name="item_count_by_question", fields=["campaign", "question"])]

    def __str__(self) -> str:
        return f"{self.question} {self.status} {self.n}"


def monday(day: date) -> date:
    return day - timedelta(day.weekday())


def keys_of(item: RectificationItem) -> tuple[Key, ...]:
    """The rows in which an item is counted: a pure function of the item."""
    shared = tuple(getattr(item, name) for name in SHARED)
    filed = _filed(item)

    def row(question: Question, **told: Any) -> Key:
        return (question.value, *shared, *(told.get(name, neutral) for name, neutral in NEUTRAL.items()))

    keys = [row(Question.STATE, **_state(item, filed))]
    if item.status == ItemStatus.CANCELLED:
        return tuple(keys)  # out of every other figure
    closed = item.status == ItemStatus.CLOSED
    keys.append(row(Question.CATEGORY, category=item.category_id, status=ItemStatus.CLOSED.value if closed else ""))
    keys.append(row(Question.OPENED, week=monday(item.opened_on)))
    keys.append(row(Question.DUE, week=monday(item.original_due_on)))
    if item.submitted_on is not None:
        keys.append(row(Question.SUBMITTED, week=monday(item.submitted_on), filed=filed))
    if closed and item.closed_on is not None:
        keys.append(row(Question.CLOSED, week=monday(item.closed_on)))
    return tuple(keys)


def _state(item: RectificationItem, filed: str) -> dict[str, Any]:
    settled = item.status in SETTLED
    return {
        "lane": (Lane.IMMEDIATE if item.is_immediate else Lane.FIXED).value,
        "status": str(item.status),
        "clock": Clock.NONE.value if settled else str(item.clock),
        "late": item.late,
        "returned_twice": item.returns >= RETURNED_TWICE,
        "filed": filed,
        "due_on": NO_DAY if settled else item.due_on,
        "clock_due_on": NO_DAY if settled else item.clock_due_on,
    }


def _filed(item: RectificationItem) -> str:
    if item.submitted_on is None:
        return Filed.NOT_YET.value
    return (Filed.IN_TIME if item.submitted_on <= item.original_due_on else Filed.AFTER).value

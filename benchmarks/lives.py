"""What becomes of each item: its state, and the day on which each step of its story happened. No row is written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rectification.enums import ItemStatus
from supervision.core.workdays import Calendar

S = ItemStatus
MOST_PROBLEMS = 7
RETURNED_ONCE = 0.08
CALENDAR_DAYS = 1.4  # of a working day, about

# Of a form: how many in a hundred, how many working days ago it was issued, and the states of its items.
FRESH = {S.PENDING: 1}
PLANNING = {S.ASSIGNED: 60, S.PLAN_REVIEW: 40}
AT_WORK = {S.IN_PROGRESS: 62, S.SUBMITTED: 11, S.PENDING_CLOSE: 6, S.RETURNED: 7, S.CLOSED: 13, S.CANCELLED: 1}
DONE = {S.CLOSED: 92, S.CANCELLED: 3, S.IN_PROGRESS: 3, S.RETURNED: 1, S.SUBMITTED: 1}
AGES = ((2, (0, 0), FRESH), (11, (1, 5), PLANNING), (27, (6, 19), AT_WORK), (60, (30, 170), DONE))

STEPS: dict[str, tuple[str, ...]] = {  # the states passed through after the receipt, in their order
    S.ASSIGNED: (),
    S.PLAN_REVIEW: (S.PLAN_REVIEW,),
    S.IN_PROGRESS: (S.PLAN_REVIEW, S.IN_PROGRESS),
    S.SUBMITTED: (S.PLAN_REVIEW, S.IN_PROGRESS, S.SUBMITTED),
    S.RETURNED: (S.PLAN_REVIEW, S.IN_PROGRESS, S.SUBMITTED, S.RETURNED),
    S.PENDING_CLOSE: (S.PLAN_REVIEW, S.IN_PROGRESS, S.SUBMITTED, S.PENDING_CLOSE),
    S.CLOSED: (S.PLAN_REVIEW, S.IN_PROGRESS, S.SUBMITTED, S.PENDING_CLOSE, S.CLOSED),
    S.CANCELLED: (S.CANCELLED,),
}


@dataclass(frozen=True)
class Life:
    """One item: where it stands, and the steps that led there with their days."""

    status: str
    steps: tuple[tuple[str, date], ...]
    is_immediate: bool
    returns: int

    def day_of(self, status: str) -> date | None:
        """The last time it reached that state."""
        return next((day for step, day in reversed(self.steps) if step == status), None)


@dataclass(frozen=True)
class FormLife:
    """One form: when it was issued and received, and what became of its problems."""

    issued_on: date
    received_on: date | None
    items: tuple[Life, ...]


class Lives:
    """As many items as asked for, the oldest forms first, the same at every run of one seed and day."""

    def __init__(self, seed: str, calendar: Calendar, today: date) -> None:
        self.chance = random.Random(seed)
        self.calendar, self.today = calendar, today
        self.day = lru_cache(maxsize=None)(calendar.add)

    def told(self, count: int) -> Iterator[FormLife]:
        sizes = []
        while count:
            sizes.append(min(count, self.chance.randint(1, MOST_PROBLEMS)))
            count -= sizes[-1]
        weights = [share for share, _ages, _states in AGES]
        kinds = self.chance.choices(AGES, weights, k=len(sizes))
        aged = [(self.chance.randint(*ages), states) for _share, ages, states in kinds]
        for (age, states), size in zip(sorted(aged, key=lambda each: -each[0]), sizes, strict=True):
            yield self._form(age, states, size)

    def _form(self, age: int, states: dict[ItemStatus, int], size: int) -> FormLife:
        issued_on = self.day(self.today, -age)
        if states is FRESH:
            return FormLife(issued_on, None, (Life(S.PENDING, (), False, 0),) * size)
        received_on = self.day(issued_on, self.chance.choice((0, 1, 1)))
        chosen = self.chance.choices(list(states), list(states.values()), k=size)
        return FormLife(issued_on, received_on, tuple(self._life(status, received_on, age) for status in chosen))

    def _life(self, status: ItemStatus, received_on: date, age: int) -> Life:
        is_immediate = status != S.PLAN_REVIEW and self.chance.random() < 0.15
        names = [step for step in STEPS[status] if step != S.PLAN_REVIEW or not is_immediate]
        returns = int(status == S.RETURNED)
        if status in (S.CLOSED, S.PENDING_CLOSE, S.SUBMITTED) and self.chance.random() < RETURNED_ONCE:
            where = names.index(S.SUBMITTED) + 1
            names[where:where], returns = [S.RETURNED, S.SUBMITTED], 1
        last = max(received_on, self._last_day(status, age))
        between = (last - received_on).days
        steps = tuple(
            (name, self.day(self.day(date.fromordinal(received_on.toordinal() + between * at // len(names)), -1), 1))
            for at, name in enumerate(names, 1)
        )
        return Life(status, steps, is_immediate, returns)

    def _last_day(self, status: ItemStatus, age: int) -> date:
        """When the last step was made: settled items after five to thirty days, what is stuck long ago."""
        if status in (S.CLOSED, S.CANCELLED):
            return self.day(self.today, -max(1, age - self.chance.randint(5, 30)))
        if age > 20:
            return self.day(self.today, -self.chance.randint(2, age - 10))
        return self.day(self.today, -self.chance.randint(0, min(age, 5)))

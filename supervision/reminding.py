"""What people are reminded of: each app registers its stages; services/reminders.py asks them all.

Working days from a date are counted the way people say it: on the last working day before a deadline that falls on a
day off nothing is left, so that is its day 0; the next working day is 1 late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from supervision.core.deadlines import CountUnit, Term
from supervision.core.models.reminder import Reminder
from supervision.core.refusals import Sentence
from supervision.core.workdays import Calendar
from supervision.vocabulary import Vocabulary

DAY = timedelta(days=1)
WHOSE, LABEL = "reminded_role", "reminded_label"  # what the rows of a stage are annotated with


@dataclass(frozen=True)
class Waiting:
    """Objects that wait for somebody: rows annotated with whose move it is and what they are called.

    `due` names their date. How much time was given follows from the field `started`, or is `given` working days.
    """

    rows: QuerySet[Any]
    due: str
    started: str = ""
    given: int = 0


@dataclass(frozen=True)
class Stage:
    """One step of the work that has a date. `delegates` are told beside the role that they may act for."""

    code: str
    name: Sentence
    model: Any
    waiting: Callable[[Vocabulary, date], Iterable[Waiting]]
    delegates: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.model.kind)


_STAGES: dict[str, Stage] = {}


def register_stage(stage: Stage) -> None:
    """Called from an app's `ready()`."""
    _STAGES[stage.code] = stage


def stages() -> list[Stage]:
    return list(_STAGES.values())


def model_of(kind: str) -> Any:
    """The model of objects that people are reminded of; None for other kinds."""
    return next((stage.model for stage in _STAGES.values() if stage.kind == kind), None)


def stage_name(code: str) -> str:
    return str(_STAGES[code].name) if code in _STAGES else code


def lateness(due_on: date, on: date, calendar: Calendar) -> int:
    """Working days from the date; negative while some are left."""
    return calendar.between(due_on, on)


def length(term: Term, on: date, calendar: Calendar) -> int:
    """A term that is running now, in working days."""
    if term.unit == CountUnit.WORKING_DAYS:
        return term.amount
    return calendar.between(on, term.end(on, calendar))


class Span(NamedTuple):
    """Dates that have the same rung today. `more_than`: only where more working days were given than that."""

    first: date
    last: date
    rung: int
    more_than: int | None
    started_before: date | None


def spans(rungs: Sequence[int], calendar: Calendar, on: date) -> Iterator[Span]:
    """For each date that has a rung today, the latest one that has come; dates without one are left out.

    A missed day is thereby caught up by one reminder, that of the latest rung. Before the date, a rung counts only
    while it is below half of the time that was given.
    """
    ordered = sorted(rungs)
    if not ordered:
        return
    due = on
    while (late := lateness(due, on, calendar)) >= ordered[0]:
        rung = max(each for each in ordered if each <= late)
        yield Span(due, due, rung, -2 * rung, _begun_before(due, -2 * rung, calendar))
        due += DAY
    due = on - DAY
    while lateness(due, on, calendar) < ordered[-1]:
        passed = [each for each in ordered if each <= lateness(due, on, calendar)]
        if passed:
            yield Span(due, due, passed[-1], None, None)
        due -= DAY
    yield Span(date.min, due, ordered[-1], None, None)


def _begun_before(due: date, days: int, calendar: Calendar) -> date:
    """Whatever began before this day was given more than so many working days."""
    day = calendar.add(due, -days)
    while calendar.between(day - DAY, due) <= days:
        day -= DAY
    return day


def days_text(reminder: Reminder, calendar: Calendar) -> str:
    """How far away the date was on the day of the reminder."""
    late = lateness(reminder.due_on, reminder.sent_on, calendar)
    if late > 0:
        return _("已逾期%(days)d个工作日") % {"days": late}
    return _("还有%(days)d个工作日到期") % {"days": -late} if late else _("今天到期")

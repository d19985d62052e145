"""The figures of 驾驶舱, summed from the counters; each is also a filter of the ledger (rectification/ledger.py).

Two queries however many items: one for the present state by unit and phase, one for weeks and categories.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from rectification import ledger
from rectification.enums import Filed, ItemStatus, Question
from rectification.models.count import ItemCount, monday
from supervision.core.deadlines import Clock

LEVELS = ("body", "team", "unit", "phase")
NAMES = {"body": "body__short_name", "team": "team__name", "unit": "unit__name", "phase": "phase__name"}
OPEN_STATES = (
    ItemStatus.PENDING,
    ItemStatus.ASSIGNED,
    ItemStatus.PLAN_REVIEW,
    ItemStatus.IN_PROGRESS,
    ItemStatus.RETURNED,
    ItemStatus.SUBMITTED,
    ItemStatus.PENDING_CLOSE,
)
LONG, SOME, NEAR = timedelta(30), timedelta(10), timedelta(7)  # how old a delay is, how near a date


@dataclass(frozen=True)
class Figures:
    """Counts of one group of items. Rates are pairs (part, whole): a rate of nothing is no rate.

    counted: all but cancelled. completed 整改完成: verified or closed. accepted: submitted and then verified.
    on_time: accepted, handed in by the *original* date (days that others took never count). filed: handed in at least
    once, filed_in_time: the last time by the original date. age_*: open items by how far their clock's date is away.
    """

    counted: int = 0
    open: int = 0
    overdue: int = 0
    overdue_unit: int = 0
    overdue_team: int = 0
    overdue_office: int = 0
    completed: int = 0
    closed: int = 0
    accepted: int = 0
    on_time: int = 0
    filed: int = 0
    filed_in_time: int = 0
    returned_twice: int = 0
    pending: int = 0
    assigned: int = 0
    plan_review: int = 0
    in_progress: int = 0
    returned: int = 0
    submitted: int = 0
    pending_close: int = 0
    age_long: int = 0
    age_some: int = 0
    age_late: int = 0
    age_near: int = 0
    age_far: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in FIELDS))


FIELDS = tuple(each.name for each in fields(Figures))


def ages(on: date) -> dict[str, tuple[date | None, date | None]]:
    """The dates (from, to) of the running clock behind each age."""
    day = timedelta(1)
    return {
        "age_long": (None, on - LONG - day),
        "age_some": (on - LONG, on - SOME - day),
        "age_late": (on - SOME, on - day),
        "age_near": (on, on + NEAR),
        "age_far": (on + NEAR + day, None),
    }


@dataclass(frozen=True)
class Cell:
    """One unit in one phase; `names` and `ids` by level."""

    ids: dict[str, int]
    names: dict[str, str]
    figures: Figures


@dataclass(frozen=True)
class Line:
    """The figures of one body, team, unit or phase."""

    pk: int
    name: str
    figures: Figures


@dataclass(frozen=True)
class Board:
    on: date
    cells: tuple[Cell, ...]
    total: Figures

    def lines(self, level: str) -> tuple[Line, ...]:
        """One line for each body, team, unit or phase, in the campaign's order."""
        names: dict[int, str] = {}
        sums: defaultdict[int, Figures] = defaultdict(Figures)
        for cell in self.cells:
            names[cell.ids[level]] = cell.names[level]
            sums[cell.ids[level]] += cell.figures
        order = sorted(names) if level == "phase" else list(names)
        return tuple(Line(pk, names[pk], sums[pk]) for pk in order)

    def worst(self, level: str) -> tuple[Line, ...]:
        """The same, whoever has most overdue first."""
        return tuple(sorted(self.lines(level), key=lambda line: (-line.figures.overdue, -line.figures.open, line.pk)))


def board_of(counts: QuerySet[ItemCount], on: date) -> Board:
    """The figures of the counters given (already within the reader's scope) on that day. One query."""
    columns = [name for level in LEVELS for name in (f"{level}_id", NAMES[level])]
    rows = (
        counts.filter(question=Question.STATE)
        .order_by("body__order", "body_id", "team__order", "team_id", "unit__order", "unit_id", "phase__order")
        .values_list(*columns)
        .annotate(**{f"n_{name}": Sum("n", filter=asked, default=0) for name, asked in _asked(on).items()})
    )
    cells = tuple(_cell(row) for row in rows)
    return Board(on, cells, total_of(cell.figures for cell in cells))


def _cell(row: tuple[Any, ...]) -> Cell:
    heads = 2 * len(LEVELS)
    ids = dict(zip(LEVELS, row[0:heads:2], strict=True))
    names = dict(zip(LEVELS, row[1:heads:2], strict=True))
    return Cell(ids, names, Figures(*row[heads : heads + len(FIELDS)]))


def total_of(parts: Iterable[Figures]) -> Figures:
    return sum(parts, Figures())


def _asked(on: date) -> dict[str, Q]:
    """One condition for each figure, in the order of the fields. Counters have the ledger's own column names."""
    filed = ~Q(filed=Filed.NOT_YET) & ledger.COUNTED
    in_time = Q(filed=Filed.IN_TIME)
    asked = {
        "counted": ledger.COUNTED,
        "open": ledger.OPEN,
        "overdue": ledger.overdue(on),
        "overdue_unit": ledger.overdue(on, Clock.UNIT),
        "overdue_team": ledger.overdue(on, Clock.TEAM),
        "overdue_office": ledger.overdue(on, Clock.OFFICE),
        "completed": ledger.COMPLETED,
        "closed": ledger.CLOSED,
        "accepted": ledger.COMPLETED & filed,
        "on_time": ledger.COMPLETED & in_time,
        "filed": filed,
        "filed_in_time": filed & in_time,
        "returned_twice": ledger.COUNTED & Q(returned_twice=True),
        **{status.value: Q(status=status) for status in OPEN_STATES},
        **{name: ledger.clock_between(*span) for name, span in ages(on).items()},
    }
    return {name: asked[name] for name in FIELDS}


# --- weeks and categories -------------------------------------------------------------------------------------------


@dataclass
class Week:
    """What happened in the week from `on`, and how many were open at its end: by plan and in truth."""

    on: date
    opened: int = 0
    due: int = 0
    submitted: int = 0
    closed: int = 0
    planned: int = 0
    left: int = 0

    @property
    def ends_on(self) -> date:
        return self.on + timedelta(6)


@dataclass
class OfCategory:
    pk: int
    open: int = 0
    counted: int = 0


@dataclass(frozen=True)
class Course:
    """The weeks from the first to the last with anything in it, and the categories by id."""

    weeks: list[Week] = field(default_factory=list)
    categories: dict[int, OfCategory] = field(default_factory=dict)

    def week_of(self, on: date) -> Week:
        start = monday(on)
        return next((week for week in self.weeks if week.on == start), Week(start))


def course_of(counts: QuerySet[ItemCount]) -> Course:
    """One query, whose rows are weeks and categories."""
    rows = (
        counts.exclude(question=Question.STATE)
        .order_by()
        .values_list("question", "week", "category", "status")
        .annotate(total=Sum("n"))
    )
    weeks: dict[date, Week] = {}
    course = Course()
    for question, on, category, status, n in rows:
        if question == Question.CATEGORY:
            found = course.categories.setdefault(category, OfCategory(category))
            found.counted += n
            found.open += 0 if status == ItemStatus.CLOSED else n
        elif n:
            week = weeks.setdefault(on, Week(on))
            setattr(week, question, getattr(week, question) + n)
    course.weeks.extend(_without_gaps(weeks))
    return course


def _without_gaps(found: dict[date, Week]) -> Iterable[Week]:
    planned = left = 0
    on = min(found, default=None)
    while on is not None and on <= max(found):
        week = found.get(on, Week(on))
        planned += week.opened - week.due
        left += week.opened - week.closed
        week.planned, week.left = planned, left
        yield week
        on += timedelta(7)

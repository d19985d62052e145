"""Everybody's work, put together from all apps: each registers a provider, the workbench and the queue 待我签 ask here.

A provider answers in a fixed number of queries however much work there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision.core.models.calendar import DayKind
from supervision.core.refusals import Sentence
from supervision.core.workdays import Calendar

WEEK = 7


@dataclass
class Asked:
    """Whose work, when, in which campaign; `within` narrows it to the place the reader looks at (no right in it).

    `kept` is room for what a provider reads once for several answers.
    """

    user: Any
    at: datetime
    on: date
    campaign_id: int
    within: Q = field(default_factory=Q)
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DutyLine:
    """One thing that waits for the reader, with the one action it waits for."""

    kind: str
    pk: int
    label: str
    url: str
    action: Sentence
    action_url: str
    number: str = ""  # what may be said of it outside the system; empty where its label is all it has
    unit: str = ""
    due_on: date | None = None
    since: datetime | None = None  # orders what has no date
    as_whom: Sentence = ""  # 代行组长, 受托签批: in whose place, if not the reader's own
    state: Sentence = ""
    note: Sentence = ""  # what is missing, what was asked
    is_key: bool = False
    sheet: str = ""  # the kind of sheet, when it is a paper to sign or to decide: it stands in the queue 待我签

    @property
    def order(self) -> tuple[date, bool, float, str, int]:
        """The nearest date first; papers before other work of the day; what has no date by age."""
        age = self.since.timestamp() if self.since else 0.0
        return (self.due_on or date.max, not self.sheet, age, self.kind, self.pk)


@dataclass(frozen=True)
class WaitingLine:
    """What the reader handed on or looks after, and who has it since when."""

    label: str
    url: str
    whose: Sentence
    unit: str = ""
    state: Sentence = ""
    since: datetime | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class DateLine:
    """Something that falls on a day: one object, or `count` of them behind one address."""

    on: date
    what: Sentence
    label: str
    url: str
    count: int = 1


@dataclass(frozen=True)
class Provider:
    """What one app puts on the desk."""

    key: str
    duties: Callable[[Asked], Iterable[DutyLine]] = lambda asked: ()
    waiting: Callable[[Asked], Iterable[WaitingLine]] = lambda asked: ()
    dates: Callable[[Asked, date, date], Iterable[DateLine]] = lambda asked, since, until: ()


_PROVIDERS: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Called from an app's `ready()`; the same key again replaces it."""
    _PROVIDERS[provider.key] = provider


def duties_of(asked: Asked) -> list[DutyLine]:
    """All work of the reader, the nearest date first."""
    return sorted((line for each in _PROVIDERS.values() for line in each.duties(asked)), key=lambda line: line.order)


def waiting_of(asked: Asked) -> list[WaitingLine]:
    """What others have, the nearest date first, then the longest wait."""
    found = (line for each in _PROVIDERS.values() for line in each.waiting(asked))
    return sorted(found, key=lambda line: (line.due_on or date.max, line.since is None, line.since or asked.at))


def dates_of(asked: Asked, since: date, until: date) -> list[DateLine]:
    """What falls on the days from `since` to `until`, in order."""
    found = (line for each in _PROVIDERS.values() for line in each.dates(asked, since, until))
    return sorted(found, key=lambda line: line.on)


# --- by when ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A part of the list: 已逾期, 今天必须办, 本周, 没有时限, 以后."""

    key: str
    title: Sentence
    lines: tuple[DutyLine, ...]


TITLES: dict[str, Sentence] = {
    "overdue": _("已逾期"),
    "today": _("今天必须办"),
    "week": _("本周"),
    "undated": _("没有规定时限，尽快办"),
    "later": _("以后"),
}


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def grouped(lines: Iterable[DutyLine], on: date) -> list[Group]:
    """The list in its parts, empty ones left out."""
    found: dict[str, list[DutyLine]] = {key: [] for key in TITLES}
    for line in lines:
        found[_group(line.due_on, on)].append(line)
    return [Group(key, TITLES[key], tuple(rows)) for key, rows in found.items() if rows]


def _group(due_on: date | None, on: date) -> str:
    if due_on is None:
        return "undated"
    if due_on < on:
        return "overdue"
    if due_on == on:
        return "today"
    return "week" if due_on < monday_of(on) + timedelta(days=WEEK) else "later"


# --- the days ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """One day of the strip: `note` says 放假 or 调休上班 where the day departs from the week."""

    day: date
    is_today: bool
    is_working: bool
    note: Sentence
    lines: tuple[DateLine, ...]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)


def days(lines: Iterable[DateLine], calendar: Calendar, on: date, since: date, until: date) -> Iterator[Day]:
    """Every day from `since` to `until` with what falls on it."""
    by_day: dict[date, list[DateLine]] = {}
    for line in lines:
        by_day.setdefault(line.on, []).append(line)
    for offset in range((until - since).days + 1):
        day = since + timedelta(days=offset)
        told = calendar.describe(day)
        note = told.kind.label if told.kind in (DayKind.DAY_OFF, DayKind.MAKE_UP) else ""
        yield Day(day, day == on, calendar.is_working_day(day), note, tuple(by_day.get(day, ())))

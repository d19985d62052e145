"""Working-day arithmetic over the office's calendar. Everything here counts in working days unless it says otherwise.

The rule, from the State Council's yearly notices 节假日安排: a day is worked when it is announced as a make-up day
调休, or is Monday to Friday and not announced as a day off. A year without an official announcement is provisional
暂定: weekends only, plus whatever the office has typed in already.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.db import connection, models, transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from supervision.core.models.calendar import CalendarDay, CalendarYear, DayKind
from supervision.core.models.version import VocabularyVersion

SEED = Path(__file__).parent / "seeds" / "calendar.yaml"
SATURDAY = 5


class DayNote(NamedTuple):
    """What a page says about a day: its kind, the holiday it belongs to, and whether the year is only provisional."""

    kind: DayKind
    name: str
    is_provisional: bool

    @property
    def label(self) -> str:
        """The day in one phrase, such as “春节调休上班”, “国庆节放假”, “周末（按暂定日历）”."""
        words = str(self.kind.label)
        if self.name:
            words = _("%(holiday)s%(kind)s") % {"holiday": self.name, "kind": words}
        return _("%(day)s（按暂定日历）") % {"day": words} if self.is_provisional else words


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A day that departs from Monday to Friday, as stored in one row."""

    day: date
    kind: DayKind
    name: str = ""


class Calendar:
    """Which days are worked. Immutable and free of the database; read the table with `load_calendar()`."""

    __slots__ = ("_exceptions", "_official", "_shift_days", "_shift_sums")

    def __init__(self, exceptions: Iterable[Exceptional], official_years: Iterable[int]) -> None:
        self._exceptions: Mapping[date, Exceptional] = {each.day: each for each in exceptions}
        self._official = frozenset(official_years)
        shifts = sorted(
            (day.toordinal(), 1 if each.kind == DayKind.MAKE_UP else -1)
            for day, each in self._exceptions.items()
            if (each.kind == DayKind.MAKE_UP) == _is_weekend(day)  # a day off on a Sunday changes nothing
        )
        self._shift_days = [ordinal for ordinal, _change in shifts]
        self._shift_sums = [0, *accumulate(change for _ordinal, change in shifts)]

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`."""
        exception = self._exceptions.get(day)
        if exception is not None:
            return exception.kind == DayKind.MAKE_UP
        return not _is_weekend(day)

    def add(self, start: date, working_days: int) -> date:
        """The day on which `working_days` working days have passed; counting begins on the day after `start`.

        Negative counts backwards and begins on the day before. Zero is `start` itself, also when that is a day off:
        nothing was to be counted, so nothing moves. Any other answer is a working day.
        Raises OverflowError when the answer lies outside the years 1 to 9999.
        """
        if working_days == 0:
            return start
        step = 1 if working_days > 0 else -1
        missing, day = abs(working_days), start
        origin = self._rank(start) if step > 0 else self._rank(start - timedelta(1))
        while missing:
            # n calendar days hold at most n working days, so a leap of what is missing never overshoots;
            # the last leap held working days only, so it ends on one.
            day += timedelta(missing * step)
            passed = self._rank(day) - origin if step > 0 else origin - self._rank(day - timedelta(1))
            missing = abs(working_days) - passed
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier.

        `between(due_on, today)` is how long a thing is overdue, `between(today, due_on)` how long is left.
        """
        return self._rank(end) - self._rank(start)

    def is_provisional(self, day: date) -> bool:
        """Whether the State Council's table for the year of `day` is not in yet, so that `day` may still move."""
        return day.year not in self._official

    def describe(self, day: date) -> DayNote:
        """What to show beside `day`."""
        exception = self._exceptions.get(day)
        if exception is not None:
            kind, name = exception.kind, exception.name
        else:
            kind, name = (DayKind.WEEKEND if _is_weekend(day) else DayKind.WORKING), ""
        return DayNote(kind, name, self.is_provisional(day))

    def changed(self, day: date, kind: str, name: str = "") -> Calendar:
        """The calendar as it would be with that day a holiday, a make-up day, or (`kind` empty) an ordinary one."""
        others = [each for each in self._exceptions.values() if each.day != day]
        new = [Exceptional(day, DayKind(kind), name)] if kind else []
        return Calendar([*others, *new], self._official)

    def exceptions_in(self, year: int) -> list[Exceptional]:
        """The year's holidays and make-up days in order."""
        return sorted((each for each in self._exceptions.values() if each.day.year == year), key=lambda each: each.day)

    def _rank(self, day: date) -> int:
        """The number of working days from the year 1 up to and including `day`."""
        ordinal = day.toordinal()  # 1 January of the year 1 is 1, a Monday
        weeks, rest = divmod(ordinal, 7)
        return weeks * 5 + min(rest, 5) + self._shift_sums[bisect_right(self._shift_days, ordinal)]


def add_months(start: date, months: int) -> date:
    """The same day of the month, `months` calendar months on (or back); a shorter month gives its last day.

    Counts calendar months, not working days: 31 January + 1 is 28 or 29 February.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def load_calendar() -> Calendar:
    """The office's calendar as it stands now; one query. Keep it for the length of a request or a task."""
    official = CalendarYear.objects.filter(is_official=True).values_list(
        "year", Value(None, models.DateField()), Value("", models.CharField()), Value("", models.CharField())
    )
    days = CalendarDay.objects.values_list(Value(0, models.IntegerField()), "day", "kind", "name")
    years, exceptions = [], []
    for year, day, kind, name in official.order_by().union(days.order_by(), all=True):
        if day is None:
            years.append(year)
        else:
            exceptions.append(Exceptional(day, DayKind(kind), name))
    return Calendar(exceptions, years)


@transaction.atomic
def seed_calendar() -> list[int]:
    """Add the announced years that the table lacks and return them. Safe to run at every migrate.

    A year that has a row belongs to the office and is left alone, whatever it says; so is every day already typed.
    Does nothing while the tables are not there (post_migrate also follows a migration back to zero).
    """
    if CalendarDay._meta.db_table not in connection.introspection.table_names():
        return []
    known = set(CalendarYear.objects.values_list("year", flat=True))
    missing = {year: entry for year, entry in read_seed().items() if year not in known}
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, is_official=True, source=entry["source"]) for year, entry in missing.items()],
        ignore_conflicts=True,  # two processes may migrate at once
    )
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(day=each.day, kind=each.kind.value, name=each.name)
            for entry in missing.values()
            for each in exceptions_of(entry)
        ],
        ignore_conflicts=True,
    )
    if missing:
        VocabularyVersion.rise()  # processes keep the calendar in memory
    return sorted(missing)


def read_seed() -> dict[int, dict[str, Any]]:
    """The committed table by year: source, days_off and make_up by holiday, and the year's total of working days."""
    years: dict[int, dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))["years"]
    return years


def exceptions_of(entry: Mapping[str, Any]) -> list[Exceptional]:
    """The exceptional days of one year of the seed."""
    return [
        Exceptional(day, kind, name)
        for key, kind in (("days_off", DayKind.DAY_OFF), ("make_up", DayKind.MAKE_UP))
        for name, days in entry[key].items()
        for day in days
    ]


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY

"""One month as a wall calendar shows it: whole weeks from Monday to Sunday."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from supervision.core.workdays import add_months

WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """`first` is the first day of the month."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str, today: date) -> Month:
        """`2026-11` as an address has it; anything else is the month of `today`."""
        found = WRITTEN.fullmatch(text)
        return cls(date(int(found[1]), int(found[2]), 1)) if found else cls.of(today)

    @property
    def key(self) -> str:
        """As an address has it."""
        return f"{self.first:%Y-%m}"

    @property
    def previous(self) -> Month:
        return Month(add_months(self.first, -1))

    @property
    def next(self) -> Month:
        return Month(add_months(self.first, 1))

    @property
    def weeks(self) -> list[list[date]]:
        """The days of the weeks that touch the month, also those of its neighbours."""
        return calendar.Calendar(calendar.MONDAY).monthdatescalendar(self.first.year, self.first.month)

    def holds(self, day: date) -> bool:
        return (day.year, day.month) == (self.first.year, self.first.month)

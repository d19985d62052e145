"""Deadline arithmetic, pure: terms, the day a term ends, and how far away a date is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.workdays import Calendar, add_months


class CountUnit(models.TextChoices):
    """What a term counts. Working days unless a rule says otherwise (domain/campaign.md)."""

    WORKING_DAYS = "working_days", _("工作日")
    CALENDAR_DAYS = "calendar_days", _("自然日")
    MONTHS = "months", _("个月")


class Clock(models.TextChoices):
    """Whose time runs. One at a time; 逾期 always names whose ran out."""

    NONE = "none", _("无")
    UNIT = "unit", _("单位")
    TEAM = "team", _("督导组")
    OFFICE = "office", _("办公室")


@dataclass(frozen=True)
class Term:
    """So many working days, calendar days or months, counted from the day after the start."""

    amount: int
    unit: str = CountUnit.WORKING_DAYS

    def end(self, start: date, calendar: Calendar) -> date:
        """The last day of the term; a calendar term that ends on a day off stays there."""
        if self.unit == CountUnit.WORKING_DAYS:
            return calendar.add(start, self.amount)
        if self.unit == CountUnit.CALENDAR_DAYS:
            return start + timedelta(days=self.amount)
        return add_months(start, self.amount)


def day_of(at: datetime, *, time_zone: str, day_ends_at: int) -> date:
    """The campaign's working date of a moment: its local date, or the next once the day's hour is over.

    `day_ends_at` is an hour, 1–24; 24 means midnight (Beijing time unless the campaign says otherwise).
    """
    local = at.astimezone(ZoneInfo(time_zone))
    return local.date() + timedelta(days=1) if local.hour >= day_ends_at else local.date()

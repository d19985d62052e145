"""Days as people say them: 9月26日（周日，调休上班）, and how far away they are in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from supervision.core.models.calendar import DayKind
from supervision.core.navigation import Header
from supervision.core.workdays import Calendar, load_calendar

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Due:
    """A deadline beside today: what to say, and whether it is near or past."""

    text: str
    state: str  # overdue, today, near or ahead


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def calendar_of(context: Context) -> Calendar:
    """The page's calendar: `calendar` from the view, else the campaign's, else read once for the request."""
    given = context.get("calendar") or getattr(_header_of(context), "calendar", None)
    if isinstance(given, Calendar):
        return given
    keeper: Any = context.get("request") or context
    found: Calendar | None = getattr(keeper, "_day_calendar", None)
    if found is None:
        found = keeper._day_calendar = load_calendar()
    return found


def today_of(context: Context) -> date:
    """The page's day: `on` or `today` from the view, else the campaign's own, else the date here."""
    for given in (context.get("on"), context.get("today"), getattr(_header_of(context), "on", None)):
        if isinstance(given, date):
            return as_day(given)
    return timezone.localdate()


def _header_of(context: Context) -> Header | None:
    found: Header | None = getattr(context.get("frame"), "header", None)
    return found


def as_day(value: date) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def day_text(day: date, today: date, calendar: Calendar | None = None) -> str:
    """The day with its weekday, the year when it is another one, and 放假 or 调休上班 when a calendar is given."""
    kind = calendar.describe(day).kind if calendar else None
    special = kind.label if kind in (DayKind.DAY_OFF, DayKind.MAKE_UP) else ""
    if is_chinese():
        year = "" if day.year == today.year else f"{day.year}年"
        weekday = f"周{WEEKDAYS_ZH[day.weekday()]}"
        return f"{year}{day.month}月{day.day}日（{weekday}{'，' if special else ''}{special}）"
    year = "" if day.year == today.year else f" {day.year}"
    weekday = WEEKDAYS_EN[day.weekday()]
    return f"{weekday} {day.day} {MONTHS_EN[day.month - 1]}{year}{f' ({special})' if special else ''}"


def short_day_text(day: date, today: date) -> str:
    """Without the weekday, for narrow table cells: 9月26日."""
    if is_chinese():
        return f"{'' if day.year == today.year else f'{day.year}年'}{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN[day.month - 1]}{'' if day.year == today.year else f' {day.year}'}"


def due_of(day: date, on: date, calendar: Calendar, near: int = 3) -> Due:
    """How far `day` is from `on` in working days; the last days count as near."""
    left = calendar.between(on, day)
    if day < on:
        return Due(_overdue_text(-left), "overdue")
    if day == on:
        return Due(_("今天截止"), "today")
    text = _left_text(left, (day - on).days)
    if calendar.is_provisional(day):
        text = _("%(text)s，按暂定日历") % {"text": text}
    return Due(text, "near" if left <= near else "ahead")


def _overdue_text(working_days: int) -> str:
    if working_days == 0:  # the day is over and no working day has begun since
        return _("已逾期")
    return ngettext("逾期%(count)d个工作日", "逾期%(count)d个工作日", working_days) % {"count": working_days}


def _left_text(working_days: int, days: int) -> str:
    if working_days == 0:  # only days off until then: “0 working days” would sound like today
        return ngettext("还有%(count)d天（均为休息日）", "还有%(count)d天（均为休息日）", days) % {"count": days}
    return ngettext("还有%(count)d个工作日", "还有%(count)d个工作日", working_days) % {"count": working_days}

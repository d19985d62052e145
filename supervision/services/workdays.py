"""The office keeps the working-day calendar: single days with their basis, and years once they are announced.

The calendar is the site's, not a campaign's: whoever works in a provincial office keeps it. No issued date ever
moves because of it; what is counted from now on is counted by the new table.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from supervision.core.events import record, register_verb
from supervision.core.models.calendar import CalendarDay, CalendarYear, DayKind
from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.workdays import Calendar, load_calendar

register_verb("calendar.day_changed", gettext_lazy("修改工作日历"), Audience.OFFICE)
register_verb("calendar.year_announced", gettext_lazy("标记年度安排已公布"), Audience.OFFICE)
register_verb("calendar.year_reopened", gettext_lazy("改回暂定日历"), Audience.OFFICE)

BASIS_AT_LEAST = 4
SATURDAY = 5
USUAL = ""  # neither a holiday nor a make-up day: Monday to Friday is worked, the weekend is not


def may_keep(user: User) -> bool:
    """Staff and lead of a provincial office."""
    return user.scope.has(Role.OFFICE, Role.OFFICE_LEAD)


def day_faults(calendar: Calendar, day: date, kind: str, name: str, basis: str) -> list[Condition]:
    """Why a day cannot be changed like this."""
    found = []
    is_weekend = day.weekday() >= SATURDAY
    if kind == DayKind.MAKE_UP and not is_weekend:
        found.append(Condition("kind", _("这一天本来就是工作日，不能再设为调休上班。")))
    if kind and not name.strip():
        found.append(Condition("name", _("请填写是哪个节日的安排，例如“国庆节”。")))
    if len(basis.strip()) < BASIS_AT_LEAST:
        found.append(Condition("basis", _("请写明依据，例如“国办发明电〔2026〕12号”。")))
    was = calendar.describe(day)
    if (stored_kind(calendar, day), was.name) == (kind, name.strip() if kind else ""):
        found.append(Condition("kind", _("没有改动任何内容。")))
    return found


def stored_kind(calendar: Calendar, day: date) -> str:
    """What the table says of the day; USUAL where it says nothing."""
    kind = calendar.describe(day).kind
    return kind.value if kind in (DayKind.DAY_OFF, DayKind.MAKE_UP) else USUAL


@transaction.atomic
def set_day(*, day: date, kind: str, name: str, basis: str, actor: User, at: datetime) -> CalendarYear:
    """Make a day a holiday, a make-up day, or an ordinary one again."""
    year = _locked_year(day.year, actor)
    calendar = load_calendar()
    if conditions := day_faults(calendar, day, kind, name, basis):
        raise Unmet(tuple(conditions))
    was = calendar.describe(day)
    CalendarDay.objects.filter(day=day).delete()
    if kind:
        CalendarDay.objects.create(day=day, kind=kind, name=name.strip())
    else:
        year.save()  # raises the version, as a new day does
    payload = {
        "day": day.isoformat(),
        "kind": [stored_kind(calendar, day), kind],
        "name": [was.name, name.strip() if kind else ""],
    }
    record("calendar.day_changed", subject=year, actor=actor, at=at, note=basis.strip(), payload=payload)
    return year


@transaction.atomic
def mark_year(*, year: int, is_official: bool, source: str, actor: User, at: datetime) -> CalendarYear:
    """Say that the State Council's arrangement of a year is in, or that it was marked too early."""
    row = _locked_year(year, actor)
    if row.is_official == is_official:
        sentence = _("这一年已经标记为已公布。") if is_official else _("这一年已经是暂定。")
        raise Unmet((Condition("source", sentence),))
    if len(source.strip()) < BASIS_AT_LEAST:
        raise Unmet((Condition("source", _("请写明依据，例如“国办发明电〔2026〕12号”。")),))
    row.is_official, row.source = is_official, source.strip()
    row.save()
    verb = "calendar.year_announced" if is_official else "calendar.year_reopened"
    record(verb, subject=row, actor=actor, at=at, note=source.strip())
    return row


def _locked_year(year: int, actor: User) -> CalendarYear:
    if not may_keep(actor):
        raise NotAllowed.for_roles(str(Role.OFFICE.label))
    CalendarYear.objects.get_or_create(year=year)
    return CalendarYear.objects.select_for_update().get(year=year)

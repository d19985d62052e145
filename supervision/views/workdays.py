"""The working-day calendar by month: everyone looks, the provincial office keeps it.

Before a day is saved the page says which running deadlines are counted across it: dates never move by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from supervision.core.models.calendar import CalendarYear, DayKind
from supervision.core.models.event import Event
from supervision.core.models.version import VocabularyVersion
from supervision.core.months import Month
from supervision.core.parts import Change, Crumb, Entry, entry_of
from supervision.core.refusals import NotAllowed, Unmet
from supervision.core.web import show_refusal
from supervision.core.workdays import Calendar, Exceptional, load_calendar
from supervision.effects import OpenDeadline, deadlines_across
from supervision.forms.workdays import DayForm, YearForm
from supervision.services import workdays

SHOWN = 50  # running deadlines listed by name; the rest are counted
HISTORY = 20


@dataclass(frozen=True)
class Square:
    """A day of the month."""

    day: date
    in_month: bool
    is_today: bool
    is_working: bool
    words: str
    url: str


def kind_word(kind: str) -> str:
    return str(DayKind(kind).label) if kind else _("平常日子")


class WorkdaysView(LoginRequiredMixin, View):
    """`?month=2026-11`: the month, the year's exceptions, whether the year is announced, who changed what."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        today, calendar = timezone.localdate(), load_calendar()
        month = Month.read(request.GET.get("month", ""), today)
        keeps = workdays.may_keep(request.user)
        year = CalendarYear.objects.filter(year=month.first.year).first()
        squares = [[self.square(day, month, today, calendar, keeps) for day in week] for week in month.weeks]
        context = {
            "month": month,
            "this_month": Month.of(today),
            "year_number": month.first.year,
            "year": year,
            "weeks": squares,
            "holidays": holidays_of(calendar, month.first.year),
            "working_days": sum(each.is_working for week in squares for each in week if each.in_month),
            "keeps": keeps,
            "entries": history(year),
            "calendar": calendar,
            "today": today,
            "year_url": reverse("supervision:workday-year", args=[month.first.year]) if keeps else "",
        }
        return render(request, "supervision/workdays.html", context)

    def square(self, day: date, month: Month, today: date, calendar: Calendar, keeps: bool) -> Square:
        note = calendar.describe(day)
        words = "" if note.kind == DayKind.WORKING else str(note.kind.label)
        url = reverse("supervision:workday", args=[day.isoformat()]) if keeps else ""
        return Square(day, month.holds(day), day == today, calendar.is_working_day(day), note.name + words, url)


@dataclass
class Holiday:
    """One holiday's arrangement: runs of days off, and the weekend days worked for it."""

    name: str
    runs: list[tuple[date, date]] = field(default_factory=list)
    make_ups: list[date] = field(default_factory=list)

    def add(self, each: Exceptional) -> None:
        if each.kind == DayKind.MAKE_UP:
            self.make_ups.append(each.day)
        elif self.runs and each.day - self.runs[-1][1] == timedelta(1):
            self.runs[-1] = (self.runs[-1][0], each.day)
        else:
            self.runs.append((each.day, each.day))


def holidays_of(calendar: Calendar, year: int) -> list[Holiday]:
    """The year's exceptions by holiday, in the order of their first day off."""
    found: dict[str, Holiday] = {}
    for each in calendar.exceptions_in(year):
        found.setdefault(each.name, Holiday(each.name)).add(each)
    return sorted(found.values(), key=lambda holiday: (holiday.runs or [(date.max, date.max)])[0])


def history(year: CalendarYear | None) -> list[Entry]:
    if year is None:
        return []
    events = Event.objects.of(year.kind, year.pk).order_by("-sequence")[:HISTORY]
    return [_entry(event) for event in events]


def _entry(event: Event) -> Entry:
    if event.verb != "calendar.day_changed":
        return entry_of(event)
    was, now = (
        f"{name}{kind_word(kind)}" for kind, name in zip(event.payload["kind"], event.payload["name"], strict=True)
    )
    return entry_of(event, changes=[Change(event.payload["day"], was, now)])


class KeeperView(LoginRequiredMixin, View):
    """Pages of whoever keeps the calendar."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not workdays.may_keep(request.user):
            raise NotAllowed.for_roles(str(Role.OFFICE.label))
        return super().dispatch(request, *args, **kwargs)


@dataclass(frozen=True)
class Counted:
    """A running deadline with its working days as they are counted now and as they would be."""

    deadline: OpenDeadline
    was: int
    now: int


class WorkdayView(KeeperView):
    """One day: the form, then what is counted across it, then it is saved."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.day = date.fromisoformat(kwargs["day"])
        except ValueError:
            raise Http404 from None
        self.back = f"{reverse('supervision:workdays')}?month={Month.of(self.day).key}"
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, day: str) -> HttpResponse:
        calendar = load_calendar()
        kind, name = workdays.stored_kind(calendar, self.day), calendar.describe(self.day).name
        return self.show(DayForm(initial={"kind": kind, "name": name}))

    def post(self, request: HttpRequest, day: str) -> HttpResponse:
        form = DayForm(request.POST)
        if not form.is_valid() or request.POST.get("step") == "edit":
            return self.show(form, status=200 if form.is_valid() else 400)
        calendar, given = load_calendar(), form.values()
        if conditions := workdays.day_faults(calendar, self.day, **given):
            show_refusal(form, Unmet(tuple(conditions)))
            return self.show(form, status=409)
        if request.POST.get("step") != "confirm" or request.POST.get("seen") != str(VocabularyVersion.current()):
            return self.preview(form, calendar, given)
        workdays.set_day(day=self.day, actor=request.user, at=timezone.now(), **given)  # type: ignore[arg-type]
        messages.success(request, _("日历已修改。已下发的时限没有改动。"))
        return redirect(self.back)

    def show(self, form: DayForm, status: int = 200) -> HttpResponse:
        return render(self.request, "supervision/workday.html", {**self.frame(), "form": form}, status=status)

    def preview(self, form: DayForm, calendar: Calendar, given: dict[str, str]) -> HttpResponse:
        assert isinstance(self.request.user, User)
        new = calendar.changed(self.day, given["kind"], given["name"].strip())
        across = deadlines_across(self.request.user.scope.campaigns, self.day)
        counted = across if calendar.is_working_day(self.day) != new.is_working_day(self.day) else []
        context = {
            **self.frame(),
            "form": form,
            "hidden": [bound.as_hidden() for bound in form],
            "was": calendar.describe(self.day).label,
            "now": new.describe(self.day).label,
            "rows": list(_counted(counted[:SHOWN], calendar, new)),
            "total": len(counted),
            "left": max(0, len(counted) - SHOWN),
            "seen": VocabularyVersion.current(),
            "basis": given["basis"],
        }
        return render(self.request, "supervision/workday_preview.html", context)

    def frame(self) -> dict[str, Any]:
        crumbs = [Crumb(_("工作日历"), self.back), Crumb(self.day.isoformat())]
        return {"day": self.day, "crumbs": crumbs, "back": self.back}


def _counted(deadlines: Sequence[OpenDeadline], old: Calendar, new: Calendar) -> list[Counted]:
    return [
        Counted(each, old.between(each.starts_on, each.due_on), new.between(each.starts_on, each.due_on))
        for each in deadlines
    ]


class WorkdayYearView(KeeperView):
    """Mark a year's arrangement as announced, or take that back."""

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        row = CalendarYear.objects.filter(year=year).first()
        return self.show(year, YearForm(initial={"source": row.source if row else ""}))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        form = YearForm(request.POST)
        if not form.is_valid():
            return self.show(year, form, status=400)
        given: dict[str, Any] = {"source": form.cleaned_data["source"], "actor": request.user, "at": timezone.now()}
        try:
            workdays.mark_year(year=year, is_official=not self.is_official(year), **given)
        except Unmet as refusal:
            show_refusal(form, refusal)
            return self.show(year, form, status=refusal.status)
        messages.success(request, _("已办理。已下发的时限没有改动。"))
        return redirect(f"{reverse('supervision:workdays')}?month={year}-01")

    def is_official(self, year: int) -> bool:
        return CalendarYear.objects.filter(year=year, is_official=True).exists()

    def show(self, year: int, form: YearForm, status: int = 200) -> HttpResponse:
        back, is_official = f"{reverse('supervision:workdays')}?month={year}-01", self.is_official(year)
        title = _("%(year)d年改回暂定") if is_official else _("%(year)d年安排已公布")
        details = (
            [_("这一年的日期重新标明“按暂定日历”。"), _("放假和调休的日子不变；已下发的时限不变。")]
            if is_official
            else [
                _("这一年的日期不再标明“按暂定日历”。请先把放假和调休的日子逐日改好。"),
                _("今后的时限按现在的日历计算；已下发的时限不变。"),
            ]
        )
        context = {
            "title": title % {"year": year},
            "question": _("确认之后，所有专项活动都按此显示。"),
            "details": details,
            "form": form,
            "danger": is_official,
            "cancel_url": back,
            "crumbs": [Crumb(_("工作日历"), back), Crumb(title % {"year": year})],
        }
        return render(self.request, "components/confirm.html", context, status=status)

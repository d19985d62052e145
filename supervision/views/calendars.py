"""The month of visits: the office's working days with what the reader may see of each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision import rules
from supervision.core.months import Month
from supervision.core.workdays import Calendar, load_calendar
from supervision.current import at_place, current_campaign
from supervision.enums import InspectionStatus
from supervision.forms.inspections import CalendarFilterForm
from supervision.models.campaign import Campaign, Phase
from supervision.models.inspection import Inspection
from supervision.vocabulary import vocabulary_of

SHOWN_A_DAY = 6  # visits of one day; the rest stand in the list


@dataclass(frozen=True)
class CalendarDay:
    """One square of the calendar."""

    day: date
    in_month: bool
    is_today: bool
    is_working: bool
    words: tuple[str, ...]  # what the day is: 周末, 国庆节放假, 调休上班, a phase's first day
    visits: tuple[Inspection, ...]
    may_plan: bool  # a visit can be planned for it

    @property
    def shown(self) -> tuple[Inspection, ...]:
        return self.visits[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return max(0, len(self.visits) - SHOWN_A_DAY)


class CalendarView(LoginRequiredMixin, View):
    """`?month=2026-11&team=`: visits by day. An unannounced one shows to a unit from its start, as everywhere."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign = current_campaign(request)
        today = campaign.day_of(timezone.now()) if campaign else timezone.localdate()
        month = Month.read(request.GET.get("month", ""), today)
        form = CalendarFilterForm(request.GET, user=request.user, campaign=campaign)
        board = Board(month, today, campaign, plans=request.user.scope.has(*rules.TEAM_PEOPLE))
        rows = at_place(request, Inspection.objects.visible_to(request.user).filter(campaign=campaign))
        if form.is_valid() and form.cleaned_data["team"]:
            rows = rows.filter(team_id=form.cleaned_data["team"])
        elif form.errors:
            rows = rows.none()
        weeks = board.weeks(_of_month(rows, month))
        context = {
            "month": month,
            "this_month": Month.of(today),
            "weeks": weeks,
            "count": sum(len(day.visits) for week in weeks for day in week if day.in_month),
            "form": form,
            "team": request.GET.get("team", ""),
            "may_plan": board.plans,
            "is_provisional": board.calendar.is_provisional(month.first),
            "names_teams": form.has_several_teams and not request.GET.get("team"),
            "calendar": board.calendar,
            "on": today,
        }
        return render(request, "supervision/calendar.html", context)


def _of_month(rows: Any, month: Month) -> list[Inspection]:
    """The visits of the shown weeks, each on the day it took place or is planned for."""
    days = (month.weeks[0][0], month.weeks[-1][-1])
    made = Q(happened_on__range=days)
    to_come = Q(happened_on__isnull=True, planned_on__range=days)
    return list(rows.filter(made | to_come).select_related("unit", "team").order_by("team_id", "unit_id", "pk"))


class Board:
    """The squares of one month."""

    def __init__(self, month: Month, today: date, campaign: Campaign | None, *, plans: bool) -> None:
        vocabulary = vocabulary_of(campaign.pk) if campaign else None
        self.month, self.today = month, today
        self.calendar: Calendar = vocabulary.calendar if vocabulary else load_calendar()
        self.phases: tuple[Phase, ...] = vocabulary.phases if vocabulary else ()
        self.plans = plans and campaign is not None and campaign.is_running

    def weeks(self, visits: list[Inspection]) -> list[list[CalendarDay]]:
        by_day: dict[date, list[Inspection]] = {}
        for visit in visits:
            by_day.setdefault(visit.on, []).append(visit)
        return [[self._day(day, tuple(by_day.get(day, ()))) for day in week] for week in self.month.weeks]

    def _day(self, day: date, visits: tuple[Inspection, ...]) -> CalendarDay:
        # what was called off comes last: it fills no day
        ordered = sorted(visits, key=lambda visit: visit.status == InspectionStatus.CANCELLED)
        return CalendarDay(
            day=day,
            in_month=self.month.holds(day),
            is_today=day == self.today,
            is_working=self.calendar.is_working_day(day),
            words=tuple(self._words(day)),
            visits=tuple(ordered),
            may_plan=self.plans and day >= self.today,
        )

    def _words(self, day: date) -> Iterator[str]:
        note = self.calendar.describe(day)
        if note.name or not self.calendar.is_working_day(day):
            yield note._replace(is_provisional=False).label
        for phase in self.phases:
            if phase.starts_on == day:
                yield _("%(phase)s开始") % {"phase": phase.name}
            if phase.ends_on == day:
                yield _("%(phase)s结束") % {"phase": phase.name}

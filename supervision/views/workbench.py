"""工作台: one list of my work, what others have, the days around today, what I did lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.roles import UNIT_ROLES
from supervision.core import desk, events, links
from supervision.core.desk import Asked, Group
from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.current import current_campaign, work_asked_for
from supervision.models.campaign import Campaign
from supervision.rules import TEAM_PEOPLE
from supervision.vocabulary import vocabulary_of

SHOWN = 12  # lines of one part of the list; the others on demand
WAITING_SHOWN = 10
RECENT_SHOWN = 6
RECENT_READ = 60  # events, for so many objects
WEEKS = 2


@dataclass(frozen=True)
class Part:
    """One part of the list as far as it is shown."""

    group: Group
    shows_all: bool

    @property
    def lines(self) -> tuple[Any, ...]:
        return self.group.lines if self.shows_all else self.group.lines[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.group.lines) - len(self.lines)


@dataclass(frozen=True)
class Recent:
    """What I did last with one object."""

    label: str
    url: str
    what: Sentence
    at: datetime


@dataclass(frozen=True)
class CutOff:
    """Until when today's work can be done: the campaign's hour, and how many minutes are left on the server's clock."""

    at: datetime
    hour: int
    is_today: bool
    minutes: int


class WorkbenchView(LoginRequiredMixin, View):
    """What must I do, by when; what waits for others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        context: dict[str, Any] = {"campaign": campaign}
        asked = work_asked_for(request)
        if campaign is not None and asked is not None:
            context |= self.desk(request, campaign, asked)
        return render(request, "supervision/workbench.html", context)

    @staticmethod
    def desk(request: HttpRequest, campaign: Campaign, asked: Asked) -> dict[str, Any]:
        calendar, on = vocabulary_of(campaign.pk).calendar, asked.on
        lines, since = desk.duties_of(asked), desk.monday_of(on)
        until = since + timedelta(days=WEEKS * desk.WEEK - 1)
        waiting = desk.waiting_of(asked)
        shown = request.GET.get("show", "")
        return {
            "parts": [Part(group, group.key == shown) for group in desk.grouped(lines, on)],
            "sheets": sum(bool(line.sheet) for line in lines),
            "cut_off": cut_off_of(campaign, asked.at, on) if any(line.due_on == on for line in lines) else None,
            "waiting": waiting[:WAITING_SHOWN],
            "more_waiting": len(waiting) > WAITING_SHOWN,
            "days": list(desk.days(desk.dates_of(asked, since, until), calendar, on, since, until)),
            "recent": recent_of(asked),
            "next_step": next_step(asked),
            "on": on,
            "calendar": calendar,
        }


def cut_off_of(campaign: Campaign, at: datetime, on: date) -> CutOff:
    """When the campaign's day `on` ends."""
    zone = ZoneInfo(campaign.time_zone)
    ends = datetime.combine(on, time(), zone) + timedelta(hours=campaign.day_ends_at)
    is_today = at.astimezone(zone).date() == on
    return CutOff(at, campaign.day_ends_at, is_today, max(0, int((ends - at).total_seconds() // 60)))


def recent_of(asked: Asked) -> list[Recent]:
    """The objects that the reader acted on last, from their own events; each once, and only where they still look."""
    mine = Event.objects.filter(asked.user.scope.as_q(), asked.within, actor=asked.user, campaign_id=asked.campaign_id)
    found: dict[tuple[str, int], Recent] = {}
    for event in mine.order_by("-id")[:RECENT_READ]:
        key, url = (event.subject_kind, event.subject_id), links.page_of(event.subject_kind, event.subject_id)
        if url and key not in found and len(found) < RECENT_SHOWN:
            found[key] = Recent(event.label, url, events.verb(event.verb).label, event.at)
    return list(found.values())


def next_step(asked: Asked) -> tuple[str, Sentence, Sentence]:
    """Where somebody without a duty goes on: address, button, and the sentence above it."""
    scope = asked.user.scope
    if scope.has(*TEAM_PEOPLE):
        words = _("可以安排下一次督导检查。")
        return reverse("supervision:inspection-create"), _("登记督导检查"), words
    if scope.has(*UNIT_ROLES):
        return reverse("rectification:ledger"), _("查看整改台账"), _("可以看一看本单位整改事项的进展。")
    return reverse("supervision:dashboard"), _("查看驾驶舱"), _("可以看一看各单位的进展。")

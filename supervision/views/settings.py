"""The campaign's settings as the provincial office reads them: an index, and one table for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from supervision import rules
from supervision.core import parts
from supervision.core.models.channel import Channel
from supervision.core.models.event import Event
from supervision.core.models.hook import Hook
from supervision.core.parts import Crumb
from supervision.core.refusals import NotAllowed, Sentence
from supervision.enums import CampaignStatus
from supervision.models.campaign import Campaign
from supervision.services.settings import channels, general, hooks, reading, routes, series
from supervision.services.settings.kinds import KINDS, Kind
from supervision.vocabulary import vocabulary_of

HISTORY = 30


class SettingsView(LoginRequiredMixin, View):
    """A page of the settings: the office reads, its lead changes, everybody else is refused."""

    changes = False
    campaign: Campaign
    now: datetime
    on: date

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return super().dispatch(request, *args, **kwargs)
        found = Campaign.objects.visible_to(request.user).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.campaign, self.now = found, timezone.now()
        self.on = found.day_of(self.now)
        self.may_change = rules.may_change_settings(request.user, found, self.on)
        may = self.may_change if self.changes else rules.may_read_settings(request.user, found, self.on)
        if not may:
            role = Role.OFFICE_LEAD if self.changes else Role.OFFICE
            raise NotAllowed.for_roles(vocabulary_of(found.pk).role_word(role))
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Buttons are there for whoever may change, while the campaign may still be changed."""
        return self.may_change and self.campaign.status in (CampaignStatus.DRAFT, CampaignStatus.RUNNING)

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"supervision:{name}", args=[self.campaign.pk, *args])

    def crumbs(self, *steps: tuple[Sentence, str]) -> list[Crumb]:
        first = [
            Crumb(self.campaign.short_name, self.campaign.get_absolute_url()),
            Crumb(_("设置"), self.url("settings")),
        ]
        return [*first, *(Crumb(label, url) for label, url in steps)]

    def base(self) -> dict[str, Any]:
        return {"campaign": self.campaign, "is_open": self.is_open, "on": self.on}


@dataclass(frozen=True)
class Door:
    """A line of the index: a kind of setting, what it holds, how many rows are in use."""

    title: Sentence
    about: Sentence
    url: str
    count: int | None = None


class SettingsIndexView(SettingsView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        doors = [
            Door(kind.title, kind.about, self.url("setting-rows", kind.code), len(kind.in_use(pk)))
            for kind in KINDS.values()
        ]
        more: list[tuple[str, str, str, int | None]] = [
            (routes.KIND, _("每种文书由谁核稿、谁签发，一至三步。"), "setting-routes", len(vocabulary_of(pk).routes)),
            (
                series.KIND,
                _("反馈单、销号单的代字、编号格式和本年下一个号。"),
                "setting-numbers",
                len(series.series_of(pk)),
            ),
        ]
        on = Channel.objects.filter(campaign_id=pk, is_on=True).count()
        more.append((channels.KIND, _("群机器人、短信网关，和供复制的汇总。"), "channels", on))
        pushed = Hook.objects.filter(campaign_id=pk, is_on=True).count()
        more.append((hooks.KIND, _("把办理动态推送给本单位的其他系统，带签名、会重试。"), "hooks", pushed))
        if self.is_open:  # these two pages are editors and nothing else; what they hold stands on the campaign's page
            more += [
                (general.WORDS, _("页面和文书上怎么称呼各个角色。"), "setting-words", None),
                (general.GENERAL, _("名称、每日截止时刻、报告计时、线下签批、授权委托。"), "setting-general", None),
            ]
        doors += [Door(reading.TITLES[code], about, self.url(name), count) for code, about, name, count in more]
        events = Event.objects.of("campaign", pk).filter(verb__startswith="settings.").order_by("-sequence")[:HISTORY]
        context = {
            **self.base(),
            "crumbs": self.crumbs()[:-1],
            "doors": doors,
            "entries": [reading.entry(event) for event in events],
            "lead_word": vocabulary_of(pk).role_word(Role.OFFICE_LEAD),
        }
        return render(request, "supervision/settings.html", context)


@dataclass(frozen=True)
class Cell:
    label: Sentence
    text: Sentence
    light: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a kind in words."""

    pk: int
    cells: tuple[Cell, ...]
    retired_on: date | None
    can_retire: bool


class RowsView(SettingsView):
    """One kind of rows, in their order, the retired ones below."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        rows = kind_of(kind)
        lines = [self.line(rows, row) for row in rows.rows(pk)]
        new = parts.Move(_("新增"), self.url("setting-new", kind), primary=True)
        context = {
            **self.base(),
            "crumbs": self.crumbs((rows.title, "")),
            "kind": rows,
            "headings": [rows.label(name) for name in rows.fields],
            "lines": [line for line in lines if line.retired_on is None],
            "retired": [line for line in lines if line.retired_on is not None],
            "moves": [new] if self.is_open and rows.adds and self.has_room(rows) else [],
        }
        return render(request, "supervision/setting_rows.html", context)

    def has_room(self, kind: Kind) -> bool:
        """A light's condition is there once; when all are, none can be added."""
        if kind.code != "lights":
            return True
        return len(kind.rows(self.campaign.pk)) < len(kind.model._meta.get_field("condition").flatchoices)

    def line(self, kind: Kind, row: Any) -> Line:
        cells = tuple(
            Cell(kind.label(name), reading.cell(kind, row, name), row.light if name == "light" else "")
            for name in kind.fields
        )
        return Line(row.pk, cells, getattr(row, "retired_on", None), kind.may_retire(row))


def kind_of(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


class RoutesView(SettingsView):
    """Every case with its steps; a case without any says so."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        word = vocabulary_of(pk).role_word
        lines = [
            {
                "case": case,
                "document": dict(reading.DOCUMENTS)[case.document],
                "source": dict(reading.SOURCES)[case.source],
                "steps": [word(role) for role in routes.steps_of(pk, case)],
                "url": self.url("setting-route", case.document, case.source, int(case.is_key)),
            }
            for case in routes.cases()
        ]
        context = {**self.base(), "crumbs": self.crumbs((reading.TITLES[routes.KIND], "")), "lines": lines}
        return render(request, "supervision/setting_routes.html", context)


class NumbersView(SettingsView):
    """The campaign's series with the next number of this year."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        year = self.on.year
        lines = [
            {
                "label": series.label_of(row),
                "prefix": row.prefix,
                "pattern": row.pattern,
                "next": row.text_of(year, series.last_of(row, year) + 1),
                "url": self.url("setting-number", row.pk),
            }
            for row in series.series_of(pk)
        ]
        new = parts.Move(_("新增编号系列"), self.url("setting-number-new"), primary=True)
        context = {
            **self.base(),
            "crumbs": self.crumbs((reading.TITLES[series.KIND], "")),
            "lines": lines,
            "moves": [new] if self.is_open and series.codes_left(self.campaign) else [],
        }
        return render(request, "supervision/setting_numbers.html", context)

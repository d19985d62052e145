"""The rectification figures of 驾驶舱: each leads to the list that shows the same count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rectification.item_desk import whose_moves
from rectification.ledger import overdue
from rectification.models.item import RectificationItem
from rectification.services.figures import Figures, Line, board_of
from supervision.core.deadlines import Clock
from supervision.core.panels import Panel, register_panel
from supervision.core.refusals import Sentence
from supervision.current import at_place, current_campaign

LATEST = 5  # overdue items named on the page; the rest is one click away


@dataclass(frozen=True)
class Link:
    """A figure and the address of the rows that it counts."""

    label: Sentence
    value: int
    url: str


@dataclass(frozen=True)
class Rate:
    """A share: `part` of `whole`; the link shows the rows of the part, `whole_url` those of the whole."""

    label: Sentence
    part: int
    whole: int
    url: str
    whole_url: str
    formula: Sentence

    @property
    def text(self) -> str:
        return f"{round(100 * self.part / self.whole)}%" if self.whole else _("无")


@dataclass(frozen=True)
class Block:
    """The figures of everything, of one body or of one phase."""

    name: str
    open: Link
    overdue: Link
    overdue_by: tuple[Link, ...]
    rates: tuple[Rate, ...]
    counted: Link


def ledger_url(**filters: Any) -> str:
    return f"{reverse('rectification:ledger')}?{urlencode(filters)}"


def block_of(name: str, figures: Figures, **within: Any) -> Block:
    """Figures with their links; `within` are the filters that narrow the list to this group."""

    def link(label: Sentence, value: int, **filters: Any) -> Link:
        return Link(label, value, ledger_url(**within, **filters))

    def rate(label: Sentence, part: int, whole: int, group: str, base: str, formula: Sentence) -> Rate:
        return Rate(label, part, whole, ledger_url(**within, group=group), ledger_url(**within, group=base), formula)

    return Block(
        name=name,
        open=link(_("未办结"), figures.open, group="open"),
        overdue=link(_("已逾期"), figures.overdue, overdue="any"),
        overdue_by=(
            link(_("单位逾期"), figures.overdue_unit, overdue=Clock.UNIT.value),
            link(_("督导组逾期"), figures.overdue_team, overdue=Clock.TEAM.value),
            link(_("办公室逾期"), figures.overdue_office, overdue=Clock.OFFICE.value),
        ),
        rates=(
            rate(
                _("销号率"), figures.closed, figures.counted, "closed", "counted",
                _("已销号 ÷（全部 − 已取消）"),
            ),
            rate(
                _("按期完成率"), figures.on_time, figures.accepted, "on_time", "accepted",
                _("在原定时限内报送且核验通过 ÷ 报送后核验通过；督导组和办公室用去的时间不计"),
            ),
            rate(
                _("整改完成率"), figures.completed, figures.counted, "completed", "counted",
                _("核验通过 ÷（全部 − 已取消）"),
            ),
        ),
        counted=link(_("全部（不含已取消）"), figures.counted, group="counted"),
    )  # fmt: skip


def _lines(lines: tuple[Line, ...], key: str) -> list[Block]:
    return [block_of(line.name, line.figures, **{key: line.pk}) for line in lines]


def facts(request: HttpRequest) -> dict[str, Any]:
    """What the panel shows, within the reader's scope: two queries, and one for whose move the oldest delays are."""
    campaign = current_campaign(request)
    if campaign is None:
        return {"total": None}
    user: Any = request.user
    at = timezone.now()
    on = campaign.day_of(at)
    items = at_place(request, RectificationItem.objects.visible_to(user).filter(campaign=campaign))
    board = board_of(items, on)
    late = list(
        items.filter(overdue(on)).select_related("unit", "team", "body").order_by("clock_due_on", "pk")[:LATEST]
    )
    return {
        "total": block_of(_("合计"), board.total),
        "late": list(zip(late, whose_moves(late), strict=True)),
        "late_url": ledger_url(overdue="any", sort="clock_due_on"),
        "bodies": _lines(board.bodies, "body"),
        "phases": _lines(board.phases, "phase"),
        "on": board.on,
        "at": at,
    }


def _has_business(user: Any) -> bool:
    return bool(user.scope.joined_campaigns)


FIGURES = Panel("rectification-figures", "dashboard", 10, "rectification/dashboard_figures.html", facts, _has_business)


def register() -> None:
    """Called from `apps.ready()`."""
    register_panel(FIGURES)

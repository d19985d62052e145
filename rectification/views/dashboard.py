"""The panels of 驾驶舱 and of the pages of a body, a team and a unit: every figure leads to the list that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from rectification.services.figures import Week
from rectification.views.sight import Block, Link, Sight, dated_url, ledger_url, sight_of
from supervision.core.panels import Panel, register_panel
from supervision.core.refusals import Sentence

HOT = 8  # units in the heat map of the dashboard; all of them have a page of their own
SHADES = 4
LIVE = "live"  # ?live=1: the panel asks for itself again (projector)


def _panel(key: str, order: int, told: Callable[[Sight], dict[str, Any]]) -> Panel:
    def facts(request: HttpRequest) -> dict[str, Any]:
        sight = sight_of(request)
        if sight is None or not sight.board.total.counted:
            return {"sight": None}
        return {
            "sight": sight,
            "within": urlencode(sight.within),
            "refresh_url": _refresh_url(request, f"rectification-{key}", sight),
            **told(sight),
        }

    template = f"rectification/sight/{key}.html"
    return Panel(f"rectification-{key}", "dashboard", order, template, facts, _has_business)


def _refresh_url(request: HttpRequest, key: str, sight: Sight) -> str:
    """Where a panel that refreshes itself asks; empty on a page that stands still."""
    if not request.GET.get(LIVE) and not getattr(request, "is_projected", False):
        return ""
    return f"{reverse('supervision:panel', args=[key])}?{urlencode({**sight.within, LIVE: 1})}"


def _has_business(user: Any) -> bool:
    return bool(user.scope.joined_campaigns)


# --- what each panel tells ------------------------------------------------------------------------------------------


def _figures(sight: Sight) -> dict[str, Any]:
    total = sight.total
    return {"total": total, "rates": [*total.rates, sight.receipts, total.filed]}


LEVEL_WORDS: dict[str, Callable[[], Sentence]] = {
    "body": lambda: _("督导主体"),
    "team": lambda: _("督导组"),
    "unit": lambda: _("单位"),
}
LINES = 6


def _progress(sight: Sight) -> dict[str, Any]:
    """The widest places of which there are several, worst first beyond six, and the phases."""
    level = sight.level
    lines = sight.board.lines(level)
    shown = lines if len(lines) <= LINES else sight.board.worst(level)[:LINES]
    return {
        "level": LEVEL_WORDS[level](),
        "groups": sight.blocks(level, shown),
        "more": len(lines) - len(shown),
        "phases": sight.blocks("phase", sight.board.lines("phase")),
    }


def _late(sight: Sight) -> dict[str, Any]:
    return {"late": sight.late, "total": sight.total, "late_url": ledger_url(**sight.within, overdue="any",
                                                                           sort="clock_due_on")}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """The end of one week in the burn-down; weeks to come have a plan alone."""

    week: Week
    planned: Link
    left: Link | None


def points_of(sight: Sight) -> list[Point]:
    found = []
    for week in sight.course.weeks:
        last = week.ends_on
        planned = Link(_("计划剩余"), week.planned, dated_url("planned", None, last, **sight.within))
        left = Link(_("实际剩余"), week.left, dated_url("left", None, last, **sight.within))
        found.append(Point(week, planned, left if week.on <= sight.on else None))
    return found


def _burn(sight: Sight) -> dict[str, Any]:
    return {"points": points_of(sight)}


def _ages(sight: Sight) -> dict[str, Any]:
    return {"ages": sight.total.ages, "total": sight.total}


@dataclass(frozen=True)
class Heat:
    """One unit's line of the heat map: each state with how warm it is, from 0 to SHADES."""

    block: Block
    cells: list[tuple[Link, int]]


def heat_of(blocks: list[Block]) -> list[Heat]:
    most = max([SHADES, *(link.value for block in blocks for link in block.states)])  # a single item is never dark
    return [
        Heat(block, [(link, -(-SHADES * link.value // most)) for link in block.states]) for block in blocks
    ]  # fmt: skip


def _heat(sight: Sight) -> dict[str, Any]:
    worst = sight.board.worst("unit")
    lines = heat_of(sight.blocks("unit", worst[:HOT]))
    return {"lines": lines, "states": lines[0].block.states, "more": len(worst) - len(lines)}


def _categories(sight: Sight) -> dict[str, Any]:
    names = {row.pk: row.name for row in sight.vocabulary.categories}
    found = sorted(sight.course.categories.values(), key=lambda each: (-each.open, -each.counted, each.pk))
    return {
        "rows": [
            (
                Link(names[each.pk], each.open, ledger_url(**sight.within, category=each.pk, group="open")),
                Link(names[each.pk], each.counted, ledger_url(**sight.within, category=each.pk, group="counted")),
            )
            for each in found
            if each.pk in names and each.counted
        ]
    }


def _week(sight: Sight) -> dict[str, Any]:
    week = sight.course.week_of(sight.on)
    words = {"opened": _("新下发"), "submitted": _("报送"), "closed": _("已销号"), "due": _("原定本周到期")}
    links = [
        Link(word, getattr(week, kind), dated_url(kind, week.on, week.ends_on, **sight.within))
        for kind, word in words.items()
    ]
    return {"week": week, "links": links}


PANELS = (
    _panel("figures", 10, _figures),
    _panel("progress", 20, _progress),
    _panel("late", 30, _late),
    _panel("burn", 40, _burn),
    _panel("ages", 50, _ages),
    _panel("heat", 60, _heat),
    _panel("categories", 70, _categories),
    _panel("week", 80, _week),
)


def register() -> None:
    """Called from `apps.ready()`."""
    for panel in PANELS:
        register_panel(panel)

"""All units by state, all teams by whose clock: what the dashboard shows of the worst, here of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from accounts.roles import Role
from rectification.enums import Question
from rectification.ledger import overdue
from rectification.models.count import ItemCount
from rectification.services.figures import Figures, Line
from rectification.views.dashboard import heat_of
from rectification.views.sight import Block, Sight, sight_of
from supervision.current import at_place
from supervision.models.organisation import Team, Unit


def _everyone(sight: Sight, level: str, rows: Any) -> list[Line]:
    """A line for each place, also where nothing has been found yet; whoever has most overdue first."""
    found = {line.pk: line for line in sight.board.lines(level)}
    lines = [found.get(pk) or Line(pk, name, Figures()) for pk, name in rows.values_list("pk", "name")]
    return sorted(lines, key=lambda line: (-line.figures.overdue, -line.figures.open))


class UnitsSightView(LoginRequiredMixin, View):
    """The heat map of every unit the reader sees."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sight, user = sight_of(request), request.user
        context: dict[str, Any] = {"sight": sight}
        if sight is not None:
            units = Unit.objects.visible_to(user).filter(campaign=sight.campaign)  # type: ignore[arg-type]
            lines = heat_of(sight.blocks("unit", _everyone(sight, "unit", units)))
            states = lines[0].block.states if lines else ()
            context |= {"lines": lines, "states": states, "calendar": sight.vocabulary.calendar, "on": sight.on}
        return render(request, "rectification/units_sight.html", context)


@dataclass(frozen=True)
class TeamLine:
    """One team: its figures, and since when its oldest delay runs."""

    block: Block
    oldest: date | None


class TeamsSightView(LoginRequiredMixin, View):
    """The teams one sees, by whose clock; to a sponsor these are the teams they sponsor."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sight, user = sight_of(request), request.user
        context: dict[str, Any] = {"sight": sight}
        if sight is not None:
            scope = user.scope  # type: ignore[union-attr]
            seen = Q(campaign_id__in=scope.campaigns) | Q(body_id__in=scope.bodies) | Q(pk__in=scope.teams)
            teams = Team.objects.filter(seen, campaign=sight.campaign)
            oldest = _oldest(sight)
            blocks = sight.blocks("team", lines := _everyone(sight, "team", teams))
            context["lines"] = [
                TeamLine(block, oldest.get(line.pk)) for block, line in zip(blocks, lines, strict=True)
            ]  # fmt: skip
            context["is_sponsors"] = scope.has(Role.SPONSOR) and not scope.campaigns and not scope.bodies
            context |= {"calendar": sight.vocabulary.calendar, "on": sight.on}
        return render(request, "rectification/teams_sight.html", context)


def _oldest(sight: Sight) -> dict[int, date]:
    """By team: the date that passed longest ago."""
    user: Any = sight.request.user
    rows = at_place(sight.request, ItemCount.objects.visible_to(user).filter(campaign=sight.campaign))
    late = rows.filter(overdue(sight.on), question=Question.STATE, n__gt=0)
    return dict(late.order_by().values_list("team_id").annotate(first=Min("clock_due_on")))

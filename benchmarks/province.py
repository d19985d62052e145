"""The campaign under the items: the demo's scenario, running, with as many units as a province has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from accounts.models import User
from rectification.demo.accounts import administrator_seats, seats, take_seats
from rectification.demo.player import CURRENT_PHASE, SCENARIO
from supervision.models.campaign import Campaign
from supervision.scenarios.loader import load_structure
from supervision.scenarios.reading import read_scenario, scenario_path
from supervision.scenarios.schema import Scenario, Unit
from supervision.services.campaigns import start_campaign

CODE, NAME = "bench", "政法队伍教育整顿（测量）"
RESTRICTED_TEAM, RESTRICTED_UNITS = "proc-dispatched", 20
DAYS_GONE = 300  # of the current phase, so that the items' whole story lies in it
TYPES = {"court": ("grass_court", "人民法院"), "procuratorate": ("grass_procuratorate", "人民检察院")}
OTHER_TYPE = ("grass_police", "公安局")


def found_province(*, units: int, at: datetime) -> tuple[Campaign, dict[str, User]]:
    """The campaign and its people by seat; nobody has a password."""
    scenario = _aged(_grown(read_scenario(scenario_path(SCENARIO)), units), at)
    opening = at - timedelta(days=DAYS_GONE)
    campaign = load_structure(scenario, at=opening)
    people = take_seats([*administrator_seats(), *seats(campaign, scenario)], at=opening, password=None)
    return start_campaign(pk=campaign.pk, actor=people["office-lead"], at=opening), people


def _grown(scenario: Scenario, units: int) -> Scenario:
    """With further units, spread over the teams; one team has twenty, for the restricted reader."""
    more = tuple(_further(scenario, units - len(scenario.units)))
    return scenario.model_copy(update={"units": (*scenario.units, *more)})


def _further(scenario: Scenario, count: int) -> Iterator[Unit]:
    teams = [(body, team) for body in scenario.bodies for team in body.teams]
    have = sum(unit.team == RESTRICTED_TEAM for unit in scenario.units)
    order = [pair for pair in teams if pair[1].code == RESTRICTED_TEAM] * max(0, RESTRICTED_UNITS - have)
    others = cycle(pair for pair in teams if pair[1].code != RESTRICTED_TEAM)
    for number in range(1, count + 1):
        body, team = order.pop() if order else next(others)
        type_, word = TYPES.get(body.code, OTHER_TYPE)
        yield Unit(
            code=f"unit-{number:03d}", name=f"第{number}县（区）{word}", type=type_, body=body.code, team=team.code,
            is_given=False,
        )  # fmt: skip


def _aged(scenario: Scenario, at: datetime) -> Scenario:
    """The current phase has run for most of a year."""
    phase = next(each for each in scenario.phases if each.code == CURRENT_PHASE)
    begins = at.date() - timedelta(days=DAYS_GONE)
    moved = scenario.shifted((begins - phase.starts_on).days, code=CODE, name=NAME)
    longest = begins + timedelta(days=2 * DAYS_GONE)
    phases = tuple(
        each.model_copy(update={"ends_on": longest}) if each.ends_on >= begins else each for each in moved.phases
    )
    return moved.model_copy(update={"phases": phases})

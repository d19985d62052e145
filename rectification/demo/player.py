"""Load the demo: structure, people, history, notifications; in one transaction, so that a killed load starts anew."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from rectification.demo import accounts, guiding, history, stories
from rectification.demo.stage import Stage, Story, moment, play
from supervision.core.models.notification import Notification
from supervision.core.models.reminder import Reminder
from supervision.core.models.version import steady
from supervision.core.notifications import deliver_pending, quietly
from supervision.core.workdays import Calendar, load_calendar
from supervision.enums import DelegationScope
from supervision.models.campaign import Campaign
from supervision.scenarios.loader import load_structure
from supervision.scenarios.reading import read_scenario, scenario_path
from supervision.scenarios.schema import Scenario
from supervision.services.campaigns import start_campaign
from supervision.services.delegations import delegate
from supervision.services.reminders import remind

SCENARIO = "shanxi_2021"
CODE, NAME = "shanxi-demo", "政法队伍教育整顿（山西省，第二批）〔演示〕"
CURRENT_PHASE = "rectify"  # today lies in it
PART_GONE = 0.4  # of its days
REMINDED_DAYS = 5  # working days; a scan for each day since the first act would cost a quarter of the load
FIRST_ACT = 26  # working days before today: a day before the first visit is registered
UNREAD_DAYS = 3  # what people were told of earlier they have read


def is_loaded() -> bool:
    return Campaign.objects.filter(code=CODE).exists()


def load_demo(*, today: date, now: datetime) -> Campaign:
    """Play the whole demo as of `today`. The caller has asked `is_loaded` and the settings."""
    stage: Stage | None = None
    try:
        with transaction.atomic(), quietly(), steady(), _unswept():
            stage = _set(today)
            play(_stories(stage))
            _deliver(stage, now)
    except BaseException:
        if stage is not None:
            stage.discard_files()
        raise
    return stage.campaign


@contextmanager
def _unswept() -> Iterator[None]:
    """No garbage collection meanwhile: almost nothing dies, and looking for it takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _set(today: date) -> Stage:
    """The structure with its phases moved, everybody in their seat, the campaign running."""
    calendar = load_calendar()
    scenario = shifted(read_scenario(scenario_path(SCENARIO)), today)
    opening = _opening(scenario, calendar, today)
    campaign = load_structure(scenario, at=opening)
    people = _people(campaign, scenario, opening)
    campaign = start_campaign(pk=campaign.pk, actor=people["office-lead"], at=opening + timedelta(minutes=30))
    return Stage(campaign, calendar, today, people)


def shifted(scenario: Scenario, today: date) -> Scenario:
    """The phases keep their lengths; two fifths of the current one are gone today."""
    phase = next(each for each in scenario.phases if each.code == CURRENT_PHASE)
    gone = round(((phase.ends_on - phase.starts_on).days + 1) * PART_GONE)
    begins = today - timedelta(days=gone)
    return scenario.shifted((begins - phase.starts_on).days, code=CODE, name=NAME)


def _opening(scenario: Scenario, calendar: Calendar, today: date) -> datetime:
    """The morning of the campaign's first day, or of the first working day with an act if that is earlier."""
    first = min(scenario.phases[0].starts_on, calendar.add(today, -FIRST_ACT))
    return moment(first, 8, scenario.campaign.time_zone)


def _people(campaign: Campaign, scenario: Scenario, at: datetime) -> dict[str, User]:
    seats = [
        *accounts.administrator_seats(),
        *accounts.seats(campaign, scenario),
        accounts.leadership_seat(campaign.units.get(code=history.DELEGATING_UNIT)),
    ]
    return accounts.take_seats(seats, at=at, password=accounts.DEMO_PASSWORD)


def _stories(stage: Stage) -> Iterator[Story]:
    yield _delegation(stage)
    for case in history.CASES:
        yield from stories.tell_case(stage, case)
    for visit in history.VISITS:
        yield stories.tell_visit(stage, visit)
    yield from guiding.tell_guidance(stage)
    yield _reminders(stage)


def _reminders(stage: Stage) -> Story:
    """Each morning of the last week whoever is late or nearly so is reminded, as beat does it."""
    for ago in range(REMINDED_DAYS, 0, -1):
        yield (at := stage.at(ago, 9, "reminders"))
        remind(campaign_id=stage.campaign.pk, at=at)


def _delegation(stage: Stage) -> Story:
    """A head who is away lets a member of the leadership sign for thirty days."""
    unit = stage.units[history.DELEGATING_UNIT]
    yield (at := stage.at(history.DELEGATED_BEFORE, 8, "delegation"))
    deputy = stage.people[f"{unit.code}-deputy"]
    on = stage.campaign.day_of(at)
    delegate(
        unit_id=unit.pk,
        actor=stage.people[f"{unit.code}-head"],
        at=at,
        delegate=deputy,
        scope=DelegationScope.REPORTS,
        valid_from=on,
        valid_until=on + timedelta(days=stage.campaign.delegation_max_days - 1),
    )
    deputy.__dict__.pop("scope", None)  # read before the delegation


def _deliver(stage: Stage, now: datetime) -> None:
    """Tell everybody of everything at once; what is older than three days they have read."""
    deliver_pending(at=now)
    before = now - timedelta(days=UNREAD_DAYS)
    Reminder.objects.unread().filter(campaign_id=stage.campaign.pk, created_at__lt=before).update(read_at=before)
    Notification.objects.filter(event__campaign_id=stage.campaign.pk, event__at__lt=before).update(read_at=before)

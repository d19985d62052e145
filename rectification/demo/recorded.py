"""What the report of 2021-10-08 tells of the campaign in Shanxi, played at the campaign's own dates.

The court team inspected the four rail courts (太铁两级四院) and issued four feedback forms with two problems and
deadlines. The days are filled in; what became of the problems the report does not say, so nothing is played of it. The
accounts have no password and are disabled at the end; the campaign is finished, so nobody is reminded.
"""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import User
from accounts.services import disable_account
from rectification.demo import accounts, stories
from rectification.demo.plot import Case, Work
from rectification.demo.stage import Stage, moment, play
from supervision.core.models.version import steady
from supervision.core.notifications import deliver_pending, quietly
from supervision.core.workdays import load_calendar
from supervision.models.campaign import Campaign
from supervision.scenarios.histories import register_history
from supervision.scenarios.schema import Scenario
from supervision.services.campaigns import finish_campaign, start_campaign

CODE = "shanxi-2021"
COURTS = ("tyrail-intermediate-court", "tyrail-court", "dtrail-court", "lfrail-court")
TEAM = "court-1"
ISSUED_ON, TOLD_UNTIL = date(2021, 8, 31), date(2021, 9, 6)
PROBLEMS = ("main-responsibility", "atmosphere")


def play_recorded(campaign: Campaign, scenario: Scenario) -> None:
    """Start, play and finish the campaign that has just been loaded. The caller holds the transaction."""
    with quietly(), steady():
        opening = moment(scenario.phases[0].starts_on, 9, campaign.time_zone)
        closing = moment(scenario.phases[-1].ends_on, 17.5, campaign.time_zone)
        people = _people(campaign, scenario, opening)
        lead = people["office-lead"]
        campaign = start_campaign(pk=campaign.pk, actor=lead, at=opening)
        calendar = load_calendar()
        stage = Stage(campaign, calendar, TOLD_UNTIL, people, seed=CODE)
        try:
            days = calendar.between(ISSUED_ON, TOLD_UNTIL)
            works = tuple(Work(problem) for problem in PROBLEMS)
            play(story for unit in COURTS for story in stories.tell_case(stage, Case(unit, days, works)))
        except BaseException:
            stage.discard_files()
            raise
        finish_campaign(pk=campaign.pk, actor=lead, at=closing)
        for user in people.values():
            disable_account(account_id=user.pk, actor=None, at=closing, note="专项活动已结束")
        deliver_pending(at=closing)


def _people(campaign: Campaign, scenario: Scenario, at: datetime) -> dict[str, User]:
    """Those alone who act in what is told."""
    wanted = {"office-lead", *COURTS}
    seats = [
        seat
        for seat in accounts.seats(campaign, scenario)
        if seat.username in wanted or seat.username.startswith(f"{TEAM}-")
    ]
    return accounts.take_seats(seats, at=at, password=None, prefix=f"{CODE}-")


register_history(CODE, play_recorded)

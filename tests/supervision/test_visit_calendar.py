"""The month of visits: which days are worked, which visit stands on which day, and what planning takes from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from supervision.core.models import CalendarDay, VocabularyVersion
from supervision.core.months import Month
from supervision.models import Inspection
from tests.supervision import visits
from tests.supervision.test_inspection_list import browser, bulk_visits, queries, url
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def squares(client: Client, query: str = "") -> dict[date, Any]:
    weeks = client.get(f"{url('inspection-calendar')}?{query}").context["weeks"]
    return {square.day: square for week in weeks for square in week}


def month_of(day: date) -> str:
    return f"month={day:%Y-%m}"


@pytest.mark.parametrize(
    ("text", "key"),
    [("2026-11", "2026-11"), ("", "2026-03"), ("2026-13", "2026-03"), ("1999-01", "2026-03"), ("；", "2026-03")],
)
def test_a_month_that_cannot_be_read_is_this_one(text: str, key: str):
    assert Month.read(text, date(2026, 3, 31)).key == key


def test_a_month_has_whole_weeks_and_turns_over_the_year():
    month = Month(date(2026, 12, 1))
    assert (month.previous.key, month.next.key) == ("2026-11", "2027-01")
    assert {len(week) for week in month.weeks} == {7}
    assert month.weeks[0][0] == date(2026, 11, 30)
    assert month.holds(date(2026, 12, 31))
    assert not month.holds(date(2025, 12, 31))


def test_days_off_and_make_up_days_are_told_in_words(world: World):
    CalendarDay.objects.filter(day__range=("2030-05-01", "2030-05-31")).delete()
    CalendarDay.objects.create(day="2030-05-06", kind="day_off", name="劳动节")
    CalendarDay.objects.create(day="2030-05-11", kind="make_up", name="劳动节")
    VocabularyVersion.rise()
    found = squares(browser(world, "a1-member"), "month=2030-05")
    assert found[date(2030, 5, 6)].words == ("劳动节放假",)
    assert not found[date(2030, 5, 6)].is_working
    assert found[date(2030, 5, 11)].words == ("劳动节调休上班",)
    assert found[date(2030, 5, 11)].is_working
    assert found[date(2030, 5, 12)].words == ("周末",)
    assert found[date(2030, 5, 13)].words == ()
    page = browser(world, "a1-member").get(f"{url('inspection-calendar')}?month=2030-05").content.decode()
    assert "节假日安排尚未公布" in page


def test_a_visit_stands_on_the_day_it_took_place_else_on_the_day_it_is_planned_for(world: World):
    made = visits.in_progress(world)
    other = world.today + timedelta(days=1)
    Inspection.objects.filter(pk=made.pk).update(planned_on=world.today - timedelta(days=1))
    to_come = visits.planned(world, unit="u2", planned_on=other)
    client = browser(world, "a1-member")
    assert made in squares(client, month_of(world.today))[world.today].visits
    assert to_come in squares(client, month_of(other))[other].visits
    earlier = world.today - timedelta(days=1)
    assert not squares(client, month_of(earlier))[earlier].visits


def test_a_team_can_be_chosen_and_nonsense_finds_nothing(world: World):
    ours, theirs = visits.planned(world), visits.planned(world, unit="u3", by="a2-member")
    client, month = browser(world, "a-office"), month_of(world.today)
    assert set(squares(client, month)[world.today].visits) == {ours, theirs}
    assert squares(client, f"{month}&team={world.teams['a2'].pk}")[world.today].visits == (theirs,)
    assert squares(client, f"{month}&team=nonsense")[world.today].visits == ()


def test_a_full_day_shows_six_and_leads_to_the_rest(world: World):
    for _number in range(9):
        visits.planned(world, confirm_duplicate=True)
    client = browser(world, "a1-member")
    square = squares(client, month_of(world.today))[world.today]
    assert (len(square.shown), square.more) == (6, 3)
    listed = client.get(f"{url('inspection-list')}?since={world.today}&until={world.today}")
    assert len(listed.context["page"].rows) == 9


def test_the_list_and_the_calendar_mean_the_same_day(world: World):
    visit = visits.in_progress(world)
    Inspection.objects.filter(pk=visit.pk).update(planned_on=world.today - timedelta(days=5))
    found = browser(world, "a1-member").get(f"{url('inspection-list')}?since={world.today}").context["page"].rows
    assert found == [visit]


def test_a_day_leads_to_the_form_with_its_date(world: World):
    client, day = browser(world, "a1-member"), world.today + timedelta(days=1)
    assert squares(client, month_of(day))[day].may_plan
    form = client.get(f"{url('inspection-create')}?on={day}").context["form"]
    assert form["planned_on"].value() == day
    yesterday = world.today - timedelta(days=1)
    assert not squares(client, month_of(yesterday))[yesterday].may_plan


@pytest.mark.parametrize("who", ["office", "a-office", "u1", "a1-sponsor"])
def test_only_people_of_a_team_plan_from_the_calendar(world: World, who: str):
    found = squares(browser(world, who))
    assert not any(square.may_plan for square in found.values())


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-member", "u1"])
def test_the_calendar_costs_eight_queries(world: World, rows: int, who: str):
    bulk_visits(world, rows)
    assert queries(browser(world, who), url("inspection-calendar")) <= 8

"""The office keeps the calendar: a day changes what is counted from now on, never a date that was issued."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from rectification.models import RectificationItem
from supervision.core.models import CalendarDay, CalendarYear, DeadlineChange, Event
from supervision.core.refusals import NotAllowed, Unmet
from supervision.core.workdays import load_calendar
from supervision.services import workdays
from tests.feedback import moves as forms
from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
BASIS = "国办发明电〔2026〕12号"


def reader(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username], backend=BACKEND)
    return client


def working_day_ahead(world: World) -> date:
    return world.calendar.add(world.today, 3)


def off(world: World, day: date, by: str = "office", **over: str) -> CalendarYear:
    given = {"kind": "day_off", "name": "临时假", "basis": BASIS} | over
    return workdays.set_day(day=day, actor=world.user(by), at=world.at, **given)


def test_a_new_holiday_counts_for_what_is_issued_after_it_and_moves_nothing_issued(world):
    before = forms.issued(world)
    due_on, item_due = before.problems.get().due_on, RectificationItem.objects.get().due_on
    off(world, working_day_ahead(world))

    after = forms.issued(world, unit="u2")
    assert before.problems.get().due_on == due_on
    assert RectificationItem.objects.get(form=before).due_on == item_due
    assert not DeadlineChange.objects.exists()
    assert after.problems.get().due_on == world.calendar.add(world.today, 16) > due_on


def test_the_change_is_written_with_its_basis(world):
    day = working_day_ahead(world)
    year = off(world, day)
    event = Event.objects.of("calendar_year", year.pk).get()
    assert (event.verb, event.note, event.audience) == ("calendar.day_changed", BASIS, "office")
    assert event.payload == {"day": day.isoformat(), "kind": ["", "day_off"], "name": ["", "临时假"]}
    off(world, day, kind="", name="")
    assert not CalendarDay.objects.filter(day=day).exists()
    assert load_calendar().is_working_day(day)


@pytest.mark.parametrize("username", ["a-office", "a1-lead", "u1-head", "sysadmin", "nobody"])
def test_the_provincial_office_alone_keeps_it(world, username):
    with pytest.raises(NotAllowed):
        off(world, working_day_ahead(world), by=username)
    assert reader(world, username).get(reverse("supervision:workdays")).status_code == 200
    assert reader(world, username).get(reverse("supervision:workday", args=["2026-10-08"])).status_code == 403


@pytest.mark.parametrize(
    ("over", "word"),
    [({"basis": " 无 "}, "依据"), ({"name": " "}, "节日"), ({"kind": "make_up"}, "本来就是工作日"),
     ({"kind": "", "name": ""}, "没有改动")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(world, over, word):
    with pytest.raises(Unmet, match=word):
        off(world, working_day_ahead(world), **over)


def test_a_year_is_marked_as_announced_once(world):
    given = {"actor": world.user("office-lead"), "at": world.at, "source": BASIS}
    workdays.mark_year(year=2031, is_official=True, **given)
    assert not load_calendar().is_provisional(date(2031, 5, 1))
    with pytest.raises(Unmet):
        workdays.mark_year(year=2031, is_official=True, **given)
    workdays.mark_year(year=2031, is_official=False, **given)
    assert load_calendar().is_provisional(date(2031, 5, 1))


def test_the_page_lists_what_is_counted_across_the_day_before_it_is_saved(world):
    form = forms.issued(world)
    item = RectificationItem.objects.get()
    client, day = reader(world, "office"), working_day_ahead(world)
    url = reverse("supervision:workday", args=[day.isoformat()])
    data = {"kind": "day_off", "name": "临时假", "basis": BASIS}

    looked = client.post(url, data)
    assert looked.context["total"] == 1  # the receipt of the form is over before that day
    row = looked.context["rows"][0]
    assert row.deadline.label == item.label
    assert row.now == row.was - 1
    assert form.number in looked.content.decode()
    assert not CalendarDay.objects.filter(day=day).exists()
    assert client.post(url, {**data, "step": "confirm", "seen": looked.context["seen"]}).status_code == 302
    assert CalendarDay.objects.get(day=day).name == "临时假"
    assert "临时假" in client.get(reverse("supervision:workdays"), {"month": f"{day:%Y-%m}"}).content.decode()


def test_anybodys_look_at_a_month_costs_the_same(world, django_assert_max_num_queries):
    client = reader(world, "u1")
    client.get(reverse("supervision:workdays"))
    with django_assert_max_num_queries(8):
        shown = client.get(reverse("supervision:workdays"), {"month": "2026-10"})
    assert "国庆节放假" in shown.content.decode()
    assert client.get(reverse("supervision:workdays"), {"month": "nonsense"}).status_code == 200
    assert reader(world, "office").get(reverse("supervision:workday", args=["yesterday"])).status_code == 404
    assert reader(world, "office").get(reverse("supervision:workday-year", args=[2027])).status_code == 200

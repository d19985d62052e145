"""日历订阅: a person's own dates by a secret address, until it is revoked; nobody else's, and no content."""

from __future__ import annotations

import re
from typing import Any

import icalendar
import pytest
from django.test import Client

from accounts.models import User
from supervision.core.models import Event
from supervision.models import CalendarFeed
from tests.rectification import item_world as iw
from tests.supervision import visits
from tests.world import World

pytestmark = pytest.mark.django_db


def address_of(world: World, username: str) -> str:
    client = Client()
    client.force_login(world.user(username), backend="django.contrib.auth.backends.ModelBackend")
    shown = client.post("/me/calendar/").content.decode()
    found = re.search(r'value="http://testserver(/feeds/[^"]+\.ics)"', shown)
    assert found
    assert found.group(1) not in client.get("/me/calendar/").content.decode()
    return found.group(1)


def events(client: Any, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def test_it_holds_ones_own_deadlines_and_nobody_elses(client, world: World):
    mine, other = iw.in_progress(world, unit="u1"), iw.in_progress(world, unit="u2")
    found = events(client, address_of(world, "u1"))
    assert [(each["DTSTART"].dt, str(each["URL"])) for each in found] == [
        (mine.clock_due_on, f"http://testserver{mine.get_absolute_url()}")
    ]
    text = client.get(address_of(world, "u1")).content.decode()
    assert mine.number in text
    assert mine.title not in text
    assert other.number not in text
    assert events(client, address_of(world, "nobody")) == []


def test_an_unannounced_visit_is_a_day_without_a_name(client, world: World):
    """A calendar program is anybody's machine: whom the team visits is known inside alone."""
    visit = visits.approved(world, unit="u2", is_unannounced=True)
    (event,) = events(client, address_of(world, "a1-member"))
    assert (str(event["SUMMARY"]), event["DTSTART"].dt) == ("开始检查", visit.planned_on)
    assert visit.unit.name in visit.label


def test_a_new_address_ends_the_old_one_and_revoking_ends_both(client, world: World):
    first = address_of(world, "u1")
    second = address_of(world, "u1")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.force_login(world.user("u1"), backend="django.contrib.auth.backends.ModelBackend")
    client.post("/me/calendar/revoke/")
    assert Client().get(second).status_code == 404
    assert list(Event.objects.filter(verb__startswith="calendar.").order_by("pk").values_list("verb", flat=True)) == [
        "calendar.opened", "calendar.opened", "calendar.revoked",
    ]  # fmt: skip


def test_a_disabled_person_has_no_calendar_and_the_secret_is_not_kept(client, world: World):
    address = address_of(world, "u1")
    token = address.split("/")[-1].removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values()) + str(Event.objects.values())
    User.objects.filter(username="u1").update(is_active=False)
    assert client.get(address).status_code == 404

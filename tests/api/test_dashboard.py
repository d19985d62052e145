"""The dashboard's figures as JSON: those of the page and of the lists, for every reader, in few queries."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.test import Client

from rectification.models import ItemCount
from rectification.services import counts
from tests.rectification.test_dashboard import a_province, sight
from tests.world import World


@pytest.mark.parametrize("username", ["office", "a-office", "a1-lead", "u1-head"])
def test_every_reader_reads_the_figures_of_their_page(api, world: World, username: str):
    a_province(world)
    told, page = api(username).get("dashboard/").json(), sight(world, username)
    assert told["total"] == asdict(page.board.total)
    assert told["total"]["counted"] > 0
    for name, level in (("phases", "phase"), ("bodies", "body"), ("teams", "team"), ("units", "unit")):
        shown = [(line.pk, line.name, asdict(line.figures)) for line in page.board.lines(level)]
        assert [(line["id"], line["name"], line["figures"]) for line in told[name]] == shown
    assert [week["left"] for week in told["weeks"]] == [week.left for week in page.course.weeks]
    assert told["rates"]["receipts"] == {"part": page.receipts.part, "whole": page.receipts.whole}
    assert [row["id"] for row in told["late"]] == [item.pk for item, _whose in page.late]
    rows = api(username).rows("rectification-items/?status=submitted&size=200")
    assert told["total"]["submitted"] == len(rows)


def test_a_place_narrows_and_anothers_place_is_empty(api, world: World):
    a_province(world)
    whole = api("a-office").get("dashboard/").json()["total"]["counted"]
    parts = [
        api("a-office").get(f"dashboard/?team={world.teams[team].pk}").json()["total"]["counted"]
        for team in ("a1", "a2")
    ]
    assert sum(parts) == whole
    foreign = api("a-office").get(f"dashboard/?body={world.bodies['b'].pk}").json()
    assert foreign["total"]["counted"] == 0
    assert foreign["units"] == foreign["late"] == []


def test_the_place_chosen_in_the_browser_narrows_no_program(api, world: World):
    a_province(world)
    before = api("a-office").get("dashboard/").json()["total"]
    asked = api("a-office")
    session = asked.client.session
    session["place"] = f"body-{world.bodies['a'].pk}"
    session.save()
    assert asked.get("dashboard/").json()["total"] == before


@pytest.mark.parametrize(
    ("username", "address", "status"),
    [
        ("office", "dashboard/?odd=1", 400),
        ("office", "dashboard/?unit=x", 400),
        ("office", "dashboard/?campaign=999", 404),
        ("nobody", "dashboard/", 404),
        ("secadmin", "dashboard/", 404),
    ],
)
def test_what_is_wrong_or_not_theirs_is_a_problem(api, world: World, username: str, address: str, status: int):
    answer = api(username).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_who_is_not_signed_in_is_refused(world: World):
    assert Client().get("/api/v1/dashboard/").status_code == 401


@pytest.mark.parametrize("times", [1, 20])
def test_it_costs_the_same_however_many_items_there_are(api, world: World, django_assert_num_queries, times: int):
    a_province(world, times)
    counts.recount()
    assert ItemCount.objects.exists()
    asked = api("office")
    asked.get("dashboard/")
    with django_assert_num_queries(8):
        asked.get("dashboard/")

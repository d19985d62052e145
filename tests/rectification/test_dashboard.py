"""驾驶舱: every figure leads to the list that shows the same count, for every reader."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from rectification.services.figures import Figures, board_of
from rectification.views import dashboard
from supervision.vocabulary import vocabulary_of
from tests.rectification import report_world
from tests.rectification.report_world import new_form, new_items
from tests.world import World

DASHBOARD, WORKBENCH = reverse("supervision:dashboard"), reverse("supervision:workbench")
READERS = [
    "office", "office-lead", "a-office", "b-office", "a1-sponsor", "a1-lead", "a1-deputy", "a1-member", "a2-lead",
    "b1-member", "u1", "u1-head", "u1-deputy", "u1s", "u4", "nobody", "auditor", "sysadmin", "secadmin",
]  # fmt: skip


def sign_in(client, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def a_province(world: World, times: int = 1) -> None:
    """Items of three bodies' worth of units in both phases, in every state and overdue by every clock."""
    past, future = world.today - timedelta(3), world.today + timedelta(30)
    for place, unit in enumerate(world.units):
        form = new_form(world, unit)
        study = {"phase": world.phases["study"]} if place % 2 else {}
        for status in ItemStatus:
            new_items(world, form, times, status=status, **study)
        new_items(world, form, place + 1, clock_due_on=past)
        new_items(world, form, status=ItemStatus.SUBMITTED, clock_due_on=past, submitted_on=past)
        new_items(world, form, status=ItemStatus.PENDING_CLOSE, clock_due_on=past, due_on=future, submitted_on=past)
        new_items(world, form, 2, status=ItemStatus.CLOSED, due_on=past, submitted_on=past, **study)
        new_items(world, form, status=ItemStatus.CLOSED, due_on=past, submitted_on=future, late=True)


def facts(world: World, username: str) -> dict:
    request = RequestFactory().get(DASHBOARD)
    request.user, request.session = world.user(username), {}
    return dashboard.facts(request)


def figures_and_links(block: dashboard.Block) -> list[tuple[str, int, str]]:
    found = [(str(link.label), link.value, link.url) for link in (block.open, block.overdue, block.counted)]
    found += [(str(link.label), link.value, link.url) for link in block.overdue_by]
    for rate in block.rates:
        found += [(str(rate.label), rate.part, rate.url), (f"{rate.label} ÷", rate.whole, rate.whole_url)]
    return found


@pytest.mark.parametrize("username", READERS)
def test_every_figure_is_a_link_to_a_list_with_the_same_count(client, world: World, username: str):
    a_province(world)
    told = facts(world, username)
    if told["total"] is None:
        return
    sign_in(client, world, username)
    seen: dict[str, int] = {}
    for block in (told["total"], *told["bodies"], *told["phases"]):
        for label, value, url in figures_and_links(block):
            seen.setdefault(url, client.get(url).context["page"].count)
            assert value == seen[url], f"{block.name} {label} {url}"


def test_accounts_without_business_see_no_figure(client, world: World):
    a_province(world)
    for username in ("nobody", "auditor", "sysadmin", "secadmin"):
        assert facts(world, username)["total"] is None
        sign_in(client, world, username)
        answer = client.get(DASHBOARD)
        assert "rectification-figures" not in answer.content.decode()


def test_the_figures_are_the_readers_own(world: World):
    a_province(world)
    mine = RectificationItem.objects.filter(unit__in=[world.units["u1"], world.units["u1s"]])
    assert facts(world, "u1")["total"].counted.value == mine.counted().count()
    assert [block.name for block in facts(world, "u1")["bodies"]] == ["主体A"]
    assert [block.name for block in facts(world, "office")["bodies"]] == ["主体A", "主体B"]


def test_rates_are_what_the_field_says_they_are(world: World):
    """销号率 leaves the cancelled out; the on-time rate asks the original date and only what was accepted."""
    form, today = new_form(world), world.today
    new_items(world, form, 2, status=ItemStatus.CLOSED, due_on=today, submitted_on=today)
    new_items(world, form, status=ItemStatus.PENDING_CLOSE, due_on=today, submitted_on=today + timedelta(1))
    # the date was moved later, the original one did not hold
    moved = new_items(world, form, status=ItemStatus.CLOSED, due_on=today + timedelta(9), submitted_on=today)
    RectificationItem.objects.filter(pk=moved[0].pk).update(original_due_on=today - timedelta(1))
    new_items(world, form, status=ItemStatus.SUBMITTED, due_on=today, submitted_on=today)  # not accepted yet
    new_items(world, form, status=ItemStatus.CLOSED, due_on=today)  # mended on the spot: never submitted
    new_items(world, form, 3, status=ItemStatus.CANCELLED, due_on=today)
    told = board_of(RectificationItem.objects.all(), today).total
    assert told == Figures(
        counted=6, open=2, overdue=0, overdue_unit=0, overdue_team=0, overdue_office=0, completed=5, closed=4,
        accepted=4, on_time=2,
    )  # fmt: skip


def test_nothing_has_no_rate(world: World):
    assert board_of(RectificationItem.objects.none(), world.today).total == Figures()
    assert [rate.text for rate in facts(world, "office")["total"].rates] == ["无", "无", "无"]


def test_overdue_names_whose_time_ran_out_and_the_parts_are_the_whole(world: World):
    a_province(world)
    told = board_of(RectificationItem.objects.all(), world.today).total
    assert told.overdue == told.overdue_unit + told.overdue_team + told.overdue_office
    assert told.overdue_unit == 15
    assert told.overdue_team == told.overdue_office == 5


def test_a_unit_that_handed_in_in_time_is_never_overdue_while_others_are_slow(world: World):
    items = report_world.ready_items(world, due_on=world.today)
    report_world.signed(world, items)
    later = world.today + timedelta(60)
    told = board_of(RectificationItem.objects.all(), later).total
    assert (told.overdue_unit, told.overdue_team) == (0, 1)


@pytest.mark.parametrize("times", [1, 20])
def test_the_figures_cost_two_queries(world: World, times: int, django_assert_num_queries):
    a_province(world, times)
    with django_assert_num_queries(2):
        board_of(RectificationItem.objects.all(), world.today)


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize(("username", "cost"), [("office", 8), ("u1", 8)])
def test_the_dashboard_costs_the_same_however_many_items(client, world: World, times: int, username: str, cost: int):
    a_province(world, times)
    sign_in(client, world, username)
    client.get(DASHBOARD)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(DASHBOARD).status_code == 200
    assert len(queries) <= 10
    assert len(queries) == cost, "\n".join(each["sql"][:160] for each in queries)


# --- the oldest delays ---


def test_the_oldest_delays_come_first_and_each_names_who_must_act(world: World):
    form, day = new_form(world), timedelta(1)
    states = (ItemStatus.PENDING_CLOSE, ItemStatus.PLAN_REVIEW, ItemStatus.SUBMITTED, ItemStatus.IN_PROGRESS)
    for age, status in enumerate(states, 1):
        new_items(world, form, status=status, clock_due_on=world.today - age * day)
    new_items(world, form, 2, clock_due_on=world.today)
    late = facts(world, "office")["late"]
    assert [item.clock_due_on for item, _whose in late] == [world.today - age * day for age in (4, 3, 2, 1)]
    unit, team, body = form.unit, form.team, form.unit.body
    word = vocabulary_of(world.campaign.pk).role_word
    assert [str(whose) for _item, whose in late] == [
        unit.name, team.name, f"{team}{word(Role.LEADER)}",
        f"{body}{word(Role.BODY_OFFICE)}",
    ]  # fmt: skip


def test_somebody_elses_delay_is_not_named(world: World):
    new_items(world, new_form(world, "u1"), clock_due_on=world.today - timedelta(1))
    assert len(facts(world, "office")["late"]) == 1
    assert facts(world, "b-office")["late"] == []

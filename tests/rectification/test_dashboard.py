"""驾驶舱: every figure leads to the list that shows the same count, for every reader."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from feedback.forms.drafts import FormFilterForm
from feedback.models import FeedbackForm
from rectification.enums import ItemStatus
from rectification.models import ItemCount, RectificationItem
from rectification.models.count import monday
from rectification.services.figures import Figures, ages, board_of, course_of
from rectification.views import dashboard
from rectification.views.ledger import question_of
from rectification.views.sight import Rate, Sight, sight_of
from supervision.vocabulary import vocabulary_of
from tests.feedback import moves as feedback_moves
from tests.rectification import report_world
from tests.rectification.report_world import new_form, new_items
from tests.supervision import visits
from tests.world import World

DASHBOARD, WORKBENCH = reverse("supervision:dashboard"), reverse("supervision:workbench")
READERS = [
    "office", "a-office", "b-office", "a1-sponsor", "a1-lead", "a2-lead", "u1", "u1-head", "u4",
    "nobody", "auditor", "sysadmin", "secadmin",
    *(pytest.param(name, marks=pytest.mark.slow)
      for name in ("office-lead", "a1-deputy", "a1-member", "b1-member", "u1-deputy", "u1s")),
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


def sight(world: World, username: str) -> Sight | None:
    request = RequestFactory().get(DASHBOARD)
    request.user, request.session = world.user(username), {}
    return sight_of(request)


def figures_and_links(told: Sight) -> Iterator[tuple[str, int, str]]:
    """Every figure of the page with its address."""
    blocks = [told.total, *told.blocks(told.level, told.board.lines(told.level))]
    blocks += told.blocks("phase", told.board.lines("phase"))
    for block in blocks:
        for link in block.links:
            yield f"{block.name} {link.label}", link.value, link.url
        for rate in block.all_rates:
            yield from of_rate(block.name, rate)
    yield from of_rate("", told.receipts)
    for point in dashboard.points_of(told):
        for link in filter(None, (point.planned, point.left)):
            yield f"{point.week.on} {link.label}", link.value, link.url
    for link in dashboard._week(told)["links"]:
        yield f"本周 {link.label}", link.value, link.url
    for pair in dashboard._categories(told)["rows"]:
        yield from ((str(link.label), link.value, link.url) for link in pair)


def rows_behind(world: World, username: str, url: str) -> int:
    """How many rows the list at that address has, asked as its view asks, without rendering 50 of them."""
    request = RequestFactory().get(url)
    request.user, request.session = world.user(username), {}
    if request.path == reverse("feedback:forms"):
        filters = FormFilterForm(request.GET, user=request.user, campaign=world.campaign)
        return filters.narrow(FeedbackForm.objects.visible_to(request.user)).count()
    return question_of(request).rows.count()


def of_rate(name: str, rate: Rate) -> Iterator[tuple[str, int, str]]:
    yield f"{name} {rate.label}", rate.part, rate.url
    yield f"{name} {rate.label} ÷", rate.whole, rate.whole_url


@pytest.mark.once
@pytest.mark.parametrize("username", READERS)
def test_every_figure_is_a_link_to_a_list_with_the_same_count(client, world: World, username: str):
    a_province(world)
    told = sight(world, username)
    if told is None:
        return
    seen: dict[str, int] = {}
    for label, value, url in figures_and_links(told):
        if url not in seen:
            seen[url] = rows_behind(world, username, url)
        assert value == seen[url], f"{label} {url}"
    sign_in(client, world, username)  # and the pages themselves show these counts
    for url in random.Random(1).sample(sorted(seen), 3):
        assert client.get(url).context["page"].count == seen[url]


@pytest.mark.parametrize(("username", "place"), [("office", "body"), ("a-office", "team"), ("a1-lead", "unit")])
def test_the_pages_of_a_place_count_what_their_lists_show(client, world: World, username: str, place: str):
    a_province(world)
    about = {"body": world.bodies["a"], "team": world.teams["a1"], "unit": world.units["u2"]}[place]
    sign_in(client, world, username)
    page = client.get(reverse(f"supervision:{place}-sight", args=[about.pk]))
    links = set(
        re.findall(
            r'href="([^"]*[?&amp;]' + place + r"=\d+[^\"]*)\"[^>]*>(?:[^<]*<b[^>]*>)?(\d+)<", page.content.decode()
        )
    )
    assert len(links) > 12
    for url, value in links:
        assert client.get(url.replace("&amp;", "&")).context["page"].count == int(value), url


def test_accounts_without_business_see_no_figure(client, world: World):
    a_province(world)
    for username in ("nobody", "auditor", "sysadmin", "secadmin"):
        assert sight(world, username) is None
        sign_in(client, world, username)
        answer = client.get(DASHBOARD)
        assert "rectification-figures" not in answer.content.decode()


def test_the_figures_are_the_readers_own(world: World):
    a_province(world)
    mine = RectificationItem.objects.filter(unit__in=[world.units["u1"], world.units["u1s"]])
    assert sight(world, "u1").total.counted.value == mine.counted().count()
    assert [line.name for line in sight(world, "u1").board.lines("body")] == ["主体A"]
    assert [line.name for line in sight(world, "office").board.lines("body")] == ["主体A", "主体B"]


def test_the_table_shows_the_widest_places_of_which_there_are_several(world: World):
    a_province(world)
    readers = {"office": "body", "a-office": "team", "a1-lead": "unit", "u1": "unit", "u4": "unit"}
    assert {name: sight(world, name).level for name in readers} == readers


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
    told = board_of(ItemCount.objects.all(), today).total
    assert (told.counted, told.open, told.completed, told.closed) == (6, 2, 5, 4)
    assert (told.accepted, told.on_time) == (4, 2)
    assert (told.filed, told.filed_in_time) == (5, 3)  # the one that waits for the team came in time, too


def test_nothing_has_no_rate(world: World):
    assert board_of(ItemCount.objects.none(), world.today).total == Figures()
    told = sight(world, "office")
    assert [rate.text for rate in (*told.total.all_rates, told.receipts)] == ["无"] * 5


def test_overdue_names_whose_time_ran_out_and_the_parts_are_the_whole(world: World):
    a_province(world)
    told = board_of(ItemCount.objects.all(), world.today).total
    assert told.overdue == told.overdue_unit + told.overdue_team + told.overdue_office
    assert told.overdue_unit == 15
    assert told.overdue_team == told.overdue_office == 5


def test_a_unit_that_handed_in_in_time_is_never_overdue_while_others_are_slow(world: World):
    items = report_world.ready_items(world, due_on=world.today)
    report_world.signed(world, items)
    later = world.today + timedelta(60)
    told = board_of(ItemCount.objects.all(), later).total
    assert (told.overdue_unit, told.overdue_team) == (0, 1)


@pytest.mark.once
@pytest.mark.parametrize("times", [1, 20])
def test_the_figures_cost_two_queries(world: World, times: int, django_assert_num_queries):
    a_province(world, times)
    with django_assert_num_queries(2):
        board_of(ItemCount.objects.all(), world.today)
        course_of(ItemCount.objects.all())


@pytest.mark.once
@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize(("username", "cost"), [("office", 9), ("u1", 9)])
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
    late = sight(world, "office").late
    assert [item.clock_due_on for item, _whose in late] == [world.today - age * day for age in (4, 3, 2, 1)]
    unit, team, body = form.unit, form.team, form.unit.body
    word = vocabulary_of(world.campaign.pk).role_word
    assert [str(whose) for _item, whose in late] == [
        unit.name, team.name, f"{team}{word(Role.LEADER)}",
        f"{body}{word(Role.BODY_OFFICE)}",
    ]  # fmt: skip


def test_somebody_elses_delay_is_not_named(world: World):
    new_items(world, new_form(world, "u1"), clock_due_on=world.today - timedelta(1))
    assert len(sight(world, "office").late) == 1
    assert sight(world, "b-office").late == []


# --- weeks, ages, panels ---


def test_the_burn_down_follows_the_plan_and_the_truth(world: World):
    form, week = new_form(world), timedelta(7)
    start = monday(world.today) - 2 * week
    new_items(world, form, 3, opened_on=start, due_on=start + week)
    (done,) = new_items(world, form, opened_on=start, due_on=start + 3 * week, status=ItemStatus.CLOSED)
    RectificationItem.objects.filter(pk=done.pk).update(closed_on=start + week)
    new_items(world, form, opened_on=start, due_on=start, status=ItemStatus.CANCELLED)
    weeks = course_of(ItemCount.objects.all()).weeks
    assert [(each.planned, each.left) for each in weeks] == [(4, 4), (1, 3), (1, 3), (0, 3)]


def test_every_open_item_has_one_age(world: World):
    form = new_form(world)
    for days in (-31, -30, -11, -10, -1, 0, 7, 8):
        new_items(world, form, clock_due_on=world.today + timedelta(days))
    told = board_of(ItemCount.objects.all(), world.today).total
    assert [getattr(told, age) for age in ages(world.today)] == [1, 2, 2, 2, 1]


@pytest.mark.parametrize("panel", [panel.key for panel in dashboard.PANELS])
def test_each_panel_answers_at_its_own_address_narrowed_to_a_place(client, world: World, panel: str):
    a_province(world)
    sign_in(client, world, "office")
    url = reverse("supervision:panel", args=[panel])
    whole, of_unit = client.get(url).content.decode(), client.get(url, {"unit": world.units["u4"].pk}).content.decode()
    assert f'id="{panel}"' in whole
    assert f'id="{panel}"' in of_unit
    assert "单位U1" not in of_unit


def test_a_panel_narrowed_to_a_neighbour_is_empty(client, world: World):
    a_province(world)
    sign_in(client, world, "u2")
    answer = client.get(reverse("supervision:panel", args=["rectification-figures"]), {"unit": world.units["u1"].pk})
    assert answer.content.strip() == b""


def test_the_projector_asks_for_itself_and_the_dashboard_does_not(client, world: World):
    a_province(world)
    sign_in(client, world, "office")
    assert client.get(reverse("supervision:projector")).content.count(b"hx-get=") == len(dashboard.PANELS)
    assert b"hx-get=" not in client.get(DASHBOARD).content


def test_a_sponsor_sees_their_teams_by_whose_clock(client, world: World):
    new_items(world, new_form(world), clock_due_on=world.today - timedelta(4))
    sign_in(client, world, "a1-sponsor")
    page = client.get(reverse("rectification:teams-sight"))
    assert "我牵头的督导组" in page.content.decode()
    (line,) = page.context["lines"]
    assert (line.block.name, line.block.overdue_by[0].value) == ("督导组A1", 1)
    assert line.oldest == world.today - timedelta(4)


def test_places_without_an_item_stand_there_too(client, world: World):
    new_items(world, new_form(world))
    sign_in(client, world, "office")
    assert len(client.get(reverse("rectification:units-sight")).context["lines"]) == len(world.units)
    assert len(client.get(reverse("rectification:teams-sight")).context["lines"]) == len(world.teams)


# --- the lists of a unit's page ---


def test_the_page_of_a_unit_lists_its_forms_reports_and_visits_with_the_lists_counts(client, world: World):
    items = report_world.ready_items(world, due_on=world.today)
    report_world.signed(world, items)
    for _n in range(6):
        new_form(world)
    visits.approved(world)
    for username in ("office", "a1-lead", "u1", "u1-head"):
        sign_in(client, world, username)
        page = client.get(reverse("supervision:unit-sight", args=[world.units["u1"].pk])).content.decode()
        for panel, count in (("supervision-visits", 1), ("feedback-forms", 7), ("rectification-reports", 1)):
            part = page.split(f'id="{panel}"')[1].split("</section>")[0]
            url, told = re.search(r'class="sight-all" href="([^"]+)">全部 (\d+) 项', part).groups()
            assert int(told) == client.get(url).context["page"].count == count, f"{username} {panel}"
            assert part.count("<li>") == min(count, 5)


def test_the_lists_of_a_neighbours_unit_and_what_is_not_the_units_yet_stay_unseen(client, world: World):
    feedback_moves.draft(world)
    visits.planned(world)  # not approved: the team's own
    of_u1 = {"unit": world.units["u1"].pk}
    for panel in ("supervision-visits", "feedback-forms", "rectification-reports"):
        url = reverse("supervision:panel", args=[panel])
        for username in ("u1", "u2", "a2-lead", "b-office", "u1s"):
            sign_in(client, world, username)
            assert client.get(url, of_u1).content.strip() == b"", f"{panel} {username}"
            assert client.get(url).content.strip() == b"", f"{panel} {username}"
    sign_in(client, world, "a1-lead")
    assert "全部 1 项" in client.get(reverse("supervision:panel", args=["feedback-forms"]), of_u1).content.decode()


@pytest.mark.parametrize("times", [1, 20])
def test_the_page_of_a_unit_costs_the_dashboards_queries_and_one_a_list(client, world: World, times: int):
    a_province(world, times)
    sign_in(client, world, "office")
    url = reverse("supervision:unit-sight", args=[world.units["u1"].pk])
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) == 13, "\n".join(each["sql"][:160] for each in queries)

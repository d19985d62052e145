"""工作台: one list of my work by date, what others have, the days around today; a place narrows it and is no right."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from feedback.models import FeedbackForm
from rectification.enums import ItemStatus
from supervision.core import desk
from supervision.core.desk import Asked, DutyLine
from supervision.current import places_of
from supervision.models import TeamMembership
from supervision.views.workbench import cut_off_of
from tests.feedback import moves as forms
from tests.rectification.report_world import new_form, new_items
from tests.supervision import guidance, visits
from tests.supervision.test_inspection_list import queries
from tests.supervision.test_inspection_pages import browser, url
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def asked(world: World, who: str) -> Asked:
    return Asked(world.user(who), world.at, world.today, world.campaign.pk)


def actions(world: World, who: str) -> list[tuple[str, str]]:
    return [(str(line.action), line.kind) for line in desk.duties_of(asked(world, who))]


def page(client: Client, query: str = "") -> str:
    answer = client.get(url("workbench") + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def line(days: int | None, world: World, sheet: str = "", pk: int = 1) -> DutyLine:
    due_on = None if days is None else world.today + timedelta(days)
    return DutyLine("item", pk, "件", "/", "办", "/", due_on=due_on, sheet=sheet)


def test_every_app_puts_its_work_into_one_list(world: World):
    visit = visits.planned(world, unit="u2")
    form = forms.submitted(world)
    new_items(world, new_form(world), status=ItemStatus.SUBMITTED)
    found = dict(actions(world, "a1-lead"))
    assert found == {"批准": "inspection", "签发": "feedback_form", "记录核验": "rectification_item"}
    assert actions(world, "a2-lead") == []
    text = page(browser(world, "a1-lead"))
    assert url("inspection-sheet", visit.pk) in text
    assert form.get_absolute_url() in text


def test_the_list_begins_with_what_is_overdue_and_ends_with_what_is_far(world: World):
    far = 14 - world.today.weekday()
    lines = [line(far, world), line(None, world), line(0, world), line(-1, world)]
    parts = desk.grouped(sorted(lines, key=lambda each: each.order), world.today)
    assert [part.key for part in parts] == ["overdue", "today", "undated", "later"]


def test_of_one_day_the_papers_come_first(world: World):
    paper, other = line(0, world, sheet="report", pk=2), line(0, world, pk=1)
    assert sorted([other, paper], key=lambda each: each.order) == [paper, other]


def test_what_i_handed_on_waits_with_its_holder_and_since_when(world: World):
    visits.planned(world)
    waiting = desk.waiting_of(asked(world, "a1-member"))
    assert [(str(each.whose), each.since is not None) for each in waiting] == [("督导组A1组长", True)]
    assert desk.waiting_of(asked(world, "a2-member")) == []


def test_who_stands_in_is_told_in_whose_place(world: World):
    visits.pending_review(world)
    TeamMembership.objects.filter(user=world.users["a1-lead"]).update(absent_from=world.today)
    found = desk.duties_of(asked(world, "a1-deputy"))
    assert [(str(each.action), str(each.as_whom)) for each in found] == [("审定", "代行组长")]


def test_the_days_show_what_falls_on_them_and_which_are_worked(world: World):
    visits.approved(world, planned_on=world.today)
    since, until = world.today, world.today + timedelta(13)
    found = desk.dates_of(asked(world, "a1-member"), since, until)
    assert "单位U1" in [each.label for each in found if each.on == world.today]
    assert "单位U1" not in [each.label for each in desk.dates_of(asked(world, "a2-member"), since, until)]


def test_todays_end_is_counted_on_the_servers_clock(world: World):
    zone = ZoneInfo(world.campaign.time_zone)
    evening = datetime(2026, 11, 25, 23, 40, tzinfo=zone)
    told = cut_off_of(world.campaign, evening, evening.date())
    assert (told.hour, told.is_today, told.minutes) == (24, True, 20)


def test_nothing_to_do_says_what_could_be_next(world: World):
    text = page(browser(world, "a1-member"))
    assert "没有需要您办理的事项" in text
    assert url("inspection-create") in text
    assert "您办理过的事项会列在这里" in text


def test_recent_are_my_own_acts_each_object_once(world: World):
    visit = visits.pending_review(world)
    text = page(browser(world, "a1-member"))
    recent = text[text.index('id="recent"') :]
    assert recent.count(visit.get_absolute_url()) == 1
    assert visit.get_absolute_url() not in page(browser(world, "a1-member-2"))[-2000:]


def fill(world: World, rows: int) -> None:
    """Work of every kind for everybody: visits, forms of three states, items of every state."""
    for number in range(rows):
        visits.planned(world, planned_on=world.today + timedelta(number % 9), confirm_duplicate=True)
    made = [forms.draft(world, title=f"第{number}份") for number in range(3)]
    some = made[0].__dict__.copy()
    some = {name: some[name] for name in some if not name.startswith("_") and name != "id"}
    states = ("pending_signoff", "issued", "draft")
    FeedbackForm.objects.bulk_create(
        FeedbackForm(
            **{
                **some, "status": states[number % 3], "number": f"号{number}" if number % 3 == 1 else "",
                "submitted_by_id": world.users["a1-member"].pk, "receipt_due_on": world.today,
            }
        )
        for number in range(rows)
    )  # fmt: skip
    per = max(1, rows // len(ItemStatus))
    for status in ItemStatus:
        new_items(world, new_form(world), per, status=status, clock_due_on=world.today)


# The frame takes five, duties one an app and object, waiting three, dates three, recent one; a stand-in asks once more.
# Guidance asks once for each kind of row: notes, advice, filed drafts; of a leader also the units without contact.
COSTS = {"a1-lead": 20, "a1-deputy": 20, "a1-member": 19, "a-office": 14, "office-lead": 15, "u1": 18, "u1-head": 17}


@pytest.mark.parametrize("rows", [3, 300])
def test_the_workbench_costs_the_same_with_three_and_with_three_hundred_of_each(world: World, rows: int):
    fill(world, rows)
    found = {who: queries(browser(world, who), url("workbench")) for who in COSTS}
    assert found == COSTS


# --- the place one looks at -------------------------------------------------------------------------------------------


def choose(client: Client, place: str, back: str = "") -> int:
    return client.post(url("place-choose"), {"place": place, "next": back}).status_code


def test_with_one_place_there_is_nothing_to_choose(world: World):
    assert "只看：" not in page(browser(world, "a1-lead"))
    assert [place.kind for place in places_of(world.user("a1-lead"), world.campaign.pk)] == ["team"]


def test_a_place_narrows_workbench_and_lists_and_leads_back_to_all(world: World):
    client = browser(world, "u1")  # the unit and, as the one above it, its subordinate
    own, below = forms.issued(world), forms.issued(world, unit="u1s")
    here = f"unit-{world.units['u1s'].pk}"
    assert choose(client, here) == 302
    for address in ("/feedback-forms/", "/items/"):
        text = client.get(address).content.decode()
        assert below.number in text
        assert own.number not in text
        assert "看全部" in text
    assert own.get_absolute_url() not in page(client)
    assert client.get(own.get_absolute_url()).status_code == 200  # a view, not a right
    assert choose(client, "") == 302
    assert own.number in client.get("/feedback-forms/").content.decode()


@pytest.mark.parametrize(("name", "arrange"), [("advice-list", guidance.issued), ("filed-drafts", guidance.filed)])
def test_a_place_narrows_the_lists_of_daily_work_too(world: World, name: str, arrange):
    client = browser(world, "u1")
    here, below = (arrange(world, unit=unit) for unit in ("u1", "u1s"))
    assert {row.pk for row in client.get(url(name)).context["page"].rows} == {here.pk, below.pk}
    choose(client, f"unit-{world.units['u1s'].pk}")
    assert {row.pk for row in client.get(url(name)).context["page"].rows} == {below.pk}


def test_an_address_that_asks_for_a_unit_gets_it(world: World):
    client, own = browser(world, "u1"), forms.issued(world)
    choose(client, f"unit-{world.units['u1s'].pk}")
    text = client.get(f"/feedback-forms/?unit={world.units['u1'].pk}").content.decode()
    assert own.number in text
    assert "看全部" not in text


def test_nobody_chooses_a_place_of_others_and_a_lost_one_is_forgotten(world: World):
    client, foreign = browser(world, "u1"), f"unit-{world.units['u4'].pk}"
    assert choose(client, foreign) == 404
    session = client.session
    session["place"] = foreign
    session.save()
    forms.issued(world, unit="u4")
    assert "单位U4" not in client.get("/feedback-forms/").content.decode()
    assert "看全部" not in page(client)


def test_the_way_back_stays_in_the_house(world: World):
    client = browser(world, "u1")
    answer = client.post(url("place-choose"), {"place": "", "next": "https://elsewhere.example/"})
    assert answer.url == url("workbench")

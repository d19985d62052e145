"""What a unit, a neighbour, an office and an auditor see of an inspection, by data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from supervision.core import notifications
from supervision.core.models import Event, Notification
from supervision.models import Inspection, Problem, TalkRecord, TeamMembership
from supervision.services import inspections as services
from supervision.services.inspection_records import save_talk
from supervision.timelines import visible_events
from tests.supervision import visits
from tests.supervision.test_inspection_log import common, talk
from tests.world import World

NOTE = "因单位当日安排冲突，另行商定"
UNIT = ["u1", "u1-head", "u1-deputy"]


def sees(world: World, who: str) -> bool:
    return Inspection.objects.visible_to(world.user(who)).exists()


def told(world: World, who: str) -> list[str]:
    """The verbs that a person was notified of, all dispatches delivered."""
    notifications.deliver_pending(at=world.at)
    mine = Notification.objects.filter(recipient=world.users[who]).order_by("pk")
    return list(mine.values_list("event__verb", flat=True))


@pytest.mark.once
@pytest.mark.parametrize("who", UNIT)
def test_a_unit_sees_an_announced_visit_from_its_approval(world: World, who: str):
    visit = visits.planned(world)
    assert not sees(world, who)
    visits.approve(world, visit)
    assert sees(world, who)


@pytest.mark.once
@pytest.mark.parametrize("who", UNIT)
def test_a_unit_sees_an_unannounced_visit_from_its_start(world: World, who: str):
    visit = visits.approved(world, is_unannounced=True)
    assert not sees(world, who)
    assert not visible_events(world.user(who), visit)
    assert told(world, who) == []
    visits.begin(world, visit)
    assert sees(world, who)


@pytest.mark.once
def test_an_unannounced_visit_put_off_or_called_off_stays_unknown(world: World):
    visit = visits.approved(world, is_unannounced=True)
    lead = world.user("a1-lead")
    day = world.today + timedelta(days=2)
    services.postpone_inspection(pk=visit.pk, actor=lead, at=world.at, note=NOTE, planned_on=day)
    assert not sees(world, "u1")
    services.cancel_inspection(pk=visit.pk, actor=lead, at=world.at, note=NOTE)
    assert not sees(world, "u1")
    assert told(world, "u1") == []
    assert not visible_events(world.user("u1"), visit)


@pytest.mark.once
def test_a_visit_postponed_before_its_approval_stays_unknown(world: World):
    visit = visits.planned(world)
    day = world.today + timedelta(days=2)
    services.postpone_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, planned_on=day)
    assert not sees(world, "u1")
    assert told(world, "u1") == []


@pytest.mark.once
def test_the_unit_is_told_of_approval_and_of_a_new_day_but_not_of_reviews(world: World):
    visit = visits.concluded(world)
    assert set(told(world, "u1")) == {"inspection.approved", "inspection.started"}
    shown = {event.verb for event in visible_events(world.user("u1"), visit)}
    assert shown == {"inspection.approved", "inspection.started"}


@pytest.mark.once
def test_a_units_visible_events_carry_no_reviewers_remark(world: World):
    visit = visits.pending_review(world)
    services.return_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, note="审定意见：记录过于简单")
    text = "".join(f"{event.note}{event.payload}" for event in visible_events(world.user("u1"), visit))
    assert "审定意见" not in text


@pytest.mark.once
@pytest.mark.parametrize("who", ["u2", "u2-head", "u3", "u4", "u1s", "a2-lead", "b1-member", "b-office", "nobody"])
def test_neighbours_see_nothing(world: World, who: str):
    visits.concluded(world)
    assert not sees(world, who)


@pytest.mark.once
def test_the_superior_unit_sees_a_subordinate_units_visit_as_that_unit_does(world: World):
    visit = visits.planned(world, unit="u1s")
    assert not sees(world, "u1-head")
    visits.approve(world, visit)
    assert sees(world, "u1-head")


@pytest.mark.once
@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_administrators_see_no_inspection(world: World, who: str):
    visits.concluded(world)
    assert not sees(world, who)


@pytest.mark.once
def test_a_unit_never_sees_a_problem_before_its_form(world: World):
    visits.concluded(world)
    for who in UNIT:
        assert not Problem.objects.visible_to(world.user(who)).exists()
    assert Problem.objects.visible_to(world.user("a-office")).exists()


@pytest.mark.once
def test_talk_records_are_the_teams_alone(world: World):
    visit = visits.in_progress(world)
    save_talk(**common(world, visit), talk=talk(world))
    readers = {name for name in world.users if TalkRecord.objects.visible_to(world.user(name)).exists()}
    assert readers == {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}


@pytest.mark.once
def test_the_approver_is_told_of_a_new_visit(world: World):
    visits.planned(world)
    visits.planned(world, unit="u2", is_unannounced=True)
    assert told(world, "a1-lead") == ["inspection.created"]
    assert told(world, "a1-sponsor") == ["inspection.created"]


@pytest.mark.once
def test_what_waits_for_the_leader_is_told_to_whoever_leads_today(world: World):
    TeamMembership.objects.filter(user=world.users["a1-lead"]).update(absent_from=world.today)
    visits.planned(world)
    assert told(world, "a1-lead") == []
    assert told(world, "a1-deputy") == ["inspection.created"]
    assert told(world, "a1-sponsor") == []


@pytest.mark.once
def test_what_the_leader_submits_is_told_to_the_deputy(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    services.submit_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    assert "inspection.submitted" in told(world, "a1-deputy")


@pytest.mark.once
def test_every_event_of_the_whole_life_has_an_audience_that_fits(world: World):
    visit: Any = visits.concluded(world)
    unit_reads = set(Event.objects.of("inspection", visit.pk).filter(audience="unit").values_list("verb", flat=True))
    assert unit_reads == {"inspection.approved", "inspection.started"}


# --- calendar, kit, phrases, review -----------------------------------------------------------------------------------


def page(world: World, who: str, name: str, *args: Any, query: str = "") -> Any:
    client = Client()
    client.force_login(world.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(f"supervision:{name}", args=args) + query)


def on_calendar(world: World, who: str, visit: Inspection) -> bool:
    answer = page(world, who, "inspection-calendar", query=f"?month={visit.on:%Y-%m}")
    return visit in [each for week in answer.context["weeks"] for square in week for each in square.visits]


@pytest.mark.once
@pytest.mark.parametrize("who", UNIT)
def test_the_calendar_shows_a_unit_an_unannounced_visit_from_its_start(world: World, who: str):
    visit = visits.planned(world, is_unannounced=True)
    assert not on_calendar(world, who, visit)
    visits.approve(world, visit)
    assert not on_calendar(world, who, visit)
    assert on_calendar(world, "a1-member", visit)
    assert on_calendar(world, "a1-sponsor", visit)
    visits.begin(world, visit)
    assert on_calendar(world, who, visit)


@pytest.mark.once
def test_an_unannounced_visit_put_off_appears_on_no_units_calendar(world: World):
    visit = visits.approved(world, is_unannounced=True)
    day = world.today + timedelta(days=2)
    services.postpone_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, planned_on=day)
    visit.refresh_from_db()
    assert not on_calendar(world, "u1", visit)
    assert on_calendar(world, "a1-lead", visit)


@pytest.mark.once
@pytest.mark.parametrize("who", ["u2", "u3", "a2-lead", "b1-member", "b-office", "nobody", "auditor"])
def test_the_calendar_shows_a_neighbour_nothing(world: World, who: str):
    visit = visits.concluded(world)
    assert not on_calendar(world, who, visit)
    query = f"?month={visit.on:%Y-%m}&team={world.teams['a1'].pk}"
    assert "单位U1" not in page(world, who, "inspection-calendar", query=query).content.decode()


@pytest.mark.once
def test_a_units_calendar_tells_nothing_of_what_was_found(world: World):
    visits.concluded(world)
    for name in ("inspection-calendar", "inspection-list"):
        shown = page(world, "u1", name).content.decode()
        assert "已反馈" not in shown.split("<tbody>")[1]
        assert "主体责任落实不够" not in shown


PAPERS = ("inspection-kit", "fact-check", "fact-check-sheet", "problem-phrases")


@pytest.mark.once
@pytest.mark.parametrize("who", [*UNIT, "u2", "a2-lead", "b1-member", "b-office", "nobody", "auditor"])
def test_kit_fact_check_and_phrases_do_not_exist_for_the_unit_and_for_neighbours(world: World, who: str):
    for visit in (visits.approved(world, is_unannounced=True), visits.in_progress(world, confirm_duplicate=True)):
        for name in PAPERS:
            assert page(world, who, name, visit.pk).status_code == 404, name


@pytest.mark.once
def test_a_blank_kit_of_another_body_is_not_made(world: World):
    for who in ("u1", "nobody", "auditor"):
        assert page(world, who, "kit").status_code == 403
    foreign = page(world, "a1-member", "kit", query=f"?team={world.teams['b1'].pk}").content.decode()
    assert world.teams["b1"].name not in foreign


@pytest.mark.once
@pytest.mark.parametrize("who", UNIT)
@pytest.mark.parametrize("move", ["conclude", "return", "submit", "approve", "cancel"])
def test_a_move_that_its_unit_tries_shows_nothing_of_the_log(world: World, who: str, move: str):
    visit = visits.in_progress(world, purpose="内容保密词")
    visits.log_record(world, visit, content="记录保密词")
    visits.find_problem(world, visit, title="问题保密词", fact="事实保密词")
    visits.hand_in(world, visit)
    address = reverse("supervision:inspection-move", args=[visit.pk, move])
    client = Client()
    client.force_login(world.users[who], backend="django.contrib.auth.backends.ModelBackend")
    for answer in (client.get(address), client.post(address, {}), client.post(address, {"note": "短"})):
        assert answer.status_code in (400, 403, 409)
        assert "保密词" not in answer.content.decode()


@pytest.mark.once
def test_the_review_shows_talks_to_the_team_alone(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    save_talk(**common(world, visit), talk=talk(world, topic="主题保密词"))
    TeamMembership.objects.filter(team=world.teams["a1"], role__in=("leader", "deputy")).update(absent_from=world.today)
    visits.hand_in(world, visit)
    shown = page(world, "a1-sponsor", "inspection-move", visit.pk, "conclude")
    assert shown.status_code == 200
    assert "主题保密词" not in shown.content.decode()
    assert "#talks" not in page(world, "a1-sponsor", "inspection", visit.pk).content.decode()

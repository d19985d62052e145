"""The form that registers a visit: what it remembers, what it warns of, who may go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supervision.models import Inspection
from tests.supervision import visits
from tests.supervision.test_inspection_list import browser, plan_input, url
from tests.world import World


def test_methods_stand_by_kind_and_foci_with_their_points(world: World):
    form = browser(world, "a1-member").get(url("inspection-create")).context["form"]
    groups = {str(group.label): {box.choice_label for box in group.boxes} for group in form.method_groups}
    assert groups["行为"] == {"听", "查"}
    assert groups["方式"] == {"提前介入式"}
    points = {box.box.choice_label: box.points for box in form.focus_boxes}
    assert points["督责任"] == (("督责任要点", ""),)


def test_the_first_time_nothing_is_ticked_and_then_what_the_team_chose_last(world: World):
    client = browser(world, "a1-member")
    assert not client.get(url("inspection-create")).context["form"]["methods"].value()
    visits.planned(world)
    visits.planned(world, unit="u3", by="a2-member", methods=[world.methods["inspect"]])
    form = client.get(url("inspection-create")).context["form"]
    assert form["methods"].value() == [world.methods["listen"].pk, world.methods["early"].pk]
    assert form["foci"].value() == [world.foci["responsibility"].pk]


def test_the_members_chosen_go_and_are_proposed_at_the_start(world: World):
    client = browser(world, "a1-member")
    going = [world.users["a1-member"].pk, world.users["a1-member-2"].pk]
    assert client.post(url("inspection-create"), plan_input(world, present=going)).status_code == 302
    visit = visits.approve(world, Inspection.objects.get())
    assert set(visit.present.values_list("pk", flat=True)) == set(going)
    form = client.get(url("inspection-move", visit.pk, "start")).context["form"]
    assert set(form["present"].value()) == set(going)


def test_strangers_to_the_team_cannot_be_sent(world: World):
    offered = browser(world, "a1-member").get(url("inspection-create")).context["form"].fields["present"].queryset
    assert {person.username for person in offered} == {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}
    answer = browser(world, "a1-member").post(
        url("inspection-create"), plan_input(world, present=[world.users["a2-member"].pk])
    )
    assert answer.status_code == 400
    with pytest.raises(Exception, match="不是该单位督导组的成员：测试a2-member"):
        visits.plan(world, present=[world.user("a2-member")])


def notes(world: World, who: str, unit: str, day: object) -> str:
    client = browser(world, who)
    query = f"unit={world.units[unit].pk}&planned_on={day}&phase={world.phases['rectify'].pk}"
    return client.get(f"{url('inspection-plan-notes')}?{query}").content.decode()


def test_the_notes_tell_of_the_day_and_of_the_units_other_visits(world: World):
    visit = visits.planned(world)
    shown = notes(world, "a1-member", "u1", world.today)
    assert "当日已登记" in shown
    assert url("inspection", visit.pk) in shown
    weekend = world.today + timedelta(days=5 - world.today.weekday() if world.today.weekday() < 5 else 0)
    if not world.calendar.is_working_day(weekend):
        assert "不是工作日" in notes(world, "a1-member", "u2", weekend)
    assert "近来的督导" in notes(world, "a1-member", "u1", world.today + timedelta(days=40))


def test_the_notes_know_no_unit_of_another_team(world: World):
    visits.planned(world, unit="u3", by="a2-member")
    shown = notes(world, "a1-member", "u3", world.today)
    assert "当日已登记" not in shown
    assert "单位U3" not in shown


@pytest.mark.parametrize("query", ["", "unit=x&planned_on=2026-99-99&phase=", "unit=9999999&planned_on="])
def test_half_filled_notes_say_nothing(world: World, query: str):
    answer = browser(world, "a1-member").get(f"{url('inspection-plan-notes')}?{query}")
    assert answer.status_code == 200
    assert not answer.content.decode().strip()

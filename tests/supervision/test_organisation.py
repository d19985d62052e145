"""The office keeps the structure, the security administrator the people: successors, absences, who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from feedback.services import forms as form_moves
from supervision import rules
from supervision.core.models import Event
from supervision.core.refusals import NotAllowed, Unmet
from supervision.models import Team, TeamMembership, Unit, UnitStaff
from supervision.services import people, replacing, structure
from tests.feedback import moves as forms
from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"


def reader(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username], backend=BACKEND)
    return client


def given(world: World, by: str = "office-lead") -> dict[str, Any]:
    return {"campaign_id": world.campaign.pk, "actor": world.user(by), "at": world.at}


# --- structure --------------------------------------------------------------------------------------------------------


def test_a_new_team_and_a_new_unit_stand_in_their_places(world):
    team = structure.add_team(body=world.bodies["a"], name="第三督导组", **given(world))
    unit = structure.add_unit(team=team, name="新单位", parent=None, is_remote=True, **given(world))
    assert (team.body, unit.team, unit.body, unit.is_remote) == (world.bodies["a"], team, world.bodies["a"], True)
    verbs = [event.payload["kind"] for event in Event.objects.of("campaign", world.campaign.pk)]
    assert verbs == ["teams", "units"]


def test_the_people_of_the_unit_above_see_a_new_subordinate_at_once(world):
    row = UnitStaff.objects.get(user=world.users["u2"])
    unit = structure.add_unit(
        team=world.teams["a1"], name="U2所属", parent=world.units["u2"], is_remote=False, **given(world)
    )
    assert unit in Unit.objects.visible_to(world.user("u2"))
    assert unit not in Unit.objects.visible_to(world.user("u1"))
    people.end_appointment(kind="unit", pk=row.pk, actor=world.user("secadmin"), at=world.at)
    assert unit not in Unit.objects.visible_to(world.user("u2"))


@pytest.mark.parametrize("username", ["office", "a-office", "a1-lead", "secadmin", "sysadmin"])
def test_nobody_else_changes_the_structure(world, username):
    with pytest.raises(NotAllowed):
        structure.add_team(body=world.bodies["a"], name="第三督导组", **given(world, username))
    assert Team.objects.count() == 3


def test_names_are_told_apart_and_units_above_belong_to_the_team(world):
    with pytest.raises(Unmet, match="换一个名称"):
        structure.rename(kind="units", pk=world.units["u1"].pk, name="单位U2", **given(world))
    with pytest.raises(Unmet, match="同一个督导组"):
        structure.add_unit(team=world.teams["a1"], name="新", parent=world.units["u3"], is_remote=False, **given(world))


def test_a_renamed_unit_keeps_its_old_name_on_issued_paper(world):
    form = forms.issued(world)
    structure.rename(kind="units", pk=world.units["u1"].pk, name="改名后的单位", **given(world))
    client = reader(world, "a1-lead")
    paper = client.get(reverse("feedback:form-paper", args=[form.pk])).content.decode()
    assert "单位U1" in paper
    assert "改名后的单位" in client.get(reverse("feedback:forms")).content.decode()


def test_offices_read_the_organisation_and_a_body_its_own_alone(world):
    province, body, team = (reader(world, name) for name in ("office", "a-office", "a1-lead"))
    page = reverse("supervision:organisation")
    everything = province.get(page).content.decode()
    assert "督导组A1" in everything
    assert "督导组B1" in everything
    own = body.get(page).content.decode()
    assert "督导组A1" in own
    assert "督导组B1" not in own
    assert body.get(reverse("supervision:team", args=[world.teams["b1"].pk])).status_code == 404
    assert team.get(page).status_code == 403
    shown = body.get(reverse("supervision:team", args=[world.teams["a1"].pk])).content.decode()
    assert shown.index("单位U1<") < shown.index("单位U1S<") < shown.index("单位U2<")
    assert reverse("supervision:unit-rename", args=[world.campaign.pk, world.units["u1"].pk]) not in shown


def test_the_pages_of_the_organisation_cost_the_same_whatever_they_hold(world, django_assert_max_num_queries):
    of = {"campaign": world.campaign, "body": world.bodies["a"], "team": world.teams["a1"], "type": "court"}
    Unit.objects.bulk_create(Unit(code=f"n{number}", name=f"新{number}", **of) for number in range(60))
    client = reader(world, "office-lead")
    for page in (reverse("supervision:organisation"), reverse("supervision:team", args=[world.teams["a1"].pk])):
        client.get(page)
        with django_assert_max_num_queries(11):
            assert client.get(page).status_code == 200


def test_the_lead_adds_a_unit_after_seeing_what_it_touches(world):
    client = reader(world, "office-lead")
    url = reverse("supervision:unit-new", args=[world.campaign.pk, world.teams["a1"].pk])
    data = {"name": "新设的单位", "parent": world.units["u1"].pk}
    looked = client.post(url, data)
    assert "上级单位的联络员和主要负责人随即可以看到它" in looked.content.decode()
    assert not Unit.objects.filter(name="新设的单位").exists()
    saved = client.post(url, {**data, "step": "confirm", "seen": looked.context["seen"]})
    assert saved.status_code == 302
    assert Unit.objects.get(name="新设的单位").parent == world.units["u1"]


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_successor_takes_over_in_one_act(world):
    row = UnitStaff.objects.get(user=world.users["u1-head"])
    new = replacing.replace_appointment(
        kind="unit", pk=row.pk, successor=world.user("nobody"), actor=world.user("secadmin"), at=world.at
    )
    assert (new.unit, new.role) == (world.units["u1"], Role.HEAD)
    assert rules.is_unit_head(world.user("nobody"), forms.draft(world), world.today)
    row.refresh_from_db()
    assert row.ends_on == world.today
    assert world.units["u1s"] in Unit.objects.visible_to(world.user("nobody"))


def test_whoever_left_may_be_appointed_again_and_nobody_twice(world):
    by = {"actor": world.user("secadmin"), "at": world.at}
    member = world.user("a1-member")
    with pytest.raises(Unmet, match="已经有角色"):
        people.appoint_team(team=world.teams["a1"], user=member, role=Role.DEPUTY, **by)
    people.end_appointment(kind="team", pk=TeamMembership.objects.get(user=member).pk, **by)
    people.appoint_team(team=world.teams["a1"], user=member, role=Role.DEPUTY, **by)
    assert world.user("a1-member").scope.holds(Role.DEPUTY, world.teams["a1"].pk)


def test_while_the_leader_is_recorded_absent_the_deputy_signs(world):
    form = forms.submitted(world)
    row = TeamMembership.objects.get(user=world.users["a1-lead"])
    by = {"actor": world.user("secadmin"), "at": world.at}
    with pytest.raises(NotAllowed):
        form_moves.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    replacing.record_absence(pk=row.pk, absent_from=world.today, absent_until=world.today + timedelta(2), **by)
    assert form_moves.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at).number

    replacing.record_absence(pk=row.pk, absent_from=None, absent_until=None, **by)
    assert not rules.acts_as_leader(world.user("a1-deputy"), form, world.today)
    assert [e.verb for e in Event.objects.of("user", row.user_id)][-2:] == ["role.absent", "role.back"]


def test_only_the_security_administrator_records_it_and_only_of_leaders(world):
    row = TeamMembership.objects.get(user=world.users["a1-lead"])
    dates = {"absent_from": world.today, "absent_until": None, "at": world.at}
    with pytest.raises(NotAllowed):
        replacing.record_absence(pk=row.pk, actor=world.user("office-lead"), **dates)
    member = TeamMembership.objects.get(user=world.users["a1-member"])
    with pytest.raises(Unmet, match="只登记组长"):
        replacing.record_absence(pk=member.pk, actor=world.user("secadmin"), **dates)


def test_the_security_administrators_list_shows_roles_and_is_filtered_by_place(world, django_assert_max_num_queries):
    client = reader(world, "secadmin")
    page = reverse("supervision:people")
    with django_assert_max_num_queries(8):
        shown = client.get(page, {"place": f"team:{world.teams['a1'].pk}"}).content.decode()
    assert "督导组A1 组长" in shown
    assert "测试b1-lead" not in shown
    assert "测试nobody" in client.get(page, {"free": "on"}).content.decode()
    assert "测试u1-head" not in client.get(page, {"free": "on"}).content.decode()


def test_ending_with_a_successor_goes_through_the_page(world):
    client = reader(world, "secadmin")
    row = TeamMembership.objects.get(user=world.users["a1-deputy"])
    url = reverse("supervision:appointment-end", args=["team", row.pk])
    wrong = client.post(url, {"successor": "nosuch"})
    assert wrong.status_code == 400
    assert "没有这个用户名" in wrong.content.decode()
    assert client.post(url, {"successor": "nobody"}).status_code == 302
    assert TeamMembership.objects.get(user=User.objects.get(username="nobody")).role == Role.DEPUTY
    absence = reverse("supervision:appointment-absence", args=[row.pk])
    assert client.get(absence).status_code == 200

"""Appointments give rights, their end takes them; nobody binds themselves; administrators stay outside."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from supervision.core.models import Event
from supervision.core.refusals import NotAllowed, Unmet
from supervision.models.people import TeamMembership
from supervision.services import people
from supervision.transitions import CONCLUDE
from tests.supervision import visits
from tests.world import World


def give_liaison(world, user, actor):
    return people.appoint_unit(unit=world.units["u3"], user=user, role=Role.LIAISON, actor=actor, at=world.at)


def test_a_role_works_at_the_next_request_and_leaves_a_trace(world):
    give_liaison(world, world.user("nobody"), world.user("secadmin"))
    assert world.user("nobody").scope.holds(Role.LIAISON, world.units["u3"].pk)
    assert Event.objects.filter(verb="role.given", subject_id=world.users["nobody"].pk).count() == 1


def test_ending_it_takes_away_exactly_what_it_gave(world):
    secadmin, person = world.user("secadmin"), world.user("u1")
    row = give_liaison(world, person, secadmin)
    people.end_appointment(kind="unit", pk=row.pk, actor=secadmin, at=world.at)
    scope = world.user("u1").scope
    assert not scope.holds(Role.LIAISON, world.units["u3"].pk)
    assert scope.holds(Role.LIAISON, world.units["u1"].pk)


@pytest.mark.parametrize("binder", ["office-lead", "sysadmin", "auditor", "a1-lead", "u1-head", "nobody"])
def test_only_the_security_administrator_binds(world, binder):
    with pytest.raises(NotAllowed):
        give_liaison(world, world.user("nobody"), world.user(binder))


@pytest.mark.parametrize("user", ["secadmin", "sysadmin", "auditor"])
def test_administrators_get_no_business_role_and_nobody_binds_themselves(world, user):
    with pytest.raises(Unmet):
        give_liaison(world, world.user(user), world.user("secadmin"))
    with pytest.raises(ValidationError):
        give_liaison(world, world.user(user), None)


def test_head_and_liaison_are_two_people_unless_the_campaign_allows_one(world):
    head = world.user("u3-head")
    with pytest.raises(Unmet):
        give_liaison(world, head, world.user("secadmin"))
    world.campaign.one_person_units = True
    world.campaign.save()
    world.units["u3"].campaign.refresh_from_db()
    assert give_liaison(world, head, world.user("secadmin"))


def test_a_head_sees_the_units_below_and_none_beside(world):
    boss = User.objects.create_user("boss", name="上级负责人")
    people.appoint_unit(unit=world.units["u1"], user=boss, role=Role.HEAD, actor=None, at=world.at)
    assert User.objects.get(pk=boss.pk).scope.units == {world.units["u1"].pk, world.units["u1s"].pk}


def test_a_role_outside_its_dates_is_no_role(world):
    tomorrow = world.after(1).date()
    people.appoint_unit(
        unit=world.units["u3"], user=world.user("nobody"), role=Role.LIAISON, actor=None, at=world.at,
        starts_on=tomorrow,
    )  # fmt: skip
    scope = world.user("nobody").scope
    assert scope.units == frozenset()
    assert scope.holds(Role.LIAISON, world.units["u3"].pk, tomorrow)


def test_a_disabled_account_holds_nothing(world):
    User.objects.filter(username="a1-lead").update(is_active=False)
    assert world.user("a1-lead").scope.teams == frozenset()


def test_the_log_names_objects_and_states_and_finds_an_act_by_its_name(world: World, client):
    visits.concluded(world)
    client.force_login(world.users["auditor"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("supervision:events"))
    shown = {(str(each.kind), str(each.now)) for each in page.context["envelopes"]}
    assert ("督导检查", "已完成") in shown
    found = client.get(reverse("supervision:events"), {"verb": "inspection.concluded"}).context["envelopes"]
    assert [str(each.verb) for each in found] == [str(CONCLUDE.label)]
    assert client.get(reverse("supervision:events"), {"verb": "no.such"}).context["envelopes"] == []


def test_taking_a_role_away_says_which_one_and_leads_back(world: World, client):
    client.force_login(world.users["secadmin"], backend="django.contrib.auth.backends.ModelBackend")
    row = TeamMembership.objects.select_related("user", "team").filter(user=world.users["a1-lead"]).get()
    page = client.get(reverse("supervision:appointment-end", args=["team", row.pk])).content.decode()
    assert f"撤销{row.user.name}在{row.team}的“组长”角色？" in page
    assert reverse("supervision:person", args=[row.user_id]) in page
    assert client.get(reverse("supervision:appointment-end", args=["nothing", row.pk])).status_code == 404

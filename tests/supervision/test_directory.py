"""通讯录: everybody finds whom they may call, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from supervision.models import TeamMembership, Unit, UnitStaff
from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"


def shown(world: World, username: str, **query: str) -> str:
    client = Client()
    client.force_login(world.users[username], backend=BACKEND)
    answer = client.get(reverse("supervision:directory"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def names(world: World, username: str) -> set[str]:
    page = shown(world, username) + shown(world, username, part="units")
    return {name for name in world.users if f">测试{name}<" in page.replace("\n", "")}


TEAM_A1 = {"a1-sponsor", "a1-lead", "a1-deputy", "a1-member", "a1-member-2"}
PROVINCE = {"office", "office-lead"}


def unit(code: str) -> set[str]:
    return {code, f"{code}-head", f"{code}-deputy"}


@pytest.mark.parametrize(
    ("username", "reach"),
    [
        ("u2", PROVINCE | {"a-office"} | TEAM_A1 | unit("u2")),
        ("u1", PROVINCE | {"a-office"} | TEAM_A1 | unit("u1") | unit("u1s")),
        ("u1s", PROVINCE | {"a-office"} | TEAM_A1 | unit("u1s")),
        ("a1-member", PROVINCE | {"a-office"} | TEAM_A1 | unit("u1") | unit("u1s") | unit("u2")),
    ],
)
def test_a_reader_reaches_exactly_their_own(world, username, reach):
    assert names(world, username) == reach


def test_a_body_reaches_its_own_and_the_province_all(world):
    body = names(world, "a-office")
    assert unit("u3") | {"a2-lead"} <= body
    assert not body & ({"b1-lead", "b-office"} | unit("u4"))
    everyone = names(world, "office")
    assert everyone == set(world.users) - {"nobody", "auditor", "sysadmin", "secadmin"}


def test_who_has_gone_or_has_no_account_any_more_is_not_listed(world):
    TeamMembership.objects.filter(user=world.users["a1-member"]).update(ends_on=world.today.replace(year=2020))
    User.objects.filter(username="u2-head").update(is_active=False)
    assert not {"a1-member", "u2-head"} & names(world, "office")


def test_search_finds_people_by_name_post_and_telephone_and_units_by_name(world):
    User.objects.filter(username="u2").update(work_phone="0351-777", post="办公室主任")
    for words in ("0351-777", "办公室主任", "测试u2", "单位U2"):
        page = shown(world, "office", part="units", q=words)
        assert "单位U2" in page
        assert "单位U3" not in page
    assert "没有找到" in shown(world, "u3", part="units", q="单位U2")


@pytest.mark.once
@pytest.mark.parametrize("count", [3, 300])
def test_the_list_costs_the_same_whatever_its_length(world, count, django_assert_max_num_queries):
    made = Unit.objects.bulk_create(
        Unit(campaign=world.campaign, body=world.bodies["a"], team=world.teams["a1"], code=f"n{n}", name=f"新{n}",
             type="court", order=n)
        for n in range(count)
    )  # fmt: skip
    UnitStaff.objects.bulk_create(UnitStaff(unit=each, user=world.users["nobody"], role="liaison") for each in made)
    shown(world, "office", part="units")
    client = Client()
    client.force_login(world.users["office"], backend=BACKEND)
    for part in ("offices", "units"):
        with django_assert_max_num_queries(8):
            client.get(reverse("supervision:directory"), {"part": part})

"""The log's addresses as a page that saves by itself asks them, and the same conflict without a script."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from supervision.models import ChecklistResult, InspectionRecord
from supervision.services import inspection_records as services
from tests.supervision import visits
from tests.world import World

BY_ITSELF = {"Accept": "application/json"}


@pytest.fixture
def member(world: World, client: Client) -> Client:
    client.force_login(world.user("a1-member"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def point_url(world: World, visit: Any) -> str:
    return reverse("supervision:inspection-point", args=[visit.pk, services.points_of(visit)[0].pk])


def found_by_a_colleague(world: World, visit: Any, text: str = "乙的发现") -> None:
    result = services.PointResult(services.points_of(visit)[0], True, text)
    services.save_checklist(pk=visit.pk, actor=world.user("a1-member-2"), at=world.at, results=[result])


def test_a_saved_entry_is_answered_with_its_version(world: World, member: Client):
    visit, key = visits.in_progress(world), str(uuid4())
    url = reverse("supervision:record-create", args=[visit.pk])
    typed = {"client_key": key, "version": 0, "method": world.methods["listen"].pk, "content": "听取汇报"}
    for _twice in range(2):
        answer = member.post(url, typed, headers=BY_ITSELF)
        assert (answer.status_code, answer.json()["fields"]) == (200, {"version": 1})
    assert str(InspectionRecord.objects.get().client_key) == key


def test_errors_are_answered_by_field_and_the_wrong_state_in_words(world: World, member: Client):
    visit = visits.in_progress(world)
    url = reverse("supervision:record-create", args=[visit.pk])
    answer = member.post(url, {"client_key": str(uuid4()), "version": 0, "content": ""}, headers=BY_ITSELF)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"method", "content"})
    visits.log_record(world, visit)
    visits.hand_in(world, visit)
    answer = member.post(point_url(world, visit), {"version": 0, "finding": "迟了"}, headers=BY_ITSELF)
    assert (answer.status_code, answer.json()["names"]) == (409, ["state"])


def test_a_conflict_is_answered_with_the_other_side(world: World, member: Client):
    visit = visits.in_progress(world)
    found_by_a_colleague(world, visit)
    answer = member.post(point_url(world, visit), {"version": 0, "finding": "甲的发现"}, headers=BY_ITSELF)
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert conflict["values"] == {"looked_at": True, "finding": "乙的发现"}
    assert (conflict["fields"], conflict["by"]) == ({"version": 1}, world.user("a1-member-2").name)


@pytest.mark.parametrize("page", ["point", "checklist"])
def test_without_a_script_both_texts_stand_on_the_page_and_saving_again_decides(
    world: World, member: Client, page: str
):
    visit = visits.in_progress(world)
    found_by_a_colleague(world, visit)
    point = services.points_of(visit)[0]
    before = "" if page == "point" else f"point-{point.pk}-"
    whole = reverse("supervision:inspection-checklist", args=[visit.pk])
    url = point_url(world, visit) if page == "point" else whole
    answer = member.post(url, {f"{before}version": 0, f"{before}finding": "甲的发现"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "乙的发现" in shown
    assert "甲的发现" in shown
    assert f'name="{before}version" value="1"' in shown
    assert ChecklistResult.objects.get().finding == "乙的发现"
    assert member.post(url, {f"{before}version": 1, f"{before}finding": "甲的发现"}).status_code == 302
    assert ChecklistResult.objects.get().finding == "甲的发现"


def test_one_tap_saves_the_point_and_opens_its_problem(world: World, member: Client):
    visit = visits.in_progress(world)
    answer = member.post(point_url(world, visit), {"version": 0, "finding": "缺记录", "make_problem": "1"})
    result = ChecklistResult.objects.get()
    assert result.looked_at
    assert answer.url == f"{reverse('supervision:problem-create', args=[visit.pk])}?result={result.pk}"


@pytest.mark.once
@pytest.mark.parametrize("entries", [3, 40])
def test_the_log_costs_the_same_with_many_entries(
    world: World, member: Client, entries: int, django_assert_max_num_queries: Any
):
    visit = visits.in_progress(world)
    for number in range(entries):
        visits.log_record(world, visit, content=f"第{number}条")
    found_by_a_colleague(world, visit)
    member.get(reverse("supervision:workbench"))
    with django_assert_max_num_queries(20):
        assert member.get(reverse("supervision:inspection-log", args=[visit.pk])).status_code == 200

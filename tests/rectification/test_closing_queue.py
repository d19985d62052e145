"""The office's close-out queue: one item after the other, with what each rests on."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.enums import ItemStatus
from supervision.core.models.version import steady
from tests.rectification import item_world as iw
from tests.world import World

QUEUE = reverse("rectification:closing-queue")


def sign_in(client: Any, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def move(item: Any, name: str) -> str:
    return reverse("rectification:item-move", args=[item.pk, name])


def test_it_goes_from_one_item_to_the_next_and_says_how_many_are_left(client, world: World):
    first, second = iw.verified(world), iw.verified(world)
    sign_in(client, world, "a-office")
    shown = client.get(QUEUE)
    assert shown.context["item"] == first
    assert (shown.context["queue"].total, shown.context["queue"].left) == (2, 1)
    data = {"effect": "已建立", "opinion": "同意", "ticked": list(iw.TICKED), "queue": second.pk}
    answer = client.post(move(first, "close"), data)
    assert answer.url == f"{QUEUE}?item={second.pk}"
    after = client.get(answer.url)
    assert after.context["item"] == second
    assert after.context["queue"].left == 0
    first.refresh_from_db()
    assert first.status == ItemStatus.CLOSED


def test_what_is_not_ticked_comes_back_in_the_queue_with_what_was_typed(client, world: World):
    item, other = iw.verified(world), iw.verified(world)
    sign_in(client, world, "a-office")
    answer = client.post(move(item, "close"), {"effect": "成效甲", "opinion": "同意", "queue": other.pk})
    assert answer.status_code == 409
    assert answer.context["queue"].current == item.pk
    assert "成效甲" in answer.content.decode()


def test_a_refusal_without_a_reason_stays_in_the_queue_and_one_with_it_goes_on(client, world: World):
    item, other = iw.verified(world), iw.verified(world)
    sign_in(client, world, "a-office")
    short = client.post(move(item, "refuse-close-to-unit"), {"note": "不行", "queue": other.pk})
    assert short.status_code == 409
    assert short.context["queue"].current == item.pk
    answer = client.post(move(item, "refuse-close-to-unit"), {"note": iw.NOTE, "queue": other.pk})
    assert answer.url == f"{QUEUE}?item={other.pk}"
    item.refresh_from_db()
    assert item.status == ItemStatus.RETURNED


def test_the_systems_findings_are_told_beside_what_is_ticked(client, world: World):
    iw.verified(world)
    sign_in(client, world, "a-office")
    found = {finding.code: finding for finding, _box in client.get(QUEUE).context["checks"]}
    assert set(found) == set(iw.TICKED)
    assert all(finding.holds for finding in found.values())
    assert found["measures_done"].told == "1条措施均已完成"


def test_nobody_finds_anothers_items_in_their_queue(client, world: World):
    item = iw.verified(world)
    for username in ("u1", "u2", "a1-lead", "a1-member", "office", "auditor"):
        sign_in(client, world, username)
        answer = client.get(QUEUE, {"item": item.pk})
        assert answer.status_code == 200
        assert item.number not in answer.content.decode(), username


def test_it_costs_twelve_queries_at_most_however_much_waits(client, world: World):
    for _each in range(3):
        iw.verified(world)
    sign_in(client, world, "a-office")
    client.get(QUEUE)
    with steady(), CaptureQueriesContext(connection) as captured:
        client.get(QUEUE)
    assert len(captured) <= 12, [each["sql"][:120] for each in captured]

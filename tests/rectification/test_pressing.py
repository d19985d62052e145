"""批量催办: each item by the rule of the single move, whole in itself; whoever is refused is named."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from rectification.services.items import press_item
from supervision.core.models import Event
from tests.rectification.report_world import new_form, new_items, ready_items
from tests.world import World

PRESS = reverse("rectification:ledger-press")
LEDGER = reverse("rectification:ledger")


def sign_in(client, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


@pytest.fixture
def items(world: World) -> list[RectificationItem]:
    return ready_items(world, 3)


def test_the_confirmation_says_how_many_and_which_not_and_why(client, world: World, items):
    press_item(pk=items[0].pk, actor=world.users["a1-member"], at=world.at)
    RectificationItem.objects.filter(pk=items[0].pk).update(pressed_on=world.campaign.day_of(timezone.now()))
    closed = new_items(world, new_form(world), status=ItemStatus.CLOSED)[0]
    sign_in(client, world, "a1-lead")
    answer = client.get(PRESS, {"item": [*(each.pk for each in items), closed.pk], "back": "group=open"})
    found = answer.context["found"]
    assert [each.pk for each in found.pressed] == [items[1].pk, items[2].pk]
    assert {kept.item.pk: kept.reasons[0].name for kept in found.kept} == {
        items[0].pk: "is_not_pressed_today",
        closed.pk: "state",
    }
    assert "催办2项" in answer.content.decode()
    assert f"{LEDGER}?group=open" in answer.content.decode()
    assert Event.objects.filter(verb="item.pressed").count() == 1  # looking presses nobody


def test_pressing_presses_each_once_and_names_the_refused(client, world: World, items):
    sign_in(client, world, "a1-lead")
    pks = [each.pk for each in items]
    client.post(PRESS, {"item": pks[:1]})
    answer = client.post(PRESS, {"item": pks, "back": "group=open"}, follow=True)
    told = [str(each) for each in answer.context["messages"]][-2:]
    assert told[0] == "已催办2项，对方会收到通知。"
    assert told[1].startswith("1项没有催办：")
    assert items[0].number in told[1]
    assert answer.redirect_chain[-1][0] == f"{LEDGER}?group=open"
    pressed = Event.objects.filter(verb="item.pressed").values_list("subject_id", flat=True)
    assert sorted(pressed) == pks
    assert Event.objects.filter(verb="move.refused").count() == 1


def test_items_of_others_are_neither_pressed_nor_named(client, world: World, items):
    foreign = ready_items(world, unit="u4")[0]
    sign_in(client, world, "a1-lead")
    shown = client.get(PRESS, {"item": [items[0].pk, foreign.pk]}).content.decode()
    assert foreign.number not in shown
    client.post(PRESS, {"item": [items[0].pk, foreign.pk]})
    assert RectificationItem.objects.get(pk=foreign.pk).pressed_on is None
    assert RectificationItem.objects.get(pk=items[0].pk).pressed_on is not None


@pytest.mark.parametrize("username", ["u1", "u1-head", "nobody", "auditor"])
def test_who_does_not_supervise_presses_nobody(client, world: World, items, username: str):
    sign_in(client, world, username)
    assert client.get(PRESS, {"item": items[0].pk}).status_code == 403
    assert client.post(PRESS, {"item": items[0].pk}).status_code == 403
    assert "催办所选事项" not in client.get(LEDGER).content.decode()


@pytest.mark.parametrize("ticked", [[], ["x"], ["99999999999999999999"], ["-1"]])
def test_nothing_ticked_leads_back_and_says_what_to_do(client, world: World, ticked):
    sign_in(client, world, "a1-lead")
    answer = client.get(PRESS, {"item": ticked, "back": "group=open"}, follow=True)
    assert answer.redirect_chain == [(f"{LEDGER}?group=open", 302)]
    assert "请先勾选要催办的事项。" in answer.content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_confirmation_costs_the_same_however_many_are_ticked(client, world: World, count: int):
    pks = [each.pk for each in ready_items(world, count)]
    sign_in(client, world, "a1-lead")
    client.get(PRESS, {"item": pks})
    with CaptureQueriesContext(connection) as queries:
        client.get(PRESS, {"item": pks})
    assert len(queries) == 6, "\n".join(each["sql"][:160] for each in queries)

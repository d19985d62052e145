"""Webhooks in the long run: what holds at once, what is kept from whom, what is forgotten."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from supervision.core import hooks, notifications, tasks
from supervision.core.models import Dispatch, Event, Hook, HookDelivery
from supervision.core.models.delivery import DeliveryState
from supervision.services.settings import hooks as settings_hooks
from tests.rectification import item_world as iw
from tests.supervision import visits
from tests.supervision.hook_world import TITLE, VERBS, Receiver, hook, offered, page, signed_in, something_happens
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker_at_once")]


def test_the_commit_wakes_the_worker_and_no_beat_is_needed(
    world: World, receiver: tuple[Receiver, str], django_capture_on_commit_callbacks: Any
):
    kept, address = receiver
    hook(world, f"{address}/in")
    with django_capture_on_commit_callbacks(execute=True):
        iw.in_progress(world, title=TITLE)
    assert len(kept.of("/in")) == 2


def test_a_pause_holds_from_the_next_push_of_a_run_on(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in", is_on=False)
    something_happens(world)

    def pauses(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and "core_hookdelivery" in sql and DeliveryState.SENT in params:
            Hook.objects.update(is_on=False)
        return result

    Hook.objects.update(is_on=True)
    with connection.execute_wrapper(pauses):
        assert hooks.push(made.pk) == 1
    assert len(kept.of("/in")) == 1


def test_a_name_longer_than_the_log_has_room_for_is_a_failed_try(world: World, receiver: tuple[Receiver, str]):
    hook(world, f"http://{'a.' * 150}invalid/")
    something_happens(world)
    assert HookDelivery.objects.order_by("event_id").first().last_error == "UnknownHostError"
    assert len(hooks.said(type("Long" * 100, (Exception,), {})())) == 255


def test_the_query_of_an_address_is_its_leads_alone(world: World):
    """A receiver's token often stands there."""
    values = {"name": "平台", "address": "https://1.1.1.1/in?token=geheim", "verbs": VERBS}
    made, _secret = settings_hooks.save_hook(
        campaign_id=world.campaign.pk, pk=None, values=values, actor=world.users["office-lead"], at=world.at
    )
    values["address"] = "https://1.1.1.1/in?token=geheimer"
    settings_hooks.save_hook(
        campaign_id=world.campaign.pk, pk=made.pk, values=values, actor=world.users["office-lead"], at=world.at
    )
    told = json.dumps(list(Event.objects.values_list("payload", flat=True)))
    assert "https://1.1.1.1/in?" in told
    assert "geheim" not in told
    assert "geheim" not in signed_in(world, "office").get(page(world, "hooks")).content.decode()
    assert "token=geheimer" in signed_in(world, "office-lead").get(page(world, "hook", made.pk)).content.decode()


def test_no_name_is_looked_up_under_the_campaigns_lock(world: World, monkeypatch: pytest.MonkeyPatch):
    line, real, open_at = connections["default"], socket.getaddrinfo, []

    def asked(host: Any, *rest: Any, **named: Any) -> Any:
        open_at.append(len(line.savepoint_ids))
        return real("1.1.1.1", *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    before = len(line.savepoint_ids)
    values = {"name": "平台", "address": "https://hooks.example.cn/", "verbs": VERBS}
    settings_hooks.save_hook(
        campaign_id=world.campaign.pk, pk=None, values=values, actor=world.users["office-lead"], at=world.at
    )
    assert open_at == [before]


def test_an_unannounced_visit_is_told_from_its_beginning_on(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    hook(world, f"{address}/in", verbs=[verb for verb in offered() if verb.startswith("inspection.")])
    secret, known = visits.approved(world, unit="u2", is_unannounced=True), visits.approved(world, unit="u1")
    notifications.deliver_pending(at=timezone.now())
    tasks.push_hooks()
    told = {body["data"]["subject_id"] for _headers, body in kept.of("/in")}
    assert known.pk in told
    assert secret.pk not in told
    secret.started_at = world.at
    secret.save(update_fields=["started_at"])
    assert Event.objects.filter(verb="inspection.approved", subject_id=secret.pk).exists()
    hooks.write(list(Event.objects.filter(verb="inspection.approved", subject_id=secret.pk)), timezone.now())
    assert HookDelivery.objects.filter(event__subject_kind="inspection", event__subject_id=secret.pk).exists()


def test_what_arrived_long_ago_is_forgotten_and_not_sent_again(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in")
    something_happens(world)
    old, failed = made.deliveries.order_by("event_id")
    long_ago = timezone.now() - hooks.KEPT - timedelta(days=1)
    HookDelivery.objects.filter(pk=failed.pk).update(state=DeliveryState.FAILED)
    assert tasks.sweep_pushes() == 0
    HookDelivery.objects.update(sent_at=long_ago)
    Dispatch.objects.update(done_at=None)
    assert tasks.sweep_pushes() == 0  # it would be written anew
    Dispatch.objects.update(done_at=long_ago)
    assert tasks.sweep_pushes() == 1
    assert [row.pk for row in made.deliveries.all()] == [failed.pk]
    notifications.deliver(old.event_id, at=timezone.now())
    notifications.deliver_pending(at=timezone.now())
    tasks.push_hooks()
    assert len(kept.of("/in")) == 2


def test_the_list_counts_what_waits_and_what_failed(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    kept.answers["/down"] = 500
    down, _secret = hook(world, f"{address}/down")
    hook(world, f"{address}/up", verbs=[])
    something_happens(world)
    HookDelivery.objects.filter(pk=down.deliveries.first().pk).update(state=DeliveryState.FAILED)
    rows = signed_in(world, "office").get(page(world, "hooks")).context["rows"]
    assert [(row.waiting, row.failed) for row in rows] == [(1, 1), (0, 0)]

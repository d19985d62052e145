"""Webhooks against a real HTTP server: each event once, signed, without a text; who fails holds up nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.core import hooks, notifications, tasks
from supervision.core.models import Event, Hook, HookDelivery
from supervision.core.models.delivery import DeliveryState
from supervision.models import Campaign, CampaignGrant
from tests.supervision.hook_world import (
    TITLE,
    VERBS,
    Receiver,
    hook,
    offered,
    page,
    signed_in,
    something_happens,
    time_passes,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker_at_once")]


def test_the_signature_is_that_of_standard_webhooks():
    """The example that their reference libraries are tested with."""
    signed = hooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_event_arrives_once_and_signed_whatever_runs_twice(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    _made, secret = hook(world, f"{address}/in")
    something_happens(world)
    wanted = set(Event.objects.filter(verb__in=VERBS).values_list("pk", flat=True))
    assert len(wanted) == 2
    assert sorted(body["data"]["id"] for _headers, body in kept.of("/in")) == sorted(wanted)
    for _path, headers, body in kept.taken:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 300


def test_an_envelope_has_neither_text_nor_name(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    hook(world, f"{address}/in", verbs=sorted(offered()))
    something_happens(world)
    everything = json.dumps(kept.of("/in"), ensure_ascii=False)
    assert kept.of("/in")
    assert TITLE not in everything
    assert not any(person.name in everything for person in world.users.values())
    bodies = [body for _headers, body in kept.of("/in")]
    assert {key for body in bodies for key in body["data"]} == {
        "id", "campaign", "body", "team", "unit", "subject_kind", "subject_id", "sequence", "was", "now",
    }  # fmt: skip


def test_what_is_the_units_own_or_for_the_auditor_cannot_be_subscribed_to():
    assert {"report.filed", "item.closed", "form.issued"} <= offered()
    assert "report.sent_for_signature" in notifications.policies()
    assert not {"report.sent_for_signature", "report.given_back", "account.signed_in", "settings.changed"} & offered()


def test_a_receiver_that_fails_holds_up_nobody_and_is_given_up_at_last(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    kept.answers["/down"] = 500
    down, _secret = hook(world, f"{address}/down")
    gone, _secret = hook(world, "http://127.0.0.1:1/")
    hook(world, f"{address}/up")
    something_happens(world)
    assert len(kept.of("/up")) == 2
    first = down.deliveries.order_by("event_id").first()
    assert "连不上对方" in signed_in(world, "office").get(page(world, "hook-log", gone.pk)).content.decode()
    ids = set()
    for _try in range(2 * hooks.MOST_TRIES):
        time_passes()
        tasks.push_hooks()
        ids |= {headers["webhook-id"] for headers, _body in kept.of("/down")}
    assert set(down.deliveries.values_list("state", "tries", "last_status")) == {("failed", hooks.MOST_TRIES, 500)}
    assert set(gone.deliveries.values_list("state", "last_error")) == {("failed", "ConnectionError")}
    assert len(ids) == 2  # one id through all tries
    assert len(kept.of("/up")) == 2
    kept.answers.clear()
    assert hooks.send_again(pk=first.pk, at=timezone.now())
    assert not hooks.send_again(pk=first.pk, at=timezone.now())
    time_passes()
    tasks.push_hooks()
    first.refresh_from_db()
    assert (first.state, first.tries, first.last_status) == (DeliveryState.SENT, 1, 204)


def test_pauses_grow_and_a_run_tries_a_dead_receiver_once(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    kept.answers["/down"] = 503
    down, _secret = hook(world, f"{address}/down")
    something_happens(world)
    rests = []
    row = down.deliveries.order_by("event_id").first()
    for _try in range(3):
        now = timezone.now()
        HookDelivery.objects.filter(pk=row.pk).update(next_try_at=now, state=DeliveryState.WAITING)
        before = len(kept.of("/down"))
        HookDelivery.objects.exclude(pk=row.pk).update(next_try_at=now)
        Hook.objects.update(busy_until=None)
        hooks.push(down.pk)
        hooks.push(down.pk)  # it rests: nothing is tried
        assert len(kept.of("/down")) == before + 1
        row.refresh_from_db()
        rests.append(row.next_try_at - now)
    assert rests == sorted(rests)
    assert rests[-1] > 2 * rests[0]


def test_a_hook_is_pushed_by_one_run_at_a_time_and_free_again_when_that_was_killed(
    world: World, receiver: tuple[Receiver, str]
):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in", busy_until=timezone.now() + hooks.LEASE)
    something_happens(world)
    assert hooks.push(made.pk) == 0
    assert kept.taken == []
    Hook.objects.update(busy_until=timezone.now())
    assert hooks.push(made.pk) == 2
    assert Hook.objects.get().busy_until is None


def test_paused_it_keeps_what_happens_and_sends_it_afterwards(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in", is_on=False)
    something_happens(world)
    assert kept.taken == []
    assert made.deliveries.count() == 2
    assert signed_in(world, "office-lead").post(page(world, "hook-resume", made.pk)).status_code == 302
    tasks.push_hooks()
    assert len(kept.of("/in")) == 2


def test_an_address_that_turned_inward_is_not_pushed_to(world: World, receiver: tuple[Receiver, str], settings: Any):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in")
    settings.ALLOW_PRIVATE_ADDRESSES = False
    something_happens(world)
    assert kept.taken == []
    assert made.deliveries.order_by("event_id")[0].last_error == "InnerAddressError"
    log = signed_in(world, "office")
    assert "内部网络" in log.get(page(world, "hook-log", made.pk)).content.decode()
    log.cookies["django_language"] = "en"
    assert "own network" in log.get(page(world, "hook-log", made.pk)).content.decode()  # whoever reads, in their words


def test_another_campaigns_events_stay_there(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    other = Campaign.objects.create(code="other", name="另一次", short_name="另一次")
    hook(world, f"{address}/other", campaign_id=other.pk)
    something_happens(world)
    assert kept.taken == []


def test_the_lead_sets_one_up_and_reads_its_secret_once(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    client = signed_in(world, "office-lead")
    data = {"name": "平台", "address": f"{address}/in", "verbs_feedback_form": ["form.issued"]}
    shown = client.post(page(world, "hook-new"), data).content.decode()
    (secret,) = re.findall(r"whsec_[\w+/=]+", shown)
    made = Hook.objects.get()
    assert made.verbs == ["form.issued"]
    assert secret == hooks.secret_of(made)
    assert secret.removeprefix("whsec_") not in json.dumps(list(Hook.objects.values()))
    assert "whsec_" not in json.dumps(list(Event.objects.values_list("payload", flat=True)))
    for name, args in (("hooks", ()), ("hook", (made.pk,)), ("hook-log", (made.pk,)), ("settings", ())):
        assert "whsec_" not in client.get(page(world, name, *args)).content.decode()
    tested = client.post(page(world, "hook-test", made.pk), follow=True).content.decode()
    assert "测试消息已送达：HTTP 204" in tested
    assert kept.of("/in")[0][1]["type"] == "test.ping"
    renewed = client.post(page(world, "hook-secret", made.pk)).content.decode()
    assert re.findall(r"whsec_[\w+/=]+", renewed) != [secret]
    kept.answers["/in"] = 500
    assert "没有送达：HTTP 500" in client.post(page(world, "hook-test", made.pk), follow=True).content.decode()


def test_what_is_wrong_is_said_beside_its_field(world: World):
    answer = signed_in(world, "office-lead").post(
        page(world, "hook-new"), {"name": "平台", "address": "http://169.254.169.254/latest/", "verbs_report": []}
    )
    assert answer.status_code == 409
    errors = answer.context["form"].errors
    assert "内部网络" in str(errors["address"])
    assert "至少选一项" in str(errors["verbs_inspection"])
    forged = {"name": "平台", "address": "https://1.1.1.1/", "verbs_report": ["report.sent_for_signature"]}
    assert signed_in(world, "office-lead").post(page(world, "hook-new"), forged).status_code == 400


def test_the_secret_survives_a_new_server_key_as_long_as_the_old_one_is_known(world: World, settings: Any):
    made, secret = hook(world, "https://1.1.1.1/")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key", [settings.SECRET_KEY]
    assert hooks.secret_of(made) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(hooks.KeyGoneError):
        hooks.secret_of(made)


@pytest.mark.parametrize("name", ["hook", "hook-log", "hook-test", "hook-secret", "hook-pause", "hook-resume"])
def test_another_campaigns_hook_is_not_found_and_staff_change_nothing(world: World, name: str):
    made, _secret = hook(world, "https://1.1.1.1/")
    other = Campaign.objects.create(code="other", name="另一次", short_name="另一次", status="running")
    given = CampaignGrant.objects.get(user=world.users["office-lead"])
    CampaignGrant.objects.create(
        user=given.user, permission=given.permission, content_object=other, source=given.source
    )
    lead = signed_in(world, "office-lead")
    elsewhere = reverse(f"supervision:{name}", args=[other.pk, made.pk])
    for answer in (lead.get(elsewhere), lead.post(elsewhere)):
        assert answer.status_code in (404, 405)
    here = page(world, name, made.pk)
    for username, refused in (("office", 403), ("a-office", 403), ("a1-lead", 403), ("u1-head", 403), ("nobody", 404)):
        reads = username == "office" and name == "hook-log"
        client = signed_in(world, username)
        assert client.get(here).status_code == (200 if reads else refused), username
        assert client.post(here).status_code == (405 if reads else refused), username
    assert Hook.objects.get().is_on


def test_a_push_is_sent_again_by_the_lead_alone_and_only_of_its_own_hook(world: World, receiver: tuple[Receiver, str]):
    kept, address = receiver
    made, _secret = hook(world, f"{address}/in")
    second, _secret = hook(world, f"{address}/second", verbs=[])
    something_happens(world)
    row = made.deliveries.first()
    assert signed_in(world, "office").post(page(world, "hook-resend", made.pk, row.pk)).status_code == 403
    lead = signed_in(world, "office-lead")
    assert lead.post(page(world, "hook-resend", second.pk, row.pk)).status_code == 404
    assert lead.post(page(world, "hook-resend", made.pk, row.pk)).status_code == 302
    tasks.push_hooks()
    assert len(kept.of("/in")) == 3
    assert Event.objects.filter(verb="delivery.retried", payload__delivery=row.message_id).exists()


@pytest.mark.parametrize("rows", [3, 300])
def test_the_log_costs_the_same_however_long_it_is(world: World, django_assert_num_queries: Any, rows: int):
    made, _secret = hook(world, "https://1.1.1.1/")
    Event.objects.bulk_create(
        Event(verb="form.issued", subject_kind="feedback_form", subject_id=1, label="", campaign_id=world.campaign.pk,
              audience="unit", at=world.at, sequence=number, hash="")
        for number in range(1, rows + 1)
    )  # fmt: skip
    told = Event.objects.filter(subject_kind="feedback_form", subject_id=1)
    HookDelivery.objects.bulk_create(HookDelivery(hook=made, event=each, next_try_at=world.at) for each in told)
    client = signed_in(world, "office-lead")
    client.get(page(world, "hook-log", made.pk))
    with django_assert_num_queries(9):
        client.get(page(world, "hook-log", made.pk))

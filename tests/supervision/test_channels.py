"""Robots and gateways against a real HTTP server: what is sent, once a day, and never into the server's own network."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from supervision.core.models import Channel, Delivery, Event
from supervision.core.outbound import AddressRefusedError, check_address
from supervision.services import channels, sending
from supervision.services.rounds import reminding_round
from tests.rectification import item_world as iw
from tests.rectification.test_reminders import away
from tests.world import World

pytestmark = pytest.mark.django_db
SECRET = "k3yofthegroup0123456789abcdef"


class Taken:
    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.answer = (200, '{"errcode": 0, "code": 0, "msg": "ok"}')


@pytest.fixture
def outside(settings: Any) -> Iterator[tuple[Taken, str]]:
    """A server that keeps what it is sent, on loopback: allowed here alone."""
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            taken.requests.append((self.path, body))
            status, text = taken.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ALLOW_PRIVATE_ADDRESSES = True
    yield taken, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def channel(world: World, kind: str, address: str, **given: Any) -> Channel:
    return Channel.objects.create(
        campaign_id=world.campaign.pk, kind=kind, name=kind, address=address, **{"secret": SECRET, **given}
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("wecom", lambda body: body["text"]["content"]),
        ("dingtalk", lambda body: body["text"]["content"]),
        ("feishu", lambda body: body["content"]["text"]),
    ],
)
def test_each_robot_is_sent_its_own_message(world: World, outside: tuple[Taken, str], kind: str, said: Any):
    taken, address = outside
    channels.send(channel(world, kind, address), "三件到期")
    path, body = taken.requests[0]
    assert path == f"/hook/{SECRET}"
    assert said(json.loads(body)) == "三件到期"


def test_a_robot_that_refuses_says_so(world: World, outside: tuple[Taken, str]):
    taken, address = outside
    taken.answer = (404, "no such robot")
    with pytest.raises(channels.NotSentError) as refused:
        channels.send(channel(world, "wecom", address), "三件到期")
    assert SECRET not in str(refused.value)


def test_nothing_typed_breaks_out_of_a_gateways_template(world: World, outside: tuple[Taken, str]):
    taken, address = outside
    text = '他说"好"&再见\\'
    as_json = channel(world, "gateway", address, template='{"to": "{phone}", "say": "{text}", "key": "{secret}"}')
    channels.send(as_json, text, "0351-1")
    assert json.loads(taken.requests[0][1]) == {"to": "0351-1", "say": text, "key": SECRET}
    as_form = channel(world, "gateway", address, template="to={phone}&say={text}")
    channels.send(as_form, text, "0351-1")
    assert parse_qs(taken.requests[1][1]) == {"to": ["0351-1"], "say": [text]}


def test_a_gateway_that_answers_something_else_has_not_sent(world: World, outside: tuple[Taken, str]):
    taken, address = outside
    taken.answer = (200, "code=105 余额不足")
    with pytest.raises(channels.NotSentError, match="余额不足"):
        channels.send(channel(world, "gateway", address, template="{text}", success_text="code=0"), "短信", "1")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x", "http://localhost:8000/", "http://10.0.0.8/", "http://[::1]/", "ftp://x.cn/", "x"]
)
def test_addresses_inside_are_refused(address: str):
    with pytest.raises(AddressRefusedError):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:6379\\@1.1.1.1/x",
        "http://1.1.1.1\\@127.0.0.1/x",
        "http://someone@1.1.1.1/",
        "http://1.1.1.1/a b",
        "http://1.1.1.1/\n",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a00:8]/",
        "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:10.0.0.8]/",
        "http://[x",
        "http://1.1.1.1:99999/",
    ],
)
def test_addresses_that_are_read_in_two_ways_or_hide_an_inner_one_are_refused(address: str):
    check_address("https://1.1.1.1:8443/hook?to=a@b.cn")
    with pytest.raises(AddressRefusedError):
        check_address(address)


def test_a_stored_secret_follows_its_channel_to_no_other_place(client: Any, world: World, outside: tuple[Taken, str]):
    """Else whoever may not read it would have it sent to a server of their own."""
    _taken, address = outside
    client.force_login(world.user("office-lead"), backend="django.contrib.auth.backends.ModelBackend")
    made = channel(world, "dingtalk", address, signing_secret="SEC0123456789")
    edit = reverse("supervision:channel", args=[world.campaign.pk, made.pk])
    same = {"kind": "dingtalk", "name": "群", "address": address}
    for moved in (
        {"address": f"{address}/mine"},
        {"kind": "gateway", "template": "{text} {secret}"},
        {"template": "{secret}"},
    ):
        answer = client.post(edit, {**same, **moved})
        assert answer.status_code == 409
        assert "重新填密钥" in str(answer.context["form"].errors["secret"])
    half = client.post(edit, {**same, "address": f"{address}/mine", "secret": "another0123456789"})
    assert list(half.context["form"].errors) == ["signing_secret"]
    made.refresh_from_db()
    assert (made.kind, made.address, made.secret) == ("dingtalk", address, SECRET)
    anew = {"secret": "another0123456789", "signing_secret": "SECanother"}
    assert client.post(edit, {**same, "address": f"{address}/mine", **anew}).status_code == 302


def test_a_robots_address_has_no_braces(client: Any, world: World, outside: tuple[Taken, str]):
    _taken, address = outside
    client.force_login(world.user("office-lead"), backend="django.contrib.auth.backends.ModelBackend")
    data = {"kind": "feishu", "name": "群", "address": f"{address}/{{0[x]}}", "secret": SECRET}
    answer = client.post(reverse("supervision:channel-new", args=[world.campaign.pk]), data)
    assert answer.status_code == 409
    assert "花括号" in str(answer.context["form"].errors["address"])
    kept = channel(world, "feishu", data["address"])
    tried = client.post(reverse("supervision:channel-test", args=[world.campaign.pk, kept.pk]), follow=True)
    assert "没有发出去：群机器人的地址里不能有花括号" in tried.content.decode()


def test_a_group_and_a_telephone_get_one_message_a_day(
    world: World, outside: tuple[Taken, str], monkeypatch: pytest.MonkeyPatch
):
    """Numbers alone: neither a title nor a name leaves. Another team's group hears nothing."""
    taken, address = outside
    everyday = type("Everyday", (), {"is_working_day": lambda self, day: True})()
    monkeypatch.setattr(sending, "load_calendar", lambda: everyday)
    item = iw.in_progress(world)
    User.objects.filter(username="u1").update(phone="0351-1")
    channel(world, "wecom", address, team_id=item.team_id)
    channel(world, "feishu", address, team_id=world.teams["b1"].pk)
    channel(world, "gateway", address, template="{phone} {text}")
    at = away(item, 2)
    for _again in range(2):
        reminding_round(at=at)
    Delivery.objects.update(next_try_at=timezone.now())
    for _again in range(2):
        sending.send_due(at=timezone.now())
    assert len(taken.requests) == 2
    everything = json.dumps(taken.requests)
    assert item.title not in everything
    group = json.loads(taken.requests[0][1])["text"]["content"]
    assert "整改并报送核验 1件，其中逾期1件" in group


def test_the_office_sets_one_up_tries_it_and_never_reads_the_secret_again(
    client: Any, world: World, outside: tuple[Taken, str]
):
    taken, address = outside
    client.force_login(world.user("office-lead"), backend="django.contrib.auth.backends.ModelBackend")
    new = reverse("supervision:channel-new", args=[world.campaign.pk])
    data = {"kind": "wecom", "name": "办公室群", "address": address, "secret": SECRET, "is_on": "on"}
    assert client.post(new, data).status_code == 302
    made = Channel.objects.get()
    edit = reverse("supervision:channel", args=[world.campaign.pk, made.pk])
    pages = [client.get(edit), client.get(reverse("supervision:channels", args=[world.campaign.pk]))]
    assert not any(SECRET in page.content.decode() for page in pages)
    assert SECRET not in json.dumps(list(Event.objects.values_list("payload", flat=True)))
    assert client.post(edit, {**data, "secret": "", "name": "改名"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.secret) == ("改名", SECRET)
    tested = client.post(reverse("supervision:channel-test", args=[world.campaign.pk, made.pk]), follow=True)
    assert "测试消息已发出" in tested.content.decode()
    assert "这是一条测试消息" in json.loads(taken.requests[0][1])["text"]["content"]
    taken.answer = (500, "")
    failed = client.post(reverse("supervision:channel-test", args=[world.campaign.pk, made.pk]), follow=True)
    assert "没有发出去" in failed.content.decode()


def test_what_is_missing_is_said_beside_its_field_and_staff_do_not_set_up(client: Any, world: World):
    client.force_login(world.user("office-lead"), backend="django.contrib.auth.backends.ModelBackend")
    new = reverse("supervision:channel-new", args=[world.campaign.pk])
    answer = client.post(new, {"kind": "gateway", "name": "短信", "address": "http://127.0.0.1/", "template": "x"})
    assert answer.status_code == 409
    errors = answer.context["form"].errors
    assert "内部网络" in str(errors["address"])
    assert "{text}" in str(errors["template"])
    client.force_login(world.user("office"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(new).status_code == 403
    assert client.get(reverse("supervision:channels", args=[world.campaign.pk])).status_code == 200


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "gateway"])
def test_every_kind_goes_out_by_the_checked_way_alone(
    world: World, outside: tuple[Taken, str], settings: Any, kind: str
):
    taken, address = outside
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(AddressRefusedError):
        channels.send(channel(world, kind, address, template="{text}"), "三件到期", "0351-1")
    assert taken.requests == []

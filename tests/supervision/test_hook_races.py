"""Two workers and one webhook, on the database that the product runs on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from supervision.core import hooks
from supervision.core.models import Event, Hook, HookDelivery
from supervision.core.models.delivery import DeliveryState

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
AT = datetime(2021, 9, 17, 2, 0, tzinfo=UTC)
EVENTS = 5


class Receiver:
    """Keeps the ids in the order in which they arrive; holds the first one until it is told to answer."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.arrived, self.may_answer = threading.Event(), threading.Event()
        self.status = 204


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[Receiver, str]]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.taken.append(self.headers["webhook-id"])
            kept.arrived.set()
            kept.may_answer.wait(4)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ALLOW_PRIVATE_ADDRESSES = True
    yield kept, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def waiting_hook(address: str) -> Hook:
    hook = Hook(campaign_id=1, name="平台", address=address, verbs=["form.issued"])
    hooks.renew_secret(hook)
    hook.save()
    for number in range(1, EVENTS + 1):
        event = Event.objects.create(
            verb="form.issued", subject_kind="feedback_form", subject_id=1, label="", campaign_id=1, audience="unit",
            at=AT, sequence=number, hash="",
        )  # fmt: skip
        HookDelivery.objects.create(hook=hook, event=event, next_try_at=AT)
    return hook


def one_holds_while_another_tries(kept: Receiver, hook: Hook) -> tuple[int, int]:
    """What the run that has the first event under way sent, and what the one beside it."""
    counts: dict[str, int] = {}

    def run() -> None:
        counts["first"] = hooks.push(hook.pk)
        connection.close()

    first = threading.Thread(target=run)
    first.start()
    assert kept.arrived.wait(4)
    beside = hooks.push(hook.pk)
    kept.may_answer.set()
    first.join()
    return counts["first"], beside


def test_the_second_worker_leaves_the_hook_to_the_first_and_the_order_holds(receiver: tuple[Receiver, str]):
    kept, address = receiver
    hook = waiting_hook(address)
    assert one_holds_while_another_tries(kept, hook) == (EVENTS, 0)
    rows = hook.deliveries.order_by("event_id")
    assert kept.taken == [row.message_id for row in rows]
    assert {(row.state, row.tries) for row in rows} == {(DeliveryState.SENT, 1)}
    assert Hook.objects.get().busy_until is None


def test_a_receiver_that_fails_costs_one_try_whatever_was_woken(receiver: tuple[Receiver, str]):
    kept, address = receiver
    kept.status = 503
    hook = waiting_hook(address)
    assert one_holds_while_another_tries(kept, hook) == (0, 0)
    assert hooks.push(hook.pk) == 0
    assert len(kept.taken) == 1

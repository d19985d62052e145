"""Webhooks of a test: a real receiver, a hook with its secret, and something that happens."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.core import hooks, notifications, tasks
from supervision.core.models import Event, Hook, HookDelivery
from tests.rectification import item_world as iw
from tests.world import World

VERBS = ["item.plan_submitted", "item.plan_approved"]
TITLE = "独角兽甲乙丙"


class Receiver:
    """What arrived, with its headers, and what is answered: by path."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], str]] = []
        self.answers: dict[str, int] = {}

    def of(self, path: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
        return [(headers, json.loads(body)) for at, headers, body in self.taken if at == path]


def hook(world: World, address: str, **given: Any) -> tuple[Hook, str]:
    made = Hook(**{"campaign_id": world.campaign.pk, "name": "平台", "address": address, "verbs": VERBS, **given})
    secret = hooks.renew_secret(made)
    made.save()
    return made, secret


def offered() -> set[str]:
    return {verb for verbs in hooks.offered().values() for verb in verbs}


def something_happens(world: World) -> None:
    """A plan is handed in and approved; then beat runs twice, and each dispatch is delivered twice."""
    iw.in_progress(world, title=TITLE)
    for _twice in range(2):
        notifications.deliver_pending(at=timezone.now())
        for pk in Event.objects.values_list("pk", flat=True):
            notifications.deliver(pk, at=timezone.now())
        tasks.push_hooks()
        tasks.push_hooks()


def time_passes() -> None:
    """Whatever waits is due, and nobody rests."""
    HookDelivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    Hook.objects.update(busy_until=None)


def page(world: World, name: str, *args: Any) -> str:
    return reverse(f"supervision:{name}", args=[world.campaign.pk, *args])


def signed_in(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")
    return client

"""`api("u1")`: the API as that person asks it, signed in at a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROOT = "/api/v1/"


class Api:
    """Addresses below /api/v1/; JSON both ways."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client, self.headers = client, headers

    def get(self, address: str) -> Any:
        return self.client.get(self._full(address), headers=self.headers)

    def post(self, address: str, data: Any = None, key: str = "", method: str = "post") -> Any:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        text = json.dumps(data or {})
        ask = getattr(self.client, method)
        return ask(self._full(address), text, content_type="application/json", headers=headers)

    def upload(self, address: str, data: Any, **files: Any) -> Any:
        return self.client.post(self._full(address), {"data": json.dumps(data), **files}, headers=self.headers)

    def rows(self, address: str) -> list[dict[str, Any]]:
        answer = self.get(address)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["results"]

    def _full(self, address: str) -> str:
        return address if address.startswith(("/", "http")) else ROOT + address


@pytest.fixture
def api(world: World) -> Callable[[str], Api]:
    def asked_by(username: str) -> Api:
        client = Client()
        client.force_login(world.users[username], backend=BACKEND)
        return Api(client)

    return asked_by

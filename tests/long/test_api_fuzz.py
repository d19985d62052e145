"""10,000 requests made from the API's own description, on objects that exist, as everybody in turn.

No answer is a fault of ours (5xx), and none has a status that the description does not name.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from tests.architecture.stage import build
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

CASES = int(os.environ.get("API_CASES", "10000"))
ASKING = ("office", "a1-lead", "a1-member", "u1", "u1-head", "a-office", "a1-sponsor", "u2", "auditor")
BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGNS_IN = ("authorization", "cookie")  # made up, they would only be refused: the client is signed in
PINNED = {
    "campaigns": "campaign", "inspections": "inspection", "problems": "problem", "feedback-forms": "draft",
    "rectification-items": "item", "evidence": "evidence", "reports": "report", "notifications": "notification",
}  # fmt: skip


@pytest.fixture
def ids(world: World) -> dict[str, int]:
    """By the resource, the id of an object that exists; every other one asks for the first row."""
    stage = build(world)
    found = {resource: stage[name].pk for resource, name in PINNED.items()}
    rows = {"phases": world.phases["rectify"], "bodies": world.bodies["a"], "teams": world.teams["a1"],
            "units": world.units["u1"], "measures": stage["item"].measures.first(),
            "verifications": stage["closed"].verifications.first()}  # fmt: skip
    return {**found, **{name: row.pk for name, row in rows.items()}, "problem": stage["form_problem"].pk}


def signed_in(world: World, username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.users[username], backend=BACKEND)
    return client


def send(client: Client, case: Any, ids: dict[str, int]) -> Any:
    """The case as it was made, at the address of an object that exists."""
    resource = case.path.removeprefix("/api/v1/").partition("/")[0]
    pinned = {"id": ids.get(resource), "problem": ids["problem"]}
    named = {name: pinned.get(name) or value for name, value in (case.path_parameters or {}).items()}
    path = case.path.format(**named)
    made_up = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isprintable()}
    headers = {name: value for name, value in made_up.items() if name.lower() not in SIGNS_IN}
    sent: dict[str, Any] = {"headers": headers, "query_params": dict(case.query or {})}
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data":
        sent["data"] = {name: json.dumps(value) for name, value in case.body.items()}
        return client.post(path, **sent) if case.method == "POST" else None
    if isinstance(case.body, dict):
        sent |= {"data": json.dumps(case.body), "content_type": "application/json"}
    return getattr(client, case.method.lower())(path, **sent)


class Run:
    """Asks in turn, and keeps whatever must not be."""

    def __init__(self, world: World, document: dict[str, Any], ids: dict[str, int]) -> None:
        self.document, self.ids = document, ids
        self.clients = cycle([signed_in(world, username) for username in ASKING])
        self.faults: list[str] = []
        self.answers: Counter[int] = Counter()

    def ask(self, operation: Any, times: int) -> None:
        documented = set(self.document["paths"][operation.path][operation.method.lower()]["responses"])
        quiet = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

        @settings(max_examples=times, derandomize=True, phases=[Phase.generate], **quiet)
        @given(case=operation.as_strategy())
        def once(case: Any) -> None:
            with transaction.atomic():  # every request meets the same world
                answer = send(next(self.clients), case, self.ids)
                transaction.set_rollback(True)
            if answer is not None:
                self.judge(answer.status_code, case, documented)

        once()

    def judge(self, status: int, case: Any, documented: set[str]) -> None:
        self.answers[status] += 1
        if status >= 500 or str(status) not in documented:
            self.faults.append(f"{status} {case.method} {case.path} {case.body!r} {case.query!r}"[:400])


def test_no_request_meets_a_fault_and_every_status_is_documented(world: World, ids: dict[str, int]):
    document = signed_in(world, "u1").get("/api/v1/schema/").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [each.ok() for each in schema.get_all_operations()]
    run = Run(world, document, ids)
    for operation in operations:
        run.ask(operation, times=-(-CASES // len(operations)))
    assert not run.faults, f"{len(run.faults)} of {run.answers}:\n" + "\n".join(run.faults[:40])
    assert run.answers.total() > CASES // 2
    assert {200, 400, 403, 404, 409} <= set(run.answers), run.answers

"""For every address, everybody of another unit, team or body: 404 or an empty list, and no byte of the other's data.

Rules stand in tests/architecture/urls.py; an address without one fails here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from api.tokens import create_token
from supervision.core.models import NumberSeries
from supervision.models.people import TeamMembership
from tests.architecture.moves import in_turn, outsiders
from tests.architecture.stage import MARK, TALK_MARK, build
from tests.architecture.urls import AUDIT, OBJECT, OWN, PUBLIC, RULES, SECURITY, STEWARDS, SYSTEM, all_names
from tests.world import World

pytestmark = pytest.mark.once  # what people may see is asked by the same queries everywhere

BACKEND = "django.contrib.auth.backends.ModelBackend"
ADMINISTRATOR_OF = {SECURITY: "secadmin", SYSTEM: "sysadmin", AUDIT: "auditor"}
# They stand to the objects of unit u1 just as somebody else does who is asked; `make test-long` asks them as well.
ALIKE = {
    "a2-member-2", "b1-deputy", "b1-member", "b1-member-2",
    "u1s-deputy", "u3-head", "u3-deputy", "u4-head", "u4-deputy",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Whom to ask of these people: one of each kind, a fifth of the pages where it says so; or everybody all."""

    is_everybody: bool

    def __call__(self, people: Iterable[str]) -> list[str]:
        return [name for name in people if self.is_everybody or name not in ALIKE]

    @property
    def every(self) -> int:
        return 1 if self.is_everybody else 5


@pytest.fixture(params=["each kind", pytest.param("everybody", marks=pytest.mark.slow)])
def asked(request) -> Asked:
    return Asked(request.param == "everybody")


@pytest.fixture
def stage(world: World) -> dict[str, Any]:
    objects = build(world)
    objects["unit"] = world.units["u1"]
    objects["user"] = world.users["u1"]
    objects["body"], objects["team_of_u1"] = world.bodies["a"], world.teams["a1"]
    objects["own_team"], objects["own_body"] = world.teams["a1"], world.bodies["a"]
    objects["rule"] = world.rules["immediate"]
    objects["series"] = NumberSeries.objects.get(code="feedback_form")
    objects["item_form"] = objects["item"].form
    objects["token"], _text = create_token(actor=world.user("u1"), at=world.at, name=MARK, may_write=False, days=1)
    objects["phase"] = world.phases["rectify"]
    objects["measure"] = objects["item"].measures.first()
    objects["verification"] = objects["closed"].verifications.first()
    objects["appointment"] = TeamMembership.objects.get(user=world.users["a1-member"])
    return objects


def address(name: str, stage: dict[str, Any]) -> str:
    """A text of two meanings ("team" is a kind of appointment) stands as it is."""
    rule = RULES[name]
    args = [stage[each].pk if isinstance(each, str) and each in stage else each for each in rule.args]
    return reverse(name, args=args)


def signed_in(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username], backend=BACKEND)
    return client


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def names_of(*kinds: str) -> list[str]:
    return sorted(name for name, rule in RULES.items() if rule.kind in kinds)


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert sorted(all_names()) == sorted(RULES)


def test_nobody_gets_in_without_signing_in(client, stage):
    for name in sorted(set(RULES) - set(names_of(PUBLIC))):
        for answer in (client.get(address(name, stage)), client.post(address(name, stage))):
            refused = {302, 405} | ({401} if name.startswith("api:") else set())
            assert answer.status_code in refused, name
            if answer.status_code == 302:
                assert answer.url.startswith(reverse("accounts:sign-in")), name


def test_objects_exist_for_those_who_may_see_them(world, stage):
    """Else the refusals below would prove nothing."""
    for name in names_of(OBJECT):
        if insider := RULES[name].insider:
            answer = signed_in(world, insider).get(address(name, stage))
            assert answer.status_code == 200, f"{name} as {insider}: {answer.status_code}"


def test_no_outsider_learns_of_an_object(world, stage, asked):
    strangers = asked(outsiders(world, stage["item"]))
    assert {"u2", "u2-head", "u3", "u1s", "a2-lead", "b1-lead", "b-office", "nobody", "auditor"} <= set(strangers)
    for number, username in enumerate(strangers):
        client = signed_in(world, username)
        for name in in_turn(names_of(OBJECT), number, asked.every):
            url = address(name, stage)
            shows_a_page = bool(RULES[name].insider)
            for answer in (client.get(url), client.post(url, {})):
                is_get = answer.request["REQUEST_METHOD"] == "GET"
                refused = {404} if is_get and shows_a_page else {404, 405}
                assert answer.status_code in refused, f"{name} as {username}: {answer.status_code}"
                assert MARK not in body_of(answer), f"{name} as {username}"


def test_no_page_of_ones_own_shows_a_byte_of_anothers(world, stage, asked):
    pages = [name for name in names_of(OWN) if name != "accounts:sign-out"]
    for number, username in enumerate(asked(outsiders(world, stage["item"]))):
        client = signed_in(world, username)
        for name in in_turn(pages, number, asked.every):
            for query in ("", f"?q={MARK}"):
                answer = client.get(address(name, stage) + query)
                wrong = {400} if name.startswith("api:") else set()  # a parameter that no filter knows
                assert answer.status_code in {200, 302, 403, 404, 405} | wrong, f"{name} as {username}"
                shown = body_of(answer).replace(f'value="{MARK}"', "").replace(f"{MARK}</a>", "")
                assert stage["form"].number not in shown, f"{name} as {username}"
                if not query:
                    assert MARK not in shown, f"{name} as {username}"


def test_the_mark_is_seen_by_those_who_may(world, stage):
    """The lists do show it to insiders: the test above can fail."""
    for username in ("office", "a-office", "a1-lead", "a1-sponsor", "u1", "u1-head"):
        client = signed_in(world, username)
        assert MARK in body_of(client.get(reverse("rectification:ledger"))), username
        assert stage["form"].number in body_of(client.get(reverse("feedback:forms"))), username


@pytest.mark.parametrize("kind", [SECURITY, SYSTEM, AUDIT])
def test_an_administrators_pages_are_theirs_alone(world, stage, kind, asked):
    for username in asked(world.users):
        client = signed_in(world, username)
        for name in names_of(kind):
            status = client.get(address(name, stage)).status_code
            if username == ADMINISTRATOR_OF[kind]:
                assert status == 200, f"{name} as {username}: {status}"
            else:
                assert status in {403, 404}, f"{name} as {username}: {status}"


def test_what_runs_by_itself_is_the_provincial_offices_and_the_system_administrators(world, stage, asked):
    """Neither page holds business content: the messages that failed are shown without their text."""
    for username in asked(world.users):
        client = signed_in(world, username)
        for name in names_of(STEWARDS):
            status = client.get(address(name, stage)).status_code
            stewards = username in ("office", "office-lead", "sysadmin")
            assert status in ({200, 405} if stewards else {403}), f"{name} as {username}: {status}"


def test_talk_content_is_the_teams_alone(world, stage, asked):
    pages = [name for name in RULES if name.startswith("supervision:") and name != "supervision:talk-create"]
    readers = {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}
    for number, username in enumerate(asked(world.users)):
        client = signed_in(world, username)
        theirs = pages if username in readers else in_turn(pages, number, asked.every)
        seen = [name for name in theirs if TALK_MARK in body_of(client.get(address(name, stage)))]
        assert bool(seen) == (username in readers), f"{username}: {seen}"


def test_a_unit_sees_of_a_visit_in_progress_nothing_that_was_found(world, stage):
    for username in ("u1", "u1-head", "u1-deputy"):
        client = signed_in(world, username)
        for name in names_of(OBJECT):
            if RULES[name].args[0] == "inspection" or name == "feedback:form-edit":
                assert MARK not in body_of(client.get(address(name, stage))), f"{name} as {username}"


def test_the_unit_above_sees_its_subordinates_items_and_its_neighbours_none(world):
    from tests.rectification import item_world

    item = item_world.in_progress(world, unit="u1s")
    url = reverse("rectification:item", args=[item.pk])
    assert signed_in(world, "u1").get(url).status_code == 200
    assert signed_in(world, "u1-head").get(url).status_code == 200
    assert signed_in(world, "u2").get(url).status_code == 404


def test_the_auditor_reads_envelopes_without_texts(world, stage):
    shown = body_of(signed_in(world, "auditor").get(reverse("supervision:events")))
    assert "单位U1" in shown
    assert MARK not in shown
    assert TALK_MARK not in shown

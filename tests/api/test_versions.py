"""`If-Match`: whoever changes an object they read before somebody else's change is told so, and nothing is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback.models import FeedbackForm, FeedbackProblem
from tests.api.conftest import Api
from tests.feedback import moves as forms
from tests.rectification import item_world, report_world
from tests.supervision import visits
from tests.world import World

STALE = '"0123456789abcdef0123456789abcdef"'


def change(ask: Api, address: str, data: Any, etag: str = "", method: str = "patch") -> Any:
    headers = {"If-Match": etag} if etag else {}
    call: Callable[..., Any] = getattr(ask.client, method)
    return call(f"/api/v1/{address}", json.dumps(data), content_type="application/json", headers=headers)


def a_report(world: World) -> tuple[str, str, str, str]:
    report = report_world.draft(world, [item_world.finished(world)])
    return "u1", f"reports/{report.pk}/", "overall", "next_steps"


def a_form(world: World) -> tuple[str, str, str, str]:
    return "a1-member", f"feedback-forms/{forms.draft(world).pk}/", "title", "requirement"


def a_problem(world: World) -> tuple[str, str, str, str]:
    found = visits.find_problem(world, visits.in_progress(world))
    return "a1-member", f"problems/{found.pk}/", "fact", "basis"


@pytest.mark.parametrize("made", [a_report, a_form, a_problem])
def test_a_change_over_an_unread_one_is_refused_and_writes_nothing(api, world: World, made: Any):
    username, address, one, other = made(world)
    ask = api(username)
    read = ask.get(address)["ETag"]
    first = change(ask, address, {one: "第一次改动"}, read)
    assert first.status_code == 200, first.content.decode()
    late = change(ask, address, {one: "另一个人的", other: "另一处"}, read)
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    stands = ask.get(address)
    assert (stands.json()[one], stands["ETag"]) == ("第一次改动", first["ETag"])
    assert change(ask, address, {other: "另一处"}, first["ETag"]).status_code == 200
    assert change(ask, address, {one: "没有条件"}).json()[other] == "另一处"
    assert change(ask, address, {one: "不论版本"}, "*").status_code == 200


def test_the_problems_of_a_draft_are_part_of_its_version(api, world: World):
    draft = forms.draft(world)
    ask, address = api("a1-member"), f"feedback-forms/{draft.pk}/"
    row = f"{address}problems/{draft.problems.get().pk}/"
    read = ask.get(address)["ETag"]
    assert change(ask, row, {"requirement": "补学"}, read).status_code == 200
    assert change(ask, row, {"requirement": "另一个"}, read).status_code == 412
    assert change(ask, row, {}, read, "delete").status_code == 412
    assert FeedbackProblem.objects.get(form=draft).requirement == "补学"
    assert change(ask, row, {}, ask.get(address)["ETag"], "delete").status_code == 204


def test_the_version_is_the_same_in_each_language(api, world: World):
    """A program that reads in one language and writes in the other is not told that somebody was faster."""
    username, address, one, _ = a_report(world)
    ask = api(username)
    chinese, english = (
        ask.client.get(f"/api/v1/{address}", headers={"accept-language": language}) for language in ("zh-hans", "en")
    )
    assert chinese.json()["answers"] != english.json()["answers"]
    assert chinese["ETag"] == english["ETag"]
    in_english = {"If-Match": chinese["ETag"], "accept-language": "en"}
    text = json.dumps({one: "换一种语言写"})
    written = ask.client.patch(f"/api/v1/{address}", text, content_type="application/json", headers=in_english)
    assert written.status_code == 200, written.content.decode()
    assert written["ETag"] == ask.get(address)["ETag"] != chinese["ETag"]


def test_a_version_gives_no_right_and_tells_nothing(api, world: World):
    """Who does not see the object gets 404, who may not change it 403, whatever they name."""
    form = forms.draft(world)
    address = f"feedback-forms/{form.pk}/"
    assert change(api("u1"), address, {"title": "x"}, STALE).status_code == 404
    read = api("office").get(address)["ETag"]
    assert change(api("office"), address, {"title": "x"}, read).status_code == 403
    assert FeedbackForm.objects.get(pk=form.pk).title == form.title

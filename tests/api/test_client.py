"""The main job as programs do it: seven people, each with a token, against the live server (docs/api.md)."""

from __future__ import annotations

from typing import Any

import pytest
from dudao_client import Conflict, Dudao, File, Invalid, NotAllowed, NotFound, Outdated, Problem

from api.tokens import create_token
from rectification.models import RectificationItem
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True)]


class People:
    """`people("a1-lead")`: that person's program."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        self.known: dict[str, Dudao] = {}

    def __call__(self, username: str) -> Dudao:
        if username not in self.known:
            given: dict[str, Any] = {"name": "程序", "may_write": True, "days": 1, "at": self.world.at}
            _row, text = create_token(actor=self.world.user(username), **given)
            self.known[username] = Dudao(self.url, text)
        return self.known[username]


@pytest.fixture
def people(world: World, live_server: Any) -> People:
    return People(world, live_server.url)


def test_the_main_job_by_seven_people_and_their_tokens(world: World, people: People) -> None:
    visit = visit_is_made(world, people)
    form = form_is_issued_and_received(people, visit)
    (item,) = people("u1").list("rectification-items", form=form)
    plan_is_agreed(world, people, item["id"])
    item_is_put_right(people, item["id"])
    report_is_signed(people, form, item["id"])
    item_is_verified(world, people, item["id"])
    item_is_closed(people, item["id"])
    assert RectificationItem.objects.get(pk=item["id"]).status == "closed"
    assert [row["number"] for row in people("office").list("rectification-items", status="closed")] == [item["number"]]
    assert len(people.known) >= 7


def visit_is_made(world: World, people: People) -> int:
    member, lead = people("a1-member"), people("a1-lead")
    (campaign,) = member.list("campaigns", status="running")
    words = member.one("campaigns", campaign["id"])["vocabulary"]
    (unit,) = (row for row in member.list("units") if row["code"] == "u1")
    visit = member.create(
        "inspections",
        {
            "unit": unit["id"], "planned_on": world.today.isoformat(),
            "phase": next(row["id"] for row in words["phases"] if row["code"] == "rectify"),
            "foci": [words["foci"][0]["id"]],
            "methods": [row["id"] for row in words["methods"] if row["code"] in ("listen", "inspect")],
            "purpose": "学习教育主体责任落实情况。",
        },
    )["id"]  # fmt: skip
    lead.move("inspections", visit, "approve")
    present = [each["value"] for each in member.inputs("inspections", visit, "start")["present"]["choices"]]
    member.move("inspections", visit, "start", {"present": present[:2]})
    for method in member.one("inspections", visit)["methods"]:
        record = member.add("inspections", visit, "records", {"method": method["id"], "content": "查阅会议记录。"})
    with pytest.raises(Conflict):
        member.move("inspections", visit, "start")
    member.add(
        "inspections", visit, "problems",
        {
            "title": "党组研究学习教育次数不足", "category": words["categories"][0]["id"],
            "severity": next(row["id"] for row in words["severities"] if row["code"] == "general"),
            "nature": "individual", "fact": "应学四次，实学两次", "basis": "方案第三条", "record": record["id"],
        },
    )  # fmt: skip
    member.move("inspections", visit, "submit")
    with pytest.raises(NotAllowed):
        member.move("inspections", visit, "conclude", {"outcome": "feedback"})
    lead.move("inspections", visit, "conclude", {"outcome": "feedback"})
    return int(visit)


def form_is_issued_and_received(people: People, visit: int) -> int:
    member, lead, liaison = people("a1-member"), people("a1-lead"), people("u1")
    (row,) = member.list("feedback-forms", inspection=visit)
    form = row["id"]
    with pytest.raises(Conflict) as refused:
        member.move("feedback-forms", form, "submit")
    assert [each.name for each in refused.value.unmet] == ["problems_are_complete"]
    with pytest.raises(NotFound):
        liaison.one("feedback-forms", form)  # a draft is the team's
    (problem,) = member.one("feedback-forms", form)["problems"]
    member.change(f"feedback-forms/{form}/problems/{problem['id']}", {"requirement": "补学所缺次数，建立台账。"})
    member.move("feedback-forms", form, "submit")
    lead.move("feedback-forms", form, "issue")
    liaison.move("feedback-forms", form, "acknowledge", {"how": "screen", "name": "联络员", "post": "办公室"})
    return int(form)


def plan_is_agreed(world: World, people: People, item: int) -> None:
    liaison, lead = people("u1"), people("a1-lead")
    measure = {
        "text": "补学两次并建立学习台账。",
        "responsible_person": "办公室副主任",
        "due_on": world.after(5).date().isoformat(),
    }
    with pytest.raises(Invalid) as wrong:
        liaison.move("rectification-items", item, "save-plan", {"measures": [{**measure, "due_on": "明天"}]})
    assert list(wrong.value.errors) == ["measures.0.due_on"]
    plan = {"root_cause": "计划不细。", "responsible_leader": "党组书记", "responsible_person": "办公室副主任"}
    liaison.move("rectification-items", item, "save-plan", {**plan, "measures": [measure]})
    liaison.move("rectification-items", item, "submit-plan")
    lead.move("rectification-items", item, "approve-plan")


def item_is_put_right(people: People, item: int) -> None:
    liaison = people("u1")
    proof = File("学习台账.pdf", World.pdf(text="学习台账").read())
    (row,) = liaison.create("evidence", {"item": item, "description": "学习台账"}, {"uploads": [proof]})
    assert people("a1-lead").download(row["id"]) == proof.content
    (measure,) = liaison.list("measures", item=item)
    done = {"measure": measure["id"], "state": "done", "result": "已补学两次，建立学习台账。"}
    liaison.move("rectification-items", item, "update-measure", done)


def report_is_signed(people: People, form: int, item: int) -> None:
    liaison, head = people("u1"), people("u1-head")
    report = liaison.create("reports", {"form": form, "items": [item]})["id"]
    _read, version = liaison.one_to_change(f"reports/{report}")
    liaison.change(f"reports/{report}", {"overall": "党组专题研究，书记负总责。"}, version)
    with pytest.raises(Outdated):
        liaison.change(f"reports/{report}", {"overall": "没有读过上一次改动"}, version)
    liaison.move("reports", report, "send-for-signature")
    head.move("reports", report, "sign", {"how": "screen", "confirmed": True})
    assert people("a1-lead").one("reports", report)["status"] == "submitted"


def item_is_verified(world: World, people: People, item: int) -> None:
    member, second = people("a1-member"), people("a1-member-2")
    seen = [{"measure": row["id"], "holds": "yes"} for row in member.list("measures", item=item)]
    record = {
        "way": "on_site", "verified_on": world.today.isoformat(), "place": "单位U1", "opinion": "措施已落实。",
        "second_verifier": world.users["a1-member-2"].pk, "results": seen,
    }  # fmt: skip
    way = member.inputs("rectification-items", item, "record-verification")["way"]
    member.move("rectification-items", item, "record-verification", {**record, "way": way["choices"][0]["value"]})
    second.move("rectification-items", item, "verify")


def item_is_closed(people: People, item: int) -> None:
    office = people("a-office")
    ticked = [each["value"] for each in office.inputs("rectification-items", item, "close")["ticked"]["choices"]]
    with pytest.raises(Problem) as refused:
        office.move("rectification-items", item, "close", {"effect": "好", "opinion": "同意"})
    assert [each.name for each in refused.value.unmet] == ["requirements_are_ticked"]
    closed = office.move("rectification-items", item, "close", {"effect": "好", "opinion": "同意", "ticked": ticked})
    assert closed["closure"]["number"]
    assert office.dashboard()["total"]["closed"] == 1

"""Items and reports on everybody's desk: the one action each, what is missing, who must compare what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.enums import MeasureState
from rectification.services import reports
from supervision.core import desk
from supervision.core.desk import Asked, DutyLine
from supervision.core.models.version import steady
from supervision.enums import Document
from tests.rectification import item_world as iw
from tests.rectification import report_world
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def lines(world: World, who: str, kind: str = "") -> list[DutyLine]:
    found = desk.duties_of(Asked(world.user(who), world.at, world.today, world.campaign.pk))
    return [line for line in found if kind in ("", line.kind)]


def actions(world: World, who: str) -> list[str]:
    return [str(line.action) for line in lines(world, who)]


def test_the_liaison_gets_one_action_after_the_other(world: World):
    item = iw.assigned(world)
    assert actions(world, "u1") == ["填写整改方案"]
    iw.plans.save_plan(
        pk=item.pk, actor=world.user("u1"), at=world.at, measures=iw.lines(item), root_cause="责任不清",
        responsible_leader="李某", goal="责任到人",
    )  # fmt: skip
    assert actions(world, "u1") == ["报送整改方案"]


def test_in_progress_the_next_step_is_named(world: World):
    item = iw.in_progress(world)
    assert actions(world, "u1") == ["填报进展"]
    item.measures.update(state=MeasureState.DONE)
    assert actions(world, "u1") == ["上传佐证材料"]
    iw.finish(world, item, world.at)
    [line] = lines(world, "u1")
    assert (str(line.action), line.action_url) == (
        "起草整改报告", reverse("rectification:report-new", args=[item.form_id]),
    )  # fmt: skip


def test_the_head_is_not_asked_for_what_the_liaison_writes(world: World):
    iw.in_progress(world)
    assert actions(world, "u1-head") == []
    asked = Asked(world.user("u1-head"), world.at, world.today, world.campaign.pk)
    assert [str(line.whose) for line in desk.waiting_of(asked)] == ["联络员"]


def test_items_of_a_report_in_hand_stand_in_its_line_with_what_is_missing(world: World):
    items = report_world.ready_items(world, 2)
    report = report_world.draft(world, items)
    type(report).objects.update(overall="")
    items[0].evidence.update(withdrawn_at=world.at)
    items[1].measures.update(state="doing")
    [line] = lines(world, "u1")
    assert (line.kind, str(line.action)) == ("report", "继续填写报告")
    for what in ("总体情况未写", "1条措施未完成", "1个事项没有佐证材料"):
        assert what in line.note
    assert line.due_on == min(item.clock_due_on for item in items)


def test_a_complete_draft_is_to_be_sent_and_then_waits_for_the_head(world: World):
    report = report_world.draft(world)
    report_world.write(world, report)
    assert actions(world, "u1") == ["送主要负责人签批"]
    reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    assert actions(world, "u1") == []
    [line] = lines(world, "u1-head")
    assert (str(line.action), line.sheet) == ("签批并报送", "report")
    asked = Asked(world.user("u1"), world.at, world.today, world.campaign.pk)
    assert [(each.label, str(each.whose)) for each in desk.waiting_of(asked)] == [(report.title, "主要负责人")]


def test_team_and_office_get_a_report_when_it_is_their_turn(world: World):
    report_world.signed(world)
    assert "report" not in [line.kind for line in lines(world, "a1-member")]
    approved = report_world.approved(world, report_world.ready_items(world, unit="u2"))
    assert [line.pk for line in lines(world, "a-office", "report")] == [approved.pk]
    assert lines(world, "office", "report") == lines(world, "a2-member", "report") == []
    verified = report_world.verified(world, report_world.ready_items(world, unit="u1s"))
    assert [(line.pk, line.sheet) for line in lines(world, "a1-lead", "report")] == [(verified.pk, "report")]


def test_a_scan_is_compared_before_anything_is_verified(world: World):
    report = report_world.sent(world)
    reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=report_world.paper_of(world))
    [line] = lines(world, "a1-member", "report")
    assert (str(line.action), line.sheet) == ("核对线下签批", "")


@pytest.mark.parametrize("document", [Document.RECTIFICATION_PLAN, Document.CLOSURE_SHEET])
def test_on_a_longer_route_the_item_stands_with_the_next_step_alone(world: World, document: Document):
    is_plan = document == Document.RECTIFICATION_PLAN
    first, last = ("a1-deputy", "a1-lead") if is_plan else ("a1-lead", "a-office")
    iw.longer_route(world, document, *(("deputy", "leader") if is_plan else ("leader", "body_office")))
    item = iw.in_review(world) if is_plan else iw.verified(world)
    sheet = "plan" if is_plan else "closure"
    assert [line.pk for line in lines(world, first) if line.sheet == sheet] == [item.pk]
    assert [line for line in lines(world, last) if line.sheet == sheet] == []


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("who", ["u1", "u1-head", "a1-member", "a-office"])
def test_items_and_reports_are_one_query_each(world: World, count: int, who: str):
    act: Any = {"u1-head": report_world.sent, "a1-member": report_world.signed}.get(who, report_world.draft)
    for _number in range(count // 3):
        act(world)
    report_world.new_items(world, report_world.new_form(world), count)
    asked = Asked(world.user(who), world.at, world.today, world.campaign.pk)
    with steady():
        desk.duties_of(asked)
        with CaptureQueriesContext(connection) as queries:
            desk.duties_of(asked)
    mine = [each["sql"] for each in queries if 'FROM "rectification_' in each["sql"]]
    assert len(mine) == 2, "\n".join(sql[:200] for sql in mine)

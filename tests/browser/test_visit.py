"""A visit from the calendar to the leader's decision, as the team makes it, in Chinese on a small laptop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from supervision.models import Inspection
from tests.browser.conftest import PHONE, People
from tests.browser.person import Person
from tests.supervision import visits
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHRASE = "责任清单没有明确到人"
FACT = "抽查三个部门的清单，均只写部门，没有写人。"
PRINTED = """() => [...document.querySelectorAll(".kit")].map((sheet) => sheet.querySelector("h2").innerText)"""
HIDDEN = """() => [".bar", ".side", ".kit-tools", ".crumbs"].filter((css) => {
  const part = document.querySelector(css);
  return part && part.offsetParent !== null && getComputedStyle(part).display !== "none";
})"""


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "整改前.png", tmp_path / "整改后.png"]
    for path in found:
        path.write_bytes(World.png().read())
    return found


def test_a_visit_from_the_calendar_to_the_decision(chinese_world: World, people: People, photos: list[Path]) -> None:
    earlier = visits.in_progress(chinese_world, unit="u2")
    visits.log_record(chinese_world, earlier)
    visits.find_problem(chinese_world, earlier, title=PHRASE, basis="实施方案第五条")
    visits.conclude(chinese_world, visits.hand_in(chinese_world, earlier))
    member, lead = people("a1-member"), people("a1-lead")

    visit_is_planned_on_the_calendar(member)
    lead.finds_on_workbench("单位U1", to="批准")
    lead.chooses_to("批准")
    lead.reads("督责任", "组员甲、组员乙", "批准后，单位会收到通知")
    lead.sends("批准")

    kit_is_printed(member)
    visit_is_begun(member)
    problem_is_mended_on_the_spot(member, photos)
    facts_are_checked(member)
    member.chooses_to("报送审定")
    member.reads(PHRASE, FACT)
    member.sends("报送审定")

    lead.finds_on_workbench("单位U1", to="审定")
    lead.chooses_to("审定")
    lead.reads(PHRASE, FACT, "当场补写", "组员甲、组员乙", "办公室主任", "事实清楚，没有异议", "未查看：督责任要点")
    expect(lead.page.locator(".whole .photo-row img")).to_have_count(2)
    lead.sends("审定")
    lead.reads_state("已完成")


def visit_is_planned_on_the_calendar(member: Person) -> None:
    member.goes_to("督导检查")
    member.opens("日历")
    member.is_at("督导检查日历")
    member.page.locator("#today").get_by_role("link", name="安排").click()
    member.is_at("新建督导检查")
    member.types(被督导单位=("单位U1",), 督责任=True, 听=True, 组员甲=True, 组员乙=True)
    member.presses("登记")
    member.reads_state("待批准", "组长")


def kit_is_printed(member: Person) -> None:
    member.finds_on_workbench("单位U1", to="开始检查")
    member.opens("检查包")
    member.is_at("检查包")
    member.page.get_by_label("查阅资料").uncheck()
    member.types(谈话记录份数="2")
    member.presses("更新")
    member.is_at("检查包")
    assert member.page.evaluate(PRINTED) == ["督导要点", "检查记录", "谈话记录", "谈话记录", "问题登记和事实核对"]
    member.page.emulate_media(media="print")
    assert member.page.evaluate(HIDDEN) == []
    member.page.emulate_media(media="screen")


def visit_is_begun(member: Person) -> None:
    member.finds_on_workbench("单位U1", to="开始检查")
    member.chooses_to("开始检查")
    for name in ("组员甲", "组员乙"):  # as planned
        expect(member.page.get_by_label(name)).to_be_checked()
    member.sends("开始检查")
    member.reads("“听”还没有记录")
    member.opens("写记录")
    member.types(情况记录="听取党组汇报。")
    member.presses("保存")


def problem_is_mended_on_the_spot(member: Person, photos: list[Path]) -> None:
    member.finds_on_workbench("单位U1", to="填写检查记录")
    member.opens("填写检查记录")
    member.opens("登记问题")
    member.types(问题类别=("主体责任",), 严重程度=("一般",), 具体表现=FACT)
    member.page.get_by_role("button", name=re.compile(f"用这段表述.*{PHRASE}")).click()
    member.reads("已填入")
    expect(member.page.get_by_label("依据")).to_have_value("实施方案第五条")
    member.field("当场整改：督导组在场时已经改正", True)
    member.types(当场整改情况="当场补写到人。")
    for photo in photos:  # one after another, as from the camera
        member.field("当场整改照片", photo)
    expect(member.page.locator("[data-chosen-photos] li")).to_have_count(2)
    member.presses("保存")
    member.is_told("已保存")
    member.reads(PHRASE)


def facts_are_checked(member: Person) -> None:
    member.finds_on_workbench("单位U1", to="填写检查记录")
    member.opens("事实核对")
    member.is_at("事实核对")
    member.types(单位人员="办公室主任")
    member.presses("保存")
    member.is_told("已保存")
    member.finds_on_workbench("单位U1", to="填写检查记录")
    member.reads("已向办公室主任核对事实")


def test_calendar_planning_and_a_problem_fit_a_phone(chinese_world: World, people: People) -> None:
    visit = visits.in_progress(chinese_world)
    visits.log_record(chinese_world, visit)
    member = people("a1-member", PHONE)
    member.goes_to("督导检查")
    member.opens("日历")
    member.is_at("督导检查日历")
    expect(member.page.locator(".square:visible")).to_have_count(1)
    member.opens("单位U1")
    member.reads_state("进行中")
    for address in (f"/inspections/{visit.pk}/problems/new/", "/inspections/new/", f"/inspections/{visit.pk}/kit/"):
        member.page.goto(member.host + address)
        member.looks()
    assert Inspection.objects.count() == 1

"""Evidence file by file, the report in the evening of its last day, returns and close-outs one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from rectification.enums import ItemStatus, ReportStatus
from rectification.models import RectificationItem, Report
from tests.browser.conftest import PHONE, People
from tests.browser.test_phone import reaches
from tests.rectification import item_world as items
from tests.rectification import report_world as reports
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTE = "会议记录只有签到，没有研究内容，请补充。"


def test_several_files_go_one_by_one_and_only_the_wrong_one_stays(
    chinese_world: World, people: People, tmp_path: Path
) -> None:
    """One is no PDF at all and is taken off the list; for one the line breaks and it is sent once more."""
    item = items.in_progress(chinese_world)
    good, lost, lie = tmp_path / "会议记录.pdf", tmp_path / "培训签到.pdf", tmp_path / "不是文档.pdf"
    good.write_bytes(World.pdf(text="一").read())
    lost.write_bytes(World.pdf(text="二").read())
    lie.write_text("这里没有内容")
    liaison = people("u1")
    liaison.finds_on_workbench(item.number, to="填报进展")
    liaison.chooses_to("上传佐证材料")
    page = liaison.page
    page.locator("input[type=file]").set_input_files([good, lie, lost])
    page.route("**/add-evidence/", _breaks_the_third())
    liaison.presses("上传佐证材料")
    expect(page.get_by_role("status").filter(has_text="1个已上传，2个没有上传")).to_be_visible()
    rows = page.locator(".upload")
    expect(rows.nth(1)).to_contain_text("不是文档.pdf")
    expect(rows.nth(1)).to_contain_text("没有上传")
    expect(rows.nth(2)).to_contain_text("网络中断，文件还在本页")
    liaison.faults = [fault for fault in liaison.faults if "console" not in fault]  # the broken line and the 400

    page.get_by_role("button", name="移除 不是文档.pdf").click()
    page.get_by_role("button", name="重试 培训签到.pdf").click()
    liaison.is_at(item.title)
    liaison.is_told("已办理：上传佐证材料")
    liaison.reads("会议记录.pdf", "培训签到.pdf", "2份佐证材料")
    assert sorted(each.file.original_name for each in item.evidence.all()) == ["会议记录.pdf", "培训签到.pdf"]


def _breaks_the_third():
    """The line is down for the third file sent, once."""
    sent: list[str] = []

    def handle(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
        if route.request.method == "POST" and len(sent) == 3:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    return handle


def test_a_report_on_its_last_evening_is_completed_and_sent(chinese_world: World, people: People) -> None:
    """Prefilled; the server's clock; what would be late tomorrow; what is missing, with its person and its place."""
    world = chinese_world
    item = reports.ready_items(world, due_on=world.today)[0]
    liaison = people("u1")
    liaison.takes_up(item.form.number, "起草整改报告")
    liaison.ticks_all("报告包括的整改事项")
    item.measures.update(state="doing", result="")  # a colleague finds it is not done after all
    liaison.presses("建立报告草稿")
    liaison.is_at("修改报告")
    liaison.reads("服务器时间", "24:00 截止", "还剩", "今天不送签，明天起将会逾期的事项", "送签前还差", "张某")
    expect(liaison.page.get_by_label("整改情况", exact=False).first).to_have_value(re.compile("建立台账：推进中"))
    liaison.types(**{"一、总体情况": "党组专题研究，书记负总责。"})
    expect(liaison.page.locator("#paper")).to_contain_text("党组专题研究，书记负总责。")
    liaison.presses("保存")
    liaison.is_told("已保存")

    liaison.opens("去补充")
    liaison.is_at("填报进展")
    liaison.types(进展情况="台账已建立", 状态=("已完成",), 完成情况="已建立台账并公示")
    liaison.sends("填报进展")
    liaison.opens("打开报告")
    liaison.opens("修改报告")
    liaison.page.get_by_text("事项中有更新的措施、进展和材料").click()
    liaison.presses("用最新情况替换上面的文字")
    liaison.presses("保存并送签")
    liaison.is_told("已保存并送主要负责人签批")
    liaison.reads_state("待签批", "主要负责人")
    assert "已建立台账并公示" in Report.objects.get().answers.get().text


def test_a_report_is_returned_with_a_note_for_its_part_on_the_phone(chinese_world: World, people: People) -> None:
    report = reports.signed(chinese_world)
    member = people("a1-member", PHONE)
    member.goes_to("整改报告")
    member.opens(report.title)
    member.chooses_to("退回报告")
    member.types(情况说明="请按逐项意见补充后重新报送。", 对本项的意见=NOTE)
    reaches(member, "退回报告")
    member.sends("退回报告")
    member.reads_state("已退回")
    report.refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    assert RectificationItem.objects.get().return_note == NOTE


def test_the_office_works_through_its_close_outs(chinese_world: World, people: People) -> None:
    """One is struck off, the other goes back to the unit; the queue says how many are left, then that none is."""
    first, second = items.verified(chinese_world), items.verified(chinese_world)
    office = people("a-office")
    office.takes_up(first.number, "销号")
    office.is_at(first.title)
    office.reads("第 1 项，共 2 项", "办完这一项还剩 1 项", "系统：符合", "佐证材料.pdf")
    office.ticks_all("销号条件")
    office.presses("销号")
    office.is_told("已办理")
    office.is_at(second.title)
    office.reads("第 1 项，共 1 项", "这是最后一项")
    office.page.get_by_text("不予销号").click()
    office.types(情况说明=NOTE)
    office.presses("退单位补充整改")
    office.is_told("已办理")
    office.is_at("销号队列")
    office.reads("没有等您销号的事项")
    states = RectificationItem.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == [ItemStatus.CLOSED, ItemStatus.RETURNED]

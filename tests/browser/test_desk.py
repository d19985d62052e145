"""Tired officials at their desks: a leader works through 待我签, a liaison at 23:40, a head with a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rectification.models import RectificationItem
from tests.browser.conftest import PHONE, People
from tests.browser.person import Person
from tests.browser.test_phone import reaches
from tests.feedback import moves as forms
from tests.rectification import report_world as reports
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTE = "请把第一个问题的具体表现写清楚，附上查阅的材料名称。"


def reads_the_sheet(leader: Person, left: int) -> None:
    """Three lines and the paper, both on one screen."""
    leader.is_at("待我签")
    leader.reads(f"还有{left}份", "首次报送审签", "今天签发，签收期限")
    for place in (".signing-lines", ".signing-paper"):
        expect(leader.page.locator(place)).to_be_in_viewport()
    button = leader.page.get_by_role("button", name="签发", exact=True)
    expect(button).to_be_in_viewport()


def test_a_leader_works_through_the_queue(chinese_world: World, people: People) -> None:
    """Sign one, give one back, put one off: the keyboard alone does the first."""
    for unit in ("u1", "u2", "u1s"):
        forms.submitted(chinese_world, unit=unit)
    leader = people("a1-lead")
    leader.goes_to("工作台")
    leader.page.get_by_role("link", name="开始签批").click()

    reads_the_sheet(leader, 3)
    leader.page.get_by_label("本人已审阅").focus()
    leader.page.keyboard.press("Space")
    leader.page.keyboard.press("Tab")
    leader.page.keyboard.press("Enter")
    leader.is_told("已办理：签发")

    reads_the_sheet(leader, 2)
    leader.page.locator("summary").get_by_text("退回", exact=True).click()
    leader.types(情况说明=NOTE)
    leader.presses("退回修改")
    leader.is_told("已办理：退回修改")

    reads_the_sheet(leader, 1)
    leader.presses("先看下一份")
    leader.reads("先放一放的", "再看一遍")
    leader.presses("再看一遍")
    leader.types(本人已审阅=True)
    leader.presses("签发")
    leader.reads("没有待签的文件")
    leader.opens("回到工作台")
    leader.is_at("工作台")
    leader.reads("报送审签", "等 单位U1 办理")  # what was given back is a draft again; the signed ones wait for receipt


def test_the_liaisons_evening(chinese_world: World, people: People) -> None:
    """The report due tonight is the first thing seen, with what is missing and the server's clock."""
    items = reports.ready_items(chinese_world, 2)
    reports.draft(chinese_world, items)
    RectificationItem.objects.filter(pk=items[0].pk).update(clock_due_on=chinese_world.today)
    items[0].evidence.update(withdrawn_at=chinese_world.at)
    liaison = people("u1")
    liaison.goes_to("工作台")
    liaison.reads("24:00 截止", "服务器时间")
    expect(liaison.page.locator("[data-left]")).to_contain_text("还有")
    first = liaison.page.locator(".duty").first
    expect(first).to_be_in_viewport()
    expect(first).to_contain_text("今天截止")
    expect(first).to_contain_text("还差：1个事项没有佐证材料")
    first.get_by_role("link", name="继续填写报告").click()
    liaison.is_at("修改报告")


def test_a_head_signs_and_gives_back_with_one_thumb(chinese_world: World, people: People) -> None:
    one, two = reports.sent(chinese_world), reports.sent(chinese_world)
    head = people("u1-head", PHONE)
    head.goes_to("工作台")
    head.page.get_by_role("link", name="开始签批").click()
    head.is_at("待我签")
    head.page.locator("summary").get_by_text("退回", exact=True).click()
    head.types(情况说明="请补充每条措施的完成时间和责任人。")
    head.presses("退给联络员修改")
    head.is_told("已办理")
    head.reads("还有1份")
    head.types(本人已审阅=True)
    reaches(head, "签批并报送")
    head.presses("签批并报送")
    head.reads("没有待签的文件")
    for report in (one, two):
        report.refresh_from_db()
    assert (one.status, two.status) == ("draft", "submitted")


def test_a_liaison_of_two_units_looks_at_one(chinese_world: World, people: People) -> None:
    own, below = forms.issued(chinese_world), forms.issued(chinese_world, unit="u1s")
    liaison = people("u1")
    liaison.page.locator(".places summary").click()
    liaison.presses("单位U1S")
    liaison.reads("只看“单位U1S”的内容。")
    liaison.goes_to("反馈单")
    liaison.reads(below.number)
    expect(liaison.page.locator("#main")).not_to_contain_text(own.number)
    liaison.presses("看全部")
    liaison.reads(own.number, below.number)

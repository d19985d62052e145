"""What an office changes in the browser, and what a person keeps of their own account."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from feedback.services import forms as form_moves
from supervision.core.models import CalendarDay
from tests.browser.conftest import People
from tests.feedback import moves as forms
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_changed_rule_says_what_it_touches_and_moves_nothing_issued(chinese_world: World, people: People) -> None:
    issued = forms.issued(chinese_world)
    before = issued.problems.get().due_on
    waiting = forms.submitted(chinese_world, unit="u2")

    lead = people("office-lead")
    lead.goes_to("专项活动")
    lead.opens("查看和修改全部设置")
    lead.is_at("专项活动设置")
    lead.opens("时限规则")
    lead.is_at("时限规则")
    lead.page.get_by_role("row", name="限期整改").get_by_role("link", name="修改").click()
    lead.types(时长="20")
    lead.presses("下一步：看看影响什么")
    lead.is_at("修改时限规则“限期整改”")
    expect(lead.section("会影响")).to_contain_text("1件草稿或待审签的反馈单用到这条规则")
    expect(lead.page.locator("#untouched")).to_contain_text("已下发的1件反馈单时限不变")
    lead.presses("返回修改")
    expect(lead.page.get_by_label("时长")).to_have_value("20")
    lead.presses("下一步：看看影响什么")
    lead.presses("确认保存")
    lead.is_told("已保存")

    form_moves.issue_form(pk=waiting.pk, actor=chinese_world.user("a1-lead"), at=chinese_world.at)
    calendar = chinese_world.calendar
    assert waiting.problems.get().due_on == calendar.add(chinese_world.today, 21)
    assert issued.problems.get().due_on == before == calendar.add(chinese_world.today, 16)
    lead.goes_to("专项活动")
    lead.opens("查看和修改全部设置")
    expect(lead.section("最近的改动")).to_contain_text("修改设置：时限规则“限期整改”")


def test_the_office_edits_a_day_of_the_calendar(chinese_world: World, people: People) -> None:
    form = forms.issued(chinese_world)
    day = chinese_world.calendar.add(chinese_world.today, 5)
    office = people("office")
    office.goes_to("工作日历")
    if day.month != chinese_world.today.month:
        office.page.get_by_role("link", name="下月").click()
    office.page.locator(f'.workdays a[href*="{day.isoformat()}"]').click()
    office.field("放假", True)
    office.types(节日="临时放假", 依据="省政府通知")
    office.presses("下一步：看看影响什么")
    office.reads("1件未了的时限跨过这一天", form.number)
    office.presses("确认保存")
    office.is_told("日历已修改")
    expect(office.page.locator(".workdays")).to_contain_text("临时放假放假")
    assert CalendarDay.objects.get(day=day).name == "临时放假"


def test_a_person_changes_the_password_and_ends_another_session(chinese_world: World, people: People) -> None:
    here = people("u1")
    elsewhere = people.browser.new_context(locale="zh-CN")
    page = elsewhere.new_page()
    page.goto(people.host)
    page.get_by_label("用户名").fill("u1")
    page.get_by_label("密码").fill("correct-Horse-9")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("工作台")

    here.page.locator(".bar-who").last.click()
    here.page.get_by_role("link", name="我的账号").click()
    here.is_at("联络员甲")
    expect(here.section("我在哪里登录着")).to_contain_text("本机")
    here.section("我在哪里登录着").get_by_role("button", name="结束", exact=False).first.click()
    here.is_told("已结束这处登录")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("登录")
    elsewhere.close()

    here.page.get_by_role("link", name="修改密码").last.click()
    here.is_at("修改密码")
    here.reads("密码")  # what a password must be, said beforehand
    here.types(现在的密码="correct-Horse-9", 新密码="another-Horse-7", 再输入一次新密码="another-Horse-7")
    here.page.get_by_role("button", name="保存").click()
    here.is_told("密码已修改")

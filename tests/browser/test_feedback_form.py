"""A feedback form as people work with it: written beside its paper, issued, signed for on the phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from feedback.models import FeedbackForm
from tests.browser.conftest import PHONE, People
from tests.browser.person import Person
from tests.feedback import moves as forms
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REQUIREMENT = "补学所缺次数，建立学习台账，明确专人负责。"


def paper(person: Person) -> Locator:
    return person.page.locator("article.paper")


def opens_form(person: Person, form: FeedbackForm, link: str = "") -> None:
    person.goes_to("反馈单")
    person.opens(link or form.number)
    person.is_at(form.title)


def test_a_draft_is_written_beside_its_paper_and_issued(chinese_world: World, people: People) -> None:
    form = forms.draft(chinese_world)
    form.problems.update(requirement="", deadline_rule=None)
    member, other, lead = people("a1-member"), people("a1-member-2"), people("a1-lead")
    for editor in (member, other):
        opens_form(editor, form, link="未编号")
        editor.chooses_to("修改草稿", title="起草反馈单")
        editor.reads("还差：整改要求、整改时限")

    member.types(整改要求=REQUIREMENT)
    expect(paper(member)).to_contain_text(REQUIREMENT)  # before anything is saved
    day = chinese_world.after(8).date()
    member.types(或指定日期=day.isoformat())
    count = chinese_world.calendar.between(chinese_world.today, day)
    member.reads(f"= {count}个工作日，至 {day.month}月{day.day}日", "齐全")
    member.presses("保存")
    member.is_told("已保存")

    other.types(整改要求="另一位组员写的要求。")
    other.presses("保存")
    other.reads("其他人改了同一处", REQUIREMENT)  # what is saved stands beside what was typed
    expect(other.page.get_by_label("整改要求", exact=True).first).to_have_value("另一位组员写的要求。")
    other.presses("保存")
    other.is_told("已保存")
    expect(paper(other)).to_contain_text("另一位组员写的要求。")
    other.faults[:] = [fault for fault in other.faults if "409 (Conflict)" not in fault]  # the console says it, too

    other.presses("保存并报送审签")
    other.sends("报送审签")
    lead.goes_to("反馈单")
    lead.opens("未编号")
    lead.chooses_to("签发")
    lead.reads("共1个问题", "今天签发，签收期限", "本人已审阅，对真实性负责。")
    expect(paper(lead)).to_have_attribute("data-mark", "未签发")
    lead.sends("签发")
    lead.opens("查看反馈单正文")
    form.refresh_from_db()
    expect(paper(lead)).to_contain_text(form.number)
    expect(paper(lead)).not_to_have_attribute("data-mark", re.compile(".+"))
    expect(lead.page.get_by_role("button", name="打印")).to_be_visible()


def test_receipt_takes_a_minute_on_the_phone(chinese_world: World, people: People) -> None:
    form = forms.issued(chinese_world, problems=2)
    liaison = people("u1", PHONE)
    opens_form(liaison, form)
    liaison.chooses_to("签收")
    due = chinese_world.calendar.add(chinese_world.today, 15)
    liaison.reads("从今天起算", "报送整改方案", f"完成整改：{due.month}月{due.day}日")
    expect(liaison.page.get_by_label("签收人", exact=True)).to_have_value("联络员甲")
    expect(liaison.page.get_by_label("职务", exact=True)).to_have_value("办公室副主任")
    expect(liaison.page.get_by_role("button", name="签收", exact=True)).to_be_in_viewport()
    liaison.sends("签收")
    liaison.reads_state("已签收，整改中", "单位U1")
    liaison.reads("单位的时限", f"完成整改：{due.month}月{due.day}日")
    liaison.opens("查看反馈单正文")
    expect(paper(liaison)).to_contain_text("联络员甲（在线签批）")
    liaison.is_at("反馈单正文")


def test_receipt_on_paper_with_its_scan(chinese_world: World, people: People, tmp_path: Path) -> None:
    form, scan = forms.issued(chinese_world), tmp_path / "回执.pdf"
    scan.write_bytes(World.pdf(text="回执").read())
    liaison, lead = people("u1"), people("a1-lead")
    opens_form(liaison, form)
    liaison.chooses_to("签收")
    liaison.page.get_by_text("已在纸上签收").click()
    liaison.reads("由联络员甲录入", f"最多早于今天{chinese_world.campaign.paper_days_back}个工作日")
    liaison.types(**{"线下签批（上传扫描件）": True, "纸面签收人": ("主要负责人",)})
    liaison.types(纸面姓名="主要负责人", 纸面职务="党组书记", 纸面日期=chinese_world.today.isoformat(), 扫描件=scan)
    liaison.sends("签收")
    liaison.reads("线下签批（扫描件）", "由联络员甲录入", "扫描件待核对")
    opens_form(lead, form)
    lead.opens("核对扫描件")
    lead.reads("主要负责人", "党组书记", "回执.pdf")
    lead.presses("已核对一致")
    lead.reads("督导组长已核对")
    lead.opens("查看反馈单正文")
    expect(paper(lead)).to_contain_text("主要负责人（线下签批（扫描件））")


def test_a_corrected_form_shows_both_versions_to_whoever_signs_again(chinese_world: World, people: People) -> None:
    form = forms.acknowledged(chinese_world, problems=2)
    lead, liaison = people("a1-lead"), people("u1", PHONE)
    opens_form(lead, form)
    lead.chooses_to("更正")
    lead.reads("形成第2版", "单位U1须重新签收")
    lead.types(**{"问题1：具体表现": "中心组学习次数不足，缺少两次记录。", "更正说明": "核对后补充了缺少记录的次数。"})
    lead.sends("更正")
    lead.opens("对比更正前后")
    lead.is_at("版本对比")
    expect(lead.page.locator("ins").first).to_contain_text("缺少两次记录")

    opens_form(liaison, form)
    liaison.chooses_to("签收")
    liaison.reads("第2版更正了什么", "缺少两次记录", "核对后补充了缺少记录的次数。")
    liaison.sends("签收")
    liaison.reads_state("已签收，整改中")
    liaison.opens("查看反馈单正文")
    liaison.opens("第1版")
    expect(paper(liaison)).to_have_attribute("data-mark", "已更正")

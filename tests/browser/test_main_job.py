"""The main job as eight people do it, each at their own browser: from a visit to the closed item.

Nobody types an address: everyone begins at the workbench or the navigation, as they would on a working day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.keyboard import KeyboardPerson
from tests.browser.person import Person
from tests.feedback import moves as forms
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "党组研究学习教育次数不足"
FACT = "一季度应集中学习四次，实际两次，没有补学记录。"
NUMBER = re.compile("测督反〔\\d{4}〕2号")  # number 1 stands beside the story
EFFECT = "已补学两次，建立学习台账，党组按月研究。"


@dataclass(frozen=True)
class Figures:
    """What the office reads on the dashboard."""

    open: int
    closed: int
    counted: int


@dataclass
class Story:
    """The people of the story and the files they carry."""

    world: World
    people: People
    minutes: Path
    scan: Path

    def day(self, working_days: int = 0) -> str:
        """As a date field takes it."""
        return self.world.after(working_days).date().isoformat()


@pytest.fixture
def story(chinese_world: World, people: People, tmp_path: Path) -> Story:
    """Beside the story a form with two problems stands open, so that the figures are not zero before."""
    forms.acknowledged(chinese_world, unit="u2", problems=2)
    minutes, scan = tmp_path / "学习台账.pdf", tmp_path / "扫描件.pdf"
    minutes.write_bytes(World.pdf(text="学习台账").read())
    scan.write_bytes(World.pdf(text="扫描件").read())
    return Story(chinese_world, people, minutes, scan)


@pytest.mark.parametrize("hands", [Person, pytest.param(KeyboardPerson, marks=pytest.mark.slow)])
def test_the_main_job_on_screen(story: Story, hands: type[Person]) -> None:
    story.people.hands = hands
    before = figures(story.people("office"))
    form_reaches_the_unit(story)
    form_is_received(story)
    plan_is_agreed(story)
    item_is_put_right(story)
    report_is_drafted(story)
    report_is_signed(story)
    item_is_verified(story)
    one_more_is_closed(story, before)
    assert len(story.people) >= 7


@pytest.mark.slow
def test_the_main_job_with_receipt_and_report_on_paper(story: Story) -> None:
    before = figures(story.people("office"))
    form_reaches_the_unit(story)
    form_is_received_on_paper(story)
    plan_is_agreed(story)
    item_is_put_right(story)
    report_is_drafted(story)
    report_is_signed_on_paper(story)
    item_is_verified(story)
    one_more_is_closed(story, before)
    assert len(story.people) >= 7


def form_reaches_the_unit(story: Story) -> None:
    visit_is_planned(story)
    visit_is_logged(story)
    visit_is_concluded(story)
    form_is_drafted(story)
    form_is_issued(story)


def one_more_is_closed(story: Story, before: Figures) -> None:
    """The dashboard moves by exactly this item, and the figure leads to it."""
    office = story.people("office")
    ready = figures(office)
    item_is_closed(story)
    after = figures(office)
    assert (ready.open, ready.closed, ready.counted) == (before.open + 1, before.closed, before.counted + 1)
    assert (after.open, after.closed, after.counted) == (ready.open - 1, ready.closed + 1, ready.counted)
    office.opens("销号率")
    office.is_at("整改台账")
    expect(office.page.locator("tbody tr")).to_have_count(after.closed)
    office.reads(PROBLEM, "已销号")


def visit_is_planned(story: Story) -> None:
    member, lead = story.people("a1-member"), story.people("a1-lead")
    member.goes_to("督导检查")
    member.opens("新建督导检查")
    member.types(被督导单位=("单位U1",), 计划日期=story.day(), 环节=("查纠整改",))
    member.types(督责任=True, 听=True, 查=True, 督导内容="学习教育主体责任落实情况。")
    member.presses("登记")
    member.reads_state("待批准", "组长")

    lead.finds_on_workbench("单位U1", to="批准")
    lead.decides_to("批准")
    lead.reads_state("已批准")


def visit_is_logged(story: Story) -> None:
    member = story.people("a1-member")
    member.finds_on_workbench("单位U1", to="开始检查")
    member.decides_to("开始检查", 组员甲=True, 组员乙=True)
    member.reads_state("进行中")

    member.opens("填写检查记录")
    for method, content in (("听", "听取党组汇报。"), ("查", "查阅会议记录。")):
        member.opens("新增检查记录")
        card = member.page.locator("[data-cards=record] > form").last
        member.field("方法", (method,), card)
        member.field("情况记录", content, card)
        expect(card.locator("[data-draft-state]")).to_contain_text("已保存")
    member.opens("登记问题")
    member.types(反馈问题=PROBLEM, 问题类别=("主体责任",), 严重程度=("一般",))
    member.types(具体表现=FACT, 依据="实施方案第三条", 来源记录=("查：查阅会议记录。",))
    member.presses("保存")
    member.opens("返回督导检查")
    member.decides_to("报送审定")
    member.reads_state("待审定", "组长")


def visit_is_concluded(story: Story) -> None:
    lead = story.people("a1-lead")
    lead.finds_on_workbench("单位U1", to="审定")
    lead.decides_to("审定", 已反馈=True)


def form_is_drafted(story: Story) -> None:
    member = story.people("a1-member")
    member.finds_on_workbench("单位U1", to="报送审签")
    member.reads_state("草稿", "督导组A1")
    member.chooses_to("修改草稿", title="起草反馈单")
    member.reads("还差：整改要求")
    member.types(整改要求="补学所缺次数，建立学习台账，明确专人负责。", 整改时限=("限期整改",))
    member.presses("保存并报送审签")
    member.is_at("报送审签")
    member.sends("报送审签")
    member.reads_state("待审签", "组长")


def form_is_issued(story: Story) -> None:
    lead = story.people("a1-lead")
    lead.finds_on_workbench("单位U1", to="签发")
    lead.chooses_to("签发")
    lead.reads(PROBLEM, FACT, "预览：尚未签发，不具效力")
    lead.sends("签发")
    lead.reads_state("已下发", "单位U1签收")


def form_is_received(story: Story) -> None:
    liaison = story.people("u1")
    liaison.finds_on_workbench("单位U1", to="签收")
    liaison.chooses_to("签收")
    liaison.reads(PROBLEM)
    liaison.sends("签收")
    liaison.reads_state("已签收", "单位U1")
    liaison.reads("联络员甲", "办公室副主任")


def form_is_received_on_paper(story: Story) -> None:
    liaison, lead, head = story.people("u1"), story.people("a1-lead"), story.people("u1-head")
    liaison.finds_on_workbench("单位U1", to="签收")
    liaison.chooses_to("签收")
    liaison.page.get_by_text("已在纸上签收").click()
    liaison.types(**{"线下签批（上传扫描件）": True, "纸面签收人": ("主要负责人",)})
    liaison.types(纸面姓名="主要负责人", 纸面职务="党组书记", 纸面日期=story.day(), 扫描件=story.scan)
    liaison.sends("签收")
    liaison.reads_state("已签收", "单位U1")
    liaison.reads("线下签批（扫描件）", "由联络员甲录入", "扫描件待核对")

    head.goes_to("反馈单")
    head.opens(NUMBER)
    head.reads("提出异议")

    lead.goes_to("反馈单")
    lead.opens(NUMBER)
    scan_is_compared(lead)


def scan_is_compared(reader: Person) -> None:
    """The next reader holds the scan against the name and the date that were entered."""
    reader.opens("核对扫描件")
    reader.reads("主要负责人", "党组书记", "扫描件.pdf")
    reader.presses("已核对一致")
    reader.is_told("已核对扫描件")
    reader.reads("已核对")


def plan_is_agreed(story: Story) -> None:
    liaison, lead = story.people("u1"), story.people("a1-lead")
    liaison.finds_on_workbench(PROBLEM, to="填写整改方案")
    liaison.reads_state("已交办", "单位U1")
    liaison.chooses_to("填写整改方案")
    liaison.types(原因分析="计划不细，没有专人盯办。", 责任领导="党组书记", 责任人="办公室副主任")
    measure = liaison.row("措施 1")
    liaison.field("整改措施", "补学两次并建立学习台账。", measure)
    liaison.field("责任人", "办公室副主任", measure)
    liaison.field("完成时限", story.day(5), measure)
    liaison.presses("保存")
    liaison.is_told("已保存")
    liaison.decides_to("报送整改方案")
    liaison.reads_state("方案待审", "组长")

    lead.finds_on_workbench(PROBLEM, to="审核通过整改方案")
    lead.chooses_to("审核通过整改方案")
    lead.reads("补学两次并建立学习台账。", FACT)
    lead.sends("审核通过整改方案")
    lead.reads_state("整改中", "单位U1")


def item_is_put_right(story: Story) -> None:
    liaison = story.people("u1")
    liaison.finds_on_workbench(PROBLEM, to="填报进展")
    liaison.decides_to("上传佐证材料", 文件=story.minutes, 说明="学习台账和会议记录")
    liaison.decides_to("更新措施", 整改措施=("补学两次并建立学习台账。",), 状态=("已完成",), 完成情况=EFFECT)
    liaison.reads("措施和佐证材料已齐")


def report_is_drafted(story: Story) -> None:
    liaison = story.people("u1")
    liaison.opens("起草报告")
    liaison.ticks_all("报告包括的整改事项")
    liaison.presses("建立报告草稿")
    liaison.types(**{"一、总体情况": "党组专题研究，书记负总责。"})
    liaison.reads(EFFECT)
    liaison.presses("保存并送签")
    liaison.is_told("已保存并送主要负责人签批")
    liaison.reads_state("待签批", "主要负责人")


def report_is_signed(story: Story) -> None:
    head = story.people("u1-head")
    head.takes_up("单位U1", "签批并报送")
    head.is_at("待我签")
    head.reads(EFFECT, "学习台账.pdf")
    head.types(本人已审阅=True)
    head.sends("签批并报送")
    head.reads("没有待签的文件")


def report_is_signed_on_paper(story: Story) -> None:
    liaison, member = story.people("u1"), story.people("a1-member")
    liaison.chooses_to("录入线下签批")
    liaison.types(纸面签批人=("主要负责人",), 纸面姓名="主要负责人", 纸面职务="党组书记")
    liaison.types(纸面日期=story.day(), 扫描件=story.scan)
    liaison.sends("签批并报送")
    liaison.reads_state("已报送", "督导组")
    liaison.reads("线下签批（扫描件）", "由联络员甲录入", "扫描件待核对")

    member.finds_on_workbench("单位U1", to="核对线下签批")
    scan_is_compared(member)


def item_is_verified(story: Story) -> None:
    member, second = story.people("a1-member"), story.people("a1-member-2")
    member.finds_on_workbench(PROBLEM, to="记录核验")
    member.reads_state("待核验", "督导组A1")
    member.chooses_to("记录核验")
    member.reads("学习台账.pdf")
    member.types(核验方式=("现场核验",), 核验意见="台账齐全，措施已落实。", 第二核验人=("组员乙",), 属实=True)
    member.sends("记录核验")

    second.finds_on_workbench(PROBLEM, to="确认核验通过")
    second.chooses_to("确认核验通过")
    second.reads("台账齐全，措施已落实。")
    second.sends("确认核验通过")
    second.reads_state("待销号", "办公室")


def item_is_closed(story: Story) -> None:
    office = story.people("a-office")
    office.finds_on_workbench(PROBLEM, to="销号")
    office.chooses_to("销号")
    office.types(审批意见="整改到位，同意销号。")
    office.ticks_all("销号条件")
    office.sends("销号")
    office.reads_state("已销号")
    office.opens("测督销", under="销号")
    office.reads("整改事项销号单", EFFECT, "同意销号")


def figures(office: Person) -> Figures:
    office.goes_to("驾驶舱")
    open_, rate = office.figure("未办结"), office.figure("销号率")
    closed, counted = re.search(r"(\d+) / (\d+)", rate).groups()
    return Figures(int(re.search(r"\d+", open_)[0]), int(closed), int(counted))

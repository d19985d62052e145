"""The main job as eight people do it, each at their own browser: from a visit to the closed item.

Nobody types an address: everyone begins at the workbench or the navigation, as they would on a working day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.browser.person import Person
from tests.feedback import moves as forms
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "党组研究学习教育次数不足"
FACT = "一季度应集中学习四次，实际两次，没有补学记录。"
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
    people: Callable[..., Person]
    photo: Path
    minutes: Path
    scan: Path

    def day(self, working_days: int = 0) -> str:
        """As a date field takes it."""
        return self.world.after(working_days).date().isoformat()


@pytest.fixture
def story(chinese_world: World, people: Callable[..., Person], tmp_path: Path) -> Story:
    """Beside the story a form with two problems stands open, so that the figures are not zero before."""
    forms.acknowledged(chinese_world, unit="u2", problems=2)
    photo, minutes, scan = (tmp_path / name for name in ("现场照片.png", "学习台账.pdf", "扫描件.pdf"))
    photo.write_bytes(World.png().read())
    minutes.write_bytes(World.pdf(text="学习台账").read())
    scan.write_bytes(World.pdf(text="扫描件").read())
    return Story(chinese_world, people, photo, minutes, scan)


def test_the_main_job_on_screen(story: Story) -> None:
    before = figures(story.people("office"))

    visit_is_planned(story)
    visit_is_logged(story)
    visit_is_concluded(story)
    form_is_drafted(story)
    form_is_issued(story)
    form_is_received(story)
    plan_is_agreed(story)
    item_is_put_right(story)
    report_is_drafted(story)
    report_is_signed(story)
    item_is_verified(story)
    ready = figures(story.people("office"))
    item_is_closed(story)

    after = figures(story.people("office"))
    assert (ready.open, ready.closed) == (before.open + 1, before.closed)
    assert (after.open, after.closed, after.counted) == (ready.open - 1, ready.closed + 1, ready.counted)
    the_figure_leads_to_the_item(story.people("office"), after.closed)


def visit_is_planned(story: Story) -> None:
    member, lead = story.people("a1-member"), story.people("a1-lead")
    member.goes_to("督导检查")
    member.opens("新建督导检查")
    member.types(被督导单位=("单位U1",), 计划日期=story.day(), 环节=("查纠整改",))
    member.types(督责任=True, 听=True, 查=True, 督导内容="学习教育主体责任落实情况。")
    member.presses("登记")
    member.reads_state("待批准", "组长")

    lead.finds_on_workbench("单位U1", panel="待我办：督导检查")
    lead.decides_to("批准")
    lead.reads_state("已批准")


def visit_is_logged(story: Story) -> None:
    member = story.people("a1-member")
    member.finds_on_workbench("单位U1", panel="待我办：督导检查")
    member.decides_to("开始检查", 组员甲=True, 组员乙=True)
    member.reads_state("进行中")

    member.opens("填写检查记录")
    for method, content in (("听", "听取党组汇报。"), ("查", "查阅会议记录。")):
        member.opens("新增检查记录")
        member.types(方法=(method,), 情况记录=content)
        member.presses("保存")
    member.opens("登记问题")
    member.types(反馈问题=PROBLEM, 问题类别=("主体责任",), 严重程度=("一般",))
    member.types(具体表现=FACT, 依据="实施方案第三条", 来源记录=("查：查阅会议记录。",))
    member.presses("保存")
    member.opens("返回督导检查")
    member.decides_to("报送审定")
    member.reads_state("待审定", "组长")


def visit_is_concluded(story: Story) -> None:
    lead = story.people("a1-lead")
    lead.finds_on_workbench("单位U1", panel="待我办：督导检查")
    lead.decides_to("审定", 已反馈=True)


def form_is_drafted(story: Story) -> None:
    member = story.people("a1-member")
    member.finds_on_workbench("单位U1", panel="待我办：反馈单")
    member.reads_state("草稿", "督导组A1")
    member.opens("修改草稿")


def figures(office: Person) -> Figures:
    raise NotImplementedError

"""Guidance as people do it: a note in a minute, advice that is answered, a plan that is read before it is adopted."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from supervision.models import Advice, DailyRecord
from tests.browser.conftest import PHONE, People
from tests.browser.test_phone import reaches
from tests.supervision import guidance
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEARNED = "任务清单有两项没有写明责任人。"
ADVISED = "建议任务清单逐项写明责任领导和责任人。"
TITLE = "关于任务清单写明责任人的建议"


def test_a_call_becomes_advice_that_is_answered_and_read(chinese_world: World, people: People) -> None:
    member, lead, liaison = people("a1-member"), people("a1-lead"), people("u1")
    member.goes_to("日常督导")
    member.opens("记一条")
    member.is_at("记一条日常督导")
    member.types(单位U1=True, 电话联系=True, 了解到的情况=LEARNED, 提出工作建议=True, 后续内容=ADVISED)
    member.presses("保存")
    member.is_at("起草工作建议")  # what was typed is there already
    expect(member.page.get_by_label("建议内容")).to_have_value(ADVISED)
    member.types(标题=TITLE)
    member.presses("保存草稿")
    member.is_told("草稿已保存")
    member.chooses_to("报送审签")
    member.sends("报送审签")
    member.reads_state("待审签", "督导组A1")

    liaison.goes_to("工作建议")
    liaison.reads("还没有工作建议")
    lead.goes_to("工作建议")
    lead.opens(TITLE)
    lead.chooses_to("签发")
    lead.reads(ADVISED)
    lead.sends("签发")
    lead.reads_state("待回复", "单位U1")

    liaison.goes_to("工作建议")
    liaison.opens(TITLE)
    liaison.chooses_to("回复")
    liaison.types(部分采纳=True, 回复内容="责任人已写明，公示范围限于机关内部。")
    liaison.sends("回复")
    liaison.reads_state("已回复", "督导组A1")

    member.goes_to("工作建议")
    member.opens(TITLE)
    member.chooses_to("回复已阅")
    member.reads("公示范围限于机关内部")
    member.sends("回复已阅")
    member.reads_state("已办结")
    assert Advice.objects.get().status == "closed"
    assert DailyRecord.objects.get().status == "followed_up"


def test_a_plan_is_read_before_it_is_adopted(chinese_world: World, people: People, tmp_path: Path) -> None:
    world = chinese_world
    plan, final = tmp_path / "实施方案.pdf", tmp_path / "实施方案定稿.pdf"
    plan.write_bytes(world.pdf(text="方案").read())
    final.write_bytes(world.pdf(text="定稿").read())
    liaison, member = people("u1"), people("a1-member")
    liaison.goes_to("送审材料")
    liaison.opens("报送审阅")
    liaison.is_at("报送审阅")
    adopt_on = (world.today + timedelta(days=9)).isoformat()
    liaison.types(实施方案=True, 名称="建章立制实施方案", 送审材料=plan, 拟定稿日期=adopt_on, 内容摘要="分三个阶段。")
    liaison.presses("报送审阅")
    liaison.is_told("已报送督导组审阅")
    liaison.reads_state("待审阅", "督导组A1")

    member.goes_to("送审材料")
    member.opens("建章立制实施方案")
    member.chooses_to("反馈审阅意见")
    member.reads("实施方案.pdf")
    member.types(有修改意见=True, 修改意见="请补充制度废止的程序。")
    member.sends("反馈审阅意见")
    member.reads_state("已审阅", "单位U1")

    liaison.goes_to("送审材料")
    liaison.opens("建章立制实施方案")
    liaison.reads("请补充制度废止的程序")
    liaison.chooses_to("定稿备案")
    liaison.types(定稿=final, 意见采纳情况="已采纳，增加废止程序。")
    liaison.sends("定稿备案")
    liaison.reads_state("已定稿")
    liaison.reads("实施方案定稿.pdf", "已采纳，增加废止程序")


def test_a_note_is_made_with_one_thumb_and_every_page_fits_the_phone(chinese_world: World, people: People) -> None:
    guidance.answered(chinese_world, title="关于统一台账格式的建议")
    guidance.read(chinese_world, title="工作简报第一期")
    member = people("a1-member", PHONE)
    member.goes_to("日常督导")
    member.opens("记一条")
    member.types(单位U2=True, 电话联系=True, 了解到的情况="学习安排已经排到月底。")
    reaches(member, "保存")
    member.presses("保存")
    member.is_told("已记录1条")
    member.opens("单位U2")
    member.is_at("单位U2")
    member.reads("学习安排已经排到月底")
    member.goes_to("日常督导")
    member.opens("各单位联系情况")
    member.is_at("各单位联系情况")
    member.goes_to("日常督导")
    member.opens("打印本周")
    member.is_at("一周日常督导")
    for place, name in (("工作建议", "关于统一台账格式的建议"), ("送审材料", "工作简报第一期")):
        member.goes_to(place)
        member.opens(re.compile(name))
        member.is_at(name)

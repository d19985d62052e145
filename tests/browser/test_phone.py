"""At a unit's front desk, with a phone: nothing scrolls sideways (person.py looks at every page), thumbs suffice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from feedback.models import FeedbackForm
from tests.browser.conftest import PHONE, People
from tests.browser.person import Person
from tests.feedback import moves as forms
from tests.rectification import report_world as reports
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THUMB = 44  # pixels: what a thumb hits


def reaches(person: Person, button: str) -> None:
    """The decisive button stands within the screen, as high as a thumb is wide."""
    here = person.page.get_by_role("button", name=button, exact=True)
    expect(here).to_be_in_viewport()
    box = here.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB, f"{button} is {box['height']} px high"


def test_receipt_is_signed_for_with_one_thumb(chinese_world: World, people: People) -> None:
    form = forms.issued(chinese_world)
    liaison = people("u1", PHONE)
    liaison.finds_on_workbench(form.number, to="签收")
    liaison.chooses_to("签收")
    expect(liaison.page.get_by_label("签收人", exact=True)).to_have_value("联络员甲")
    reaches(liaison, "签收")
    liaison.sends("签收")
    liaison.reads_state("已签收", "单位U1")


def test_report_is_signed_with_one_thumb(chinese_world: World, people: People) -> None:
    reports.sent(chinese_world)
    head = people("u1-head", PHONE)
    head.takes_up("单位U1", "签批并报送")
    head.is_at("待我签")
    head.types(本人已审阅=True)
    reaches(head, "签批并报送")
    head.sends("签批并报送")
    head.reads("没有待签的文件")


def test_lists_objects_and_figures_fit_the_phone(chinese_world: World, people: People) -> None:
    form = forms.acknowledged(chinese_world, problems=2)
    for username in ("a1-lead", "office"):
        looks_around(people(username, PHONE), form)


def looks_around(reader: Person, form: FeedbackForm) -> None:
    reader.goes_to("驾驶舱")
    reader.opens("未办结")
    reader.is_at("整改台账")
    reader.opens("主体责任落实不够1")
    reader.is_at("主体责任落实不够1")
    reader.goes_to("反馈单")
    reader.opens(form.number)
    reader.is_at(form.title)
    reader.opens("查看反馈单正文")
    reader.is_at("反馈单正文")
    for place in ("督导检查", "整改报告", "专项活动", "通知", "工作台"):
        reader.goes_to(place)

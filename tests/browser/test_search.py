"""搜索 from any page: the key /, two words, the marked hit, all of them in the ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.rectification.report_world import make_ready, new_form, new_items
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_searches_by_keyboard_and_switches_the_key_off(people: People, world: World):
    make_ready(world, new_items(world, new_form(world), 4))
    leader = people("a1-lead")
    page, box = leader.page, leader.page.get_by_role("searchbox")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("问题 单位U1")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("问题")
    leader.looks()
    page.get_by_role("region", name="整改事项").get_by_role("link", name="查看全部").click()
    expect(page.locator("tbody tr")).to_have_count(4)

    # typed into a field, / is a letter; switched off, it is one everywhere
    page.keyboard.press("/")
    page.keyboard.type("//")
    expect(box).to_have_value("//")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="关闭快捷键 /").click()
    page.reload()
    page.keyboard.press("/")
    expect(box).not_to_be_focused()
    expect(page.get_by_role("button", name="打开快捷键 /")).to_be_visible()

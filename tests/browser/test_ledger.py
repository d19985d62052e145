"""整改台账 at a desk: asked, narrowed, sorted, its columns chosen, kept as a view, pressed together, taken along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from rectification.models import RectificationItem
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.rectification.report_world import make_ready, new_form, new_items
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def asks_for_what_is_late_and_takes_that_back(office: Person) -> None:
    page, rows = office.page, office.page.locator("tbody tr")
    expect(rows).to_have_count(3)
    office.types(逾期=("单位逾期",), 状态=("整改中",))
    office.presses("筛选")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="逾期：单位逾期").click()
    expect(rows).to_have_count(3)
    expect(page.get_by_role("link", name="状态：整改中")).to_be_visible()


def sorts_and_chooses_columns(office: Person) -> None:
    page = office.page
    page.get_by_role("columnheader", name="整改时限").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="整改时限")).to_have_attribute("aria-sort", "ascending")
    page.get_by_text("栏目", exact=True).click()
    page.get_by_role("checkbox", name="最近催办").check()
    page.get_by_role("checkbox", name="环节").uncheck()
    office.presses("显示这些栏目")
    expect(page.get_by_role("columnheader", name="最近催办")).to_be_visible()
    expect(page.get_by_role("columnheader", name="环节")).to_have_count(0)


def keeps_it_as_a_view(office: Person) -> None:
    office.page.get_by_text("存为常用视图").click()
    office.types(视图名称="整改中事项")
    office.presses("保存视图")
    office.is_told("已存为常用视图")
    is_in_the_view(office)


def presses_all_together(office: Person) -> None:
    office.page.get_by_role("checkbox", name="全选本页").check()
    office.reads("已选3项")
    office.presses("催办所选事项")
    office.is_at("批量催办")
    office.presses("催办3项")
    office.is_told("已催办3项")
    assert RectificationItem.objects.filter(pressed_on=None).count() == 0
    is_in_the_view(office)


def takes_it_along_as_shown(office: Person) -> None:
    page = office.page
    page.get_by_text("导出和打印").click()
    with page.expect_download() as held:
        page.get_by_role("link", name="导出 Excel（所选栏目）").click()
    assert held.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="打印（A3横向，19栏）").click()
    office.is_at("整改台账（打印）")


def is_in_the_view(office: Person) -> None:
    expect(office.page.get_by_role("link", name="整改中事项")).to_have_attribute("aria-current", "page")


def test_the_office_works_through_the_ledger(people: People, world: World):
    late, soon = world.today - timedelta(4), world.today + timedelta(20)
    make_ready(world, new_items(world, new_form(world), 2, clock_due_on=late, due_on=late))
    make_ready(world, new_items(world, new_form(world), 1, clock_due_on=soon, due_on=soon))
    office = people("a-office")
    office.goes_to("整改台账")
    asks_for_what_is_late_and_takes_that_back(office)
    sorts_and_chooses_columns(office)
    keeps_it_as_a_view(office)
    presses_all_together(office)
    takes_it_along_as_shown(office)

"""Nothing typed is lost: a closed tab, an expired sign-in, a refusal; and nothing is shown to the next person."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.kept import kept_on
from tests.browser.person import Person
from tests.supervision import visits
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTE = "记录中没有写明抽查的范围和人数，请补充后重新报送。"


def note_of(person: Person) -> str:
    return person.page.get_by_label("情况说明").input_value()


def opens_return(person: Person, visit: object) -> None:
    person.page.goto(f"{person.host}{visit.get_absolute_url()}return/")
    person.is_at("退回补充")


def types_note(person: Person, text: str = NOTE) -> None:
    person.page.get_by_label("情况说明").fill(text)
    expect(person.page.locator("[data-draft-state]")).to_contain_text("草稿已存在本机")


def reopens_the_tab(person: Person) -> None:
    """As after a crash: the page is gone, the browser stays."""
    person.page.close()
    person.page = person.context.new_page()


def test_a_closed_tab_loses_nothing_and_a_taken_form_leaves_nothing(chinese_world: World, people: People) -> None:
    visit = visits.pending_review(chinese_world)
    lead = people("a1-lead")
    opens_return(lead, visit)
    types_note(lead)
    reopens_the_tab(lead)
    opens_return(lead, visit)
    assert note_of(lead) == ""
    expect(lead.page.locator(".draft-found")).to_contain_text("未保存的内容")
    lead.presses("恢复")
    assert note_of(lead) == NOTE
    lead.presses("退回补充")
    lead.is_told("已办理")
    assert kept_on(lead.page) == []


def test_an_expired_sign_in_brings_the_text_back_by_itself(chinese_world: World, people: People) -> None:
    visit = visits.pending_review(chinese_world)
    lead = people("a1-lead")
    opens_return(lead, visit)
    types_note(lead)
    lead.context.clear_cookies(name="sessionid")
    lead.presses("退回补充")
    lead.is_at("登录")
    lead.page.get_by_label("用户名").fill("a1-lead")
    lead.page.get_by_label("密码").fill(PASSWORD)
    lead.presses("登录")
    lead.is_at("退回补充")
    expect(lead.page.locator(".draft-found")).to_contain_text("已恢复")
    assert note_of(lead) == NOTE
    lead.presses("退回补充")
    lead.is_told("已办理")
    assert kept_on(lead.page) == []


def test_what_a_refused_form_held_is_kept_until_it_is_taken(chinese_world: World, people: People) -> None:
    visit = visits.pending_review(chinese_world)
    lead = people("a1-lead")
    opens_return(lead, visit)
    types_note(lead, "太短")
    lead.presses("退回补充")
    expect(lead.page.locator(".wrong, .unmet").first).to_be_visible()
    lead.faults.clear()  # the browser's own line about the answer 409
    reopens_the_tab(lead)
    opens_return(lead, visit)
    lead.presses("恢复")
    assert note_of(lead) == "太短"


def test_signing_out_asks_what_becomes_of_it_and_the_next_person_sees_nothing(
    chinese_world: World, people: People
) -> None:
    visit = visits.pending_review(chinese_world)
    lead = people("a1-lead")
    opens_return(lead, visit)
    types_note(lead)
    signs_out(lead)
    expect(lead.page.locator("#sign-out-kept")).to_contain_text("还有 1 份没有提交的草稿")
    lead.presses("保留并退出")
    comes_in(lead, "a1-member")  # the next person at this machine
    lead.page.goto(f"{lead.host}{visit.get_absolute_url()}recall/")
    lead.is_at("撤回")
    assert lead.page.locator(".draft-found, .leftovers").count() == 0
    assert NOTE not in lead.page.content()
    signs_out(lead)
    comes_in(lead, "a1-lead")
    signs_out(lead)
    lead.presses("清除并退出")
    lead.is_at("登录")
    assert kept_on(lead.page) == []
    lead.faults.clear()  # asked whether to wipe, as it should


def signs_out(person: Person) -> None:
    person.page.locator("details.menu summary").click()
    person.presses("退出登录")


def comes_in(person: Person, username: str) -> None:
    person.is_at("登录")
    person.page.get_by_label("用户名").fill(username)
    person.page.get_by_label("密码").fill(PASSWORD)
    person.presses("登录")
    person.is_at("工作台")

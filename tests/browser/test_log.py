"""The log on the spot: saves by itself, survives a line that is down, a closed tab and an expired sign-in; nothing is
missing and nothing is double, and two people at one place are asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from supervision.core.models import StoredFile
from supervision.models import ChecklistResult, Inspection, InspectionRecord, TalkRecord
from tests.browser.conftest import LAPTOP, PHONE, People
from tests.browser.kept import kept_on
from tests.browser.person import Person
from tests.browser.test_drafts import reopens_the_tab
from tests.supervision import visits
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opens_log(person: Person, visit: Inspection) -> None:
    person.page.goto(f"{person.host}{visit.get_absolute_url()}log/")
    person.is_at("检查记录")


def state(place: Locator) -> Locator:
    return place.locator("[data-draft-state]")


def point_of(person: Person) -> Locator:
    return person.page.locator("form.entry-point").first


def adds_record(person: Person, content: str, method: str = "听") -> Locator:
    person.page.get_by_role("link", name="新增检查记录").click()
    card = person.page.locator("[data-cards=record] > form").last
    person.field("方法", (method,), card)
    person.field("情况记录", content, card)
    return card


def photos(tmp_path: Path, count: int, name: str = "现场") -> list[Path]:
    paths = [tmp_path / f"{name}{number}.png" for number in range(count)]
    for path in paths:
        path.write_bytes(World.png().read())
    return paths


def takes_photos(person: Person, paths: list[Path]) -> None:
    person.page.locator("form[data-photos] input[type=file]").set_input_files(paths)


def signs_in_again(person: Person, username: str) -> None:
    person.is_at("登录")
    person.page.get_by_label("用户名").fill(username)
    person.page.get_by_label("密码").fill(PASSWORD)
    person.presses("登录")


@pytest.mark.parametrize("screen", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_visit_is_logged_without_a_save_button(
    chinese_world: World, people: People, screen: dict[str, int], tmp_path: Path
) -> None:
    visit = visits.in_progress(chinese_world)
    member = people("a1-member", screen)
    opens_log(member, visit)
    point = point_of(member)
    member.field("已查看", True, point)
    member.field("发现", "会议记录缺两次。", point)
    card = adds_record(member, "听取党组汇报。")
    member.field("总体情况", "总体较好。", member.section("总体情况"))
    member.page.get_by_label("总体情况").blur()
    takes_photos(member, photos(tmp_path, 2))
    for place in (point, card, member.section("总体情况")):
        expect(state(place)).to_contain_text("已保存")
    expect(member.page.locator("[data-shot] span").last).to_contain_text("已保存")
    opens_log(member, visit)
    assert point_of(member).get_by_label("发现").input_value() == "会议记录缺两次。"
    point_of(member).get_by_role("button", name="作为问题登记").click()
    member.is_at("登记问题")
    assert member.page.get_by_label("反馈问题").input_value() == "会议记录缺两次。"
    visit.refresh_from_db()
    assert visit.summary == "总体较好。"
    assert InspectionRecord.objects.get().content == "听取党组汇报。"
    assert StoredFile.objects.count() == 2
    assert kept_on(member.page) == []


def test_ten_minutes_without_a_line_lose_nothing_and_double_nothing(
    chinese_world: World, people: People, tmp_path: Path
) -> None:
    visit = visits.in_progress(chinese_world)
    member = people("a1-member")
    member.page.clock.install()
    opens_log(member, visit)
    sent_and_lost = cut_between_commit_and_answer(member)
    adds_record(member, "第一条，答复没有回来。")
    expect(member.page.locator("#sync")).to_be_visible()
    assert sent_and_lost
    member.context.set_offline(True)
    member.page.unroute("**/records/new/")
    card = member.page.locator("[data-cards=record] > form").first
    member.field("情况记录", "第一条，后来又补了一句。", card)
    for number in range(2, 8):
        adds_record(member, f"第{number}条。")
    member.field("发现", "断网时的发现。", point_of(member))
    takes_photos(member, photos(tmp_path, 3))
    expect(member.page.locator("#sync")).to_contain_text("未同步（11 条）")
    member.page.clock.run_for("10:00")  # all that the page tries again and again meanwhile
    expect(member.page.locator("#sync")).to_contain_text("未同步（11 条）")
    reopens_the_tab(member)
    member.context.clear_cookies(name="sessionid")
    member.context.set_offline(False)
    member.page.goto(f"{member.host}{visit.get_absolute_url()}log/")
    signs_in_again(member, "a1-member")
    member.is_at("检查记录")
    expect(member.page.locator("#sync")).to_be_hidden()
    expect(member.page.locator("[data-shot] span").last).to_contain_text("已保存")
    expect(state(member.page.locator("[data-cards=record] > form").last)).to_contain_text("已保存")
    expect(state(point_of(member))).to_contain_text("已保存")
    assert kept_on(member.page) == []
    expected = ["第一条，后来又补了一句。", *(f"第{number}条。" for number in range(2, 8))]
    assert [row.content for row in InspectionRecord.objects.order_by("pk")] == expected
    assert ChecklistResult.objects.get().finding == "断网时的发现。"
    assert StoredFile.objects.count() == 3
    member.faults.clear()  # the browser's own lines about the cut


def cut_between_commit_and_answer(person: Person) -> list[int]:
    """The server does its work, and its answer never arrives."""
    answers: list[int] = []

    def cut(route: Route) -> None:
        answers.append(route.fetch().status)
        route.abort()

    person.page.route("**/records/new/", cut)
    return answers


def test_an_expired_sign_in_in_the_middle_goes_on_where_it_stopped(chinese_world: World, people: People) -> None:
    visit = visits.in_progress(chinese_world)
    member = people("a1-member")
    opens_log(member, visit)
    member.context.clear_cookies(name="sessionid")
    card = adds_record(member, "登录过期以后写的。")
    expect(state(card)).to_contain_text("登录已过期")
    member.page.locator("#sync").get_by_role("link", name="重新登录").click()
    signs_in_again(member, "a1-member")
    expect(state(member.page.locator("[data-cards=record] > form").last)).to_contain_text("已保存")
    assert InspectionRecord.objects.get().content == "登录过期以后写的。"
    member.faults.clear()  # the browser's own line about the answer 401


def test_two_members_at_one_place_are_asked(chinese_world: World, people: People) -> None:
    visit = visits.in_progress(chinese_world)
    one, other = people("a1-member"), people("a1-member-2")
    for person in (one, other):
        opens_log(person, visit)
    writes_finding(one, "甲看到的。", "已保存")
    writes_finding(other, "乙看到的。", "已经保存过这一处")
    asked = point_of(other).locator(".conflict")
    expect(asked).to_contain_text("甲看到的。")
    expect(asked).to_contain_text("乙看到的。")
    assert ChecklistResult.objects.get().finding == "甲看到的。"
    asked.get_by_role("button", name="两份合在一起，我来改").click()
    merged = point_of(other).get_by_label("发现")
    assert {"甲看到的。", "乙看到的。"} <= set(merged.input_value().splitlines())
    writes_finding(other, "甲、乙看到的。", "已保存")
    writes_finding(one, "甲又改了。", "已经保存过这一处")
    point_of(one).get_by_role("button", name="用对方的").click()
    assert point_of(one).get_by_label("发现").input_value() == "甲、乙看到的。"
    writes_finding(one, "甲第三次改。", "已保存")
    assert ChecklistResult.objects.get().finding == "甲第三次改。"
    for person in (one, other):
        person.faults.clear()  # the browser's own lines about the answers 409


def writes_finding(person: Person, text: str, told: str) -> None:
    person.field("发现", text, point_of(person))
    expect(state(point_of(person))).to_contain_text(told)


def test_a_log_submitted_meanwhile_keeps_the_text_to_be_copied(chinese_world: World, people: People) -> None:
    visit = visits.in_progress(chinese_world)
    visits.log_record(chinese_world, visit)
    member = people("a1-member-2")
    opens_log(member, visit)
    visits.hand_in(chinese_world, visit)
    writes_finding(member, "报送以后才写的。", "没有保存")
    opens_log(member, visit)
    left = member.page.locator(".leftovers")
    expect(left).to_contain_text("报送以后才写的。")
    left.get_by_role("button", name="复制内容").click()
    expect(left.get_by_role("button", name="已复制")).to_be_visible()
    assert not ChecklistResult.objects.exists()
    member.faults.clear()  # the browser's own line about the answer 409


TALK = {
    "地点": "会议室",
    "谈话人": "组员甲",
    "谈话对象": "书记",
    "记录人": "组员乙",
    "主题": "思想状况",
    "谈话要点": "要点保密词",
}


def writes_talk(person: Person) -> Locator:
    person.page.get_by_role("link", name="新增谈话记录").click()
    card = person.page.locator("[data-cards=talk] > form").last
    person.field("谈话时间", "2021-03-01T09:00", card)
    for label, text in TALK.items():
        person.field(label, text, card)
    card.get_by_label("谈话要点").blur()
    return card


@pytest.mark.parametrize("allowed", [False, True], ids=["not-kept", "kept"])
def test_talks_are_kept_on_the_machine_only_if_the_campaign_allows(
    chinese_world: World, people: People, allowed: bool
) -> None:
    visit = visits.in_progress(chinese_world)
    chinese_world.campaign.talks_kept_offline = allowed
    chinese_world.campaign.save()
    member = people("a1-member")
    opens_log(member, visit)
    member.context.set_offline(True)
    card = writes_talk(member)
    expect(state(card)).to_contain_text("已存在本机" if allowed else "不存在本机")
    assert ("要点保密词" in "".join(kept_on(member.page))) == allowed
    member.context.set_offline(False)
    expect(state(card)).to_contain_text("已保存")
    assert TalkRecord.objects.get().points == "要点保密词"
    assert "要点保密词" not in "".join(kept_on(member.page))
    member.faults.clear()  # the browser's own lines about the cut

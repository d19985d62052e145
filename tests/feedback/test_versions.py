"""What is said around a sheet: what a correction changed, what a move brings with it, which dates run, how far."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import corrections, forms
from feedback.services.corrections import ProblemChange
from feedback.services.paper import ordinal, paper_of, preview_of
from feedback.services.standing import standing_of
from feedback.services.versions import changes_between, pieces_of
from tests.feedback.moves import NOTE, acknowledged, draft, issued, submitted
from tests.feedback.test_pages import browser, queries, text, url
from tests.world import World


def corrected(world: World, **change: Any) -> FeedbackForm:
    form = acknowledged(world, problems=2)
    change = change or {"fact": "中心组学习次数不足，缺少两次记录。"}
    return corrections.correct_form(
        pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, version=1,
        changes=[ProblemChange(form.problems.first(), **change)],
    )  # fmt: skip


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "gone", "new"),
    [
        ("学习4次", "学习12次", ["4"], ["12"]),  # a number is one word
        ("学习不足。", "学习不足。缺记录。", [], ["缺记录。"]),
        ("", "新写的", [], ["新写的"]),
        ("删掉的", "", ["删掉的"], []),
        ("完全不同", "另写一遍", ["完全不同"], ["另写一遍"]),
    ],
)
def test_a_comparison_marks_what_went_and_what_came(was: str, now: str, gone: list[str], new: list[str]):
    left, right = pieces_of(was, now)
    assert [piece.text for piece in left if piece.kind == "gone"] == gone
    assert [piece.text for piece in right if piece.kind == "new"] == new
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (was, now)


def test_only_what_differs_is_listed_from_the_frozen_sheets_alone(world: World):
    form = corrected(world)
    form.problems.update(fact="后来改的，不在任何一版上")
    old, new = (paper_of(form, version).data for version in (1, 2))
    changes = changes_between(old, new)
    assert [(change.place, change.label) for change in changes] == [
        ("问题1", "具体表现"), ("问题1", "整改时限"), ("问题2", "整改时限"),  # settled by the first receipt
    ]  # fmt: skip
    assert "签收之日起15个工作日）" in new["problems"][1]["deadline"]
    assert changes_between(new, new) == []


def test_the_reader_of_a_corrected_form_sees_what_changed_and_why(world: World):
    form = corrected(world)
    for address in (url("form-versions", form.pk), url("form-move", form.pk, "acknowledge")):
        page = text(browser(world, "u1").get(address))
        assert "〔新增：" in page
        assert "缺少两次记录" in page
        assert NOTE in page
    assert url("form-versions", form.pk) in text(browser(world, "u1").get(form.get_absolute_url()))
    assert NOTE in text(browser(world, "u1").get(url("form-paper", form.pk)))
    assert browser(world, "u2").get(url("form-versions", form.pk)).status_code == 404
    for query in ({"old": "7"}, {"new": "x"}, {"old": "0"}):
        assert browser(world, "u1").get(url("form-versions", form.pk), query).status_code == 404
    assert "只有一版" in text(browser(world, "u1").get(url("form-versions", issued(world).pk)))


def test_comparing_stays_within_12_queries(world: World):
    form = corrected(world)
    assert queries(browser(world, "u1"), url("form-versions", form.pk)) <= 12
    assert queries(browser(world, "u1"), url("form-move", form.pk, "acknowledge")) <= 12


# --- the sheet --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "word"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (30, "三十"), (99, "九十九"), (100, "100")]
)
def test_papers_count_in_chinese(number: int, word: str):
    assert ordinal(number) == word


def sheet(world: World, who: str, form: FeedbackForm, query: str = "") -> str:
    page = text(browser(world, who).get(url("form-paper", form.pk) + query))
    return page[page.index('<article class="sheet') : page.index("</article>")]


def test_a_sheet_that_does_not_hold_says_so_across_and_in_words(world: World):
    form = draft(world)
    assert 'data-mark="草稿"' in sheet(world, "a1-member", form)
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    assert 'data-mark="未签发"' in sheet(world, "a1-lead", form)
    assert "尚未签发，不具效力" in sheet(world, "a1-lead", form)
    by_hand = sheet(world, "a1-lead", form, "?copy=signing")  # to be signed with a pen: no word across
    assert "data-mark" not in by_hand
    assert "送签稿" in by_hand
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert "data-mark" not in sheet(world, "u1", form, "?copy=signing")
    forms.void_form(pk=form.pk, actor=world.user("office-lead"), at=world.at, note=NOTE)
    assert 'data-mark="已作废"' in sheet(world, "u1", form)


def test_an_old_version_is_marked_and_the_new_one_is_not(world: World):
    form = corrected(world)
    assert 'data-mark="已更正"' in sheet(world, "u1", form, "?version=1")
    assert "data-mark" not in sheet(world, "u1", form)


def test_the_slip_is_empty_until_somebody_signs_for_that_version(world: World):
    form = corrected(world)
    assert "测试u1" in sheet(world, "u1", form, "?version=1")
    assert "测试u1" not in sheet(world, "u1", form)
    assert "（盖章）" in sheet(world, "u1", form)


def test_a_preview_of_what_is_typed_reads_no_saved_problems(world: World):
    form = draft(world, problems=2)
    assert preview_of(form, world.today, [])["problems"] == []


# --- what is said before and after a move -----------------------------------------------------------------------------


def test_whoever_ends_or_corrects_a_sheet_reads_what_comes_of_it(world: World):
    form = issued(world, problems=2)
    for move, who, words in (
        ("withdraw", "a1-lead", f"编号{form.number}保留并标注“已撤回”，不再使用。"),
        ("withdraw", "a1-lead", "2个整改事项随之取消"),
        ("void", "office-lead", "标注“已作废”"),
        ("correct", "a1-lead", "形成第2版"),
        ("correct", "a1-lead", "单位U1须重新签收"),
    ):
        assert words in text(browser(world, who).get(url("form-move", form.pk, move))), move
    page = text(browser(world, "a1-member").get(url("form-move", draft(world).pk, "void-draft")))
    assert "检查中登记的问题仍然保留" in page


def test_the_signer_reads_what_the_unit_will_ask(world: World):
    phase = world.phases["rectify"]
    phase.ends_on = world.today
    phase.save()
    form = submitted(world, problems=2, key=True)
    page = text(browser(world, "a1-lead").get(url("form-move", form.pk, "issue")))
    for words in ("共2个问题", "重点问题：", "今天签发，签收期限：", "问题1、2的时限晚于"):
        assert words in page


def test_the_unit_reads_which_dates_run_before_it_signs_and_afterwards(world: World):
    form, calendar = issued(world, problems=2), world.calendar
    plan, due = calendar.add(world.today, 5), calendar.add(world.today, 15)
    before = browser(world, "u1").get(url("form-move", form.pk, "acknowledge"))
    assert [(each.what, each.day, each.numbers) for each in before.context["running"]] == [
        ("报送整改方案", plan, "1、2"), ("完成整改", due, "1、2"),
    ]  # fmt: skip
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="测试u1", post="联络员")
    after = browser(world, "u1").get(form.get_absolute_url())
    assert after.context["running"] == before.context["running"]
    item = form.items.first()  # and these are the dates that its item has
    assert (item.plan_due_on, item.due_on) == (plan, due)


def test_what_needs_no_plan_names_none(world: World):
    form = issued(world)
    form.problems.update(deadline_rule=world.rules["immediate"])
    page = browser(world, "u1").get(url("form-move", form.pk, "acknowledge"))
    assert [each.what for each in page.context["running"]] == ["完成整改"]


def test_how_far_a_form_is_follows_from_its_problems(world: World):
    form = acknowledged(world, problems=5)
    orders = {1: ("settled", "closed"), 2: ("settled", "cancelled"), 3: ("pending_close", ""), 4: ("submitted", "")}
    for order, (progress, settled_as) in orders.items():
        form.problems.filter(order=order).update(progress=progress, settled_as=settled_as)
    how = standing_of(FeedbackProblem.objects.filter(form=form))
    assert (how.total, how.closed, how.with_unit, how.with_team, how.with_office) == (4, 1, 1, 1, 1)
    words = []
    for order in (None, 5, 4, 3):
        form.problems.filter(order=order).update(progress="settled", settled_as="closed")
        words.append(standing_of(FeedbackProblem.objects.filter(form=form)).word)
        page = text(browser(world, "a1-lead").get(url("forms")))
        assert f"已签收，{words[-1]}" in page
    assert words == ["整改中", "待核验", "待销号", "待办结"]
    assert "4/4 已销号" in text(browser(world, "u1").get(url("forms")))


def test_the_oldest_day_of_a_paper_receipt_is_named(world: World):
    form = issued(world)
    page = text(browser(world, "u1").get(url("form-move", form.pk, "acknowledge")))
    assert f"最多早于今天{world.campaign.paper_days_back}个工作日" in page
    assert "由测试u1录入" in page

"""Writing a draft on one page: everything is saved at once, shown on paper, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from feedback.models import FeedbackForm
from feedback.services import drafts, forms
from supervision.core.models import Event, StoredFile
from tests.feedback.moves import draft, issued
from tests.feedback.test_pages import browser, edit, queries, text, typed, url
from tests.supervision import visits
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def test_everything_on_the_page_is_saved_at_once_with_one_event(world: World):
    form = draft(world, problems=2)
    first, second = form.problems.all()
    changes = {
        "title": "新标题", "need_to_know": "public", f"p{second.pk}-fact": "新的事实。", "new-title": "添加的问题",
        "new-category": first.category_id, "new-severity": first.severity_id, "new-nature": "common",
    }  # fmt: skip
    assert edit(world, "a1-member", form, **changes).status_code == 302
    form.refresh_from_db()
    assert (form.title, form.need_to_know, form.revision) == ("新标题", "public", 1)
    assert list(form.problems.values_list("order", "title", "nature"))[2] == (3, "添加的问题", "common")
    assert form.problems.get(pk=second.pk).fact == "新的事实。"
    event = Event.objects.get(verb="form.edited")
    assert (event.payload["problems"], event.payload["problem"]) == ([2], 3)


def test_saving_what_has_not_changed_leaves_no_trace(world: World):
    form = draft(world)
    form.problems.update(fact="第一行\n第二行")
    assert edit(world, "a1-member", form, **{f"p{form.problems.get().pk}-fact": "第一行\r\n第二行"}).status_code == 302
    form.refresh_from_db()
    assert form.revision == 0
    assert not Event.objects.filter(verb="form.edited").exists()


def test_what_somebody_else_saved_is_not_overwritten_and_what_i_typed_is_not_lost(world: World):
    form = draft(world)
    problem = form.problems.get()
    mine = browser(world, "a1-member")
    page = mine.get(url("form-edit", form.pk))
    assert edit(world, "a1-member-2", form, **{f"p{problem.pk}-fact": "别人写的。"}).status_code == 302
    given = typed(page, **{f"p{problem.pk}-fact": "我写的。"})
    answer = mine.post(url("form-edit", form.pk), given)
    assert answer.status_code == 409
    assert all(words in text(answer) for words in ("其他人改了同一处", "别人写的。", "我写的。"))
    problem.refresh_from_db()
    assert problem.fact == "别人写的。"
    again = f"{url('form-edit', form.pk)}?over={answer.context['revision']}"
    assert f'action="?over={answer.context["revision"]}"' in text(answer)
    assert mine.post(again, given).status_code == 302  # having read both, I save mine
    problem.refresh_from_db()
    assert problem.fact == "我写的。"


def test_two_people_write_in_different_places_at_the_same_time(world: World):
    form = draft(world, problems=2)
    first, second = form.problems.all()
    mine = browser(world, "a1-member")
    page = mine.get(url("form-edit", form.pk))
    theirs = {f"p{first.pk}-requirement": "别人写的。", f"p{second.pk}-typed_due_on": world.after(8).date().isoformat()}
    assert edit(world, "a1-member-2", form, **theirs).status_code == 302
    given = typed(page, title="我改的标题", **{f"p{first.pk}-fact": "我写的。", f"p{second.pk}-fact": "我写的。"})
    assert mine.post(url("form-edit", form.pk), given).status_code == 302
    first, second = form.problems.all()
    assert (first.fact, first.requirement, second.fact) == ("我写的。", "别人写的。", "我写的。")
    assert (second.typed_due_on, second.deadline_rule) == (world.after(8).date(), None)
    assert FeedbackForm.objects.get(pk=form.pk).title == "我改的标题"


def test_what_was_typed_into_a_problem_that_is_gone_can_still_be_copied(world: World):
    form = draft(world, problems=2)
    gone = form.problems.first()
    mine = browser(world, "a1-member")
    page = mine.get(url("form-edit", form.pk))
    member = world.user("a1-member-2")
    drafts.remove_problem(pk=form.pk, problem_id=gone.pk, actor=member, at=world.at)
    answer = mine.post(url("form-edit", form.pk), typed(page, **{f"p{gone.pk}-fact": "写了很久的事实。"}))
    assert answer.status_code == 409
    assert "写了很久的事实。" in text(answer)


def test_an_error_keeps_what_was_typed_and_names_the_problem(world: World):
    form = draft(world, problems=2)
    second = form.problems.last()
    yesterday = (world.today - timedelta(1)).isoformat()
    answer = edit(world, "a1-member", form, title="改过的标题",
                  **{f"p{second.pk}-title": "", f"p{second.pk}-typed_due_on": yesterday})  # fmt: skip
    page = text(answer)
    assert answer.status_code == 400
    assert "改过的标题" in page
    assert "问题2：反馈问题" in page
    assert "指定的整改时限不得早于今天" in page
    form.refresh_from_db()
    assert form.title != "改过的标题"


@pytest.mark.parametrize("field", ["title", "requirement", "p{}-fact", "p{}-title", "p{}-requirement"])
def test_classified_text_is_refused_where_it_is_typed(world: World, field: str):
    form = draft(world)
    name = field.format(form.problems.get().pk)
    answer = edit(world, "a1-member", form, **{name: "见机密★10年文件"})
    assert answer.status_code == 400
    assert "请改用机要渠道办理" in text(answer)
    assert FeedbackForm.objects.get(pk=form.pk).revision == 0


def test_the_paper_follows_the_typing_without_saving(world: World):
    form = draft(world)
    problem, day = form.problems.get(), world.after(8).date()
    member = browser(world, "a1-member")
    given = typed(member.get(url("form-edit", form.pk)), title="还没有保存的标题",
                  **{f"p{problem.pk}-fact": "还没有保存的事实", f"p{problem.pk}-typed_due_on": day.isoformat(),
                     "new-title": "还没有保存的问题"})  # fmt: skip
    paper = text(member.post(url("form-preview", form.pk), given))
    assert all(words in paper for words in ("还没有保存的标题", "还没有保存的事实", "草稿"))
    assert "还没有保存的问题" not in paper  # its category is not chosen yet
    assert f"= {world.calendar.between(world.today, day)}个工作日，至" in paper
    problem.refresh_from_db()
    assert problem.typed_due_on is None
    assert FeedbackForm.objects.get(pk=form.pk).revision == 0


def test_the_page_says_what_a_deadline_amounts_to_and_that_it_runs_beyond_the_phase(world: World):
    form, phase = draft(world), world.phases["rectify"]
    phase.ends_on = world.today + timedelta(5)
    phase.save()
    page = text(browser(world, "a1-member").get(url("form-edit", form.pk)))
    assert "= 15个工作日，至" in page
    assert "晚于环节结束" in page


def test_problems_change_places_and_leave_after_what_was_typed_is_saved(world: World):
    form = draft(world, problems=3)
    first, second, third = form.problems.values_list("pk", flat=True)
    answer = edit(world, "a1-member", form, down=first, **{f"p{third}-fact": "改了。"})
    assert answer.url.endswith(f"#problem-{first}")
    edit(world, "a1-member", form, up=third)
    assert list(form.problems.values_list("pk", "order")) == [(second, 1), (third, 2), (first, 3)]
    assert form.problems.get(pk=third).fact == "改了。"
    edit(world, "a1-member", form, up=second)  # the first one stays where it is
    for name in ("up", "take", "detach"):
        assert edit(world, "a1-member", form, **{name: "0"}).status_code == 404
        assert edit(world, "a1-member", form, **{name: "x"}).status_code == 404
    asked = edit(world, "a1-member", form, remove=second)
    assert asked.url == url("problem-remove", form.pk, second)
    assert browser(world, "a1-member").post(asked.url).status_code == 302
    assert list(form.problems.values_list("pk", "order")) == [(third, 1), (first, 2)]


def test_a_problem_left_out_is_taken_in_again(world: World):
    visit = visits.concluded(world)
    form = FeedbackForm.objects.get(inspection=visit)
    origin = form.problems.get().origin
    drafts.remove_problem(pk=form.pk, problem_id=form.problems.get().pk, actor=world.user("a1-member"), at=world.at)
    assert "尚未带入的问题" in text(browser(world, "a1-member").get(url("form-edit", form.pk)))
    answer = edit(world, "a1-member", form, take=origin.pk)
    taken = form.problems.get()
    assert (taken.origin, taken.title, answer.url[-len(str(taken.pk)) :]) == (origin, origin.title, str(taken.pk))
    assert edit(world, "a1-member", form, take=origin.pk).status_code == 404  # it stands there already


def test_what_was_mended_on_the_spot_asks_for_no_deadline(world: World):
    form = draft(world)
    form.problems.update(mended_on_spot=True, mend="当场补记", deadline_rule=None)
    page = browser(world, "a1-member").get(url("form-edit", form.pk))
    assert "deadline_rule" not in page.context["rows"][0].form.fields
    assert edit(world, "a1-member", form, **{f"p{form.problems.get().pk}-title": "改"}).status_code == 302
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)


def test_an_attachment_is_named_on_the_sheet_and_read_by_the_unit_once_issued(world: World):
    form = draft(world)
    assert edit(world, "a1-member", form, attachment=world.pdf("检查情况表.pdf")).status_code == 302
    stored = StoredFile.objects.get(subject_kind="feedback_form", subject_id=form.pk)
    address = reverse("supervision:file", args=[stored.pk])
    assert "检查情况表.pdf" in text(browser(world, "a1-member").get(url("form-paper", form.pk)))
    assert browser(world, "u1").get(address).status_code == 404
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert "检查情况表.pdf" in text(browser(world, "u1").get(url("form-paper", form.pk)))
    assert browser(world, "u1").get(address).status_code == 200
    assert browser(world, "u2").get(address).status_code == 404


def test_an_attachment_taken_off_is_nobodys_any_more(world: World):
    form = draft(world)
    edit(world, "a1-member", form, attachment=world.pdf("错附.pdf"))
    attachment = form.attachments.get()
    address = reverse("supervision:file", args=[attachment.file_id])
    assert edit(world, "a1-member", form, detach=attachment.pk).status_code == 302
    assert browser(world, "a1-member").get(address).status_code == 404
    assert "错附.pdf" not in text(browser(world, "a1-member").get(url("form-paper", form.pk)))


def test_nothing_of_a_sheet_is_edited_once_it_is_issued(world: World):
    form = issued(world)
    for name in ("form-edit", "form-preview"):
        assert browser(world, "a1-member").post(url(name, form.pk), {}).status_code == 409


@pytest.mark.parametrize("problems", [1, 30])
def test_the_editor_costs_the_same_with_thirty_problems(world: World, problems: int):
    form = draft(world, problems=problems)
    assert queries(browser(world, "a1-member"), url("form-edit", form.pk)) == 8


def long_draft(world: World, **over: Any) -> FeedbackForm:
    """As much as a form ever holds: a unit of sixty characters, thirty problems of two thousand."""
    unit = world.units["u1"]
    unit.name = "某某省某某市某某地区人民检察院派驻某某监狱检察室" * 2 + "第一检察部办公室第二组驻点工作专班"
    unit.save()
    form = draft(world, problems=30, **over)
    form.problems.update(fact="查阅学习记录，发现次数不足、内容不实。" * 105, basis="实施方案第三条" * 30)
    return form


def test_as_much_as_a_form_ever_holds_is_written_issued_and_read(world: World):
    form = long_draft(world)
    assert edit(world, "a1-member", form, title="改").status_code == 302
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    paper = text(browser(world, "u1").get(url("form-paper", form.pk)))
    assert "三十、学习教育主体责任落实不够30" in paper
    assert paper.count("次数不足、内容不实。") == 30 * 105
    for name in ("form", "form-paper"):
        assert browser(world, "a1-lead").get(url(name, form.pk)).status_code == 200

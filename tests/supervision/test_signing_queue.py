"""待我签: one sheet after another, decided by the same services as on the object's own page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.models import FeedbackForm
from rectification.models import RectificationItem, Report
from rectification.services import reports
from supervision.core.models import Event
from supervision.models import Inspection
from tests.feedback import moves as forms
from tests.rectification import item_world as iw
from tests.rectification import report_world
from tests.supervision import guidance, visits
from tests.supervision.test_inspection_list import queries
from tests.supervision.test_inspection_pages import browser
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

NOTE = "请把第二个问题的事实写得更具体一些。"
SIGN = {"confirmed": "on"}
SIGNING = reverse("supervision:signing")


def sheet(name: str, subject: Any, move: str = "") -> str:
    return reverse(f"{name}-move", args=[subject.pk, move]) if move else reverse(name, args=[subject.pk])


def form_sheet(form: FeedbackForm, move: str = "") -> str:
    return sheet("feedback:form-sheet", form, move)


def first(client: Client) -> str:
    answer = client.get(SIGNING)
    return str(answer.url) if answer.status_code == 302 else ""


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_signed_given_back_put_off_and_then_nothing_is_left(world: World):
    lead = browser(world, "a1-lead")
    one, two, three = (forms.submitted(world, unit=unit) for unit in ("u1", "u2", "u1s"))
    assert first(lead) == form_sheet(one)
    assert "还有3份" in text(lead, form_sheet(one))
    answer = lead.post(form_sheet(one, "issue"), SIGN, follow=True)
    assert answer.redirect_chain[-1][0] == form_sheet(two)
    assert "还有2份" in answer.content.decode()
    lead.post(form_sheet(two, "return"), {"note": NOTE})
    lead.post(form_sheet(three))
    assert {form.pk: form.status for form in FeedbackForm.objects.all()} == {
        one.pk: "issued", two.pk: "draft", three.pk: "pending_signoff",
    }  # fmt: skip
    assert three.title in text(lead, SIGNING)
    assert "再看一遍" in text(lead, SIGNING)
    assert lead.post(SIGNING, follow=True).redirect_chain[-1][0] == form_sheet(three)
    lead.post(form_sheet(three, "issue"), SIGN)
    assert "没有待签的文件" in text(lead, SIGNING)


def test_without_the_one_sentence_nothing_is_signed(world: World):
    form, lead = forms.submitted(world), browser(world, "a1-lead")
    answer = lead.post(form_sheet(form, "issue"), {})
    assert answer.status_code == 400
    assert "请确认本人已审阅，并对真实性负责。" in answer.content.decode()
    assert FeedbackForm.objects.get(pk=form.pk).status == "pending_signoff"


def test_a_short_note_comes_back_with_what_was_typed(world: World):
    form, lead = forms.submitted(world), browser(world, "a1-lead")
    answer = lead.post(form_sheet(form, "return"), {"note": "太短"})
    assert answer.status_code == 409
    assert ">\n太短</textarea>" in answer.content.decode()


def test_what_is_not_mine_to_sign_leads_on_and_a_stranger_finds_nothing(world: World):
    form = forms.submitted(world)
    assert browser(world, "a1-member").get(form_sheet(form)).url == SIGNING
    assert browser(world, "a1-member").post(form_sheet(form, "issue"), SIGN).status_code == 403
    for who in ("a2-lead", "b1-lead", "u1", "u2-head"):
        assert browser(world, who).get(form_sheet(form)).status_code == 404, who
        assert browser(world, who).post(form_sheet(form, "issue"), SIGN).status_code == 404, who


def test_what_another_has_decided_meanwhile_is_refused(world: World):
    form, lead = forms.submitted(world), browser(world, "a1-lead")
    lead.post(form_sheet(form, "issue"), SIGN)
    assert lead.post(form_sheet(form, "issue"), SIGN).status_code == 409
    assert lead.get(form_sheet(form)).url == SIGNING


def test_nobody_signs_what_they_drafted(world: World):
    form = forms.draft(world)
    forms.forms.submit_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    lead = browser(world, "a1-lead")
    assert first(lead) == ""
    assert lead.post(form_sheet(form, "issue"), SIGN).status_code in (403, 409)
    assert first(browser(world, "a1-deputy")) == form_sheet(form)


def test_only_decisions_on_the_sheet_can_be_sent_there(world: World):
    form = forms.submitted(world)
    assert browser(world, "a1-lead").post(form_sheet(form, "withdraw"), {"note": NOTE}).status_code == 404


def test_a_returned_form_says_what_was_asked_and_how_much_was_changed(world: World):
    form = forms.submitted(world)
    forms.forms.return_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    forms.forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    page = text(browser(world, "a1-lead"), form_sheet(form))
    assert "第2次报送" in page
    assert NOTE in page


def test_the_head_signs_a_report_in_the_queue_and_its_items_go_with_it(world: World):
    items = report_world.ready_items(world, 2)
    report = report_world.sent(world, items)
    head = browser(world, "u1-head")
    page = text(head, sheet("rectification:report-sheet", report))
    assert f"{report.title}，共2个事项" in page
    assert "首次报送，没有上一版。" in page
    assert "今天或明天签批，各事项都不逾期" in page
    head.post(sheet("rectification:report-sheet", report, "sign"), {**SIGN, "how": "screen"})
    assert Report.objects.get(pk=report.pk).status == "submitted"
    assert set(RectificationItem.objects.values_list("status", flat=True)) == {"submitted"}


def test_a_report_that_cannot_be_signed_says_why_and_offers_no_signature(world: World):
    items = report_world.ready_items(world, 1)
    report = report_world.sent(world, items)
    items[0].evidence.update(withdrawn_at=world.at)
    head = browser(world, "u1-head")
    page = text(head, sheet("rectification:report-sheet", report))
    assert "每个事项须符合报送核验的条件" in page
    assert 'form="decide">' not in page
    answer = head.post(sheet("rectification:report-sheet", report, "sign"), {**SIGN, "how": "screen"})
    assert answer.status_code == 409


def test_a_returned_report_says_what_the_last_reader_asked_and_what_changed(world: World):
    report = report_world.signed(world)
    reports.return_report(pk=report.pk, actor=world.user("a1-member"), at=world.at, note="请补充会议记录后重新报送。")
    reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    page = text(browser(world, "u1-head"), sheet("rectification:report-sheet", report))
    assert "第1版被退回，退回意见：请补充会议记录后重新报送。" in page


def test_a_plan_is_opened_by_its_sheet_and_approved_there(world: World):
    item = iw.in_review(world)
    lead = browser(world, "a1-lead")
    assert "整改措施1条" in text(lead, sheet("rectification:plan-sheet", item))
    assert Event.objects.filter(verb="item.plan_opened", subject_id=item.pk).count() == 1
    lead.post(sheet("rectification:plan-sheet", item, "approve-plan"), SIGN)
    assert RectificationItem.objects.get(pk=item.pk).status == "in_progress"


def test_a_close_out_is_decided_or_goes_back_to_either_side(world: World):
    office = browser(world, "a-office")
    closing, to_team = iw.verified(world), iw.verified(world)
    page = text(office, sheet("rectification:closure-sheet", closing))
    for words in ("首次报请销号", "按期报送", "核验人：", "销号条件"):
        assert words in page
    given = {**SIGN, "effect": "已建立", "opinion": "同意", "ticked": list(iw.TICKED)}
    office.post(sheet("rectification:closure-sheet", closing, "close"), given)
    office.post(sheet("rectification:closure-sheet", to_team, "refuse-close"), {"note": iw.NOTE})
    found = dict(RectificationItem.objects.values_list("pk", "status"))
    assert found == {closing.pk: "closed", to_team.pk: "submitted"}
    assert first(office) == ""


def test_a_visit_is_approved_and_its_log_settled(world: World):
    lead = browser(world, "a1-lead")
    plan, log = visits.planned(world, unit="u2"), visits.pending_review(world)
    plan_sheet, log_sheet = (sheet("supervision:inspection-sheet", each) for each in (plan, log))
    assert "督导检查计划：单位U2" in text(lead, plan_sheet)
    page = text(lead, log_sheet)
    assert "1个问题" in page
    assert Inspection.objects.get(pk=log.pk).opened_at is not None
    lead.post(sheet("supervision:inspection-sheet", plan, "approve"), SIGN)
    lead.post(sheet("supervision:inspection-sheet", log, "conclude"), {**SIGN, "outcome": "feedback"})
    assert dict(Inspection.objects.values_list("pk", "status")) == {plan.pk: "approved", log.pk: "concluded"}


def test_advice_is_signed_there_too(world: World):
    advice = guidance.submitted(world)
    lead, address = browser(world, "a1-lead"), sheet("supervision:advice-sheet", advice)
    page = text(lead, address)
    assert advice.content in page
    assert "今天签发，回复时限" in page
    lead.post(sheet("supervision:advice-sheet", advice, "issue"), SIGN)
    advice.refresh_from_db()
    assert advice.status == "issued"


# The frame takes five and the queue up to eight; a log is shown whole, with everything that the review reads.
COSTS = {"form": 16, "report": 15, "plan": 17, "closure": 13, "inspection": 23}


@pytest.mark.parametrize("rows", [3, 60])
def test_a_sheet_costs_the_same_however_long_the_queue(world: World, rows: int):
    for _number in range(rows):
        visits.planned(world, unit="u2", confirm_duplicate=True)
    report_world.new_items(world, report_world.new_form(world, "u2"), rows, status="plan_review")
    report_world.new_items(world, report_world.new_form(world, "u2"), rows, status="pending_close")
    cases = {
        "form": ("a1-lead", form_sheet(forms.submitted(world))),
        "report": ("u1-head", sheet("rectification:report-sheet", report_world.sent(world))),
        "plan": ("a1-lead", sheet("rectification:plan-sheet", iw.in_review(world))),
        "closure": ("a-office", sheet("rectification:closure-sheet", iw.verified(world))),
        "inspection": ("a1-lead", sheet("supervision:inspection-sheet", visits.pending_review(world))),
    }
    found = {name: queries(browser(world, who), address) for name, (who, address) in cases.items()}
    assert found == COSTS

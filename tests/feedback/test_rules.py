"""What the guards of a feedback form refuse: other people's signatures, passed dates, markings, stale pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedback.deadlines import deadline_text, term_text
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.services import corrections, drafts, forms
from feedback.services.corrections import ProblemChange
from feedback.services.paper import paper_of
from rectification.models import RectificationItem
from supervision.core.deadlines import Term
from supervision.core.models import Event, NumberSeries, VocabularyVersion
from supervision.core.refusals import Unmet
from supervision.enums import Source
from supervision.models import Campaign, Category, Phase
from supervision.services import delegations, inspections, signing
from supervision.services.signing import PaperAct
from supervision.vocabulary import vocabulary_of
from tests.feedback.moves import NOTE, acknowledged, draft, issued, paper_by, submitted, with_two_steps
from tests.supervision import visits
from tests.world import World


def names(refused: Any) -> set[str]:
    return {condition.name for condition in refused.value.conditions}


def paper(world: World, who: str, **over: Any) -> PaperAct:
    return PaperAct(**{**paper_by(world, who).__dict__, **over})


def correct(world: World, form: FeedbackForm, who: str = "a1-lead", **change: Any) -> FeedbackForm:
    changes = [ProblemChange(form.problems.first(), **change)]
    return corrections.correct_form(
        pk=form.pk, actor=world.user(who), at=world.at, note=NOTE, changes=changes, version=form.version
    )


# --- drafting ---------------------------------------------------------------------------------------------------------


def test_a_concluded_visit_becomes_a_draft_without_retyping(world: World):
    visit = visits.pending_review(world)
    found = visit.problems.get()
    inspections.conclude_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, outcome="feedback")
    form = FeedbackForm.objects.get(inspection=visit)
    problem = form.problems.get()
    carried = ("category_id", "severity_id", "nature", "title", "fact", "basis", "mended_on_spot", "mend")
    assert [getattr(problem, name) for name in carried] == [getattr(found, name) for name in carried]
    assert (problem.origin, problem.deadline_rule) == (found, world.rules["fixed"])
    assert (form.unit, form.team, form.phase_id) == (visit.unit, visit.team, visit.phase_id)
    assert Event.objects.get(subject_kind="feedback_form").audience == "team"


def test_problems_are_put_in_order_and_only_all_of_them(world: World):
    form = draft(world, problems=3)
    first, second, third = form.problems.values_list("pk", flat=True)
    act = {"pk": form.pk, "actor": world.user("a1-member"), "at": world.at}
    drafts.reorder_problems(**act, order=[third, first, second])
    assert list(form.problems.values_list("pk", flat=True)) == [third, first, second]
    for wrong in ([third, first], [third, first, second, second], [third, first, 0]):
        with pytest.raises(Unmet):
            drafts.reorder_problems(**act, order=wrong)


def test_a_provincial_draft_wants_a_unit_with_a_team_and_a_phase_of_the_same_campaign(world: World):
    other = Campaign.objects.create(code="other", name="另一专项", short_name="另一")
    phase = Phase.objects.create(
        campaign=other, code="x", name="x", order=1, starts_on=world.today, ends_on=world.today
    )
    unit = world.units["u4"]
    unit.team = None
    with pytest.raises(Unmet) as refused:
        drafts.draft_form(
            unit=unit, phase=phase, source=Source.TEAM, title="x", actor=world.user("office"), at=world.at
        )
    assert names(refused) == {"unit", "phase", "source"}


@pytest.mark.parametrize("where", ["title", "requirement"])
def test_markings_in_the_head_of_a_form_are_named_and_not_repeated(world: World, where: str):
    form = draft(world)
    FeedbackForm.objects.filter(pk=form.pk).update(**{where: "依据秘密★5年某某文件"})
    with pytest.raises(Unmet) as refused:
        forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    (condition,) = refused.value.conditions
    assert "秘密★" in condition.details[0]
    assert "某某文件" not in condition.details[0]


def test_a_typed_date_that_has_passed_is_not_submitted(world: World):
    form = draft(world)
    form.problems.update(deadline_rule=None, typed_due_on=world.today - timedelta(1))
    with pytest.raises(Unmet) as refused:
        forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    assert names(refused) == {"typed_dates_lie_ahead"}


def test_a_date_that_passed_while_the_form_waited_is_found_at_issue(world: World):
    form = draft(world)
    form.problems.update(deadline_rule=None, typed_due_on=world.today)
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at + timedelta(days=1))
    assert names(refused) == {"typed_dates_follow_the_issue"}


# --- signing ----------------------------------------------------------------------------------------------------------


def test_on_a_longer_route_paper_waits_for_the_endorsement(world: World):
    with_two_steps(world)
    form = submitted(world)
    enter = {"pk": form.pk, "actor": world.user("a1-member-2"), "at": world.at}
    with pytest.raises(Unmet) as refused:
        forms.issue_form_on_paper(**enter, paper=paper_by(world, "a1-lead"))
    assert names(refused) == {"paper_signer_is_entitled"}
    forms.endorse_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    forms.issue_form_on_paper(**enter, paper=paper_by(world, "a1-lead"))


def test_the_drafter_does_not_stand_on_the_paper(world: World):
    form = draft(world)
    forms.submit_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    enter = {"pk": form.pk, "actor": world.user("a1-member"), "at": world.at}
    with pytest.raises(Unmet) as refused:
        forms.issue_form_on_paper(**enter, paper=paper_by(world, "a1-lead"))
    assert "signer_is_not_drafter" in names(refused)
    forms.issue_form_on_paper(**enter, paper=paper_by(world, "a1-deputy"))


def test_a_leader_gives_their_own_form_back_by_recalling_it(world: World):
    form, lead = draft(world), world.user("a1-lead")
    forms.submit_form(pk=form.pk, actor=lead, at=world.at)
    with pytest.raises(Unmet) as refused:
        forms.return_form(pk=form.pk, actor=lead, at=world.at, note=NOTE)
    assert names(refused) == {"returner_is_not_drafter"}
    assert forms.recall_form(pk=form.pk, actor=lead, at=world.at).status == FormStatus.DRAFT


def test_the_drafter_does_not_correct_what_another_had_to_sign(world: World):
    form, lead = draft(world), world.user("a1-lead")
    forms.submit_form(pk=form.pk, actor=lead, at=world.at)
    forms.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    form.refresh_from_db()
    with pytest.raises(Unmet) as refused:
        correct(world, form, requirement="改")
    assert names(refused) == {"signer_is_not_drafter"}
    assert correct(world, form, "a1-deputy", requirement="改").version == 2


def test_a_campaign_without_a_series_says_so(world: World):
    form = submitted(world)
    NumberSeries.objects.filter(code="feedback_form").delete()
    VocabularyVersion.rise()
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert names(refused) == {"typed_number"}
    form.refresh_from_db()
    assert form.status == FormStatus.PENDING_SIGNOFF


def test_a_body_numbers_its_own_forms_and_the_province_its_own(world: World):
    NumberSeries.objects.create(campaign_id=world.campaign.pk, code="feedback_form:a", prefix="甲督")
    VocabularyVersion.rise()
    assert issued(world).number.startswith("甲督")
    assert issued(world, unit="u4").number.startswith("测督反")
    form = submitted(world, unit="u2")
    FeedbackForm.objects.filter(pk=form.pk).update(source=Source.PROVINCIAL)
    assert forms.issue_form(pk=form.pk, actor=world.user("office-lead"), at=world.at).number.startswith("测督反")


def test_dates_are_not_shortened_to_a_phase_that_ends_before_the_receipt(world: World):
    phase = world.phases["rectify"]
    phase.ends_on = world.today
    phase.save()
    form = submitted(world)
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, beyond_phase="shorten")
    assert names(refused) == {"phase_end_is_considered"}
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, beyond_phase="carry_over")
    payload = Event.objects.get(verb="form.issued").payload
    assert (payload["beyond_phase"], payload["problems"]) == ("carry_over", [1])


def test_what_was_mended_already_does_not_ask_about_the_phase(world: World):
    phase = world.phases["rectify"]
    phase.ends_on = world.today - timedelta(1)
    phase.save()
    form = draft(world)
    form.problems.update(mended_on_spot=True, mend="当场补记", deadline_rule=None)
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert form.problems.get().due_on == world.today


# --- receiving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["u2", "u1-deputy", "a1-lead", "office", "u1s-head"])
def test_only_the_units_own_people_stand_on_the_slip(world: World, who: str):
    form = issued(world)
    with pytest.raises(Unmet) as refused:
        forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, paper=paper_by(world, who))
    assert names(refused) == {"paper_receiver_is_entitled"}


def test_a_delegate_may_stand_on_the_slip(world: World):
    form = issued(world)
    delegations.delegate(
        unit_id=form.unit_id, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope="receipt", valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, paper=paper_by(world, "u1-deputy"))
    assert form.receipts.get().name == "测试u1-deputy"


def test_nobody_received_a_form_before_it_was_issued(world: World):
    form = issued(world)
    slip = paper(world, "u1-head", signed_on=world.calendar.add(world.today, -1))
    with pytest.raises(Unmet) as refused:
        forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, paper=slip)
    assert names(refused) == {"paper_receiver_is_entitled"}


def test_a_receipt_delegate_compares_the_scan_as_well(world: World):
    form = submitted(world)
    forms.issue_form_on_paper(
        pk=form.pk, actor=world.user("a1-member-2"), at=world.at, paper=paper_by(world, "a1-lead")
    )
    delegations.delegate(
        unit_id=form.unit_id, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope="receipt", valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    signature = signing.latest(form, "form.issue")
    signing.confirm_paper(pk=signature.pk, actor=world.user("u1-deputy"), at=world.at)
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1-deputy"), at=world.at, name="受托人")


def test_a_late_receipt_leaves_the_latest_date(world: World):
    form = issued(world)
    latest = form.problems.get().due_on
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.after(3), name="签收人")
    assert form.problems.get().due_on == latest


# --- correcting -------------------------------------------------------------------------------------------------------


def test_what_is_settled_is_not_corrected(world: World):
    form = acknowledged(world)
    form.problems.update(settled_as="closed")
    with pytest.raises(Unmet) as refused:
        correct(world, form, requirement="改")
    assert names(refused) == {"correction_is_fair"}


def test_a_marking_does_not_come_in_by_a_correction(world: World):
    form = acknowledged(world)
    with pytest.raises(Unmet) as refused:
        correct(world, form, fact="见机密★1年文件")
    assert names(refused) == {"correction_is_not_classified"}


def test_a_correction_is_judged_by_what_holds_now_not_by_what_the_page_showed(world: World):
    form = issued(world)
    stale = form.problems.get()
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="签收人")
    now = form.problems.get()
    assert now.due_on < stale.due_on
    corrections.correct_form(
        pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, version=1,
        changes=[ProblemChange(stale, due_on=stale.due_on)],
    )  # fmt: skip
    assert form.problems.get().due_on == stale.due_on
    assert RectificationItem.objects.get(form=form).due_on == stale.due_on


def test_a_problem_without_a_change_keeps_its_rule(world: World):
    form = issued(world, problems=2)
    correct(world, form, due_on=form.problems.first().due_on + timedelta(7))
    form.refresh_from_db()
    first, second = form.problems.all()
    assert (first.deadline_rule, second.deadline_rule) == (None, world.rules["fixed"])


def test_after_a_correction_the_second_version_is_deemed_received_in_its_own_time(world: World):
    form = acknowledged(world)
    correct(world, form, requirement="改为按月报送。")
    form.refresh_from_db()
    assert (form.status, form.received_on) == (FormStatus.ISSUED, None)
    forms.deem_received(pk=form.pk, at=world.after(3))
    form.refresh_from_db()
    assert (form.deemed_received, form.received_on) == (True, form.receipt_due_on)
    assert [receipt.is_deemed for receipt in form.receipts.all()] == [False, True]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "words"),
    [(Term(15), "15个工作日"), (Term(30, "calendar_days"), "30个自然日"), (Term(1, "months"), "1个月")],
)
def test_a_term_in_words(term: Term, words: str):
    assert term_text(term) == words


def test_a_deadline_in_words(world: World):
    form = draft(world)
    problem, vocabulary, day = (
        form.problems.get(),
        vocabulary_of(world.campaign.pk),
        world.today.replace(month=3, day=1),
    )
    shown = f"{day.year}年3月1日"
    assert deadline_text(problem, vocabulary, day) == f"自签收之日起15个工作日，最迟{shown}"
    problem.long_term = True
    assert deadline_text(problem, vocabulary, day).endswith("；长期坚持")
    problem.deadline_rule_id, problem.typed_due_on, problem.long_term = None, day, False
    assert deadline_text(problem, vocabulary, day) == shown
    problem.mended_on_spot = True
    assert deadline_text(problem, vocabulary, day) == "已当场整改"


def test_the_sheet_names_focus_and_category_and_the_issuer(world: World):
    assert Category.objects.get().focus.name == "督责任"
    sheet = paper_of(issued(world)).data
    assert sheet["problems"][0]["category"] == "督责任·主体责任"
    assert (sheet["head"], sheet["issuer"]) == ("主体A", "督导组A1")
    form = submitted(world, unit="u2")
    FeedbackForm.objects.filter(pk=form.pk).update(source=Source.CENTRAL)
    forms.issue_form(pk=form.pk, actor=world.user("office-lead"), at=world.at)
    sheet = paper_of(form).data
    assert (sheet["head"], sheet["issuer"], sheet["is_central"]) == ("测试专项活动", "测试专项活动", True)

"""Feedback forms: numbers, dates, receipts, corrections, and what signing on paper asks for."""

from datetime import timedelta

import pytest

from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.services import corrections, deeming, drafts, forms
from feedback.services.corrections import ProblemChange
from feedback.services.paper import paper_of
from rectification.models import RectificationItem
from supervision.core import papers
from supervision.core.models import DeadlineChange, IssuedNumber
from supervision.core.refusals import NotAllowed, Unmet
from supervision.enums import SignatureForm, Source
from supervision.services import delegations, signing
from tests.feedback.moves import NOTE, acknowledged, draft, issued, paper_by, submitted


def names(refused):
    return {condition.name for condition in refused.value.conditions}


def due(world, start, days):
    return world.calendar.add(start, days)


# --- submitting -------------------------------------------------------------------------------------------------------


def test_a_draft_without_problems_says_so(world):
    form = draft(world, problems=0)
    with pytest.raises(Unmet) as refused:
        forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    assert names(refused) == {"problems_are_complete"}


def test_every_gap_of_every_problem_is_named_at_once(world):
    form = draft(world, problems=2)
    form.problems.update(requirement="", deadline_rule=None)
    with pytest.raises(Unmet) as refused:
        forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    (condition,) = refused.value.conditions
    assert len(condition.details) == 2
    assert all("整改要求、整改时限" in sentence for sentence in condition.details)


@pytest.mark.parametrize("mark", ["机密★10年", "秘密 ★", "绝密☆"])
def test_classified_material_is_refused(world, mark):
    form = draft(world)
    form.problems.update(fact=f"见{mark}文件")
    with pytest.raises(Unmet) as refused:
        forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    assert names(refused) == {"nothing_is_classified"}


def test_a_key_problem_makes_the_form_key(world):
    assert submitted(world, key=True).is_key
    assert not submitted(world, unit="u2").is_key


# --- issuing ----------------------------------------------------------------------------------------------------------


def test_issuing_gives_a_number_the_latest_dates_a_frozen_sheet_and_one_item_a_problem(world):
    form = submitted(world, problems=2)
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    form.refresh_from_db()
    assert form.number == f"测督反〔{world.today.year}〕1号"
    assert form.receipt_due_on == due(world, world.today, 1)
    latest = due(world, due(world, world.today, 1), 15)
    assert {problem.due_on for problem in form.problems.all()} == {latest}
    sheet = paper_of(form)
    assert papers.is_intact(sheet)
    assert sheet.data["number"] == form.number
    items = RectificationItem.objects.filter(form=form)
    assert [(item.status, item.due_on) for item in items] == [("pending", latest)] * 2


def test_numbers_follow_without_gaps_and_a_refused_issue_takes_none(world):
    first, second, third = (submitted(world, unit=unit) for unit in ("u1", "u2", "u1s"))
    forms.issue_form(pk=first.pk, actor=world.user("a1-lead"), at=world.at)
    with pytest.raises(NotAllowed):
        forms.issue_form(pk=second.pk, actor=world.user("a1-member"), at=world.at)
    forms.issue_form(pk=third.pk, actor=world.user("a1-lead"), at=world.at)
    assert [n.value for n in IssuedNumber.objects.filter(subject_kind="feedback_form").order_by("pk")] == [1, 2]


def test_a_number_from_the_offices_register_is_taken_once(world):
    first, second = submitted(world), submitted(world, unit="u2")
    lead = world.user("a1-lead")
    forms.issue_form(pk=first.pk, actor=lead, at=world.at, typed_number="测督〔2026〕7号")
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=second.pk, actor=lead, at=world.at, typed_number=" 测督〔2026〕7号 ")
    assert names(refused) == {"typed_number_is_free"}


def test_the_drafter_does_not_sign_their_own_form(world):
    form = draft(world)
    lead = world.user("a1-lead")
    forms.submit_form(pk=form.pk, actor=lead, at=world.at)
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=form.pk, actor=lead, at=world.at)
    assert names(refused) == {"signer_is_not_drafter"}
    forms.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)


def test_a_deputy_signs_only_while_the_leader_cannot(world):
    form = submitted(world)
    with pytest.raises(NotAllowed):
        forms.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    world.teams["a1"].memberships.filter(role="leader").update(absent_from=world.today)
    forms.issue_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)


def test_a_date_beyond_the_phase_asks_the_signer_and_never_clamps_by_itself(world):
    phase = world.phases["rectify"]
    phase.ends_on = world.today + timedelta(3)
    phase.save()
    carried, shortened = submitted(world), submitted(world, unit="u2")
    lead = world.user("a1-lead")
    with pytest.raises(Unmet) as refused:
        forms.issue_form(pk=carried.pk, actor=lead, at=world.at)
    assert names(refused) == {"phase_end_is_considered"}
    forms.issue_form(pk=carried.pk, actor=lead, at=world.at, beyond_phase="carry_over")
    forms.issue_form(pk=shortened.pk, actor=lead, at=world.at, beyond_phase="shorten")
    assert carried.problems.get().due_on == due(world, due(world, world.today, 1), 15)
    assert shortened.problems.get().due_on == phase.ends_on


def test_a_typed_date_stands_whatever_the_receipt(world):
    form = draft(world)
    day = world.today + timedelta(20)
    form.problems.update(deadline_rule=None, typed_due_on=day)
    forms.submit_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="签收人")
    assert form.problems.get().due_on == day


def test_provincial_forms_are_drafted_by_the_office_and_signed_by_its_lead(world):
    form = drafts.draft_form(
        unit=world.units["u1"], phase=world.phases["rectify"], source=Source.CENTRAL, title="中央督导反馈",
        actor=world.user("office"), at=world.at,
    )  # fmt: skip
    drafts.save_problem(
        pk=form.pk, actor=world.user("office"), at=world.at, category=world.categories["duty"],
        severity=world.severities["general"], title="问题", fact="事实", basis="依据", requirement="要求",
        deadline_rule=world.rules["fixed"],
    )  # fmt: skip
    forms.submit_form(pk=form.pk, actor=world.user("office"), at=world.at)
    with pytest.raises(NotAllowed):
        forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert forms.issue_form(pk=form.pk, actor=world.user("office-lead"), at=world.at).is_key
    with pytest.raises(NotAllowed):
        drafts.draft_form(
            unit=world.units["u1"], phase=world.phases["rectify"], source=Source.CENTRAL, title="x",
            actor=world.user("a1-lead"), at=world.at,
        )  # fmt: skip


# --- paper ------------------------------------------------------------------------------------------------------------


def issue_on_paper(world, form, signer="a1-lead", **over):
    paper = paper_by(world, signer)
    paper = type(paper)(**{**paper.__dict__, **over})
    return forms.issue_form_on_paper(pk=form.pk, actor=world.user("a1-member-2"), at=world.at, paper=paper)


def test_a_form_signed_on_paper_counts_from_the_date_on_paper(world):
    form, day = submitted(world), world.calendar.add(world.today, -2)
    issue_on_paper(world, form, signed_on=day)
    form.refresh_from_db()
    assert (form.issued_on, form.signer) == (day, world.users["a1-lead"])
    assert signing.latest(form, "form.issue").form == SignatureForm.PAPER


@pytest.mark.parametrize(("shift", "is_fit"), [(1, False), (0, True), (-5, True), (-6, False)])
def test_a_paper_date_lies_between_today_and_five_working_days_back(world, shift, is_fit):
    form, day = submitted(world), world.calendar.add(world.today, shift)
    if is_fit:
        assert issue_on_paper(world, form, signed_on=day)
        return
    with pytest.raises(Unmet) as refused:
        issue_on_paper(world, form, signed_on=day)
    assert "paper_is_admissible" in names(refused)


@pytest.mark.parametrize("signer", ["a1-member", "a1-member-2", "a2-lead", "u1-head", "office-lead"])
def test_only_whom_the_route_names_may_stand_on_the_paper(world, signer):
    form = submitted(world)
    with pytest.raises(Unmet) as refused:
        issue_on_paper(world, form, signer=signer)
    assert "paper_signer_is_entitled" in names(refused)


def test_the_unit_compares_the_scan_before_it_signs_for_receipt_and_the_signer_may_dispute(world):
    form = submitted(world)
    issue_on_paper(world, form)
    receive = {"pk": form.pk, "actor": world.user("u1"), "at": world.at, "name": "签收人"}
    with pytest.raises(Unmet):
        forms.acknowledge_form(**receive)
    signature = signing.latest(form, "form.issue")
    with pytest.raises(NotAllowed):
        signing.confirm_paper(pk=signature.pk, actor=world.user("a1-member"), at=world.at)
    signing.confirm_paper(pk=signature.pk, actor=world.user("u1"), at=world.at)
    signing.dispute_paper(pk=signature.pk, actor=world.user("a1-lead"), at=world.at, note="这不是我签的字，请核实。")
    with pytest.raises(Unmet):
        forms.acknowledge_form(**receive)


def test_a_campaign_may_refuse_paper_for_key_forms(world):
    world.campaign.paper_excludes_key = True
    world.campaign.save()
    with pytest.raises(Unmet) as refused:
        issue_on_paper(world, submitted(world, key=True))
    assert "paper_is_admissible" in names(refused)


# --- receipt ----------------------------------------------------------------------------------------------------------


def test_an_early_receipt_makes_the_date_earlier_and_leaves_a_change(world):
    form = issued(world)
    latest = form.problems.get().due_on
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="签收人")
    item = RectificationItem.objects.get(form=form)
    assert item.due_on == form.problems.get().due_on == due(world, world.today, 15) < latest
    change = DeadlineChange.objects.get(subject_kind="rectification_item", subject_id=item.pk)
    assert (change.old_on, change.new_on) == (latest, item.due_on)


def test_not_signed_in_time_it_is_deemed_delivered_once_from_the_end_of_the_period(world):
    form = issued(world)
    late = world.after(4)
    assert deeming.deem_overdue_forms(at=world.at) == 0
    assert deeming.deem_overdue_forms(at=late) == 1
    assert deeming.deem_overdue_forms(at=late) == 0
    form.refresh_from_db()
    assert (form.status, form.deemed_received) == (FormStatus.ACKNOWLEDGED, True)
    assert form.received_on == form.receipt_due_on
    assert form.receipts.get().is_deemed


def test_a_campaign_that_is_not_running_deems_nothing(world):
    issued(world)
    world.campaign.status = "finished"
    world.campaign.save()
    assert deeming.deem_overdue_forms(at=world.after(4)) == 0


def test_a_delegate_signs_for_the_head_and_it_shows(world):
    form = issued(world)
    delegations.delegate(
        unit_id=form.unit_id, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope="receipt", valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1-deputy"), at=world.at, name="受托人")
    signature = signing.latest(form, "form.receipt")
    assert signature.form == SignatureForm.DELEGATE
    assert str(signature) == "测试u1-deputy（受测试u1-head委托）"


def test_a_delegate_for_reports_does_not_sign_for_receipt(world):
    form = issued(world)
    delegations.delegate(
        unit_id=form.unit_id, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope="reports", valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        forms.acknowledge_form(pk=form.pk, actor=world.user("u1-deputy"), at=world.at, name="受托人")


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_signed_for_again_and_never_earlier(world):
    form = acknowledged(world)
    problem = form.problems.get()
    lead = world.user("a1-lead")
    with pytest.raises(Unmet) as refused:
        corrections.correct_form(
            pk=form.pk, actor=lead, at=world.at, note=NOTE, version=1,
            changes=[ProblemChange(problem, due_on=problem.due_on - timedelta(1))],
        )  # fmt: skip
    assert names(refused) == {"correction_is_fair"}
    later = problem.due_on + timedelta(7)
    corrections.correct_form(
        pk=form.pk, actor=lead, at=world.at, note=NOTE, version=1, changes=[ProblemChange(problem, due_on=later)]
    )
    form.refresh_from_db()
    item = RectificationItem.objects.get(form=form)
    assert (form.status, form.version, item.due_on) == (FormStatus.ISSUED, 2, later)
    assert [paper_of(form, n).data["version"] for n in (1, 2)] == [1, 2]
    forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="签收人")
    item.refresh_from_db()
    assert item.due_on == later
    assert form.receipts.count() == 2


def test_a_correction_without_a_change_is_none(world):
    form = acknowledged(world)
    with pytest.raises(Unmet):
        corrections.correct_form(
            pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, version=1,
            changes=[ProblemChange(form.problems.get())],
        )  # fmt: skip


def test_a_correction_of_an_older_version_is_refused(world):
    form = acknowledged(world)
    given = {"pk": form.pk, "actor": world.user("a1-lead"), "at": world.at, "note": NOTE, "version": 1}
    change = ProblemChange(form.problems.get(), requirement="改为按月报送。")
    corrections.correct_form(**given, changes=[change])
    with pytest.raises(Unmet) as refused:
        corrections.correct_form(**given, changes=[change])
    assert "correction_is_of_the_newest_version" in names(refused)


def test_once_signed_for_it_is_not_withdrawn(world):
    form = acknowledged(world)
    FeedbackForm.objects.filter(pk=form.pk).update(status=FormStatus.ISSUED)
    with pytest.raises(Unmet) as refused:
        forms.withdraw_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    assert names(refused) == {"is_not_received"}


def test_a_withdrawn_form_keeps_its_number_and_cancels_its_items(world):
    form = issued(world)
    forms.withdraw_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    number = IssuedNumber.objects.get(text=form.number)
    assert number.voided_at is not None
    assert set(RectificationItem.objects.filter(form=form).values_list("status", flat=True)) == {"cancelled"}
    assert issued(world, unit="u2").number.endswith("2号")


def test_a_form_with_a_closed_problem_is_not_voided(world):
    form = acknowledged(world)
    form.problems.update(settled_as="closed")
    with pytest.raises(Unmet) as refused:
        forms.void_form(pk=form.pk, actor=world.user("office-lead"), at=world.at, note=NOTE)
    assert names(refused) == {"nothing_is_closed"}

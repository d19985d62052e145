"""The rectification report: one signature hands in everything it covers, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rectification.enums import ItemStatus, MeasureState, ReportedProgress, ReportStatus
from rectification.models import Evidence, Measure, RectificationItem
from rectification.services import items as item_services
from rectification.services import report_paper, reports
from supervision.core.deadlines import Clock
from supervision.core.models import Event, Paper
from supervision.core.refusals import NotAllowed, Unmet, WrongState
from supervision.enums import DelegationScope, SignatureForm
from supervision.models import Campaign, UnitGrant
from supervision.services import delegations, signing
from tests.rectification import report_world
from tests.rectification.report_world import draft, paper_of, ready_items, sent, signed, verify_all
from tests.world import World

NOTE = "请补充会议记录后重新报送。"


def set_campaign(world: World, **values: object) -> None:
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save()  # raises the vocabulary's version
    for name, value in values.items():
        setattr(world.campaign, name, value)


def unmet(refused: pytest.ExceptionInfo[Unmet]) -> dict[str, tuple[str, ...]]:
    return {condition.name: condition.details for condition in refused.value.conditions}


# --- drafting and editing ---


def test_a_draft_carries_over_what_was_typed_once(world: World):
    item = ready_items(world)[0]
    item_services.note_progress(pk=item.pk, actor=world.user("u1"), at=world.at, text="已召开专题会议")
    report = reports.draft_report(pk=item.form_id, actor=world.user("u1"), at=world.at, items=[item.pk])
    answer = report.answers.get()
    assert "建立台账：已建立" in answer.text
    assert "已召开专题会议" in answer.text
    assert report.status == ReportStatus.DRAFT
    assert report.version == 0


def test_an_item_is_in_one_report_under_way_at_a_time(world: World):
    items = ready_items(world, 2)
    draft(world, items[:1])
    with pytest.raises(Unmet) as refused:
        reports.draft_report(
            pk=items[0].form_id, actor=world.user("u1"), at=world.at, items=[item.pk for item in items]
        )
    assert unmet(refused) == {"items_in_one_report": (items[0].number,)}


def test_a_withdrawn_draft_frees_its_items(world: World):
    items = ready_items(world)
    first = draft(world, items)
    reports.withdraw_report(pk=first.pk, actor=world.user("u1"), at=world.at, note=NOTE)
    assert draft(world, items).pk != first.pk


@pytest.mark.parametrize("status", sorted(set(ItemStatus) - {ItemStatus.IN_PROGRESS, ItemStatus.RETURNED}))
def test_only_items_being_put_right_are_covered(world: World, status: str):
    item = ready_items(world, status=status)[0]
    with pytest.raises(Unmet) as refused:
        reports.draft_report(pk=item.form_id, actor=world.user("u1"), at=world.at, items=[item.pk])
    assert "items_in_progress" in unmet(refused)


def test_items_of_another_form_or_unit_are_refused(world: World):
    mine, other = ready_items(world)[0], ready_items(world, unit="u2")[0]
    for chosen in ([mine.pk, other.pk], [other.pk], []):
        with pytest.raises(Unmet) as refused:
            reports.draft_report(pk=mine.form_id, actor=world.user("u1"), at=world.at, items=chosen)
        assert "items_of_the_form" in unmet(refused)


@pytest.mark.parametrize("username", ["u1-head", "u1-deputy", "u2", "a1-lead", "office", "u1s"])
def test_only_the_liaison_of_the_unit_drafts(world: World, username: str):
    item = ready_items(world)[0]
    with pytest.raises(NotAllowed):
        reports.draft_report(pk=item.form_id, actor=world.user(username), at=world.at, items=[item.pk])


def test_an_editor_does_not_overwrite_what_somebody_else_wrote_meanwhile(world: World):
    report = draft(world)
    seen = reports.last_act(report)
    report_world.write(world, report, overall="同事的修改")
    with pytest.raises(Unmet) as refused:
        reports.edit_report(
            pk=report.pk, actor=world.user("u1"), at=world.at, title="x", overall="我的修改", rules_made="",
            next_steps="", answers={}, seen=seen,
        )  # fmt: skip
    assert "edited_meanwhile" in unmet(refused)
    report.refresh_from_db()
    assert report.overall == "同事的修改"


def test_a_report_out_for_signature_cannot_be_edited(world: World):
    report = sent(world)
    with pytest.raises(WrongState):
        report_world.write(world, report)


def test_an_answer_for_an_item_that_is_not_covered_is_refused(world: World):
    report, other = draft(world), ready_items(world)[0]
    with pytest.raises(Unmet):
        reports.edit_report(
            pk=report.pk, actor=world.user("u1"), at=world.at, title="x", overall="", rules_made="", next_steps="",
            answers={other.pk: (ReportedProgress.DONE, "x")},
        )  # fmt: skip


# --- handing it to the head ---


def test_it_is_sent_only_when_every_item_is_answered_and_all_gaps_are_named_at_once(world: World):
    items = ready_items(world, 2)
    report = draft(world, items)
    reports.edit_report(
        pk=report.pk, actor=world.user("u1"), at=world.at, title="报告", overall=" ", rules_made="", next_steps="",
        answers={items[0].pk: (ReportedProgress.DONE, " ")},
    )  # fmt: skip
    Measure.objects.filter(item=items[1]).update(state=MeasureState.DOING)
    Evidence.objects.filter(item=items[1]).update(withdrawn_at=world.at)
    with pytest.raises(Unmet) as refused:
        reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    named = unmet(refused)
    assert set(named) == {"overall_is_written", "every_item_is_answered", "every_item_is_ready"}
    assert named["every_item_is_answered"][0].startswith(items[0].number)
    assert len(named["every_item_is_ready"]) == 2
    assert all(detail.startswith(items[1].number) for detail in named["every_item_is_ready"])


def test_sending_keeps_the_moment_and_recalling_forgets_it(world: World):
    report = sent(world)
    assert report.filed_at == world.at
    assert report.sent_by_id == world.users["u1"].pk
    report = reports.recall_report(pk=report.pk, actor=world.user("u1"), at=world.at)
    assert (report.status, report.filed_at) == (ReportStatus.DRAFT, None)


def test_the_head_gives_it_back_with_a_reason(world: World):
    report = sent(world)
    with pytest.raises(Unmet):
        reports.give_back_report(pk=report.pk, actor=world.user("u1-head"), at=world.at, note="重写")
    report = reports.give_back_report(pk=report.pk, actor=world.user("u1-head"), at=world.at, note=NOTE)
    assert (report.status, report.filed_at) == (ReportStatus.DRAFT, None)


# --- the one act ---


def test_one_signature_submits_the_report_and_all_its_items_together(world: World):
    items = ready_items(world, 3)
    report = signed(world, items)
    assert (report.status, report.version) == (ReportStatus.SUBMITTED, 1)
    for item in items:
        item.refresh_from_db()
        assert item.status == ItemStatus.SUBMITTED
        assert item.clock == Clock.TEAM
        assert item.submitted_by_id == world.users["u1-head"].pk
        assert item.submitted_on == report.counted_on == world.today
    signature = signing.latest(report, "report.sign")
    assert (signature.form, signature.version) == (SignatureForm.SCREEN, 1)
    assert Event.objects.filter(verb="item.submitted").count() == 3
    assert Event.objects.get(verb="report.signed").payload["items"] == [item.number for item in items]


def test_one_unready_item_stops_all_of_them_and_every_gap_is_named_by_its_item(world: World):
    items = ready_items(world, 3)
    report = sent(world, items)
    Evidence.objects.filter(item__in=items[1:]).update(withdrawn_at=world.at)
    Measure.objects.filter(item=items[2]).update(state=MeasureState.DOING)
    events = Event.objects.count()
    with pytest.raises(Unmet) as refused:
        reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    details = unmet(refused)["every_item_is_ready"]
    assert [detail.split("：")[0] for detail in details] == [items[1].number, items[2].number, items[2].number]
    assert set(RectificationItem.objects.values_list("status", flat=True)) == {ItemStatus.IN_PROGRESS}
    assert Event.objects.count() == events
    assert not Paper.objects.exists()


def test_evidence_that_takes_effect_tomorrow_does_not_carry_today(world: World):
    items = ready_items(world)
    report = sent(world, items)
    Evidence.objects.update(effective_on=world.today + timedelta(1))
    with pytest.raises(Unmet):
        reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at + timedelta(1))


def test_the_liaison_cannot_sign_on_screen(world: World):
    report = sent(world)
    with pytest.raises(NotAllowed):
        reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at)


def both_liaison_and_head(world: World) -> None:
    """The head of u1 becomes its liaison too."""
    grant = UnitGrant.objects.get(user=world.users["u1"], permission__codename="act_as_liaison")
    UnitGrant.objects.create(
        user=world.users["u1-head"], permission=grant.permission, content_object=world.units["u1"], source="test:both"
    )


def drafted_by_the_head(world: World):
    items = ready_items(world)
    report = reports.draft_report(
        pk=items[0].form_id, actor=world.user("u1-head"), at=world.at, items=[item.pk for item in items]
    )
    report_world.write(world, report)
    return reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)


def test_who_drafted_it_does_not_sign_it(world: World):
    both_liaison_and_head(world)
    report = drafted_by_the_head(world)
    with pytest.raises(Unmet) as refused:
        reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    assert "signer_is_not_the_drafter" in unmet(refused)


def test_on_paper_too_the_drafter_does_not_sign(world: World):
    both_liaison_and_head(world)
    report = drafted_by_the_head(world)
    with pytest.raises(Unmet) as refused:
        reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world))
    assert "signer_is_not_the_drafter" in unmet(refused)


def test_in_a_unit_of_one_person_the_campaign_may_allow_it_and_it_shows(world: World):
    both_liaison_and_head(world)
    set_campaign(world, one_person_units=True)
    report = drafted_by_the_head(world)
    report = reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    assert report.is_one_persons
    assert report_paper.version_of(report, 1).data["one_person"] is True
    assert Event.objects.get(verb="report.signed").payload["one_person"] is True


def test_a_delegate_signs_in_the_name_of_the_head(world: World):
    delegations.delegate(
        unit_id=world.units["u1"].pk, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope=DelegationScope.REPORTS, valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    report = sent(world)
    reports.sign_report(pk=report.pk, actor=world.user("u1-deputy"), at=world.at)
    signature = signing.latest(report, "report.sign")
    assert signature.form == SignatureForm.DELEGATE
    assert signature.on_behalf_of == world.users["u1-head"].name
    assert Event.objects.get(verb="report.signed").on_behalf_of == world.users["u1-head"].name


def test_a_delegation_for_receipts_does_not_sign_reports(world: World):
    delegations.delegate(
        unit_id=world.units["u1"].pk, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope=DelegationScope.RECEIPT, valid_from=world.today, valid_until=world.today,
    )  # fmt: skip
    report = sent(world)
    with pytest.raises(NotAllowed):
        reports.sign_report(pk=report.pk, actor=world.user("u1-deputy"), at=world.at)


# --- on paper ---


def test_a_paper_signature_counts_from_the_date_on_paper(world: World):
    day = world.calendar.add(world.today, -2)
    items = ready_items(world, due_on=day)
    report = sent(world, items)
    report = reports.sign_report(
        pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world, signed_on=day)
    )
    items[0].refresh_from_db()
    assert report.counted_on == items[0].submitted_on == day
    assert not items[0].late
    assert items[0].submitted_by_id == world.users["u1-head"].pk
    signature = signing.latest(report, "report.sign")
    assert (signature.form, signature.entered_by_id) == (SignatureForm.PAPER, world.users["u1"].pk)
    assert report_paper.version_of(report, 1).data["signature"]["entered_by"] == world.users["u1"].name


@pytest.mark.parametrize("working_days", [1, -6])
def test_a_date_on_paper_is_neither_in_the_future_nor_too_long_ago(world: World, working_days: int):
    day = world.calendar.add(world.today, working_days)
    report = sent(world)
    with pytest.raises(Unmet) as refused:
        reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world, signed_on=day))
    assert "paper_is_admissible" in unmet(refused)


def test_the_person_on_the_paper_must_be_one_who_may_sign(world: World):
    report = sent(world)
    with pytest.raises(Unmet) as refused:
        reports.sign_report(
            pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world, signer="u1-deputy")
        )
    assert "paper_signer_may_sign" in unmet(refused)


def test_the_campaign_may_keep_key_items_off_paper(world: World):
    set_campaign(world, paper_excludes_key=True)
    report = sent(world, ready_items(world, is_key=True))
    with pytest.raises(Unmet) as refused:
        reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world))
    assert "paper_is_admissible" in unmet(refused)
    ordinary = sent(world, ready_items(world))
    reports.sign_report(pk=ordinary.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world, text="另一张"))


def test_the_next_reader_compares_the_scan_before_approving(world: World):
    report = sent(world)
    reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper_of(world))
    verify_all(report)
    with pytest.raises(Unmet) as refused:
        reports.approve_report(pk=report.pk, actor=world.user("a1-member"), at=world.at)
    assert "paper_settled_report_sign" in unmet(refused)
    signature = signing.latest(report, "report.sign")
    signing.confirm_paper(pk=signature.pk, actor=world.user("a1-member"), at=world.at)
    reports.approve_report(pk=report.pk, actor=world.user("a1-member"), at=world.at)

"""What must hold before an inspection moves on, beyond role and state (the generated matrix has those)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.roles import Role
from supervision.core import files
from supervision.core.refusals import NotAllowed, Unmet
from supervision.enums import CampaignStatus, InspectionStatus, Outcome
from supervision.models import ApprovalStep, Campaign, TeamGrant, TeamMembership
from supervision.services import inspections as services
from supervision.services.inspection_records import save_log, save_record
from supervision.signals import inspection_concluded
from supervision.transitions import INSPECTION
from tests.supervision import visits
from tests.supervision.moves import ROWS, on_a_longer_route
from tests.world import World

NOTE = "因单位当日安排冲突，另行商定"


def refusal(move: Any, world: World, visit: Any, who: str, **inputs: Any) -> set[str]:
    """The names of the conditions that are unmet."""
    with pytest.raises(Unmet) as refused:
        move(pk=visit.pk, actor=world.user(who), at=world.at, **inputs)
    return {condition.name for condition in refused.value.conditions}


def details(move: Any, world: World, visit: Any, who: str, **inputs: Any) -> list[str]:
    with pytest.raises(Unmet) as refused:
        move(pk=visit.pk, actor=world.user(who), at=world.at, **inputs)
    return [detail for condition in refused.value.conditions for detail in condition.details]


def absent(world: World, username: str) -> None:
    TeamMembership.objects.filter(user=world.users[username]).update(absent_from=world.today - timedelta(days=1))


@pytest.mark.parametrize("move", [move.name for move in INSPECTION])
def test_no_move_is_made_while_the_campaign_does_not_run(world: World, move: str):
    row = ROWS["inspection"][move]
    visit = row.arrange(world)
    Campaign.objects.filter(pk=world.campaign.pk).update(status=CampaignStatus.FINISHED)
    with pytest.raises(Unmet) as refused:
        row.service(pk=visit.pk, actor=row.actor(world, visit), at=world.at, **row.inputs(world, visit))
    assert "campaign_is_running" in {condition.name for condition in refused.value.conditions}


# --- approve ----------------------------------------------------------------------------------------------------------


def test_nobody_approves_their_own_visit(world: World):
    visit = visits.planned(world, by="a1-deputy")
    absent(world, "a1-lead")
    assert refusal(services.approve_inspection, world, visit, "a1-deputy") == {"approver_is_not_creator"}
    services.approve_inspection(pk=visit.pk, actor=world.user("a1-sponsor"), at=world.at)


def test_the_deputy_approves_while_the_leader_is_absent(world: World):
    visit = visits.planned(world)
    with pytest.raises(NotAllowed):
        services.approve_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at)
    absent(world, "a1-lead")
    services.approve_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at)
    visit.refresh_from_db()
    assert visit.status == InspectionStatus.APPROVED


def test_an_unannounced_visit_is_approved_by_the_sponsor_alone(world: World):
    visit = visits.planned(world, is_unannounced=True)
    with pytest.raises(NotAllowed):
        services.approve_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    services.approve_inspection(pk=visit.pk, actor=world.user("a1-sponsor"), at=world.at)


def test_on_a_longer_route_the_leader_waits_for_the_endorsement(world: World):
    visit = on_a_longer_route(world)
    with pytest.raises(NotAllowed):
        services.approve_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    services.endorse_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at)
    with pytest.raises(NotAllowed):
        services.endorse_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at)
    services.approve_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)


def test_nobody_endorses_their_own_visit(world: World):
    on_a_longer_route(world)
    step = ApprovalStep.objects.get(number=1, role=Role.DEPUTY)
    step.role = Role.MEMBER
    step.save()
    visit = visits.planned(world, unit="u2", by="a1-member")
    assert refusal(services.endorse_inspection, world, visit, "a1-member") == {"approver_is_not_creator"}


# --- start ------------------------------------------------------------------------------------------------------------


def test_a_visit_does_not_start_before_its_day(world: World):
    visit = visits.approved(world, planned_on=world.today + timedelta(days=1))
    people = visits.members(world, visit)
    assert refusal(services.start_inspection, world, visit, "a1-member", present=people) == {"date_is_reached"}


def test_one_member_is_not_enough_and_naming_one_twice_does_not_help(world: World):
    visit = visits.approved(world)
    alone = [world.user("a1-member")] * 2
    assert refusal(services.start_inspection, world, visit, "a1-member", present=alone) == {"two_members_are_present"}
    assert refusal(services.start_inspection, world, visit, "a1-member", present=[]) == {"two_members_are_present"}


@pytest.mark.parametrize("stranger", ["a2-member", "a1-sponsor", "u1", "office"])
def test_people_of_other_teams_and_offices_are_no_members(world: World, stranger: str):
    visit = visits.approved(world)
    people = [*visits.members(world, visit), world.user(stranger)]
    assert refusal(services.start_inspection, world, visit, "a1-member", present=people) == {"two_members_are_present"}


def test_an_absent_member_was_not_there(world: World):
    visit = visits.approved(world)
    people = visits.members(world, visit)
    absent(world, "a1-member-2")
    assert refusal(services.start_inspection, world, visit, "a1-member", present=people) == {"two_members_are_present"}


def test_the_start_keeps_who_was_there_and_when(world: World):
    visit = visits.in_progress(world)
    visit.refresh_from_db()
    assert visit.happened_on == world.today
    assert {person.username for person in visit.present.all()} == {"a1-member", "a1-member-2"}


def test_a_visit_entered_afterwards_keeps_its_own_day(world: World):
    day = world.today - timedelta(days=9)
    visit = visits.in_progress(world, happened_on=day)
    visit.refresh_from_db()
    assert visit.happened_on == day


# --- submit -----------------------------------------------------------------------------------------------------------


def test_each_planned_act_wants_a_record_but_a_manner_does_not(world: World):
    methods = [world.methods[code] for code in ("listen", "inspect", "early", "follow")]
    visit = visits.in_progress(world, methods=methods)
    missing = details(services.submit_inspection, world, visit, "a1-member")
    assert missing == [
        "“听”还没有记录，也没有写明未采用的原因",
        "“查”还没有记录，也没有写明未采用的原因",
    ]
    visits.log_record(world, visit)
    assert len(details(services.submit_inspection, world, visit, "a1-member")) == 1


def test_a_reason_for_skipping_stands_in_for_the_record(world: World):
    visit = visits.in_progress(world)
    reasons = {world.methods["listen"].pk: "单位负责人外出，改日听取"}
    save_log(pk=visit.pk, actor=world.user("a1-member"), at=world.at, summary="", skip_reasons=reasons)
    services.submit_inspection(pk=visit.pk, actor=world.user("a1-member"), at=world.at)


def test_blank_reasons_do_not_count(world: World):
    visit = visits.in_progress(world)
    reasons = {world.methods["listen"].pk: "   "}
    save_log(pk=visit.pk, actor=world.user("a1-member"), at=world.at, summary="", skip_reasons=reasons)
    assert refusal(services.submit_inspection, world, visit, "a1-member") == {"planned_methods_are_answered"}


def test_each_problem_says_fact_basis_and_source(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    visits.find_problem(world, visit, fact=" ", basis="", record=None)
    assert details(services.submit_inspection, world, visit, "a1-member") == [
        "问题1“主体责任落实不够”缺少：具体表现、依据、来源记录或来源要点"
    ]


def test_mended_on_the_spot_wants_mend_two_members_and_a_photo(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    visits.find_problem(world, visit, mended_on_spot=True)
    assert details(services.submit_inspection, world, visit, "a1-member") == [
        "问题1“主体责任落实不够”缺少：当场整改情况、两名见证成员、当场整改照片"
    ]


def test_a_complete_mend_is_accepted(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    one, two = visits.members(world, visit)
    visits.find_problem(
        world, visit, mended_on_spot=True, mend="当场补记", witness=one, second_witness=two,
        photo=files.receive(world.png()),
    )  # fmt: skip
    visits.hand_in(world, visit)


# --- recall, return, conclude -----------------------------------------------------------------------------------------


def test_once_the_reviewer_has_opened_it_there_is_no_recall(world: World):
    visit = visits.pending_review(world)
    services.note_opening(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    assert refusal(services.recall_inspection, world, visit, "a1-member") == {"reviewer_has_not_opened"}


@pytest.mark.parametrize("who", ["a1-member", "a1-member-2", "a1-deputy", "a1-sponsor", "a-office", "office-lead"])
def test_only_the_reviewers_eyes_count_as_opening(world: World, who: str):
    visit = visits.pending_review(world)
    services.note_opening(pk=visit.pk, actor=world.user(who), at=world.at)
    visit.refresh_from_db()
    assert visit.opened_at is None
    services.recall_inspection(pk=visit.pk, actor=world.user("a1-member"), at=world.at)


def test_a_new_submission_can_be_recalled_again(world: World):
    visit = visits.pending_review(world)
    services.note_opening(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    services.return_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    visits.hand_in(world, visit)
    services.recall_inspection(pk=visit.pk, actor=world.user("a1-member"), at=world.at)


def test_a_return_says_why(world: World):
    visit = visits.pending_review(world)
    assert refusal(services.return_inspection, world, visit, "a1-lead", note="请补充") == {"note"}


def test_nobody_decides_what_they_submitted_and_the_deputy_stands_in(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    services.submit_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at)
    none = {"outcome": Outcome.NONE_FOUND}
    assert refusal(services.conclude_inspection, world, visit, "a1-lead", **none) == {"reviewer_is_not_submitter"}
    refused = refusal(services.return_inspection, world, visit, "a1-lead", note=NOTE)
    assert refused == {"reviewer_is_not_submitter"}
    services.conclude_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at, **none)


def test_the_reviewer_is_not_the_only_author(world: World):
    visit = visits.in_progress(world)
    save_record(
        pk=visit.pk, actor=world.user("a1-lead"), at=world.at, method=world.methods["listen"], content="组长亲自记录"
    )
    visits.hand_in(world, visit)
    none = {"outcome": Outcome.NONE_FOUND}
    assert refusal(services.conclude_inspection, world, visit, "a1-lead", **none) == {"reviewer_is_not_only_author"}


@pytest.mark.parametrize(("with_problem", "outcome"), [(True, "none_found"), (False, "feedback"), (True, "")])
def test_feedback_if_and_only_if_there_is_a_problem(world: World, with_problem: bool, outcome: str):
    visit = visits.pending_review(world, with_problem=with_problem)
    assert refusal(services.conclude_inspection, world, visit, "a1-lead", outcome=outcome) == {"outcome_fits_problems"}


def test_the_conclusion_is_told_upward_inside_the_transaction(world: World):
    heard = []

    def hear(sender: Any, **news: Any) -> None:
        heard.append(news["inspection"].pk)
        raise RuntimeError("the receiver fails")

    visit = visits.pending_review(world)
    inspection_concluded.connect(hear)
    try:
        with pytest.raises(RuntimeError):
            visits.conclude(world, visit)
    finally:
        inspection_concluded.disconnect(hear)
    visit.refresh_from_db()
    assert heard == [visit.pk]
    assert visit.status == InspectionStatus.PENDING_REVIEW


# --- postpone, resume, cancel -----------------------------------------------------------------------------------------


def test_a_visit_is_not_postponed_into_the_past_and_not_without_a_reason(world: World):
    visit = visits.approved(world)
    yesterday = world.today - timedelta(days=1)
    refused = refusal(services.postpone_inspection, world, visit, "a1-lead", note="", planned_on=yesterday)
    assert refused == {"new_date_is_ahead", "note"}


def test_a_visit_already_made_is_not_postponed(world: World):
    visit = visits.approved(world, happened_on=world.today - timedelta(days=2))
    day = world.today + timedelta(days=2)
    refused = refusal(services.postpone_inspection, world, visit, "a1-lead", note=NOTE, planned_on=day)
    assert refused == {"has_not_happened"}


def test_postponing_is_no_way_around_the_sponsor(world: World):
    visit = visits.planned(world, is_unannounced=True)
    day = world.today + timedelta(days=2)
    services.postpone_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, planned_on=day)
    with pytest.raises(NotAllowed):
        services.resume_inspection(pk=visit.pk, actor=world.user("a1-lead"), at=world.at, planned_on=day)
    services.resume_inspection(pk=visit.pk, actor=world.user("a1-sponsor"), at=world.at, planned_on=day)
    visit.refresh_from_db()
    assert visit.approved_at == world.at


def test_the_creator_does_not_resume_what_nobody_approved(world: World):
    visit = visits.planned(world, by="a1-lead", is_unannounced=True)
    TeamGrant.objects.filter(user=world.users["a1-lead"]).update(user=world.users["nobody"])
    visit.refresh_from_db()
    visit.created_by = world.users["a1-sponsor"]
    visit.save(update_fields=["created_by"])
    day = world.today + timedelta(days=2)
    services.postpone_inspection(pk=visit.pk, actor=world.user("nobody"), at=world.at, note=NOTE, planned_on=day)
    refused = refusal(services.resume_inspection, world, visit, "a1-sponsor", planned_on=day)
    assert refused == {"resumer_is_not_creator_unless_approved"}


def test_cancelling_says_why(world: World):
    visit = visits.approved(world)
    assert refusal(services.cancel_inspection, world, visit, "a1-lead", note="不去了") == {"note"}

"""What verification and close-out ask for, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rectification.enums import ItemStatus, VerificationWay
from rectification.models import Evidence, RectificationItem
from rectification.services import closure, items, plans, verification
from supervision.core.models import Event, Paper
from supervision.core.refusals import NotAllowed, Unmet
from supervision.enums import Source
from supervision.models import CloseRequirement
from supervision.models.signing import Signature
from supervision.services import signing
from tests.rectification import item_world as iw
from tests.rectification import report_world
from tests.world import World


def refused(act: Any, **given: Any) -> list[str]:
    """The names of the unmet conditions."""
    with pytest.raises(Unmet) as refusal:
        act(**given)
    return [condition.name for condition in refusal.value.conditions]


# --- verification -----------------------------------------------------------------------------------------------------


def record(world: World, item: RectificationItem, **over: Any) -> RectificationItem:
    return verification.record_verification(
        pk=item.pk,
        actor=over.pop("actor", world.user("a1-member")),
        at=world.at,
        **iw.record_inputs(world, item, **over),
    )


def test_a_record_needs_a_result_for_every_measure_and_a_second_person(world: World):
    item = iw.submitted(world, measures=2)
    found = refused(record, world=world, item=item, results=[], second_verifier=world.user("a1-member"))
    assert found == ["every_measure_has_a_result", "second_verifier_is_another"]


@pytest.mark.parametrize("second", ["u1", "a2-member", "a1-sponsor", "a-office", "nobody"])
def test_the_second_verifier_is_a_working_member_of_the_team(world: World, second: str):
    item = iw.submitted(world)
    assert refused(record, world=world, item=item, second_verifier=world.user(second)) == ["second_verifier_is_another"]


@pytest.mark.parametrize("offset", [-1, 1])
def test_it_was_seen_after_the_submission_and_not_tomorrow(world: World, offset: int):
    item = iw.submitted(world)
    found = refused(record, world=world, item=item, verified_on=world.today + timedelta(offset))
    assert found == ["verification_date_fits"]


def test_without_a_record_nothing_is_verified(world: World):
    item = iw.submitted(world)
    found = refused(verification.verify_item, pk=item.pk, actor=world.user("a1-member"), at=world.at)
    assert found == ["verification_is_recorded"]


def test_the_author_alone_cannot_verify(world: World):
    item = iw.recorded(world)
    for username in ("a1-member", "a1-lead"):
        found = refused(verification.verify_item, pk=item.pk, actor=world.user(username), at=world.at)
        assert found == ["second_verifier_confirms"]


def test_a_scan_with_both_signatures_stands_for_the_second_account(world: World):
    item = record(world, iw.submitted(world), scan=world.received("核验记录.pdf"))
    verification.verify_item(pk=item.pk, actor=world.user("a1-member"), at=world.at)


def test_what_does_not_hold_is_returned_not_verified(world: World):
    item = iw.submitted(world)
    seen = [verification.SeenMeasure(m.pk, holds=False) for m in item.measures.all()]
    record(world, item, results=seen)
    found = refused(verification.verify_item, pk=item.pk, actor=world.user("a1-member-2"), at=world.at)
    assert found == ["every_result_holds"]


def test_a_second_record_of_a_round_takes_the_place_of_the_first(world: World):
    item = iw.recorded(world)
    record(world, item, actor=world.user("a1-lead"), opinion="重新核验")
    assert [each.opinion for each in item.verifications.all()] == ["重新核验"]


def test_key_items_are_seen_on_the_spot_and_confirmed_by_the_leader(world: World):
    item = iw.submitted(world, severity="key")
    found = refused(record, world=world, item=item, way=VerificationWay.CALL)
    assert found == ["key_record_is_fit"]
    assert refused(record, world=world, item=item, second_verifier=world.user("a1-member-2")) == ["key_record_is_fit"]
    record(world, item, second_verifier=world.user("a1-member-2"), scan=world.received("核验记录.pdf"))
    found = refused(verification.verify_item, pk=item.pk, actor=world.user("a1-member-2"), at=world.at)
    assert found == ["key_item_is_confirmed_by_leader"]
    verification.verify_item(pk=item.pk, actor=world.user("a1-lead"), at=world.at)


def test_nobody_verifies_or_returns_what_they_submitted(world: World):
    item = iw.submitted(world)
    RectificationItem.objects.filter(pk=item.pk).update(submitted_by=world.users["a1-member"])
    actor = world.user("a1-member")
    assert "is_not_the_submitter" in refused(verification.verify_item, pk=item.pk, actor=actor, at=world.at)
    assert refused(items.return_item, pk=item.pk, actor=actor, at=world.at, note=iw.NOTE) == ["is_not_the_submitter"]


def test_a_paper_signature_of_the_report_must_be_compared_first(world: World):
    item = iw.finished(world)
    report = report_world.sent(world, [item])
    paper = report_world.paper_of(world)
    report_world.reports.sign_report(pk=report.pk, actor=world.user("u1"), at=world.at, paper=paper)
    item.refresh_from_db()
    iw.record(world, item)
    given = {"pk": item.pk, "actor": world.user("a1-member-2"), "at": world.at}
    assert refused(verification.verify_item, **given) == ["report_paper_is_settled"]
    signing.confirm_paper(pk=Signature.objects.get().pk, actor=world.user("a1-member"), at=world.at)
    verification.verify_item(**given)


def test_the_return_of_an_item_returns_its_report(world: World):
    item = iw.submitted(world)
    report = report_world.Report.objects.get(items=item)
    items.return_item(pk=item.pk, actor=world.user("a1-member"), at=world.at, note=iw.NOTE)
    report.refresh_from_db()
    assert report.status == "returned"


def test_a_return_says_why(world: World):
    item = iw.submitted(world)
    assert refused(items.return_item, pk=item.pk, actor=world.user("a1-member"), at=world.at, note="短") == ["note"]


# --- close-out --------------------------------------------------------------------------------------------------------


def close(world: World, item: RectificationItem, **over: Any) -> RectificationItem:
    actor = over.pop("actor", iw.closer_of(world, item))
    return closure.close_item(pk=item.pk, actor=actor, at=world.at, **{**iw.close_inputs(world, item), **over})


def test_every_requirement_is_ticked(world: World):
    item = iw.verified(world)
    assert refused(close, world=world, item=item, ticked=iw.TICKED[:-1]) == ["requirements_are_ticked"]


def test_a_requirement_that_the_facts_deny_cannot_be_ticked_away(world: World):
    item = iw.verified(world)
    Evidence.objects.filter(item=item).update(withdrawn_at=world.at)
    Signature.objects.update(disputed_at=world.at, form="paper", scan=Evidence.objects.first().file)
    with pytest.raises(Unmet) as refusal:
        close(world, item)
    [condition] = refusal.value.conditions
    assert condition.name == "requirements_hold"
    assert len(condition.details) == 2


def test_a_requirement_of_the_campaigns_own_is_ticked_by_hand(world: World):
    item = iw.verified(world)
    CloseRequirement.objects.create(campaign=world.campaign, code="published", name="已在本单位公示")
    assert refused(close, world=world, item=item) == ["requirements_are_ticked"]
    close(world, item, ticked=[*iw.TICKED, "published"])


@pytest.mark.parametrize("role", ["author", "second_verifier", "submitter"])
def test_the_closer_is_neither_verifier_nor_submitter(world: World, role: str):
    item = iw.verified(world)
    office = world.users["a-office"]
    if role == "submitter":
        RectificationItem.objects.filter(pk=item.pk).update(submitted_by=office)
    else:
        item.verifications.update(**{role: office})
    assert "closer_is_another" in refused(close, world=world, item=item)


@pytest.mark.parametrize(
    ("severity", "source", "closer"),
    [
        ("general", Source.TEAM, "a-office"),
        ("key", Source.TEAM, "a1-sponsor"),
        ("general", Source.PROVINCIAL, "office"),
    ],
)
def test_the_route_says_who_closes(world: World, severity: str, source: str, closer: str):
    item = iw.verified(world, severity=severity, source=source)
    for other in {"a-office", "a1-sponsor", "office", "office-lead", "b-office"} - {closer}:
        with pytest.raises(NotAllowed):
            close(world, item, actor=world.user(other))
    assert close(world, item, actor=world.user(closer)).status == ItemStatus.CLOSED


def test_closing_gives_a_numbered_frozen_sheet_and_settles_the_problem(world: World):
    item = iw.closed(world)
    sheet = item.closure
    paper = Paper.objects.get(subject_kind=item.kind, subject_id=item.pk, kind="closure_sheet")
    assert sheet.number == f"测督销〔{world.today.year}〕1号"
    assert (paper.data["number"], paper.data["verification"]["way"]) == (sheet.number, "现场核验")
    assert len(paper.data["verification"]["verifiers"]) == 2
    assert paper.data["conclusion"]["signer"] == "测试u1-head"
    item.problem.refresh_from_db()
    assert (item.problem.progress, item.problem.settled_as) == ("settled", "closed")
    assert item.closed_on == world.today


def test_a_bodys_own_series_comes_first(world: World):
    from supervision.core.models import NumberSeries

    NumberSeries.objects.create(campaign_id=world.campaign.pk, code="closure_sheet:a", prefix="主体A销")
    assert iw.closed(world).closure.number == f"主体A销〔{world.today.year}〕1号"


def test_the_team_is_told_of_a_refusal_either_way_and_the_unit_only_of_its_own(world: World):
    from supervision.core.notifications import policies

    members = {world.users[name].pk for name in ("a1-lead", "a1-deputy", "a1-member", "a1-member-2")}
    unit = {world.users[name].pk for name in ("u1", "u1-head")}
    for refuse, expected in ((closure.refuse_close, members), (closure.refuse_close_to_unit, members | unit)):
        item = iw.verified(world)
        refuse(pk=item.pk, actor=iw.closer_of(world, item), at=world.at, note=iw.NOTE)
        event = Event.objects.filter(subject_kind=item.kind, subject_id=item.pk).order_by("-sequence")[0]
        assert set(policies()[event.verb](event)) == expected
        assert (event.audience == "unit") == (refuse is closure.refuse_close_to_unit)


def test_nothing_moves_in_a_finished_campaign(world: World):
    item = iw.planned(world)
    world.campaign.status = "finished"
    world.campaign.save()
    found = refused(plans.submit_plan, pk=item.pk, actor=world.user("u1"), at=world.at)
    assert found == ["campaign_is_running"]

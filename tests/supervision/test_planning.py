"""Registering a visit: who may, what must be said, and how a visit already made is entered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supervision.core.models import Event
from supervision.core.refusals import NotAllowed, Unmet
from supervision.enums import CampaignStatus, InspectionStatus, MethodKind
from supervision.models import Campaign, Focus, Inspection, Method, Phase, Unit
from supervision.services.inspections import cancel_inspection
from tests.supervision.visits import plan
from tests.world import World


def conditions(refused: pytest.ExceptionInfo[Unmet]) -> set[str]:
    return {condition.name for condition in refused.value.conditions}


def test_a_members_visit_waits_for_approval(world: World):
    visit = plan(world)
    assert visit.status == InspectionStatus.PLANNED
    assert visit.approved_at is None
    assert (visit.campaign_id, visit.body_id, visit.team_id) == (
        world.campaign.pk, world.bodies["a"].pk, world.teams["a1"].pk
    )  # fmt: skip


def test_the_leaders_own_announced_visit_is_born_approved(world: World):
    visit = plan(world, by="a1-lead")
    assert visit.status == InspectionStatus.APPROVED
    assert visit.unit_may_see


def test_the_leaders_own_unannounced_visit_still_waits_for_the_sponsor(world: World):
    visit = plan(world, by="a1-lead", is_unannounced=True)
    assert visit.status == InspectionStatus.PLANNED
    assert not visit.unit_may_see


@pytest.mark.parametrize(
    "who", ["a2-lead", "b1-member", "a1-sponsor", "a-office", "office-lead", "u1-head", "u1", "nobody", "auditor"]
)
def test_only_the_units_own_team_registers_a_visit(world: World, who: str):
    with pytest.raises(NotAllowed):
        plan(world, by=who)
    assert not Inspection.objects.exists()


def test_a_unit_without_a_team_cannot_be_visited(world: World):
    unit = Unit.objects.create(
        campaign=world.campaign, body=world.bodies["a"], code="free", name="无督导组单位", type="court"
    )
    world.units["free"] = unit
    with pytest.raises(NotAllowed):
        plan(world, unit="free", by="a1-lead")


def test_everything_that_is_missing_is_named_at_once(world: World):
    with pytest.raises(Unmet) as refused:
        plan(world, foci=[], methods=[], planned_on=None)
    assert conditions(refused) == {"foci", "methods", "planned_on"}


def test_words_of_another_campaign_or_body_are_refused(world: World):
    other = Campaign.objects.create(code="other", name="另一专项活动", short_name="另一")
    phase = Phase.objects.create(
        campaign=other, code="study", name="学习", order=1, starts_on=world.today, ends_on=world.today
    )
    focus = Focus.objects.create(campaign=other, code="x", name="别处的重点")
    method = Method.objects.create(
        campaign=world.campaign, body=world.bodies["b"], code="b-only", name="乙方法", kind=MethodKind.ACT
    )
    with pytest.raises(Unmet) as refused:
        plan(world, phase=phase, foci=[focus], methods=[method])
    assert conditions(refused) == {"phase", "foci", "methods"}


def test_a_visit_to_come_is_not_planned_in_the_past(world: World):
    with pytest.raises(Unmet) as refused:
        plan(world, planned_on=world.today - timedelta(days=1))
    assert conditions(refused) == {"planned_on"}


def test_a_visit_already_made_is_entered_afterwards_with_both_dates(world: World):
    day = world.today - timedelta(days=9)
    visit = plan(world, happened_on=day)
    assert visit.is_late_entry
    assert visit.happened_on == visit.planned_on == visit.on == day
    assert visit.recorded_at == world.at


def test_what_happened_cannot_lie_in_the_future(world: World):
    with pytest.raises(Unmet) as refused:
        plan(world, happened_on=world.today + timedelta(days=1))
    assert conditions(refused) == {"happened_on"}


def test_a_second_visit_on_the_same_day_asks_before_it_is_registered(world: World):
    plan(world)
    with pytest.raises(Unmet) as refused:
        plan(world, by="a1-member-2")
    assert conditions(refused) == {"confirm_duplicate"}
    assert Inspection.objects.count() == 1
    plan(world, by="a1-member-2", confirm_duplicate=True)
    assert Inspection.objects.count() == 2


def test_a_cancelled_visit_another_unit_and_another_day_are_no_duplicates(world: World):
    first = plan(world)
    cancel_inspection(pk=first.pk, actor=world.user("a1-lead"), at=world.at, note="登记有误，重新登记一次")
    plan(world)
    plan(world, unit="u2")
    plan(world, planned_on=world.today + timedelta(days=1))
    assert Inspection.objects.count() == 4


@pytest.mark.parametrize("status", sorted(set(CampaignStatus) - {CampaignStatus.RUNNING}))
def test_nothing_is_registered_while_the_campaign_does_not_run(world: World, status: str):
    Campaign.objects.filter(pk=world.campaign.pk).update(status=status)
    with pytest.raises(Unmet) as refused:
        plan(world)
    assert conditions(refused) == {"campaign_is_running"}


def test_registering_leaves_one_trace_that_no_unit_reads(world: World):
    visit = plan(world)
    event = Event.objects.of("inspection", visit.pk).get()
    assert (event.verb, event.audience, event.now) == ("inspection.created", "team", "planned")

"""Whose time runs, and until when: the unit never pays for the days of others; late is late for ever."""

from __future__ import annotations

import pytest

from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from rectification.services import closure, items, plans, verification
from supervision.core.deadlines import Clock
from supervision.core.models import DeadlineChange
from supervision.core.refusals import Unmet
from tests.rectification import item_world as iw
from tests.rectification import report_world
from tests.world import World


def test_each_state_has_one_clock(world: World):
    for arrange, clock, days in (
        (iw.in_review, Clock.TEAM, 3),
        (iw.submitted, Clock.TEAM, 5),
        (iw.verified, Clock.OFFICE, 3),
    ):
        item = arrange(world)
        assert (item.clock, item.clock_due_on) == (clock, world.calendar.add(world.today, days)), arrange
    item = iw.in_progress(world)
    assert (item.clock, item.clock_due_on) == (Clock.UNIT, item.due_on)
    assert iw.closed(world).clock == Clock.NONE


def test_a_key_plan_waits_for_the_office(world: World):
    assert iw.in_review(world, severity="key").clock == Clock.OFFICE


def test_a_unit_that_submitted_in_time_is_never_overdue_while_team_or_office_are_slow(world: World):
    item = iw.submitted(world)
    much_later = world.campaign.day_of(world.after(60))
    assert not item.late
    assert item.overdue_clock(much_later) == Clock.TEAM
    iw.record(world, item, at=world.after(60))
    item = verification.verify_item(pk=item.pk, actor=iw.confirms(world, item), at=world.after(60))
    assert item.overdue_clock(world.campaign.day_of(world.after(80))) == Clock.OFFICE
    assert not item.late


def test_late_is_late_for_ever(world: World):
    item = iw.finished(world)
    report_world.signed(world, [item], at=world.after(17))
    item.refresh_from_db()
    assert item.late
    item = items.return_item(pk=item.pk, actor=world.user("a1-member"), at=world.after(18), note=iw.NOTE)
    iw.finish(world, item, world.after(18))
    again = report_world.Report.objects.get(items=item)
    liaison, head = world.user("u1"), world.user("u1-head")
    report_world.reports.send_report_for_signature(pk=again.pk, actor=liaison, at=world.after(18))
    report_world.reports.sign_report(pk=again.pk, actor=head, at=world.after(18))
    item.refresh_from_db()
    assert (item.status, item.late) == (ItemStatus.SUBMITTED, True)


def test_a_return_gives_the_later_of_deadline_and_redo_term(world: World):
    early = iw.returned(world)
    assert (early.clock, early.clock_due_on) == (Clock.UNIT, early.due_on)
    item = iw.submitted(world)
    late_at = world.after(14)
    item = items.return_item(pk=item.pk, actor=world.user("a1-member"), at=late_at, note=iw.NOTE)
    assert item.clock_due_on == world.calendar.add(world.campaign.day_of(late_at), 5) > item.due_on
    assert item.returns == 1


def test_the_redo_date_counts_for_the_next_submission_and_no_deadline_moves(world: World):
    item = iw.submitted(world)
    changes = DeadlineChange.objects.count()
    due_on, original = item.due_on, item.original_due_on
    item = items.return_item(pk=item.pk, actor=world.user("a1-member"), at=world.after(14), note=iw.NOTE)
    iw.finish(world, item, world.after(18))
    report = report_world.Report.objects.get(items=item)
    report_world.reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.after(18))
    report_world.reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.after(18))
    item.refresh_from_db()
    assert not item.late
    assert (item.due_on, item.original_due_on) == (due_on, original)
    assert DeadlineChange.objects.count() == changes


def test_a_returned_plan_is_due_in_time_but_never_yesterday(world: World):
    item = iw.in_review(world)
    back = plans.return_plan(pk=item.pk, actor=iw.decides_plan(world, item), at=world.at, note=iw.NOTE)
    assert back.clock_due_on == world.calendar.add(world.today, 5)
    plans.submit_plan(pk=item.pk, actor=iw.hands_in(world, item), at=world.at)
    slow = world.after(30)
    back = plans.return_plan(pk=item.pk, actor=iw.decides_plan(world, item), at=slow, note=iw.NOTE)
    assert back.clock_due_on == world.calendar.add(world.campaign.day_of(slow), 5)


def test_a_recalled_plan_is_due_as_it_was(world: World):
    item = iw.planned(world)
    due_on = item.clock_due_on
    plans.submit_plan(pk=item.pk, actor=iw.hands_in(world, item), at=world.at)
    assert plans.recall_plan(pk=item.pk, actor=iw.hands_in(world, item), at=world.at).clock_due_on == due_on


@pytest.mark.parametrize("to_unit", [False, True])
def test_a_refused_close_out_goes_to_whom_it_names(world: World, to_unit: bool):
    item = iw.verified(world)
    refuse = closure.refuse_close_to_unit if to_unit else closure.refuse_close
    item = refuse(pk=item.pk, actor=iw.closer_of(world, item), at=world.at, note=iw.NOTE)
    expected = (ItemStatus.RETURNED, Clock.UNIT, 1) if to_unit else (ItemStatus.SUBMITTED, Clock.TEAM, 0)
    assert (item.status, item.clock, item.returns) == expected


def test_after_a_refusal_the_team_must_look_again(world: World):
    item = iw.verified(world)
    closure.refuse_close(pk=item.pk, actor=iw.closer_of(world, item), at=world.at, note=iw.NOTE)
    with pytest.raises(Unmet) as refused:
        verification.verify_item(pk=item.pk, actor=iw.confirms(world, item), at=world.at)
    assert "verification_is_recorded" in [condition.name for condition in refused.value.conditions]
    item = RectificationItem.objects.get(pk=item.pk)
    iw.record(world, item)
    item = verification.verify_item(pk=item.pk, actor=iw.confirms(world, item), at=world.at)
    assert [record.round for record in item.verifications.all()] == [1, 2]

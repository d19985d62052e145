"""Items follow their form: opened, assigned, corrected, cancelled; an issued date never moves without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from feedback.enums import Progress, SettledAs
from feedback.signals import form_cancelled, form_corrected, form_issued, form_received
from rectification.enums import ItemStatus, MeasureState
from rectification.models import RectificationItem
from rectification.models.verification import last_verification
from rectification.services import opening
from supervision.core.deadlines import Clock
from supervision.core.models import DeadlineChange, Event, StoredFile
from supervision.enums import Source
from supervision.models import Inspection, Problem
from tests.rectification import item_world as iw
from tests.world import World


def test_one_item_per_problem_numbered_after_the_form(world: World):
    form = iw.issued(world, count=3)
    assert [item.number for item in form.items.order_by("pk")] == [f"{form.number}-{n}" for n in (1, 2, 3)]
    assert all(item.status == ItemStatus.PENDING and item.clock == Clock.UNIT for item in form.items.all())
    assert Event.objects.filter(verb="item.opened").count() == 3


def test_an_item_takes_the_scope_of_its_form(world: World):
    item = iw.pending(world, unit="u1s")
    form = item.form
    assert (item.campaign_id, item.body_id, item.team_id, item.unit_id) == (
        form.campaign_id,
        form.body_id,
        form.team_id,
        form.unit_id,
    )


@pytest.mark.parametrize(
    ("severity", "source", "is_key"),
    [("general", Source.TEAM, False), ("key", Source.TEAM, True), ("general", Source.CENTRAL, True)],
)
def test_key_is_what_the_severity_says_or_what_is_central(world: World, severity: str, source: str, is_key: bool):
    assert iw.pending(world, severity=severity, source=source).is_key is is_key


def test_before_the_receipt_the_latest_date_stands(world: World):
    item = iw.pending(world)
    latest = world.calendar.add(world.calendar.add(world.today, 1), 15)
    assert item.due_on == item.original_due_on == item.clock_due_on == latest
    assert not DeadlineChange.objects.exists()


def test_a_receipt_makes_the_date_earlier_and_leaves_its_trace(world: World):
    item = iw.pending(world)
    latest = item.due_on
    iw.receive(world, item.form, world.at)
    item.refresh_from_db()
    assert item.due_on == item.original_due_on == world.calendar.add(world.today, 15) < latest
    change = DeadlineChange.objects.get(subject_kind=item.kind, subject_id=item.pk)
    assert (change.old_on, change.new_on, change.event.verb) == (latest, item.due_on, "item.assigned")


def test_a_late_receipt_never_makes_the_date_later(world: World):
    item = iw.pending(world)
    latest = item.due_on
    iw.receive(world, item.form, world.after(9))
    item.refresh_from_db()
    assert item.due_on == latest
    assert not DeadlineChange.objects.exists()


def test_the_plan_is_due_within_its_term_but_never_later_than_the_item(world: World):
    assert iw.assigned(world).clock_due_on == world.calendar.add(world.today, 5)
    short = iw.assigned(world, rule="fixed", due_on=world.calendar.add(world.today, 2), typed_due_on=None)
    assert short.clock_due_on == short.due_on


def test_what_needs_no_plan_is_due_at_its_deadline(world: World):
    item = iw.assigned(world, rule="immediate")
    assert item.is_immediate
    assert item.clock_due_on == item.due_on == world.calendar.add(world.today, 3)


def test_assigning_tells_the_problem(world: World):
    item = iw.assigned(world)
    item.problem.refresh_from_db()
    assert item.problem.progress == Progress.ASSIGNED


# --- mended on the spot -----------------------------------------------------------------------------------------------


def mended(world: World, *, second: bool = True) -> RectificationItem:
    inspection = Inspection(
        phase=world.phases["rectify"], planned_on=world.today, happened_on=world.today, recorded_at=world.at,
        created_by=world.users["a1-member"],
    )  # fmt: skip
    inspection.take_scope_of(world.units["u1"])
    inspection.save()
    origin = Problem(
        inspection=inspection, category=world.categories["duty"], severity=world.severities["general"],
        title="灭火器过期", mended_on_spot=True, mend="当场更换", witness=world.users["a1-member"],
        second_witness=world.users["a1-member-2"] if second else None, author=world.users["a1-member"],
        created_at=world.at,
    )  # fmt: skip
    origin.take_scope_of(world.units["u1"])
    origin.save()
    StoredFile.objects.create(
        subject_kind=Problem.kind, subject_id=origin.pk, storage_name="00/aa", original_name="照片.png",
        content_type="image/png", size=1, sha256="a" * 64, uploaded_by=world.users["a1-member"], uploaded_at=world.at,
    )  # fmt: skip
    form = iw.new_form(world)
    iw.add_problem(world, form, origin=origin, mended_on_spot=True, mend="当场更换", due_on=form.issued_on)
    with transaction.atomic():
        opening.open_items(form=form, actor=world.user("a1-lead"), at=world.at)
    return form.items.get()


def test_what_was_mended_on_the_spot_is_born_waiting_for_close_out(world: World):
    item = mended(world)
    assert (item.status, item.clock) == (ItemStatus.PENDING_CLOSE, Clock.OFFICE)
    assert item.clock_due_on == world.calendar.add(world.today, 3)
    measure = item.measures.get()
    assert (measure.state, measure.text) == (MeasureState.DONE, "当场更换")
    record = last_verification(item)
    assert {record.author_id, record.second_verifier_id} == {
        world.users["a1-member"].pk,
        world.users["a1-member-2"].pk,
    }
    assert record.confirmed_at is not None
    assert item.evidence.get().file.original_name == "照片.png"
    item.problem.refresh_from_db()
    assert item.problem.progress == Progress.PENDING_CLOSE


def test_a_receipt_leaves_it_where_it_is(world: World):
    item = mended(world)
    iw.receive(world, item.form, world.at)
    item.refresh_from_db()
    assert item.status == ItemStatus.PENDING_CLOSE


def test_without_two_witnesses_it_is_an_ordinary_item(world: World):
    item = mended(world, second=False)
    assert (item.status, item.mended_on_spot) == (ItemStatus.PENDING, False)


def test_only_the_requirements_for_the_spot_apply(world: World):
    from rectification.closing_guards import requirements_of

    assert [row.code for row in requirements_of(mended(world))] == ["verified"]


# --- corrections ------------------------------------------------------------------------------------------------------


def correct(world: World, item: RectificationItem, new_on: object) -> RectificationItem:
    with transaction.atomic():
        opening.correct_items(
            form=item.form, actor=world.user("a1-lead"), at=world.at, note=iw.NOTE, dates={item.problem_id: new_on}
        )
    return RectificationItem.objects.get(pk=item.pk)


def test_a_correction_before_the_receipt_is_the_original_date(world: World):
    item = iw.pending(world)
    new_on = item.due_on + timedelta(7)
    after = correct(world, item, new_on)
    assert after.due_on == after.original_due_on == after.clock_due_on == new_on
    assert DeadlineChange.objects.get().event.verb == "item.corrected"


def test_a_correction_after_the_receipt_leaves_the_original_date(world: World):
    item = iw.in_progress(world)
    original, new_on = item.original_due_on, item.due_on + timedelta(7)
    before = DeadlineChange.objects.count()
    after = correct(world, item, new_on)
    assert (after.due_on, after.original_due_on, after.clock_due_on) == (new_on, original, new_on)
    assert after.status == ItemStatus.IN_PROGRESS
    assert DeadlineChange.objects.count() == before + 1


def test_a_correction_does_not_touch_the_clock_of_others(world: World):
    item = iw.submitted(world)
    after = correct(world, item, item.due_on + timedelta(7))
    assert (after.clock, after.clock_due_on) == (Clock.TEAM, item.clock_due_on)


def test_a_correction_without_a_new_date_moves_no_date(world: World):
    item = iw.assigned(world)
    before = DeadlineChange.objects.count()
    after = correct(world, item, None)
    assert (after.due_on, after.clock_due_on) == (item.due_on, item.clock_due_on)
    assert DeadlineChange.objects.count() == before


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_cancelling_stops_the_clock_and_settles_the_problem(world: World):
    item = iw.in_progress(world)
    with transaction.atomic():
        opening.cancel_items(form=item.form, actor=world.user("a1-lead"), at=world.at, note=iw.NOTE)
    item.refresh_from_db()
    item.problem.refresh_from_db()
    assert (item.status, item.clock) == (ItemStatus.CANCELLED, Clock.NONE)
    assert (item.problem.progress, item.problem.settled_as) == (Progress.SETTLED, SettledAs.CANCELLED)
    assert item not in RectificationItem.objects.counted()


def test_what_is_closed_stays_closed(world: World):
    item = iw.closed(world)
    with transaction.atomic():
        opening.cancel_items(form=item.form, actor=world.user("a1-lead"), at=world.at, note=iw.NOTE)
    item.refresh_from_db()
    assert item.status == ItemStatus.CLOSED


def test_each_signal_has_exactly_one_receiver():
    for signal in (form_issued, form_received, form_corrected, form_cancelled):
        ours = [each for each in signal.receivers if each[1]]
        assert len(ours) == 1

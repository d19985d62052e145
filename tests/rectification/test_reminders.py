"""The ledger of reminders: each once, on working days, to whoever's move it is and to the next higher in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from rectification.models import RectificationItem
from rectification.models.report import Report
from rectification.services.closure import endorse_closure
from supervision.core.models import Reminder
from supervision.core.workdays import Calendar, Exceptional, load_calendar
from supervision.enums import CampaignStatus, Document
from supervision.models import Campaign, ReminderRung, ReminderStep, UnitGrant, UnitStaff
from supervision.reminding import spans
from supervision.services.rounds import reminding_round
from supervision.vocabulary import forget
from tests.rectification import item_world as iw
from tests.rectification import report_world as rw
from tests.world import RUNGS, Appointer, World

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def morning(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def away(item: Any, working_days: int, hour: int = 9) -> datetime:
    """The morning so many working days from the item's date, or from the last working day before it."""
    calendar = load_calendar()
    due = item.clock_due_on
    if working_days <= 0 and not calendar.is_working_day(due):
        due = calendar.add(due, -1)
    return morning(calendar.add(due, working_days), hour)


def told(at: datetime) -> list[tuple[str, int, str]]:
    """Stage, rung and person of what this run sends that no earlier one did."""
    known = set(Reminder.objects.values_list("pk", flat=True))
    reminding_round(at=at)
    new = Reminder.objects.exclude(pk__in=known).order_by("pk")
    return sorted(new.values_list("stage", "rung", "recipient__username"))


@pytest.fixture
def item(world: World) -> RectificationItem:
    """Under way, with fifteen working days from its receipt, which was today."""
    return iw.in_progress(world)


def test_each_rung_is_sent_on_its_working_day_to_more_people_as_it_gets_later(item: RectificationItem):
    liaison, head, leader, sponsor = "u1", "u1-head", "a1-lead", "a1-sponsor"
    expected = {
        -6: [], -5: [liaison], -4: [], -3: [liaison], -2: [], -1: [head, liaison][::-1], 0: [liaison, head],
        1: [liaison, head], 2: [leader, liaison, head], 3: [], 4: [leader, sponsor, liaison, head],
        8: [leader, sponsor, liaison, head], 9: [], 20: [],
    }  # fmt: skip
    for days, people in expected.items():
        assert told(away(item, days)) == [("rectify", days, person) for person in sorted(people)], days


def test_a_rung_counts_before_the_date_only_below_half_of_the_time_given(item: RectificationItem):
    """Fifteen days and the day of the receipt: ten days before are more than half, five are not."""
    assert told(away(item, -10)) == []
    item.opened_on -= timedelta(40)
    item.save()
    assert told(away(item, -10)) == [("rectify", -10, "u1")]


def test_missed_days_are_caught_up_by_one_message_of_the_latest_rung(item: RectificationItem):
    assert {rung for _stage, rung, _who in told(away(item, 3))} == {2}
    assert told(away(item, 3, hour=15)) == []


def test_a_second_beat_a_clock_set_back_and_one_that_ran_ahead_change_nothing(item: RectificationItem):
    on = away(item, -5)
    assert len(told(on)) == 1
    assert told(on) == told(on - timedelta(hours=1)) == []
    ahead = told(on + timedelta(days=40))
    assert ahead
    assert len(ahead) == len({who for _stage, _rung, who in ahead})
    for days in range(-5, 9):
        assert told(away(item, days)) == []


def test_nothing_is_sent_on_a_day_off_before_the_hour_or_once_the_day_is_over(
    world: World, item: RectificationItem, monkeypatch: pytest.MonkeyPatch
):
    due = away(item, 0).date()
    assert told(morning(due, 7)) == []
    Campaign.objects.update(day_ends_at=17)
    forget()
    assert told(morning(due, 18)) == []
    off = Calendar([Exceptional(due, "day_off", "假日")], [])  # type: ignore[arg-type]
    monkeypatch.setattr("supervision.vocabulary.load_calendar", lambda: off)
    forget()
    assert told(morning(due)) == []


@pytest.mark.parametrize("status", sorted(set(CampaignStatus) - {CampaignStatus.RUNNING}))
def test_a_campaign_that_does_not_run_reminds_nobody(item: RectificationItem, status: str):
    Campaign.objects.update(status=status)
    assert told(away(item, 2)) == []


def test_a_new_date_is_a_new_deadline_with_rungs_of_its_own(item: RectificationItem):
    assert len(told(away(item, 1))) == 2
    RectificationItem.objects.update(clock_due_on=load_calendar().add(item.clock_due_on, 4))
    item.refresh_from_db()
    assert told(away(item, -3)) == [("rectify", -3, "u1")]


def test_whoever_takes_over_is_reminded_even_where_the_other_was_already(world: World, item: RectificationItem):
    assert told(away(item, -3)) == [("rectify", -3, "u1")]
    other = world.users["nobody"]
    type(world.users["u1"]).objects.filter(username="u1").update(is_active=False)
    people = Appointer(world)
    people.appoint(UnitStaff, UnitGrant, other.username, Role.LIAISON, unit=world.units["u1"])
    people.write()
    assert told(away(item, -3, hour=15)) == [("rectify", -3, "nobody")]


def test_the_move_of_an_empty_post_is_the_next_higher_persons(world: World, item: RectificationItem):
    type(world.users["u1"]).objects.filter(username="u1").update(is_active=False)
    assert told(away(item, -5)) == [("rectify", -5, "u1-head")]


@pytest.mark.parametrize(
    ("arrange", "stage", "people"),
    [
        (lambda w: iw.pending(w), "receipt", ["u1"]),
        (lambda w: iw.planned(w), "plan", ["u1"]),
        (lambda w: iw.planned(w, severity="key"), "plan", ["u1-head"]),
        (lambda w: iw.in_review(w), "plan_review", ["a1-lead"]),
        (lambda w: iw.returned(w), "report", ["u1"]),
        (lambda w: iw.submitted(w), "verification", ["a1-member", "a1-member-2"]),
        (lambda w: iw.verified(w), "closure", ["a-office"]),
    ],
)
def test_each_stage_reminds_whose_move_it_is(world: World, arrange: Any, stage: str, people: list[str]):
    item = arrange(world)
    item.refresh_from_db()
    ReminderRung.objects.exclude(order=0).delete()
    forget()
    subject = item.form if stage == "receipt" else item
    due = item.form.receipt_due_on if stage == "receipt" else item.clock_due_on
    at = morning(due if load_calendar().is_working_day(due) else load_calendar().add(due, -1))
    ReminderStep.objects.all().delete()
    forget()
    assert told(at) == [(stage, 0, person) for person in people]
    reminder = Reminder.objects.first()
    if stage != "report":  # a returned item has its report back, which stands for it
        assert (reminder.subject_kind, reminder.subject_id) == (subject.kind, subject.pk)
    assert reminder.unit_id == item.unit_id


def test_a_report_stands_for_the_items_that_it_covers(world: World):
    """The writer is reminded of the draft, the head of the sheet to sign; nobody of the items beside it."""
    report = rw.draft(world)
    item = report.items.first()
    Report.objects.filter(pk=report.pk).update(status="draft")
    assert {stage for stage, _rung, _who in told(away(item, 0))} == {"report"}
    Report.objects.filter(pk=report.pk).update(status="pending_signoff")
    found = told(away(item, 0, hour=10))
    assert ("report_signature", 0, "u1-head") in found
    assert {stage for stage, _rung, _who in found} == {"report_signature"}


def test_a_longer_route_reminds_the_step_that_is_next(world: World):
    iw.longer_route(world, Document.CLOSURE_SHEET, "body_office", "office")
    item = iw.verified(world)
    item.refresh_from_db()
    assert ("closure", 0, "a-office") in told(away(item, 0))
    endorse_closure(pk=item.pk, actor=world.user("a-office"), at=world.at)
    assert told(away(item, 0, hour=10)) == [("closure", 0, "office")]


def test_what_is_settled_asks_for_nothing_any_more(world: World, item: RectificationItem):
    """A later rung takes the place of the earlier one; an item that moved on leaves no unread reminder."""
    told(away(item, -5))
    told(away(item, -3))
    unread = Reminder.objects.unread().filter(recipient__username="u1")
    assert [each.rung for each in unread] == [-3]
    RectificationItem.objects.update(status="cancelled", clock="none")
    told(away(item, -1))
    assert not unread.all().exists()


def test_a_scan_that_finds_nothing_new_writes_nothing_however_many_items_there_are(
    world: World, item: RectificationItem
):
    def statements(at: datetime) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert told(at) == []
        return len(queries)

    at = away(item, 2)
    told(at)
    few = statements(at)
    for unit in ("u2", "u3", "u4", "u1s"):
        iw.in_progress(world, unit=unit)
    told(at)
    assert statements(at) == few


@pytest.mark.parametrize("due", [date(2026, 10, 1), date(2026, 9, 26), date(2026, 9, 27), date(2026, 11, 24)])
def test_every_day_has_the_latest_rung_that_has_come(due: date):
    """Over the autumn holiday: the rung rises day by day, changes only on working days, and ends at the last."""
    exceptions = [Exceptional(date(2026, 10, day), "day_off") for day in range(1, 8)]  # type: ignore[arg-type]
    calendar = Calendar(exceptions, [2026])
    seen = []
    for day in (due + timedelta(n) for n in range(-30, 40)):
        if not calendar.is_working_day(day):
            continue
        held = [span.rung for span in spans(RUNGS, calendar, day) if span.first <= due <= span.last]
        assert len(held) <= 1
        late = calendar.between(due, day)
        assert held == [max(rung for rung in RUNGS if rung <= late)] if late >= -10 else held == []
        seen += held
    assert seen == sorted(seen)
    assert list(dict.fromkeys(seen)) == list(RUNGS)


def test_a_campaign_that_always_fails_holds_up_no_other_and_still_shows(world: World, item: RectificationItem):
    Campaign.objects.create(
        pk=world.campaign.pk - 1, code="broken", name="坏", short_name="坏", status=CampaignStatus.RUNNING,
        time_zone="Nowhere/Nothing",
    )  # fmt: skip
    forget()
    with pytest.raises(Exception, match="Nowhere"):
        reminding_round(at=away(item, 0))
    assert Reminder.objects.filter(campaign_id=world.campaign.pk).count() == 2

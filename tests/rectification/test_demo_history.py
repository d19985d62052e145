"""The demo shows every state, every clock and every way to sign, on whatever day it is loaded."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from feedback.enums import FormStatus
from feedback.models import FeedbackForm, Receipt
from rectification.demo import player
from rectification.demo.accounts import DEMO_PASSWORD
from rectification.enums import ItemStatus, ReportStatus
from rectification.models import Evidence, RectificationItem, Report
from supervision.core.deadlines import Clock
from supervision.core.events import is_chain_intact
from supervision.core.models import DeadlineChange, Dispatch, Event, IssuedNumber, Notification, StoredFile
from supervision.core.workdays import Calendar, load_calendar
from supervision.enums import (
    AdviceStatus,
    DailyStatus,
    FiledDraftStatus,
    InspectionStatus,
    Outcome,
    SignatureForm,
    Source,
)
from supervision.models import (
    Advice,
    Campaign,
    DailyRecord,
    Delegation,
    FiledDraft,
    Inspection,
    Signature,
    TalkRecord,
    Unit,
)
from supervision.vocabulary import forget, vocabulary_of

pytestmark = pytest.mark.once
DAYS = {
    "a Sunday": date(2026, 11, 22),
    "the first of October": date(2026, 10, 1),
    "the last of December": date(2026, 12, 31),
}
_orders: dict[str, str] = {}  # day → digest of what happened, in order


@dataclass
class Demo:
    campaign: Campaign
    today: date
    calendar: Calendar
    name: str

    def user(self, username: str) -> User:
        return User.objects.get(username=username)


@pytest.fixture(
    scope="module", params=[day if day == "a Sunday" else pytest.param(day, marks=pytest.mark.slow) for day in DAYS]
)
def demo(request, django_db_setup, django_db_blocker) -> Iterator[Demo]:
    """One load for all tests of a day: they only read; everything is rolled back after the last."""
    today = DAYS[request.param]
    now = datetime.combine(today, time(8), tzinfo=timezone.get_current_timezone())
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        campaign = player.load_demo(today=today, now=now)
        yield Demo(campaign, today, load_calendar(), request.param)
        transaction.set_rollback(True)
        forget()


# --- everything can be seen -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "states"),
    [
        (Inspection, InspectionStatus),
        (DailyRecord, DailyStatus),
        (Advice, AdviceStatus),
        (FiledDraft, FiledDraftStatus),
        (FeedbackForm, FormStatus),
        (RectificationItem, ItemStatus),
        (Report, ReportStatus),
    ],
)
def test_every_state_is_shown(demo, model, states):
    assert set(model.objects.values_list("status", flat=True)) == set(states.values)


def test_both_outcomes_of_a_visit_are_shown(demo):
    outcomes = set(Inspection.objects.filter(status="concluded").values_list("outcome", flat=True))
    assert outcomes == {Outcome.FEEDBACK, Outcome.NONE_FOUND}


def test_some_are_overdue_by_each_clock_and_most_are_not(demo):
    late = Counter(item.overdue_clock(demo.today) for item in RectificationItem.objects.all())
    assert all(late[clock] for clock in (Clock.UNIT, Clock.TEAM, Clock.OFFICE))
    assert late[""] > sum(late.values()) / 2


def test_one_was_returned_twice_one_returned_and_closed_some_closed_late(demo):
    items = RectificationItem.objects
    assert items.filter(returns=2, status=ItemStatus.RETURNED).exists()
    assert items.filter(returns=1, status=ItemStatus.CLOSED).exists()
    assert items.filter(late=True, status=ItemStatus.CLOSED).exists()
    assert items.filter(late=False, status=ItemStatus.CLOSED).count() > 5


def test_all_three_ways_to_sign_are_shown(demo):
    reports = Signature.objects.filter(act="report.sign")
    assert set(reports.values_list("form", flat=True)) == set(SignatureForm.values)
    assert all(signature.on_behalf_of for signature in reports.filter(form=SignatureForm.DELEGATE))
    receipt = Signature.objects.get(act="form.receipt", form=SignatureForm.PAPER)
    assert receipt.scan.content_type == "image/png"
    assert reports.filter(form=SignatureForm.PAPER, confirmed_at__isnull=False).exists()
    assert Delegation.objects.get().delegate.username == "dtrail-court-deputy"


def test_one_form_was_deemed_received(demo):
    assert Receipt.objects.filter(is_deemed=True, form__deemed_received=True).exists()


def test_problems_were_mended_on_the_spot(demo):
    statuses = set(RectificationItem.objects.filter(mended_on_spot=True).values_list("status", flat=True))
    assert statuses == {ItemStatus.PENDING_CLOSE, ItemStatus.CLOSED}


def test_an_unannounced_visit_waits_unseen_by_its_unit(demo):
    hidden = Inspection.objects.get(is_unannounced=True, status=InspectionStatus.APPROVED)
    unit = hidden.unit.code
    for username in (unit, f"{unit}-head"):
        assert not Inspection.objects.visible_to(demo.user(username)).filter(pk=hidden.pk).exists()
    assert Inspection.objects.visible_to(demo.user(f"{hidden.team.code}-member")).filter(pk=hidden.pk).exists()


def test_central_feedback_is_shown(demo):
    assert RectificationItem.objects.filter(source=Source.CENTRAL, is_key=True).exists()


def test_a_visit_was_entered_afterwards_and_talks_were_recorded(demo):
    assert Inspection.objects.filter(is_late_entry=True).exists()
    assert TalkRecord.objects.exists()


# --- believable -------------------------------------------------------------------------------------------------------


def test_every_unit_with_a_team_was_inspected(demo):
    made = Inspection.objects.filter(status=InspectionStatus.CONCLUDED).values("unit")
    assert not Unit.objects.filter(team__isnull=False).exclude(pk__in=made).exists()


def test_the_four_rail_courts_have_the_problems_that_the_report_names(demo):
    courts = ["tyrail-intermediate-court", "tyrail-court", "dtrail-court", "lfrail-court"]
    for form in FeedbackForm.objects.filter(unit__code__in=courts).order_by("unit__order"):
        titles = list(form.problems.values_list("title", flat=True))
        assert {"学习教育主体责任落实不够", "学习氛围不浓"} <= set(titles)
        assert all(problem.due_on for problem in form.problems.all())
    told = set(RectificationItem.objects.values_list("title", flat=True))
    assert {"制度机制不配套不科学", "个别单位谈心谈话质量不高", "学习教育方法形式单一"} <= told


def test_the_size_is_that_of_a_living_campaign(demo):
    assert 60 <= RectificationItem.objects.count() <= 90


def test_today_lies_two_fifths_into_the_second_phase(demo):
    phase = vocabulary_of(demo.campaign.pk).phase_on(demo.today)
    assert phase.code == "rectify"
    gone = (demo.today - phase.starts_on) / (phase.ends_on - phase.starts_on)
    assert 0.35 < gone < 0.45
    lengths = [(each.ends_on - each.starts_on).days + 1 for each in demo.campaign.phases.all()]
    assert lengths == [26, 44, 22]


def test_everybody_acted_in_working_hours_of_working_days_before_today(demo):
    for at in Event.objects.filter(campaign_id=demo.campaign.pk).exclude(
        verb__startswith="campaign."
    ).values_list("at", flat=True):  # fmt: skip
        local = timezone.localtime(at)
        assert demo.calendar.is_working_day(local.date())
        assert 8 <= local.hour < 18
        assert local.date() < demo.today


def test_numbers_are_given_without_gaps_in_the_order_of_time(demo):
    for series, numbers in _by_series(IssuedNumber.objects.order_by("issued_at", "pk")).items():
        assert numbers == list(range(1, len(numbers) + 1)), series


def _by_series(rows) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        found.setdefault((row.series_id, row.year), []).append(row.value)
    return found


def test_no_deadline_moved_without_a_trace(demo):
    moved = RectificationItem.objects.exclude(due_on=F("original_due_on"))
    traced = set(DeadlineChange.objects.values_list("subject_id", flat=True))
    assert {item.pk for item in moved} <= traced


# --- the trail --------------------------------------------------------------------------------------------------------


def test_the_order_of_events_is_the_order_of_time(demo):
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_every_chain_is_intact(demo):
    subjects = Event.objects.order_by().values_list("subject_kind", "subject_id").distinct()
    assert all(is_chain_intact(kind, pk) for kind, pk in list(subjects)[::7])


@pytest.mark.slow  # one day alone would prove nothing
def test_the_same_happens_in_the_same_order_on_any_day(demo):
    told = Event.objects.order_by("pk").values_list("verb", "subject_kind", "actor_name", "sequence")
    _orders[demo.name] = hashlib.sha256(repr(list(told)).encode()).hexdigest()
    assert len(set(_orders.values())) == 1, _orders


def test_everything_was_told_and_what_is_old_is_read(demo):
    assert not Dispatch.objects.filter(done_at__isnull=True).exists()
    before = datetime.combine(demo.today, time(8), tzinfo=timezone.get_current_timezone()) - timedelta(days=3)
    old = Notification.objects.filter(event__at__lt=before)
    assert old.exists()
    assert not old.filter(read_at__isnull=True).exists()
    assert Notification.objects.filter(read_at__isnull=True).exists()


def test_every_file_lies_on_disk_and_no_two_pieces_of_evidence_are_the_same(demo):
    stored = list(StoredFile.objects.all())
    assert {each.content_type for each in stored} >= {"image/png", "application/pdf", "text/plain"}
    assert all((Path(settings.MEDIA_ROOT) / each.storage_name).is_file() for each in stored)
    sums = Evidence.objects.values_list("file__sha256", flat=True)
    assert len(set(sums)) == len(sums) > 20


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_every_seat_has_its_account_with_the_one_password(demo):
    usernames = set(User.objects.values_list("username", flat=True))
    expected = {"office", "office-lead", "auditor", "sysadmin", "secadmin", "dtrail-court-deputy"}
    expected |= {f"{body.code}-office" for body in demo.campaign.bodies.all()}
    for team in demo.campaign.teams.all():
        expected |= {f"{team.code}-{suffix}" for suffix in ("sponsor", "lead", "member", "member-2")}
    for unit in demo.campaign.units.all():
        expected |= {unit.code, f"{unit.code}-head"}
    assert usernames == expected
    assert all(user.is_demo and user.is_active for user in User.objects.all())
    assert len(set(User.objects.values_list("password", flat=True))) == 1
    assert demo.user("court-1-lead").check_password(DEMO_PASSWORD)


def test_names_are_posts_and_nobody_is_named(demo):
    assert demo.user("court-1-lead").name == "省法院指导组·组长"
    assert demo.user("tyrail-court").name == "太原铁路运输法院·联络员"
    assert demo.user("court-1-sponsor").post == "党组成员、政治部主任"
    assert all("·" in user.name or user.administrator for user in User.objects.all())


def test_each_sees_their_own(demo):
    everything = RectificationItem.objects.count()
    assert RectificationItem.objects.visible_to(demo.user("office")).count() == everything
    court = RectificationItem.objects.visible_to(demo.user("court-office")).count()
    assert 0 < court < everything
    assert RectificationItem.objects.visible_to(demo.user("court-1-lead")).count() == court
    assert RectificationItem.objects.visible_to(demo.user("dtrail-court")).count() == 3
    below = RectificationItem.objects.visible_to(demo.user("tyrail-intermediate-court")).count()
    assert below == 12  # its own and those of the three courts below it
    for administrator in ("auditor", "sysadmin", "secadmin"):
        assert not RectificationItem.objects.visible_to(demo.user(administrator)).exists()

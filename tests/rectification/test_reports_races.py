"""Two people decide about one report at once on PostgreSQL: one wins, nothing is done twice, nobody waits for ever."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rectification.enums import ItemStatus, ReportStatus
from rectification.models import Report
from rectification.services import items as item_services
from rectification.services import reports
from supervision.core.models import Event
from tests.architecture.test_move_races import at_once, refusals
from tests.rectification import report_world
from tests.rectification.report_world import ready_items, sent, signed
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
NOTE = "请补充会议记录后重新报送。"


def test_form_report_and_items_are_locked_in_the_one_order(world: World):
    report = sent(world, ready_items(world, 2))
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        Report.objects.locked_whole(report.pk)
    locking = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    assert len(locking) == 1
    order = locking[0].rsplit("FOR UPDATE OF", 1)[1]
    places = [order.index(table) for table in ("feedback_feedbackform", 'report"', "rectificationitem", 'reportitem"')]
    assert places == sorted(places)
    assert 'ORDER BY "rectification_reportitem"."item_id" ASC' in locking[0]


def test_approving_and_returning_at_once(world: World):
    report = report_world.verified(world)
    results = at_once(
        lambda: reports.approve_report(pk=report.pk, actor=world.user("a1-member"), at=world.at),
        lambda: reports.return_report(pk=report.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE),
    )
    assert len(refusals(results)) == 1
    report.refresh_from_db()
    assert report.status in (ReportStatus.APPROVED, ReportStatus.RETURNED)


def test_returning_the_report_and_one_of_its_items_at_once(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    results = at_once(
        lambda: reports.return_report(pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE),
        lambda: item_services.return_item(pk=items[1].pk, actor=world.user("a1-lead"), at=world.at, note=NOTE),
    )
    assert len(refusals(results)) == 1
    report.refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    items[1].refresh_from_db()
    assert (items[1].status, items[1].returns) == (ItemStatus.RETURNED, 1)
    assert Event.objects.filter(verb__startswith="report.returned").count() == 1


def test_two_drafts_of_the_same_items_at_once(world: World):
    item = ready_items(world)[0]

    def begin() -> Report:
        return reports.draft_report(pk=item.form_id, actor=world.user("u1"), at=world.at, items=[item.pk])

    assert len(refusals(at_once(*[begin] * 6))) == 5
    assert Report.objects.count() == 1


def test_recalling_and_signing_at_once(world: World):
    items = ready_items(world)
    report = sent(world, items)
    results = at_once(
        lambda: reports.recall_report(pk=report.pk, actor=world.user("u1"), at=world.at),
        lambda: reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at),
    )
    assert len(refusals(results)) == 1
    report.refresh_from_db()
    items[0].refresh_from_db()
    assert (report.status == ReportStatus.SUBMITTED) == (items[0].status == ItemStatus.SUBMITTED)

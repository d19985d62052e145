"""The generated province is one that the services could have made: measured figures mean something."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import User
from benchmarks.generator import generate
from benchmarks.lives import Lives
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from rectification.enums import SETTLED, ItemStatus
from rectification.models import RectificationItem, Report
from rectification.models.closure import ClosureSheet
from rectification.services import counts
from rectification.services.items import return_item
from supervision.core.deadlines import Clock
from supervision.core.events import is_chain_intact
from supervision.core.models import Event
from supervision.core.workdays import Calendar
from supervision.models import Campaign

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
SIZE = 400
S = ItemStatus


@pytest.fixture
def campaign(db: None) -> Campaign:
    return generate(SIZE, at=AT, units=30)


@pytest.mark.django_db
def test_a_province_is_whole_and_moves_on(campaign: Campaign):
    items = RectificationItem.objects.filter(campaign=campaign)
    assert items.count() == SIZE
    assert set(items.values_list("status", flat=True)) == set(S)
    assert 0.3 < items.open().count() / SIZE < 0.5
    assert counts.recount(repair=False) == {}
    assert campaign.units.filter(team__code="proc-dispatched").count() == 11

    assert not items.filter(status__in=SETTLED).exclude(clock=Clock.NONE).exists()
    assert not items.exclude(status__in=SETTLED).filter(clock=Clock.NONE).exists()
    assert set(ClosureSheet.objects.values_list("item_id", flat=True)) == set(
        items.filter(status=S.CLOSED).values_list("pk", flat=True)
    )
    signed = Report.objects.filter(items=OuterRef("pk"), version=1)
    assert not items.filter(submitted_on__isnull=False).exclude(Exists(signed)).exists()
    assert not items.filter(submitted_on__gt=campaign.day_of(AT)).exists()
    settled = Q(items__status__in=SETTLED)
    forms = FeedbackForm.objects.annotate(all=Count("items"), settled=Count("items", filter=settled))
    assert not forms.filter(status=FormStatus.CLOSED).exclude(all=F("settled")).exists()
    for pk in items.order_by("pk").values_list("pk", flat=True)[:60]:
        assert is_chain_intact(RectificationItem.kind, pk)

    item = items.filter(status=S.SUBMITTED).select_related("team").first()
    member = User.objects.get(username=f"{item.team.code}-member")
    return_item(pk=item.pk, actor=member, at=AT, note="请补充会议记录并说明责任落实情况。")
    assert is_chain_intact(RectificationItem.kind, item.pk)
    assert Event.objects.of(RectificationItem.kind, item.pk).last().verb == "item.returned"


def test_one_seed_tells_one_story():
    calendar, today = Calendar([], []), date(2026, 11, 24)
    once, again, other = (list(Lives(seed, calendar, today).told(200)) for seed in ("a", "a", "b"))
    assert once == again != other
    assert sum(len(form.items) for form in once) == 200
    days = [day for form in once for life in form.items for _step, day in life.steps]
    assert max(days) <= today
    assert all([*life.steps] == sorted(life.steps, key=lambda step: step[1]) for form in once for life in form.items)

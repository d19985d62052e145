"""The jobs of the standard, each with its goal: h is the hello-world of the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from benchmarks import measuring
from benchmarks.measuring import TURNS, WARM, Export, Figures
from benchmarks.province import RESTRICTED_TEAM
from benchmarks.serving import Answer, Browser, Gunicorn
from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from rectification.services import counts
from supervision.core.lists import PAGE_SIZE, Sort, _encode
from supervision.core.models import Event
from supervision.core.workdays import load_calendar
from supervision.models.campaign import Campaign
from supervision.services.reminders import remind

FAR_PAGE = 1_000
LEDGER = "group=open&overdue=unit&sort=due_on"
EXPORT_SECONDS = 30.0
WHOLE_WORKBOOK = 20_000  # items; of more, one unit's


@dataclass
class Scan:
    name: str
    seconds: float
    reminders: int


@dataclass
class Told:
    """What a run has found out."""

    generated: float = 0.0
    pages: list[Figures] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    hello: float = 0.0  # answers a second
    listing: float = 0.0
    csv: Export | None = None
    workbook: Export | None = None
    recount: float = 0.0


def measure_reminders(told: Told, campaign: Campaign, at: datetime) -> None:
    """A campaign that was never reminded, the next run of the same day, and the first one of the next working day."""
    tomorrow = load_calendar().add(at.date(), 1)
    later = at + timedelta(days=(tomorrow - at.date()).days)
    for name, moment in (("first scan ever", at), ("rerun", at), ("next working day", later), ("its rerun", later)):
        began = time.monotonic()
        written = remind(campaign_id=campaign.pk, at=moment)
        told.scans.append(Scan(name, time.monotonic() - began, written))
    began = time.monotonic()
    if differences := counts.recount(repair=False):
        raise RuntimeError(f"The counters differ from a recount: {differences}")
    told.recount = time.monotonic() - began


def measure_pages(told: Told, server: Gunicorn, campaign: Campaign) -> None:
    office = User.objects.get(username="office")
    restricted = User.objects.get(username=f"{RESTRICTED_TEAM}-lead")
    ledger, api = reverse("rectification:ledger"), reverse("api:item-list")
    item = _item_with_a_story(campaign)
    for name, goal, user, path in (
        ("province dashboard", "≤ 20 h, ≤ 10 queries", office, reverse("supervision:dashboard")),
        ("ledger: open, unit late, by date", "≤ 25 h, ≤ 8 queries", office, f"{ledger}?{LEDGER}"),
        ("the same, a leader of 20 units", "≤ 1.3 × the officer", restricted, f"{ledger}?{LEDGER}"),
        ("ledger, all, page 1", "≤ 25 h, ≤ 8 queries", office, f"{ledger}?sort=due_on"),
        (
            f"ledger, page {_far(campaign):,}",
            "≤ 1.2 × page 1",
            office,
            f"{ledger}?sort=due_on&after={_cursor(campaign)}",
        ),
        ("list API", "≤ 15 h, ≤ 6 queries", office, f"{api}?order=due_on"),
        ("item page with timeline", "≤ 25 h, ≤ 12 queries", office, item.get_absolute_url()),
    ):
        told.pages.append(measuring.page(server, name, goal, user, path))
    told.pages.append(_moves(server, campaign))
    told.hello = measuring.throughput(server, None, "/hello")
    told.listing = measuring.throughput(server, office, f"{ledger}?{LEDGER}")


def _item_with_a_story(campaign: Campaign) -> RectificationItem:
    """Closed, and with all its events."""
    whole = Event.objects.filter(verb="item.closed", campaign_id=campaign.pk, sequence__gt=5)
    return RectificationItem.objects.get(pk=whole.order_by("pk").values_list("subject_id", flat=True)[:1])


def _far(campaign: Campaign) -> int:
    """The thousandth page, or the last full one of a shorter list."""
    return min(FAR_PAGE, RectificationItem.objects.filter(campaign=campaign).count() // PAGE_SIZE)


def _cursor(campaign: Campaign) -> str:
    """Behind the last row before that page, as “next” would give it."""
    rows = RectificationItem.objects.filter(campaign=campaign).order_by("due_on", "pk")
    return _encode(rows[PAGE_SIZE * (_far(campaign) - 1) - 1], Sort("due_on").column)


def _moves(server: Gunicorn, campaign: Campaign) -> Figures:
    """Plans approved by their leaders, each another one: event, counters, outbox, redirect."""
    waiting = RectificationItem.objects.filter(campaign=campaign, status=ItemStatus.PLAN_REVIEW, is_key=False)
    items = list(waiting.select_related("team").order_by("pk")[: TURNS + WARM])
    leaders = {each.username: each for each in User.objects.filter(username__endswith="-lead")}
    browsers = {item.team_id: Browser(server.port, leaders[f"{item.team.code}-lead"]) for item in items}

    def approving(item: RectificationItem) -> Callable[[], Answer]:
        path = reverse("rectification:item-move", args=[item.pk, "approve-plan"])
        return lambda: browsers[item.team_id].post(path)

    found = measuring.beside_hello(
        server, "a move: a plan approved", "≤ 20 h, ≤ 12 queries (≤ 15)", [approving(item) for item in items]
    )
    approved = waiting.model._default_manager.filter(pk__in=[item.pk for item in items])
    if approved.exclude(status=ItemStatus.IN_PROGRESS).exists():
        raise RuntimeError("A plan that was to be approved is not.")
    return found


def measure_exports(told: Told, server: Gunicorn, campaign: Campaign) -> None:
    office = User.objects.get(username="office")
    told.csv = measuring.export(server, office, reverse("rectification:ledger-csv"), EXPORT_SECONDS)
    rows = RectificationItem.objects.filter(campaign=campaign)
    query, count = "", rows.count()
    if count > WHOLE_WORKBOOK:
        unit = rows.order_by("pk").values_list("unit_id", flat=True)[0]
        query, count = f"?unit={unit}", rows.filter(unit_id=unit).count()
    began = time.monotonic()
    book = measuring.export(server, office, reverse("rectification:ledger-xlsx") + query, 900)
    told.workbook = Export(count, count / (time.monotonic() - began), book.first_byte, book.more_memory)

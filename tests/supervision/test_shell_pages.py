"""Workbench, dashboard, panels, notifications, files and the campaign's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.core import files, notifications
from supervision.core.models import Event, Notification
from supervision.enums import CampaignStatus
from supervision.models import ApprovalRoute, Campaign, CampaignGrant, DeadlineRule, OfficeStaff
from tests.supervision import visits
from tests.supervision.test_inspection_list import queries
from tests.supervision.test_inspection_pages import browser, url
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

OPEN_PAGES = ["workbench", "dashboard", "notification-list", "inspection-list"]


@pytest.mark.parametrize("name", [*OPEN_PAGES, "campaign-current"])
def test_an_anonymous_visitor_is_asked_to_sign_in(world: World, name: str):
    answer = Client().get(url(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("accounts:sign-in"))


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_every_account_gets_a_readable_page(world: World, name: str):
    visits.concluded(world)
    for who in world.users:
        assert browser(world, who).get(url(name)).status_code == 200, who


def test_a_panel_is_served_by_itself_to_whom_it_is_shown(world: World):
    address = url("panel", "rectification-figures")
    assert browser(world, "a1-lead").get(address).status_code == 200
    assert browser(world, "auditor").get(address).status_code == 404
    assert browser(world, "a1-lead").get(url("panel", "no-such-panel")).status_code == 404
    for odd in ("9" * 30, "٣", "x"):
        assert browser(world, "a1-lead").get(f"{address}?unit={odd}").status_code == 200, odd


# --- notifications ----------------------------------------------------------------------------------------------------


def delivered(world: World, who: str) -> list[Notification]:
    notifications.deliver_pending(at=world.at)
    return list(Notification.objects.filter(recipient=world.users[who]).order_by("pk"))


def test_a_notification_leads_to_its_object_and_is_read_by_that(world: World):
    visit = visits.planned(world)
    (told,) = delivered(world, "a1-lead")
    client = browser(world, "a1-lead")
    assert "登记" in client.get(url("notification-list")).content.decode()
    answer = client.post(url("notification-read", told.pk), {"open": "1"})
    assert answer.url == url("inspection", visit.pk)
    told.refresh_from_db()
    assert told.read_at is not None


def test_looking_at_the_list_marks_nothing_as_read(world: World):
    visits.planned(world)
    (told,) = delivered(world, "a1-lead")
    browser(world, "a1-lead").get(url("notification-list"))
    assert browser(world, "a1-lead").get(url("notification-read", told.pk)).status_code == 405
    told.refresh_from_db()
    assert told.read_at is None


def test_nobody_reads_or_marks_anothers_notification(world: World):
    visits.planned(world)
    (told,) = delivered(world, "a1-lead")
    assert browser(world, "a1-member").post(url("notification-read", told.pk), {"open": "1"}).status_code == 404
    browser(world, "a1-member").post(url("notification-read-all"), {"until": told.pk})
    told.refresh_from_db()
    assert told.read_at is None


def test_marking_all_spares_what_came_after_the_page_was_shown(world: World):
    visits.planned(world)
    visits.planned(world, unit="u2")
    first, second = delivered(world, "a1-lead")
    browser(world, "a1-lead").post(url("notification-read-all"), {"until": first.pk})
    second.refresh_from_db()
    assert second.read_at is None
    assert not Notification.objects.filter(pk=first.pk, read_at__isnull=True).exists()


@pytest.mark.parametrize("rows", [3, 120])
def test_the_notifications_cost_eight_queries(world: World, rows: int):
    visit = visits.planned(world)
    sample = Event.objects.of("inspection", visit.pk).get()
    for number in range(rows):
        event = Event.objects.create(
            verb=sample.verb, subject_kind="inspection", subject_id=visit.pk, label="x", audience="team",
            at=world.at, sequence=100 + number, hash="x",
        )  # fmt: skip
        read_at = timezone.now() if number % 2 else None
        Notification.objects.create(event=event, recipient=world.users["a1-lead"], read_at=read_at)
    assert queries(browser(world, "a1-lead"), url("notification-list")) <= 8


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_of_a_kind_that_nobody_registered_is_seen_by_nobody(world: World):
    from django.db import transaction

    visit = visits.in_progress(world)
    visit.kind = "unheard-of"  # type: ignore[misc]
    with transaction.atomic():
        stored = files.attach(files.receive(world.png()), subject=visit, actor=world.user("a1-lead"), at=world.at)
    for who in ("a1-lead", "office-lead"):
        assert browser(world, who).get(url("file", stored.pk)).status_code == 404


# --- campaign ---------------------------------------------------------------------------------------------------------


def test_the_campaigns_page_marks_dates_that_were_filled_in(world: World):
    phase = world.phases["rectify"]
    phase.dates_given = False
    phase.save()
    page = browser(world, "u1").get(url("campaign", world.campaign.pk)).content.decode()
    assert "推定" in page


def test_a_reader_sees_the_units_of_their_own_scope_alone(world: World):
    page = browser(world, "u1").get(url("campaign", world.campaign.pk)).content.decode()
    assert "单位U1" in page
    assert "单位U3" not in page
    assert "督导组B1" not in page


@pytest.mark.parametrize("who", ["nobody", "auditor", "sysadmin", "secadmin"])
def test_strangers_find_no_campaign(world: World, who: str):
    client = browser(world, who)
    for address in (url("campaign", world.campaign.pk), url("campaign-current")):
        assert client.get(address).status_code == 404
    assert client.post(url("campaign-choose", world.campaign.pk)).status_code == 404


def test_a_campaign_does_not_start_before_it_is_set_up(world: World):
    Campaign.objects.get(pk=world.campaign.pk)
    world.campaign.status = CampaignStatus.DRAFT
    world.campaign.save()
    DeadlineRule.objects.filter(code="receipt").delete()
    ApprovalRoute.objects.filter(document="closure_sheet", source="central").delete()
    world.phases["study"].save()  # the vocabulary is read anew
    answer = browser(world, "office-lead").post(url("campaign-move", world.campaign.pk, "start"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "缺少时限规则：签收" in text
    assert "缺少审批路径：销号单（中央督导反馈，重点）" in text


def second_campaign(world: World) -> Campaign:
    """Another running campaign of whose office the office-lead is a member too."""
    other = Campaign.objects.create(code="other", name="另一专项活动", short_name="另一", status="running")
    grant = CampaignGrant.objects.get(user=world.users["office-lead"])
    CampaignGrant.objects.create(
        user=grant.user, permission=grant.permission, content_object=other, source="test:second"
    )
    OfficeStaff.objects.create(campaign=other, user=grant.user, role="office_lead")
    return other


def test_whoever_belongs_to_several_campaigns_chooses_one(world: World):
    visits.concluded(world)
    other = second_campaign(world)
    client: Any = browser(world, "office-lead")
    assert "另一" in client.get(url("workbench")).content.decode()
    assert "单位U1" not in client.get(url("inspection-list")).content.decode()
    client.post(url("campaign-choose", world.campaign.pk))
    assert "单位U1" in client.get(url("inspection-list")).content.decode()
    assert client.get(url("campaign-current")).url == url("campaign", world.campaign.pk)
    assert browser(world, "u1").post(url("campaign-choose", other.pk)).status_code == 404


def test_a_workbench_without_duties_says_so_once_and_shows_no_empty_boxes(world: World):
    page = browser(world, "office-lead").get(url("workbench")).content.decode()
    assert page.count("没有需要您办理的事项") == 1
    assert "待我办" not in page
    visits.planned(world)
    assert "没有需要您办理的事项" not in browser(world, "a1-lead").get(url("workbench")).content.decode()


@pytest.mark.parametrize(("who", "door"), [("auditor", "events"), ("secadmin", "people")])
def test_an_administrators_workbench_leads_to_the_work(world: World, who: str, door: str):
    page = browser(world, who).get(url("workbench")).content.decode()
    assert page.count(f'href="{url(door)}"') == 2  # the navigation and the page

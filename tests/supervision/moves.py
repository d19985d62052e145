"""The move matrix's rows of campaigns and inspections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.roles import Role
from supervision.enums import CampaignStatus, Document, Outcome, Source
from supervision.models import ApprovalStep, Campaign, Inspection
from supervision.services import campaigns, inspections
from supervision.services.inspection_records import save_log
from tests.supervision import visits
from tests.world import MoveRow, World

NOTE = "因单位当日安排冲突，另行商定"


def person(username: str) -> Callable[[World, Any], Any]:
    return lambda world, _subject: world.user(username)


def nothing(_world: World, _subject: Any) -> dict[str, Any]:
    return {}


def noted(_world: World, _subject: Any) -> dict[str, Any]:
    return {"note": NOTE}


def postponing(world: World, _subject: Any) -> dict[str, Any]:
    return {"note": NOTE, "planned_on": world.today + timedelta(days=7)}


def campaign_in(status: str) -> Callable[[World], Campaign]:
    def arrange(world: World) -> Campaign:
        world.campaign.status = status
        world.campaign.save(update_fields=["status"])
        return world.campaign

    return arrange


def on_a_longer_route(world: World) -> Inspection:
    """The deputy endorses before the leader approves."""
    step = ApprovalStep.objects.get(
        route__campaign=world.campaign, route__document=Document.INSPECTION, route__source=Source.TEAM,
        route__is_key=False,
    )  # fmt: skip
    step.number = 2
    step.save()
    ApprovalStep.objects.create(route=step.route, number=1, role=Role.DEPUTY)
    return visits.planned(world)


CAMPAIGN = {
    "start": MoveRow(campaign_in(CampaignStatus.DRAFT), person("office-lead"), nothing, campaigns.start_campaign),
    "finish": MoveRow(campaign_in(CampaignStatus.RUNNING), person("office-lead"), nothing, campaigns.finish_campaign),
    "archive": MoveRow(
        campaign_in(CampaignStatus.FINISHED), person("office-lead"), nothing, campaigns.archive_campaign
    ),
}

INSPECTION = {
    "endorse": MoveRow(on_a_longer_route, person("a1-deputy"), nothing, inspections.endorse_inspection),
    "approve": MoveRow(visits.planned, person("a1-lead"), nothing, inspections.approve_inspection),
    "start": MoveRow(
        visits.approved,
        person("a1-member"),
        lambda world, visit: {"present": visits.members(world, visit)},
        inspections.start_inspection,
    ),
    "log": MoveRow(
        visits.in_progress, person("a1-member"), lambda _world, _visit: {"summary": "总体情况良好"}, save_log
    ),
    "submit": MoveRow(
        lambda world: visits.log_record(world, visits.in_progress(world)).inspection,
        person("a1-member"),
        nothing,
        inspections.submit_inspection,
    ),
    "recall": MoveRow(visits.pending_review, person("a1-member"), nothing, inspections.recall_inspection),
    "conclude": MoveRow(
        visits.pending_review,
        person("a1-lead"),
        lambda _world, _visit: {"outcome": Outcome.FEEDBACK},
        inspections.conclude_inspection,
    ),
    "return": MoveRow(visits.pending_review, person("a1-lead"), noted, inspections.return_inspection),
    "postpone": MoveRow(visits.approved, person("a1-lead"), postponing, inspections.postpone_inspection),
    "resume": MoveRow(
        visits.postponed,
        person("a1-lead"),
        lambda world, _visit: {"planned_on": world.today},
        inspections.resume_inspection,
    ),
    "cancel": MoveRow(visits.approved, person("a1-lead"), noted, inspections.cancel_inspection),
}

ROWS = {"campaign": CAMPAIGN, "inspection": INSPECTION}

"""Every move of a campaign and of an inspection, as data (domain/states.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision import guards
from supervision.core.events import register_verb
from supervision.core.models.event import Audience
from supervision.core.transitions import MoveTable, Transition
from supervision.enums import CampaignStatus, Document, InspectionStatus
from supervision.models.inspection import Inspection
from supervision.rules import TEAM_PEOPLE, ByRoute, ThePerson, anyone

OFFICE_LEAD = anyone(Role.OFFICE_LEAD)

START_CAMPAIGN = Transition(
    name="start",
    verb="campaign.started",
    label=_("启动"),
    sources=frozenset({CampaignStatus.DRAFT}),
    target=CampaignStatus.RUNNING,
    allowed=OFFICE_LEAD,
    guards=(guards.campaign_is_set_up,),
)
FINISH_CAMPAIGN = Transition(
    name="finish",
    verb="campaign.finished",
    label=_("结束"),
    sources=frozenset({CampaignStatus.RUNNING}),
    target=CampaignStatus.FINISHED,
    allowed=OFFICE_LEAD,
    ends=True,
)
ARCHIVE_CAMPAIGN = Transition(
    name="archive",
    verb="campaign.archived",
    label=_("归档"),
    sources=frozenset({CampaignStatus.FINISHED}),
    target=CampaignStatus.ARCHIVED,
    allowed=OFFICE_LEAD,
    ends=True,
)
CAMPAIGN = MoveTable("campaign", _("专项活动"), CampaignStatus, [START_CAMPAIGN, FINISH_CAMPAIGN, ARCHIVE_CAMPAIGN])
# Written by the loader of scenarios, which the web server never imports; its pages name the event all the same.
register_verb("campaign.loaded", _("装载专项活动"), Audience.OFFICE)

S = InspectionStatus
TEAM = anyone(*TEAM_PEOPLE)
LEADER = anyone(Role.LEADER)
REVIEWER = guards.LeaderBesides(author=lambda inspection: inspection.submitted_by_id)


def _creator(inspection: Inspection) -> int:
    return inspection.created_by_id


APPROVER = ByRoute(Document.INSPECTION, signs=True, roles=(Role.LEADER,), author=_creator)
ENDORSE = Transition(
    name="endorse",
    verb="inspection.endorsed",
    label=_("核稿"),
    sources=frozenset({S.PLANNED}),
    target=None,
    allowed=ByRoute(Document.INSPECTION, signs=False, roles=(Role.DEPUTY,), author=_creator),
    guards=(guards.campaign_is_running, guards.approver_is_not_creator),
    audience=Audience.TEAM,
)
APPROVE = Transition(
    name="approve",
    verb="inspection.approved",
    label=_("批准"),
    sources=frozenset({S.PLANNED}),
    target=S.APPROVED,
    allowed=APPROVER,
    guards=(guards.campaign_is_running, guards.approver_is_not_creator),
)
START = Transition(
    name="start",
    verb="inspection.started",
    label=_("开始检查"),
    sources=frozenset({S.APPROVED}),
    target=S.IN_PROGRESS,
    allowed=TEAM,
    guards=(guards.campaign_is_running, guards.date_is_reached, guards.two_members_are_present),
)
LOG = Transition(
    name="log",
    verb="inspection.logged",
    label=_("填写检查记录"),
    sources=frozenset({S.IN_PROGRESS}),
    target=None,
    allowed=TEAM,
    guards=(guards.campaign_is_running,),
    audience=Audience.TEAM,
)
SUBMIT = Transition(
    name="submit",
    verb="inspection.submitted",
    label=_("报送审定"),
    sources=frozenset({S.IN_PROGRESS}),
    target=S.PENDING_REVIEW,
    allowed=TEAM,
    guards=(guards.campaign_is_running, guards.planned_methods_are_answered, guards.problems_are_complete),
    audience=Audience.TEAM,
)
RECALL = Transition(
    name="recall",
    verb="inspection.recalled",
    label=_("撤回修改"),
    sources=frozenset({S.PENDING_REVIEW}),
    target=S.IN_PROGRESS,
    allowed=ThePerson(TEAM_PEOPLE, lambda inspection: inspection.submitted_by_id, _("报送人")),
    guards=(guards.campaign_is_running, guards.reviewer_has_not_opened),
    audience=Audience.TEAM,
    aside=True,
)
CONCLUDE = Transition(
    name="conclude",
    verb="inspection.concluded",
    label=_("审定"),
    sources=frozenset({S.PENDING_REVIEW}),
    target=S.CONCLUDED,
    allowed=REVIEWER,
    guards=(
        guards.campaign_is_running,
        guards.reviewer_is_not_submitter,
        guards.reviewer_is_not_only_author,
        guards.outcome_fits_problems,
    ),
    audience=Audience.TEAM,
    ends=True,
)
RETURN = Transition(
    name="return",
    verb="inspection.returned",
    label=_("退回补充"),
    sources=frozenset({S.PENDING_REVIEW}),
    target=S.IN_PROGRESS,
    allowed=REVIEWER,
    guards=(guards.campaign_is_running, guards.reviewer_is_not_submitter),
    audience=Audience.TEAM,
    needs_note=True,
)
POSTPONE = Transition(
    name="postpone",
    verb="inspection.postponed",
    label=_("改期"),
    sources=frozenset({S.PLANNED, S.APPROVED}),
    target=S.POSTPONED,
    allowed=LEADER,
    guards=(guards.campaign_is_running, guards.has_not_happened, guards.new_date_is_ahead),
    needs_note=True,
)
RESUME = Transition(
    name="resume",
    verb="inspection.resumed",
    label=_("恢复"),
    sources=frozenset({S.POSTPONED}),
    target=S.APPROVED,
    allowed=guards.LeaderOrApprover(APPROVER),
    guards=(
        guards.campaign_is_running,
        guards.resumer_is_not_creator_unless_approved,
        guards.new_date_is_ahead,
    ),
)
CANCEL = Transition(
    name="cancel",
    verb="inspection.cancelled",
    label=_("取消"),
    sources=frozenset({S.PLANNED, S.APPROVED, S.IN_PROGRESS, S.POSTPONED}),
    target=S.CANCELLED,
    allowed=LEADER,
    guards=(guards.campaign_is_running,),
    needs_note=True,
    ends=True,
)
INSPECTION = MoveTable(
    "inspection",
    _("督导检查"),
    InspectionStatus,
    [ENDORSE, APPROVE, START, LOG, SUBMIT, RECALL, CONCLUDE, RETURN, POSTPONE, RESUME, CANCEL],
)

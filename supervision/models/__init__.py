"""The tables of the supervision app, one aggregate a file."""

from supervision.models.advice import Advice, AdviceAnswer
from supervision.models.calendar_feed import CalendarFeed
from supervision.models.campaign import Campaign, CampaignGrant, Phase
from supervision.models.daily import DailyAddition, DailyRecord
from supervision.models.filed_draft import DraftReading, DraftVersion, FiledDraft
from supervision.models.inspection import (
    ChecklistResult,
    Inspection,
    InspectionMethod,
    InspectionRecord,
    TalkRecord,
)
from supervision.models.organisation import Body, BodyGrant, Team, TeamGrant, Unit, UnitGrant
from supervision.models.people import BodyStaff, Delegation, OfficeStaff, TeamMembership, UnitStaff
from supervision.models.problem import Problem
from supervision.models.reminding import ReminderRung, ReminderStep
from supervision.models.signing import Endorsement, Signature
from supervision.models.vocabulary import (
    ApprovalRoute,
    ApprovalStep,
    Category,
    ChecklistPoint,
    CloseRequirement,
    ContactWay,
    DeadlineRule,
    DraftKind,
    Focus,
    LightRule,
    Method,
    Severity,
)

__all__ = [
    "Advice",
    "AdviceAnswer",
    "ApprovalRoute",
    "ApprovalStep",
    "Body",
    "BodyGrant",
    "BodyStaff",
    "CalendarFeed",
    "Campaign",
    "CampaignGrant",
    "Category",
    "ChecklistPoint",
    "ChecklistResult",
    "CloseRequirement",
    "ContactWay",
    "DailyAddition",
    "DailyRecord",
    "DeadlineRule",
    "Delegation",
    "DraftKind",
    "DraftReading",
    "DraftVersion",
    "Endorsement",
    "FiledDraft",
    "Focus",
    "Inspection",
    "InspectionMethod",
    "InspectionRecord",
    "LightRule",
    "Method",
    "OfficeStaff",
    "Phase",
    "Problem",
    "ReminderRung",
    "ReminderStep",
    "Severity",
    "Signature",
    "TalkRecord",
    "Team",
    "TeamGrant",
    "TeamMembership",
    "Unit",
    "UnitGrant",
    "UnitStaff",
]

"""The tables of the supervision app, one aggregate a file."""

from supervision.models.campaign import Campaign, CampaignGrant, Phase
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
from supervision.models.signing import Endorsement, Signature
from supervision.models.vocabulary import (
    ApprovalRoute,
    ApprovalStep,
    Category,
    ChecklistPoint,
    CloseRequirement,
    DeadlineRule,
    Focus,
    LightRule,
    Method,
    Severity,
)

__all__ = [
    "ApprovalRoute",
    "ApprovalStep",
    "Body",
    "BodyGrant",
    "BodyStaff",
    "Campaign",
    "CampaignGrant",
    "Category",
    "ChecklistPoint",
    "ChecklistResult",
    "CloseRequirement",
    "DeadlineRule",
    "Delegation",
    "Endorsement",
    "Focus",
    "Inspection",
    "InspectionMethod",
    "InspectionRecord",
    "LightRule",
    "Method",
    "OfficeStaff",
    "Phase",
    "Problem",
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

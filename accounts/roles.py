"""The roles of the field and where each is granted: role → object → codename.

docs/permissions.md holds the same table for readers; tests/architecture compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Role(models.TextChoices):
    """A role is held on one object (a campaign, body, team or unit), never everywhere."""

    OFFICE = "office", _("省教整办工作人员")
    OFFICE_LEAD = "office_lead", _("省教整办负责人")
    BODY_OFFICE = "body_office", _("督导主体办公室")
    SPONSOR = "sponsor", _("牵头领导")
    LEADER = "leader", _("组长")
    DEPUTY = "deputy", _("副组长")
    MEMBER = "member", _("成员")
    HEAD = "head", _("主要负责人")
    LIAISON = "liaison", _("联络员")
    LEADERSHIP = "leadership", _("班子成员")
    RECEIPT_DELEGATE = "receipt_delegate", _("受托签收人")
    REPORT_DELEGATE = "report_delegate", _("受托签批人")
    OVERSEER = "overseer", _("上级单位")


OBJECT_OF: dict[str, str] = {
    Role.OFFICE: "campaign",
    Role.OFFICE_LEAD: "campaign",
    Role.BODY_OFFICE: "body",
    Role.SPONSOR: "team",
    Role.LEADER: "team",
    Role.DEPUTY: "team",
    Role.MEMBER: "team",
    Role.HEAD: "unit",
    Role.LIAISON: "unit",
    Role.LEADERSHIP: "unit",
    Role.RECEIPT_DELEGATE: "unit",
    Role.REPORT_DELEGATE: "unit",
    Role.OVERSEER: "unit",
}

TEAM_ROLES = (Role.SPONSOR, Role.LEADER, Role.DEPUTY, Role.MEMBER)
UNIT_ROLES = (Role.HEAD, Role.LIAISON, Role.LEADERSHIP)


def codename(role: str) -> str:
    """The permission's codename on its object, e.g. `act_as_leader` on Team."""
    return f"act_as_{role}"


def permissions_on(kind: str) -> list[tuple[str, str | StrPromise]]:
    """`Meta.permissions` of one of the four granted models."""
    return [
        (codename(role), str(Role(role).name).replace("_", " ").lower()) for role, on in OBJECT_OF.items() if on == kind
    ]

"""Who does what: staff of offices, members of teams, staff of units, delegations. Rights follow by grants."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision.core.models.file import StoredFile
from supervision.enums import DelegationScope
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit


class Appointment(models.Model):
    """A person's role with its dates; the end date is inclusive, empty means open."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("开始"), null=True)
    ends_on = models.DateField(_("结束"), null=True)

    class Meta:
        abstract = True


class OfficeStaff(Appointment):
    """The provincial office 省教整办: staff (PO) and lead (PL; a named deputy holds a second lead row)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="office_staff")
    role = models.CharField(max_length=16, choices=[(r, Role(r).label) for r in (Role.OFFICE, Role.OFFICE_LEAD)])

    class Meta:
        constraints = [models.UniqueConstraint(name="office_staff_once", fields=["campaign", "user", "role"])]


class BodyStaff(Appointment):
    """The body's own office (BO, e.g. 厅教整办)."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="staff")

    class Meta:
        constraints = [models.UniqueConstraint(name="body_staff_once", fields=["body", "user"])]


class TeamMembership(Appointment):
    """Sponsor, leader, deputy or member of a team. While the leader is recorded absent, the deputy acts."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(
        max_length=16,
        choices=[(r, Role(r).label) for r in (Role.SPONSOR, Role.LEADER, Role.DEPUTY, Role.MEMBER)],
    )
    home_unit = models.CharField(_("抽调自"), max_length=128, blank=True)
    absent_from = models.DateField(_("离岗自"), null=True, blank=True)
    absent_until = models.DateField(_("离岗至"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="team_member_once", fields=["team", "user"])]


class UnitStaff(Appointment):
    """The unit's head 主要负责人, liaison 联络员 and further members of its leadership 班子成员."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(
        max_length=16,
        choices=[(r, Role(r).label) for r in (Role.HEAD, Role.LIAISON, Role.LEADERSHIP)],
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="unit_staff_once", fields=["unit", "user", "role"])]


class Delegation(models.Model):
    """授权委托: the head lets a member of the leadership sign for a while (calendar days, both ends inclusive)."""

    kind: ClassVar[str] = "delegation"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="delegations")
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("委托事项"), max_length=8, choices=DelegationScope)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("授权委托")
        constraints = [
            models.CheckConstraint(name="delegation_dates", condition=Q(valid_until__gte=F("valid_from"))),
            models.CheckConstraint(name="delegation_two_people", condition=~Q(principal=F("delegate"))),
        ]

    @property
    def body_id(self) -> int:
        return self.unit.body_id

    @property
    def team_id(self) -> int | None:
        return self.unit.team_id

    @property
    def label(self) -> str:
        return f"{self.unit.name} {self.get_scope_display()}"

    @property
    def source(self) -> str:
        """How its grants are marked, so that revoking takes away exactly these."""
        return f"delegation:{self.pk}"

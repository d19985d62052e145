"""Who supervises whom: Body 督导主体, Team 督导组, Unit 被督导单位."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import permissions_on
from supervision.models.campaign import Campaign, GrantRow

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import User


class Body(models.Model):
    """A supervisory body. It is itself a party of the campaign: `own_unit` 本级 answers to the province."""

    kind: ClassVar[str] = "body"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bodies")
    code = models.SlugField(_("代码"), max_length=64)
    name = models.CharField(_("名称"), max_length=128)
    short_name = models.CharField(_("简称"), max_length=32)
    office_name = models.CharField(_("办公室名称"), max_length=64, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    own_unit = models.OneToOneField(
        "supervision.Unit", on_delete=models.PROTECT, null=True, related_name="own_body", verbose_name=_("本级")
    )

    class Meta:
        verbose_name = _("督导主体")
        ordering = ["order", "pk"]
        permissions = permissions_on("body")
        constraints = [models.UniqueConstraint(name="body_code", fields=["campaign", "code"])]

    def __str__(self) -> str:
        return self.short_name


class Team(models.Model):
    """An inspection team; supervises a fixed set of units (Unit.team)."""

    kind: ClassVar[str] = "team"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="teams")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="teams")
    code = models.SlugField(_("代码"), max_length=64)
    name = models.CharField(_("名称"), max_length=128)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("督导组")
        ordering = ["body__order", "order", "pk"]
        permissions = permissions_on("team")
        constraints = [models.UniqueConstraint(name="team_code", fields=["campaign", "code"])]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: User) -> UnitQuerySet:
        """Supervisors see their units, a unit itself and its subordinates."""
        scope = user.scope
        return self.filter(
            Q(campaign_id__in=scope.campaigns)
            | Q(body_id__in=scope.bodies)
            | Q(team_id__in=scope.teams)
            | Q(pk__in=scope.units)
        )


class Unit(models.Model):
    """A supervised unit, in a tree; may be a remote work team that is no organisation (type work_team)."""

    kind: ClassVar[str] = "unit"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="units")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="units")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="units")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="subordinates")
    code = models.SlugField(_("代码"), max_length=64)
    name = models.CharField(_("名称"), max_length=128)
    type = models.CharField(_("类型"), max_length=32)
    is_remote = models.BooleanField(_("远程单位"), default=False)
    is_given = models.BooleanField(_("名称有出处"), default=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("被督导单位")
        ordering = ["order", "pk"]
        permissions = permissions_on("unit")
        constraints = [models.UniqueConstraint(name="unit_code", fields=["campaign", "code"])]

    def __str__(self) -> str:
        return self.name


class BodyGrant(GrantRow):
    content_object = models.ForeignKey(Body, on_delete=models.CASCADE)


class TeamGrant(GrantRow):
    content_object = models.ForeignKey(Team, on_delete=models.CASCADE)


class UnitGrant(GrantRow):
    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)


Row = TypeVar("Row", bound=models.Model)


class ScopedQuerySet(models.QuerySet[Row]):
    """Rows that carry the four scope columns. Every page, export and API starts at `visible_to`."""

    unit_part: ClassVar[Q | None] = Q(pk__in=[])  # what a unit's people see of their own rows: nothing, unless said

    def visible_to(self, user: User) -> Self:
        return self.filter(user.scope.as_q(unit=self.unit_part))


class ScopedModel(models.Model):
    """A listed business row with its scope columns (docs/architecture.md, scope)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def take_scope_of(self, other: ScopedModel | Unit) -> None:
        """Copy the four scope columns from a parent row or from the unit itself."""
        self.campaign_id, self.body_id = other.campaign_id, other.body_id
        self.team_id = other.team_id  # type: ignore[assignment]  # units without a team are refused by the services
        self.unit_id = other.pk if isinstance(other, Unit) else other.unit_id

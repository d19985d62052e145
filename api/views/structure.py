"""Campaigns with their phases; bodies, teams and units as far as the person's scope reaches."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from api import filters
from api.serializers import structure as serializers
from api.views.base import Moving, Resource
from supervision.models import Body, Campaign, Phase, Team, Unit
from supervision.views.campaigns import CampaignMoveView


class CampaignResource(Moving):
    """专项活动. A detail brings the vocabulary: the rows whose ids other requests name."""

    serializer_class = serializers.CampaignRow
    detail_class = serializers.CampaignDetail
    filterset_class = filters.CampaignFilter
    move_view = CampaignMoveView

    def visible(self) -> Any:
        return Campaign.objects.visible_to(self.user)

    def told(self, row: Any) -> Any:
        row.moves = self.moves_of(row)
        return super().told(row)


class PhaseResource(Resource):
    """环节 of the campaigns in which the person holds anything."""

    serializer_class = serializers.PhaseRow
    filterset_class = filters.InCampaignFilter

    def visible(self) -> Any:
        return Phase.objects.filter(campaign_id__in=self.user.scope.joined_campaigns)


class BodyResource(Resource):
    """督导主体: of the person's own scope."""

    serializer_class = serializers.BodyRow
    filterset_class = filters.InCampaignFilter

    def visible(self) -> Any:
        scope, units = self.user.scope, Unit.objects.visible_to(self.user).order_by()
        own = Q(campaign_id__in=scope.campaigns) | Q(pk__in=scope.bodies) | Q(pk__in=units.values("body_id"))
        return Body.objects.filter(own)


class TeamResource(Resource):
    """督导组: of the person's own scope."""

    serializer_class = serializers.TeamRow
    filterset_class = filters.TeamFilter

    def visible(self) -> Any:
        scope, units = self.user.scope, Unit.objects.visible_to(self.user).order_by()
        above = Q(campaign_id__in=scope.campaigns) | Q(body_id__in=scope.bodies) | Q(pk__in=scope.teams)
        own = above | Q(pk__in=units.exclude(team=None).values("team_id"))
        return Team.objects.filter(own).select_related("body")


class UnitResource(Resource):
    """被督导单位: of the person's own scope."""

    serializer_class = serializers.UnitRow
    filterset_class = filters.UnitFilter

    def visible(self) -> Any:
        return Unit.objects.visible_to(self.user).select_related("body", "team")

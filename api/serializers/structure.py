"""Campaigns, phases, bodies, teams, units."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.base import Move, Ref, Row
from supervision.models import Body, Campaign, Phase, Team, Unit
from supervision.vocabulary import vocabulary_of


class CampaignRow(Row):
    class Meta:
        model = Campaign
        fields: Any = ("id", "code", "name", "short_name", "status", "time_zone", "day_ends_at", "promise")


class PhaseRow(Row):
    class Meta:
        model = Phase
        fields: Any = ("id", "campaign", "code", "name", "order", "starts_on", "ends_on")


class BodyRow(Row):
    class Meta:
        model = Body
        fields: Any = ("id", "campaign", "code", "name", "short_name", "office_name", "order")


class TeamRow(Row):
    body = Ref()

    class Meta:
        model = Team
        fields: Any = ("id", "campaign", "body", "code", "name", "order")


class UnitRow(Row):
    body, team = Ref(), Ref(allow_null=True)

    class Meta:
        model = Unit
        fields: Any = ("id", "campaign", "body", "team", "parent", "code", "name", "type", "is_remote", "order")


class Word(serializers.Serializer[Any]):
    """A row of the campaign's vocabulary, for the fields that ask for one."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()


class Vocabulary(serializers.Serializer[Any]):
    """The rows that forms offer: what creating and moves ask for by id."""

    phases = Word(many=True)
    foci = Word(many=True)
    methods = Word(many=True)
    categories = Word(many=True)
    severities = Word(many=True)
    deadline_rules = Word(many=True)


WORDS = ("phases", "foci", "methods", "categories", "severities", "deadline_rules")


class CampaignDetail(CampaignRow):
    vocabulary = serializers.SerializerMethodField()
    moves = Move(many=True)

    class Meta(CampaignRow.Meta):
        fields = (*CampaignRow.Meta.fields, "vocabulary", "moves")

    @extend_schema_field(Vocabulary)
    def get_vocabulary(self, campaign: Campaign) -> Any:
        words = vocabulary_of(campaign.pk)
        kept: dict[str, Any] = {name: getattr(words, name) for name in WORDS}
        for name in ("categories", "severities", "deadline_rules"):
            kept[name] = [row for row in kept[name] if not row.is_retired]
        return Vocabulary(kept).data

"""Which events a person may read: of objects that they see, by the audience that includes them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from accounts.models import User
from feedback.models import FeedbackForm
from rectification.models import RectificationItem, Report
from rectification.report_transitions import UNIT_INTERNAL
from supervision.core import events
from supervision.core.models.event import Audience, Event
from supervision.models import Campaign, Inspection

KINDS: dict[str, Any] = {model.kind: model for model in (Campaign, Inspection, FeedbackForm, RectificationItem, Report)}
OFFICE = (Audience.UNIT, Audience.TEAM, Audience.OFFICE)
TEAM = (Audience.UNIT, Audience.TEAM)


def readable(user: User, kind: str) -> Q:
    """The events of one kind of object that this person reads on the objects' pages."""
    if kind not in KINDS:
        return Q(pk__in=[])
    seen = KINDS[kind].objects.visible_to(user).order_by().values("pk")
    return Q(subject_kind=kind, subject_id__in=seen) & _of_audience(user) & _of_own_desk(user)


def _of_audience(user: User) -> Q:
    """By the reader's place around the object (supervision.timelines)."""
    scope = user.scope
    offices = Q(campaign_id__in=scope.campaigns) | Q(body_id__in=scope.bodies)
    team = Q(team_id__in=scope.teams)
    return Q(audience=Audience.UNIT) | (offices & Q(audience__in=OFFICE)) | (team & Q(audience__in=TEAM))


def _of_own_desk(user: User) -> Q:
    """How a report came about is its unit's own business."""
    return ~Q(verb__in=UNIT_INTERNAL) | Q(unit_id__in=user.scope.ids(*Report.READS_DRAFTS))


class EventRow(serializers.ModelSerializer[Event]):
    what = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "id", "verb", "what", "subject_kind", "subject_id", "label", "campaign_id", "body_id", "team_id", "unit_id",
            "actor", "actor_name", "on_behalf_of", "was", "now", "note", "at", "sequence", "hash",
        )  # fmt: skip

    def get_what(self, event: Event) -> str:
        return str(events.verb(event.verb).label)

    def to_representation(self, event: Event) -> dict[str, Any]:
        """An envelope has no texts."""
        told = super().to_representation(event)
        return {**told, "label": "", "note": ""} if self.context.get("masked") else told

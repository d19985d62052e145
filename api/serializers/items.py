"""Rectification items with their measures, evidence and verifications."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.base import Move, Person, Ref, Row
from feedback.models import FeedbackProblem
from rectification.lights import light_of
from rectification.models import Evidence, Measure, RectificationItem, Verification
from rectification.models.verification import MeasureResult
from supervision.vocabulary import vocabulary_of


class Light(serializers.Serializer[Any]):
    """亮灯: the colour and the sentence that says why."""

    light = serializers.CharField()
    reason = serializers.CharField()


class ItemRow(Row):
    team, unit, category = Ref(), Ref(), Ref()
    light = serializers.SerializerMethodField()

    class Meta:
        model = RectificationItem
        fields: Any = (
            "id", "campaign", "phase", "body", "team", "unit", "form", "category", "source", "number", "title",
            "status", "is_key", "is_immediate", "mended_on_spot", "due_on", "original_due_on", "clock",
            "clock_due_on", "opened_on", "submitted_on", "late", "returns", "closed_on", "light",
        )  # fmt: skip

    @extend_schema_field(Light)
    def get_light(self, item: Any) -> dict[str, str]:
        vocabulary = vocabulary_of(item.campaign_id)
        on = vocabulary.campaign.day_of(timezone.now())
        shown = light_of(item, on, vocabulary, has_late_measure=item.has_late_measure)
        return {"light": shown.light, "reason": shown.reason}


class MeasureRow(serializers.ModelSerializer[Measure]):
    class Meta:
        model = Measure
        fields: Any = (
            "id", "item", "order", "text", "responsible_person", "due_on", "state", "result", "not_needed_reason",
            "done_on",
        )  # fmt: skip


class EvidenceRow(serializers.ModelSerializer[Evidence]):
    file_name = serializers.CharField(source="file.original_name")
    size = serializers.IntegerField(source="file.size")
    content_type = serializers.CharField(source="file.content_type")
    sha256 = serializers.CharField(source="file.sha256")
    uploaded_by = Person()
    file = serializers.HyperlinkedIdentityField(view_name="api:evidence-file", help_text="Where the bytes are.")

    class Meta:
        model = Evidence
        fields: Any = (
            "id", "item", "measure", "description", "effective_on", "same_file_reason", "file_name", "size",
            "content_type", "sha256", "uploaded_by", "uploaded_at", "withdrawn_at", "file",
        )  # fmt: skip


class ResultRow(serializers.ModelSerializer[MeasureResult]):
    class Meta:
        model = MeasureResult
        fields: Any = ("measure", "holds", "remark")


class VerificationRow(serializers.ModelSerializer[Verification]):
    author, second_verifier = Person(), Person(allow_null=True)
    results = ResultRow(many=True)

    class Meta:
        model = Verification
        fields: Any = (
            "id", "item", "round", "way", "verified_on", "place", "opinion", "author", "recorded_at",
            "second_verifier", "confirmed_at", "results",
        )  # fmt: skip


class Problematic(serializers.ModelSerializer[FeedbackProblem]):
    """The problem that the item puts right, as the issued form says it."""

    class Meta:
        model = FeedbackProblem
        fields: Any = ("id", "order", "title", "fact", "basis", "requirement", "nature")


class Closure(serializers.Serializer[Any]):
    """The close-out sheet."""

    number = serializers.CharField()
    effect = serializers.CharField()
    opinion = serializers.CharField()
    decided_by = Person()
    decided_on = serializers.DateField()


class Plan(serializers.Serializer[Any]):
    """The plan as far as this reader may see it: a draft is the unit's own until it has been handed in."""

    root_cause = serializers.CharField()
    goal = serializers.CharField()
    responsible_leader = serializers.CharField()
    responsible_person = serializers.CharField()
    lead_unit = serializers.CharField()
    cooperating_units = serializers.CharField()
    version = serializers.IntegerField(source="plan_version")
    due_on = serializers.DateField(source="plan_due_on", allow_null=True)


class ItemDetail(ItemRow):
    """An item with what its page tells; `story` (rectification.item_story) decides what this reader sees."""

    problem = Problematic()
    whose = serializers.CharField(source="story.whose", help_text="Who acts next, in words.")
    plan = serializers.SerializerMethodField()
    measures = MeasureRow(many=True, source="story.measures")
    evidence = EvidenceRow(many=True, source="story.shown_evidence")
    verifications = serializers.SerializerMethodField()
    closure = Closure(source="sheet", allow_null=True)
    moves = Move(many=True)

    class Meta(ItemRow.Meta):
        fields = (
            *ItemRow.Meta.fields, "return_note", "problem", "whose", "plan", "measures", "evidence", "verifications",
            "closure", "moves",
        )  # fmt: skip

    @extend_schema_field(Light)
    def get_light(self, item: Any) -> dict[str, str]:
        return {"light": item.story.light.light, "reason": item.story.light.reason}

    @extend_schema_field(Plan)
    def get_plan(self, item: Any) -> Any:
        return Plan(item).data if item.story.shows_plan else None

    @extend_schema_field(VerificationRow(many=True))
    def get_verifications(self, item: Any) -> Any:
        found = item.story.verifications
        for each in found:
            each._prefetched_objects_cache = {"results": each.seen}
        return VerificationRow(found, many=True).data

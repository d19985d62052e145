"""Visits and the problems found on them: for the supervising side, and for the unit."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.base import Move, Person, Ref, Row
from supervision.models import Inspection, Problem
from supervision.models.inspection import InspectionMethod, InspectionRecord


class InspectionRow(Row):
    """What its unit may read, too."""

    label = serializers.CharField()  # type: ignore[assignment]
    phase, team, unit = Ref(), Ref(), Ref()

    class Meta:
        model = Inspection
        fields: Any = (
            "id", "campaign", "phase", "body", "team", "unit", "label", "status", "is_unannounced", "is_onsite",
            "planned_on", "happened_on",
        )  # fmt: skip


class MethodLine(serializers.ModelSerializer[InspectionMethod]):
    id = serializers.IntegerField(source="method_id")
    name = serializers.CharField(source="method.name")
    kind = serializers.CharField(source="method.kind")

    class Meta:
        model = InspectionMethod
        fields: Any = ("id", "name", "kind", "skip_reason")


class RecordRow(serializers.ModelSerializer[InspectionRecord]):
    method, author = Ref(), Person()

    class Meta:
        model = InspectionRecord
        fields: Any = (
            "id", "method", "content", "people_talked", "files_read", "households", "people_tested", "people_passed",
            "satisfaction", "author", "created_at", "version",
        )  # fmt: skip


class ProblemRow(Row):
    """A problem found on a visit; for the supervising side alone."""

    category, severity = Ref(), Ref()

    class Meta:
        model = Problem
        fields: Any = (
            "id", "campaign", "body", "team", "unit", "inspection", "category", "severity", "nature", "title", "fact",
            "basis", "record", "mended_on_spot", "mend", "shown_to", "shown_at", "unit_view", "author", "created_at",
        )  # fmt: skip


class ForUnits(serializers.Serializer[Any]):
    """What everybody who sees a visit may read of it beside the row."""

    foci = Ref(many=True)
    methods = serializers.SerializerMethodField()
    moves = Move(many=True)

    def get_methods(self, inspection: Inspection) -> list[dict[str, Any]]:
        return [{"id": each.method_id, "name": each.method.name} for each in inspection.methods.all()]


class InspectionForUnit(InspectionRow, ForUnits):
    """A visit as its unit sees it: nothing that was found or written."""

    class Meta(InspectionRow.Meta):
        fields = (*InspectionRow.Meta.fields, "foci", "methods", "moves")


class InspectionDetail(InspectionRow):
    """A visit with its log, for the supervising side. Talk records stay out: they are the team's, on its pages."""

    foci, present = Ref(many=True), Person(many=True)
    methods, records, problems = MethodLine(many=True), RecordRow(many=True), ProblemRow(many=True)
    created_by, submitted_by, reviewed_by = Person(), Person(allow_null=True), Person(allow_null=True)
    moves = Move(many=True)

    class Meta(InspectionRow.Meta):
        fields = (
            *InspectionRow.Meta.fields, "purpose", "summary", "outcome", "is_late_entry", "foci", "methods", "present",
            "records", "problems", "created_by", "recorded_at", "approved_at", "started_at", "submitted_by",
            "submitted_at", "reviewed_by", "log_version", "moves",
        )  # fmt: skip

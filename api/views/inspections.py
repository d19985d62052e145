"""Visits and the problems found on them. A unit reads of a visit what its page shows it, and of problems nothing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from api import filters
from api.serializers import visits as serializers
from api.views.base import Moving, Resource
from supervision.models import Inspection, Problem
from supervision.services import inspections
from supervision.views.inspections import InspectionMoveView, is_inside
from supervision.views.visit_story import prefetch


class InspectionResource(Moving):
    """督导检查. Its unit sees the visit, and nothing of what was found or written."""

    serializer_class = serializers.InspectionRow
    detail_class = serializers.InspectionDetail
    filterset_class = filters.InspectionFilter
    move_view = InspectionMoveView
    orders = ("-planned_on", "id")

    def visible(self) -> Any:
        rows = Inspection.objects.visible_to(self.user).select_related("phase", "team", "unit")
        if self.action == "list":
            return rows
        return rows.with_counts().select_related("campaign", "body", "created_by", "submitted_by", "reviewed_by")

    def told(self, row: Any) -> Any:
        inside = is_inside(self.user, row)
        if inside:
            self.opened(row)
        prefetch(row, inside=inside)
        row.moves = self.moves_of(row) if inside else []
        detail = serializers.InspectionDetail if inside else serializers.InspectionForUnit
        return detail(row, context=self.get_serializer_context()).data

    def opened(self, subject: Any) -> None:
        """Whoever is to conclude has the log before them: it cannot be recalled any more."""
        now = timezone.now()
        if subject.opened_at is None and inspections.is_reviewed_by(subject, self.user, now):
            inspections.note_opening(pk=subject.pk, actor=self.user, at=now)


class ProblemResource(Resource):
    """问题, for the supervising side: a unit reads its problems on the issued form."""

    serializer_class = serializers.ProblemRow
    filterset_class = filters.ProblemFilter

    def visible(self) -> Any:
        return Problem.objects.visible_to(self.user).select_related("category", "severity")

"""Visits and the problems found on them. A unit reads of a visit what its page shows it, and of problems nothing."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import creating, filters
from api.describing import MOVE_BODY
from api.serializers import visits as serializers
from api.views.base import Editable, Moving
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
            self.looked_at(row)
        prefetch(row, inside=inside)
        row.moves = self.moves_of(row) if inside else []
        detail = serializers.InspectionDetail if inside else serializers.InspectionForUnit
        return detail(row, context=self.get_serializer_context()).data

    @extend_schema(summary="Register a visit", request=MOVE_BODY, responses={201: serializers.InspectionDetail})
    def create(self, request: Request) -> Response:
        """`unit, phase, foci, methods, is_unannounced, present, purpose, planned_on` (made already: `happened_on`)."""
        visit = creating.new_inspection(request, timezone.now())
        return Response(self.told(self.visible().get(pk=visit.pk)), status=201)

    @extend_schema(
        summary="Write the overall impression",
        request=MOVE_BODY,
        responses={200: serializers.InspectionDetail},
    )
    @action(detail=True, methods=["put"], url_path="log", url_name="log")
    def log(self, request: Request, pk: int) -> Response:
        """`summary`, and `skip_<method>` with the reason why a planned method was not used."""
        creating.save_log(self.inside(), request, timezone.now())
        return Response(self.told(self.found()))

    @extend_schema(summary="Write a record", request=MOVE_BODY, responses={201: serializers.RecordRow})
    @action(detail=True, methods=["post"], url_path="records", url_name="records")
    def records(self, request: Request, pk: int) -> Response:
        """`method, content` and counts. Sent again with its `client_key` (and `version`), it is the same record."""
        row = creating.save_record(self.inside(), request, timezone.now())
        return Response(serializers.RecordRow(row).data, status=201)

    @extend_schema(summary="Register a problem", request=MOVE_BODY, responses={201: serializers.ProblemRow})
    @action(detail=True, methods=["post"], url_path="problems", url_name="problems")
    def problems(self, request: Request, pk: int) -> Response:
        """`title, category, severity, nature, fact, basis, record`; mended on the spot: `mend`, witnesses, photos."""
        row = creating.save_problem(self.inside(), request, timezone.now())
        return Response(serializers.ProblemRow(row).data, status=201)

    def inside(self) -> Any:
        """The visit, for the supervising side alone; for its unit the log does not exist."""
        visit = self.found()
        if not is_inside(self.user, visit):
            raise Http404
        return visit

    def opened(self, subject: Any) -> None:
        """Whoever is to conclude has the log before them: it cannot be recalled any more."""
        now = timezone.now()
        if subject.opened_at is None and inspections.is_reviewed_by(subject, self.user, now):
            inspections.note_opening(pk=subject.pk, actor=self.user, at=now)


class ProblemResource(Editable):
    """问题, for the supervising side: a unit reads its problems on the issued form."""

    serializer_class = serializers.ProblemRow
    filterset_class = filters.ProblemFilter

    @extend_schema(summary="Change a problem", request=MOVE_BODY, responses={200: serializers.ProblemRow})
    def partial_update(self, request: Request, pk: int) -> Response:
        """While the log is open; what is left out stays."""
        row = self.found()
        visit = Inspection.objects.select_related("campaign", "body", "team", "unit").get(pk=row.inspection_id)
        with self.unchanged():
            creating.save_problem(visit, request, timezone.now(), row)
        return self.with_version()

    def lock(self) -> Any:
        return Inspection.objects.locked(self.found().inspection_id)

    def visible(self) -> Any:
        return Problem.objects.visible_to(self.user).select_related("category", "severity")

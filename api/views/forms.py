"""Feedback forms as their unit and their supervisors may read them."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import creating, filters
from api.describing import MOVE_BODY
from api.serializers import papers as serializers
from api.views.base import Editable, Moving
from feedback.guards import problems_of
from feedback.models import FeedbackForm
from feedback.views.forms import FormMoveView


class FeedbackFormResource(Editable, Moving):
    """反馈单. A unit sees issued forms alone."""

    serializer_class = serializers.FormRow
    detail_class = serializers.FormDetail
    filterset_class = filters.FormFilter
    move_view = FormMoveView
    orders = ("-created_at", "id")

    def visible(self) -> Any:
        rows = FeedbackForm.objects.visible_to(self.user).select_related("team", "unit")
        return rows if self.action == "list" else rows.select_related("campaign", "body", "phase", "inspection")

    @extend_schema(
        summary="Draft a provincial or central form",
        request=MOVE_BODY,
        responses={201: serializers.FormDetail},
    )
    def create(self, request: Request) -> Response:
        """`unit, phase, source, title, requirement`. A team's forms come from its concluded visits."""
        draft = creating.new_form(request, timezone.now())
        return Response(self.told(self.visible().get(pk=draft.pk)), status=201)

    @extend_schema(
        summary="Change the head of a draft",
        request=MOVE_BODY,
        responses={200: serializers.FormDetail},
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """`title, requirement, need_to_know`; what is left out stays."""
        draft = self.found()
        with self.unchanged():
            creating.edit_form(draft, request, timezone.now())
        return self.with_version()

    @extend_schema(
        summary="Add a problem to a draft",
        request=MOVE_BODY,
        responses={201: serializers.FormProblem},
    )
    @action(detail=True, methods=["post"], url_path="problems", url_name="problems")
    def problems(self, request: Request, pk: int) -> Response:
        """`title, category, severity, nature, fact, basis, requirement, long_term, deadline_rule` or `typed_due_on`."""
        row = creating.write_problem(self.found(), request, timezone.now())
        return Response(serializers.FormProblem(row).data, status=201)

    @extend_schema(
        methods=["PATCH"],
        summary="Change a problem of a draft",
        request=MOVE_BODY,
        responses={200: serializers.FormProblem},
    )
    @extend_schema(methods=["DELETE"], summary="Take a problem off a draft", responses={204: None})
    @action(detail=True, methods=["patch", "delete"], url_path="problems/<int:problem>", url_name="problem")
    def problem(self, request: Request, pk: int, problem: int) -> Response:
        """What is left out stays. Taken off, it stays among the problems of the visit. The ETag is the form's."""
        draft, at = self.found(), timezone.now()
        row = next((each for each in problems_of(draft) if each.pk == problem), None)
        if row is None:
            raise Http404
        with self.unchanged():
            if request.method == "DELETE":
                creating.remove_problem(draft, row, self.user, at)
                return Response(status=204)
            written = creating.write_problem(draft, request, at, row)
        return Response(serializers.FormProblem(written).data)

    def lock(self) -> Any:
        return FeedbackForm.objects.locked(self.kwargs["pk"])

    def told(self, row: Any) -> Any:
        problems_of(row)
        prefetch_related_objects([row], "receipts")
        row.moves = self.moves_of(row)
        return super().told(row)

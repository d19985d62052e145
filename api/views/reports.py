"""Rectification reports: their own unit reads them as they stand, everybody else what was signed."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import creating, filters
from api.describing import MOVE_BODY
from api.serializers import papers as serializers
from api.views.base import Editable, Moving
from api.wire import fields_of, id_in
from feedback.models import FeedbackForm
from rectification.models import Report
from rectification.services import report_paper
from rectification.views.reports import ReportMoveView, is_of_own_unit

TEXTS = ("overall", "rules_made", "next_steps")


class ReportResource(Editable, Moving):
    """整改报告: one signature hands in all the items it covers."""

    serializer_class = serializers.ReportRow
    detail_class = serializers.ReportDetail
    filterset_class = filters.ReportFilter
    move_view = ReportMoveView
    orders = ("-created_at", "id")

    def visible(self) -> Any:
        rows = Report.objects.visible_to(self.user).select_related("unit", "team")
        return rows if self.action == "list" else rows.select_related("campaign", "body", "form")

    @extend_schema(summary="Begin a report", request=MOVE_BODY, responses={201: serializers.ReportDetail})
    def create(self, request: Request) -> Response:
        """`form`, and `items` of it that are being put right; the answers are prefilled from their measures."""
        form = id_in("form", fields_of(request.data).get("form"))
        subject = FeedbackForm.objects.visible_to(self.user).select_related("campaign", "unit", "team", "body")
        report = creating.new_report(get_object_or_404(subject, pk=form), request, timezone.now())
        return Response(self.told(self.visible().get(pk=report.pk)), status=201)

    @extend_schema(summary="Write a report", request=MOVE_BODY, responses={200: serializers.ReportDetail})
    def partial_update(self, request: Request, pk: int) -> Response:
        """`title, overall, rules_made, next_steps, answers: [{item, progress, text}]`; what is left out stays."""
        report = self.found()
        with self.unchanged():
            creating.edit_report(report, request, timezone.now())
        return self.with_version()

    def lock(self) -> Any:
        return Report.objects.locked_whole(self.kwargs["pk"])

    def told(self, row: Any) -> Any:
        row.told = as_it_stands(row) if is_of_own_unit(self.user, row) else as_signed(row)
        row.moves = self.moves_of(row)
        return super().told(row)


def as_it_stands(report: Report) -> dict[str, Any]:
    answers = [
        {"item": each.item_id, "number": each.item.number, "problem": each.item.title,
         "progress": each.get_progress_display(), "text": each.text}
        for each in report.parts
    ]  # fmt: skip
    return {**{name: getattr(report, name) for name in TEXTS}, "answers": answers}


def as_signed(report: Report) -> dict[str, Any]:
    """The frozen paper of its last signature."""
    paper = report_paper.version_of(report, report.version)
    assert paper is not None  # nobody but its unit sees a report that was never signed
    ids = {answer.item.number: answer.item_id for answer in report.parts}
    answers = [
        {"item": ids[each["number"]], **{name: each[name] for name in ("number", "problem", "progress", "text")}}
        for each in paper.data["items"]
    ]
    return {**{name: paper.data[name] for name in TEXTS}, "answers": answers}

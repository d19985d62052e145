"""Rectification reports: their own unit reads them as they stand, everybody else what was signed."""

from __future__ import annotations

from typing import Any

from api import filters
from api.serializers import papers as serializers
from api.views.base import Moving
from rectification.models import Report
from rectification.services import report_paper
from rectification.views.reports import ReportMoveView, is_of_own_unit

TEXTS = ("overall", "rules_made", "next_steps")


class ReportResource(Moving):
    """整改报告: one signature hands in all the items it covers."""

    serializer_class = serializers.ReportRow
    detail_class = serializers.ReportDetail
    filterset_class = filters.ReportFilter
    move_view = ReportMoveView
    orders = ("-created_at", "id")

    def visible(self) -> Any:
        rows = Report.objects.visible_to(self.user).select_related("unit", "team")
        return rows if self.action == "list" else rows.select_related("campaign", "body", "form")

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

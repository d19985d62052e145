"""Feedback forms as their unit and their supervisors may read them."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects

from api import filters
from api.serializers import papers as serializers
from api.views.base import Moving
from feedback.guards import problems_of
from feedback.models import FeedbackForm
from feedback.views.forms import FormMoveView


class FeedbackFormResource(Moving):
    """反馈单. A unit sees issued forms alone."""

    serializer_class = serializers.FormRow
    detail_class = serializers.FormDetail
    filterset_class = filters.FormFilter
    move_view = FormMoveView
    orders = ("-created_at", "id")

    def visible(self) -> Any:
        rows = FeedbackForm.objects.visible_to(self.user).select_related("team", "unit")
        return rows if self.action == "list" else rows.select_related("campaign", "body", "phase", "inspection")

    def told(self, row: Any) -> Any:
        problems_of(row)
        prefetch_related_objects([row], "receipts")
        row.moves = self.moves_of(row)
        return super().told(row)

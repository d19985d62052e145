"""Rectification items with their measures, evidence and verifications."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import filters, moves
from api.describing import MOVE_BODY
from api.serializers import items as serializers
from api.views.base import Moving, Resource
from api.wire import fields_of, id_in
from rectification.guards import evidence_of
from rectification.item_story import Story
from rectification.ledger import with_late_measure
from rectification.models import Evidence, Measure, RectificationItem, Verification
from rectification.models.item import plan_is_shown
from rectification.models.verification import MeasureResult
from rectification.services import plans
from rectification.services.evidence import withdraw_evidence
from rectification.views.items import FOR_PAGE, ItemMoveView
from supervision.core import files


class ItemResource(Moving):
    """整改事项, one cycle each; with its light, and in detail everything its page tells."""

    serializer_class = serializers.ItemRow
    detail_class = serializers.ItemDetail
    filterset_class = filters.ItemFilter
    move_view = ItemMoveView
    orders = ("due_on", "clock_due_on", "original_due_on", "opened_on", "number", "id")

    def visible(self) -> Any:
        rows = RectificationItem.objects.visible_to(self.user)
        if self.action != "list":
            return rows.select_related(*FOR_PAGE)
        return with_late_measure(rows.select_related("team", "unit", "category"), timezone.localdate())

    def told(self, row: Any) -> Any:
        self.looked_at(row)
        row.story = story = Story(row, self.user, timezone.now(), is_whole=True)
        story.shown_evidence = evidence_of(row) if story.shows_plan else []  # type: ignore[attr-defined]
        row.sheet = getattr(row, "closure", None)
        row.moves = self.moves_of(row)
        return super().told(row)

    def opened(self, subject: Any) -> None:
        """A decider who reads a plan has opened it: it cannot be recalled any more."""
        now = timezone.now()
        if plans.is_first_look(subject, self.user, now):
            plans.open_plan(pk=subject.pk, actor=self.user, at=now)


class OfItems(Resource):
    """Rows that are found through their items."""

    def visible(self) -> Any:
        model = self.serializer_class.Meta.model  # type: ignore[union-attr]
        return model._default_manager.filter(self.user.scope.as_q(prefix="item__"))


class MeasureResource(OfItems):
    """整改措施, once this reader may see the plan. They change by the item's moves."""

    serializer_class = serializers.MeasureRow
    filterset_class = filters.MeasureFilter

    def visible(self) -> Any:
        return Measure.objects.visible_to(self.user)


class EvidenceResource(OfItems):
    """佐证材料 with its bytes; what was withdrawn stays on record."""

    serializer_class = serializers.EvidenceRow
    filterset_class = filters.EvidenceFilter

    def visible(self) -> Any:
        return super().visible().filter(plan_is_shown(self.user)).select_related("file", "uploaded_by")

    @extend_schema(
        summary="Upload evidence",
        request=MOVE_BODY,
        responses={201: serializers.EvidenceRow(many=True)},
    )
    def create(self, request: Request) -> Response:
        """multipart: `uploads` (files), in `data`: `item, description, measure, effective_on, same_file_reason`."""
        named, at = id_in("item", fields_of(request.data).get("item")), timezone.now()
        items = RectificationItem.objects.visible_to(self.user).select_related(*FOR_PAGE)
        item = get_object_or_404(items, pk=named)
        moves.make(ItemMoveView.pages["add-evidence"], item, request, at)
        rows = Evidence.objects.filter(item=item, uploaded_at=at, uploaded_by=self.user)
        told = self.get_serializer(rows.select_related("file", "uploaded_by"), many=True)
        return Response(told.data, status=201)

    @extend_schema(summary="Withdraw evidence", request=None, responses={200: serializers.EvidenceRow})
    @action(detail=True, methods=["post"], url_path="moves/withdraw", url_name="withdraw")
    def withdraw(self, request: Request, pk: int) -> Response:
        """The file and its row stay on record."""
        row = self.found()
        withdraw_evidence(pk=row.pk, actor=self.user, at=timezone.now())
        return Response(self.told(self.found()))

    @extend_schema(summary="The bytes of the file", responses={200: OpenApiTypes.BINARY})
    @action(detail=True, url_path="file", url_name="file")
    def file(self, request: Request, pk: int) -> Any:
        return files.open_response(self.found().file)


class VerificationResource(OfItems):
    """核验. The unit reads of one once it is confirmed."""

    serializer_class = serializers.VerificationRow
    filterset_class = filters.OfItemFilter

    def visible(self) -> Any:
        confirmed = Q(confirmed_at__isnull=False) | self.user.scope.supervisors_q(prefix="item__")
        results = Prefetch("results", MeasureResult.objects.order_by("measure__order"))
        rows: Any = Verification.objects.filter(self.user.scope.as_q(prefix="item__"))
        return rows.filter(confirmed).select_related("author", "second_verifier").prefetch_related(results)

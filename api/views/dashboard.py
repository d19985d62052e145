"""驾驶舱 as JSON: the figures of the pages, from the same counters, within the same scope."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.problems import InvalidInput
from api.serializers.figures import EXAMPLE, Dashboard
from api.wire import id_in
from feedback.models import FeedbackForm
from rectification.ledger import overdue
from rectification.models import ItemCount, RectificationItem
from rectification.services.figures import Figures, board_of, course_of
from supervision.current import current_campaign
from supervision.models import Campaign
from supervision.vocabulary import vocabulary_of

PLACES = ("body", "team", "unit")
KNOWN = ("campaign", *PLACES)
LATEST = 5  # of the delays; the rest stands in the ledger
LEVELS = {"phases": "phase", "bodies": "body", "teams": "team", "units": "unit"}


def _parameter(name: str, text: str) -> OpenApiParameter:
    schema = {"type": "integer", "minimum": 1, "maximum": 2**59}
    return OpenApiParameter(name, schema, description=text)


class DashboardView(APIView):
    """The figures of 驾驶舱 for the person's scope, narrowed by `body`, `team` or `unit`."""

    @extend_schema(
        summary="The figures of the dashboard",
        responses={200: Dashboard},
        parameters=[
            _parameter("campaign", "A campaign of the person's; else the running one."),
            *(_parameter(name, f"The figures of this {name} alone.") for name in PLACES),
        ],
        examples=[OpenApiExample("Figures", EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(request)
        campaign = campaign_of(request, asked.pop("campaign", None))
        return Response(Dashboard(figures_of(request.user, campaign, asked)).data)


def asked_of(request: Request) -> dict[str, int]:
    """The parameters; one that does not exist is refused."""
    given = request.query_params
    if set(given) - set(KNOWN):
        words = {"names": "、".join(KNOWN)}
        raise InvalidInput({"__all__": [_("有不认识的查询参数。可用的有：%(names)s") % words]})
    return {name: id_in(name, given[name]) for name in given}


def campaign_of(request: Request, named: int | None) -> Campaign:
    """The campaign that is named, else the one the person's pages show; 404 where there is none of theirs."""
    user: Any = request.user
    if named is not None:
        if named not in user.scope.joined_campaigns:
            raise Http404
        return vocabulary_of(named).campaign
    found = current_campaign(request._request)
    if found is None:
        raise Http404
    return found


def figures_of(user: Any, campaign: Campaign, within: dict[str, int]) -> dict[str, Any]:
    """Four queries, however many items there are."""

    def rows(model: Any) -> QuerySet[Any]:
        places = {f"{name}_id": pk for name, pk in within.items()}
        found: QuerySet[Any] = model.objects.visible_to(user).filter(campaign=campaign, **places)
        return found

    at = timezone.now()
    on = campaign.day_of(at)
    board, course = board_of(rows(ItemCount), on), course_of(rows(ItemCount))
    names = {each.pk: each.name for each in vocabulary_of(campaign.pk).categories}
    categories = sorted(course.categories.values(), key=lambda each: each.pk)
    return {
        "campaign": campaign.pk,
        "at": at,
        "on": on,
        "total": board.total,
        "rates": rates_of(board.total, FeedbackForm.receipt_figures(rows(FeedbackForm))),
        **{name: board.lines(level) for name, level in LEVELS.items()},
        "weeks": course.weeks,
        "categories": [
            {"pk": each.pk, "name": names.get(each.pk, ""), "open": each.open, "counted": each.counted}
            for each in categories
        ],
        "late": rows(RectificationItem).filter(overdue(on)).order_by("clock_due_on", "pk")[:LATEST],
    }


def rates_of(total: Figures, receipts: tuple[int, int]) -> dict[str, dict[str, int]]:
    pairs = {
        "closing": (total.closed, total.counted),
        "completion": (total.completed, total.counted),
        "on_time": (total.on_time, total.accepted),
        "filed_in_time": (total.filed_in_time, total.filed),
        "receipts": receipts,
    }
    return {name: {"part": part, "whole": whole} for name, (part, whole) in pairs.items()}

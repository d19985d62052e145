"""Lists on the page of a unit: the newest rows of a kind, with the way to the whole list and the count it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supervision.core.panels import Panel, register_panel
from supervision.core.refusals import Sentence
from supervision.current import at_place, current_campaign, narrowed_to
from supervision.models.inspection import Inspection

UNIT_PAGE = "unit"
SHOWN = 5


def register_unit_list(
    key: str, order: int, title: Sentence, rows: Callable[[Any], Any], url_name: str, newest: str, day: str
) -> None:
    """`rows(user)` is what the reader sees, newest by the column `newest`; `day` names the date shown beside each.

    Nothing is shown of a unit that has none, as of a unit that is not the reader's.
    """

    def facts(request: HttpRequest) -> dict[str, Any]:
        place, campaign = narrowed_to(request), current_campaign(request)
        if place is None or place.kind != UNIT_PAGE or campaign is None:
            return {"rows": []}
        found = at_place(request, rows(request.user).filter(campaign=campaign)).select_related("unit")
        newest_first = found.annotate(total=Window(Count("pk"))).order_by(f"-{newest}", "-pk")
        shown = list(newest_first[:SHOWN])
        return {
            "title": title,
            "rows": [(row, getattr(row, day)) for row in shown],
            "total": shown[0].total if shown else 0,
            "url": f"{reverse(url_name)}?{urlencode({'unit': place.pk})}",
        }

    register_panel(Panel(key, UNIT_PAGE, order, "supervision/_unit_list.html", facts, _has_business))


def register() -> None:
    """Called from `apps.ready()`."""
    register_unit_list(
        "supervision-visits", 10, _("督导检查"), Inspection.objects.visible_to,
        "supervision:inspection-list", "planned_on", "on",
    )  # fmt: skip


def _has_business(user: Any) -> bool:
    return bool(user.scope.joined_campaigns)

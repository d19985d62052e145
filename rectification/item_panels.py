"""The items on the workbench: what I must do by when, and what waits for others. One query a panel."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from rectification.item_desk import duties_of, duty, waiting_of, whose_moves
from supervision.core.panels import Panel, register_panel
from supervision.current import current_campaign

SHOWN = 20


def _todo(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"duties": [], "count": 0, "has_more": False}
    on = campaign.day_of(timezone.now())
    found = list(duties_of(request.user, on, campaign.pk)[: SHOWN + 1])
    duties = [duty(item) for item in found[:SHOWN]]
    return {"duties": duties, "count": counted(found), "has_more": len(found) > SHOWN, "on": on}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"rows": [], "count": 0, "has_more": False}
    on = campaign.day_of(timezone.now())
    found = list(waiting_of(request.user, on, campaign.pk)[: SHOWN + 1])
    rows = list(zip(found[:SHOWN], whose_moves(found[:SHOWN]), strict=True))
    return {"rows": rows, "count": counted(found), "has_more": len(found) > SHOWN, "on": on}


def counted(found: list[Any]) -> str:
    """How many there are, as far as was looked: 20+ beyond what the panel shows."""
    return f"{SHOWN}+" if len(found) > SHOWN else str(len(found))


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


DUTIES = Panel(
    "items-todo", "workbench", 25, "rectification/_panel_items_todo.html", _todo, _has_business, is_duty=True
)
WAITING = Panel("items-waiting", "workbench", 85, "rectification/_panel_items_waiting.html", _waiting, _has_business)


def register() -> None:
    register_panel(DUTIES)
    register_panel(WAITING)

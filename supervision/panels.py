"""The inspections on the workbench: what I must do, and what waits for others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import TEAM_ROLES, Role
from supervision import desk
from supervision.core.panels import Panel, register_panel
from supervision.current import current_campaign

SHOWN = 20


def register() -> None:
    register_panel(TODO)
    register_panel(WAITING)


def _todo(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"duties": [], "more": 0}
    on = campaign.day_of(timezone.now())
    duties = desk.duties_of(request.user, on, campaign.pk)
    return {"duties": duties[:SHOWN], "count": len(duties), "more": max(0, len(duties) - SHOWN), "on": on}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"inspections": []}
    return {"inspections": desk.waiting_of(request.user, campaign.pk)[:SHOWN]}


def _decides(user: User) -> bool:
    return user.scope.has(*TEAM_ROLES, Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)


def _hands_on(user: User) -> bool:
    return user.scope.has(Role.LEADER, Role.DEPUTY, Role.MEMBER)


TODO = Panel("inspections-todo", "workbench", 20, "supervision/_panel_todo.html", _todo, _decides)
WAITING = Panel("inspections-waiting", "workbench", 80, "supervision/_panel_waiting.html", _waiting, _hands_on)

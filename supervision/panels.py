"""The inspections on the workbench: what I must do, and what waits for others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import TEAM_ROLES, Role
from supervision.core.panels import Panel, register_panel
from supervision.current import current_campaign
from supervision.desk import Desk

SHOWN = 20


def register() -> None:
    register_panel(DUTIES)
    register_panel(WAITING)


def _desk(request: HttpRequest) -> Desk | None:
    """The reader's desk, shared by both panels of a page."""
    kept: Desk | None = getattr(request, "_inspection_desk", None)
    campaign = current_campaign(request)
    if kept is None and campaign is not None and isinstance(request.user, User):
        kept = Desk(request.user, campaign.day_of(timezone.now()), campaign.pk)
        request._inspection_desk = kept  # type: ignore[attr-defined]
    return kept


def _todo(request: HttpRequest) -> dict[str, Any]:
    desk = _desk(request)
    duties = desk.duties if desk else []
    return {"duties": duties[:SHOWN], "count": len(duties), "more": max(0, len(duties) - SHOWN)}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    desk = _desk(request)
    return {"inspections": desk.waiting[:SHOWN] if desk else []}


def _decides(user: User) -> bool:
    return user.scope.has(*TEAM_ROLES, Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)


def _hands_on(user: User) -> bool:
    return user.scope.has(Role.LEADER, Role.DEPUTY, Role.MEMBER)


DUTIES = Panel("inspections-todo", "workbench", 20, "supervision/_panel_todo.html", _todo, _decides, is_duty=True)
WAITING = Panel("inspections-waiting", "workbench", 80, "supervision/_panel_waiting.html", _waiting, _hands_on)

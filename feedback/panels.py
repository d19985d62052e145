"""Feedback forms on the workbench: what I must do, and what waits for others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.transitions import FORM_MOVES
from supervision.core.panels import Panel, register_panel
from supervision.core.transitions import Situation, Transition
from supervision.current import current_campaign
from supervision.enums import Source

SHOWN = 20
WAITING_FOR = {
    FormStatus.DRAFT: ("submit",),
    FormStatus.PENDING_SIGNOFF: ("endorse", "issue"),
    FormStatus.ISSUED: ("acknowledge",),
}


@dataclass(frozen=True)
class Duty:
    """A form and the move that waits for this reader."""

    form: FeedbackForm
    move: Transition


def duties_of(user: User, at: Any, campaign_id: int) -> list[Duty]:
    """Forms whose next move is this person's, oldest first; one query beside the routes' own."""
    rows = FeedbackForm.objects.filter(_mine(user), campaign_id=campaign_id, status__in=WAITING_FOR)
    found = []
    for form in rows.select_related("campaign", "unit", "team").order_by("created_at", "pk")[:200]:
        offered = {
            move.name: move
            for move in FORM_MOVES
            if move.name in WAITING_FOR[FormStatus(form.status)] and _is_theirs(move, form, user, at)
        }
        if offered:
            found.append(Duty(form, next(iter(offered.values()))))
    return found


def _is_theirs(move: Transition, form: FeedbackForm, user: User, at: Any) -> bool:
    if form.status == FormStatus.PENDING_SIGNOFF and form.submitted_by_id == user.pk:
        return False  # separation of duties: it waits for somebody else
    return move.is_allowed(form, Situation(user, at, form.campaign.day_of(at)))


def _mine(user: User) -> Q:
    """Rows where the person holds a role that could act; never more than they may see."""
    scope = user.scope
    units = scope.ids(Role.LIAISON, Role.HEAD, Role.RECEIPT_DELEGATE)
    q = Q(pk__in=[])
    if scope.campaigns:
        q |= Q(campaign_id__in=scope.campaigns, source__in=(Source.PROVINCIAL, Source.CENTRAL))
    if scope.bodies:
        q |= Q(body_id__in=scope.bodies, status=FormStatus.PENDING_SIGNOFF)
    if scope.teams:
        q |= Q(team_id__in=scope.teams, status__in=(FormStatus.DRAFT, FormStatus.PENDING_SIGNOFF))
    if units:
        q |= Q(unit_id__in=units, status=FormStatus.ISSUED)
    return q


def _todo(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"duties": [], "count": 0}
    duties = duties_of(request.user, timezone.now(), campaign.pk)
    return {"duties": duties[:SHOWN], "count": len(duties)}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"forms": []}
    rows = FeedbackForm.objects.visible_to(request.user).filter(campaign=campaign)
    waits = Q(status=FormStatus.PENDING_SIGNOFF, submitted_by=request.user) | Q(
        status=FormStatus.ISSUED, team_id__in=request.user.scope.teams
    )
    return {"forms": rows.filter(waits).select_related("unit").order_by("submitted_at", "pk")[:SHOWN]}


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


def _is_inside(user: User) -> bool:
    return user.scope.has(Role.LEADER, Role.DEPUTY, Role.MEMBER, Role.OFFICE, Role.OFFICE_LEAD)


def register() -> None:
    register_panel(Panel("forms-todo", "workbench", 30, "feedback/_panel_todo.html", _todo, _has_business))
    register_panel(Panel("forms-waiting", "workbench", 82, "feedback/_panel_waiting.html", _waiting, _is_inside))

"""Close-out 销号 at the office's desk: one item with everything it rests on, and the queue of what awaits it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.models import User
from rectification.closing_desk import Queue, findings_of
from rectification.forms.closure import CloseForm
from rectification.item_desk import whose_move
from rectification.item_evidence import pieces_of, proof_of
from rectification.item_story import load
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.models.verification import last_verification
from rectification.transitions import CLOSE, ENDORSE_CLOSURE, REFUSE_CLOSE
from supervision.core.transitions import Situation
from supervision.core.web import MoveForm, NoteForm
from supervision.current import current_campaign
from supervision.vocabulary import vocabulary_of

TEMPLATE = "rectification/closing.html"
FOR_CLOSING = ("campaign", "body", "team", "unit", "form", "problem", "problem__deadline_rule")


def closing_context(
    item: RectificationItem, user: User, at: datetime, *, form: MoveForm | None = None, unmet: Any = None
) -> dict[str, Any]:
    """What the decision rests on. `form` is the one that came back with errors; `unmet` what it was refused for."""
    load(item)
    situation = Situation(user, at, item.campaign.day_of(at))
    move = CLOSE if CLOSE.is_allowed(item, situation) else ENDORSE_CLOSURE
    if unmet is None:
        unmet = move.unmet(item, situation, with_inputs=False)
    close_form = form if isinstance(form, CloseForm) else CloseForm(subject=item, user=user)
    record = last_verification(item)
    return {
        "item": item,
        "move": move,
        "unmet": unmet,
        "close_form": close_form,
        "note_form": form if isinstance(form, NoteForm) else NoteForm(subject=item, user=user),
        "acted": form,
        "checks": list(zip(findings_of(item, situation), close_form["ticked"], strict=True)),
        "may_refuse": REFUSE_CLOSE.is_allowed(item, situation),
        "whose": whose_move(item),
        "proof": proof_of(item.measures.all(), pieces_of(item), record),
        "verification": record,
        "reports": Report.objects.visible_to(user).filter(answers__item=item).order_by("-pk"),
        "on": situation.on,
        "calendar": vocabulary_of(item.campaign_id).calendar,
    }


def queue_of(request: HttpRequest, asked: str | None) -> Queue | None:
    """The reader's own queue in the campaign they look at."""
    user, campaign = request.user, current_campaign(request)
    if campaign is None or not isinstance(user, User):
        return None
    on = campaign.day_of(timezone.now())
    return Queue.of(user, on, campaign.pk, int(asked) if asked and asked.isdecimal() else None)


class ClosingQueueView(LoginRequiredMixin, View):
    """One item after the other: requirements to tick on the left, what they rest on beside them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        queue = queue_of(request, request.GET.get("item"))
        if queue is None:
            return render(request, "rectification/closing_empty.html")
        user: Any = request.user
        items = RectificationItem.objects.visible_to(user).select_related(*FOR_CLOSING)
        context = closing_context(items.get(pk=queue.current), user, timezone.now())
        return render(request, TEMPLATE, {**context, "queue": queue})

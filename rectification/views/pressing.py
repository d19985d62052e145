"""Pressing several items of the ledger: GET says how many, which not and why; POST does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from rectification.models.item import RectificationItem
from rectification.services.pressing import Kept, Pressing, outlook, press_items
from rectification.transitions import PRESS, SUPERVISORS
from supervision.core import events
from supervision.core.lists import PAGE_SIZE
from supervision.core.refusals import NotAllowed
from supervision.current import current_campaign
from supervision.vocabulary import vocabulary_of

NAMED = 5  # refused items that the message names; the confirmation has shown all of them


class PressItemsView(LoginRequiredMixin, View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if user.is_authenticated and not user.scope.has(*SUPERVISORS.roles):
            raise NotAllowed.for_roles(_("督导组或办公室"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        items = _ticked(request, request.GET)
        back = request.GET.get("back", "")
        if not items:
            messages.warning(request, _("请先勾选要催办的事项。"))
            return redirect(_ledger(back))
        user: Any = request.user
        at = timezone.now()
        found = outlook(items, user, at)
        campaign = items[0].campaign
        context = {
            "found": found,
            "back": back,
            "back_url": _ledger(back),
            "on": campaign.day_of(at),
            "calendar": vocabulary_of(campaign.pk).calendar,
        }
        return render(request, "rectification/press_items.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        at = timezone.now()
        done = press_items(items=_ticked(request, request.POST), actor=user, at=at)
        for each in done.kept:
            reasons = [condition.name for condition in each.reasons]
            events.record_refusal(move_verb=PRESS.verb, subject=each.item, actor=user, at=at, reasons=reasons)
        _tell(request, done)
        return redirect(_ledger(request.POST.get("back", "")))


def _ticked(request: HttpRequest, given: QueryDict) -> list[RectificationItem]:
    """The ticked items within the reader's scope and campaign, at most a page of them."""
    pks = [int(each) for each in given.getlist("item") if each.isdecimal() and len(each) < 10][:PAGE_SIZE]
    user: Any = request.user
    visible = RectificationItem.objects.visible_to(user).filter(campaign=current_campaign(request), pk__in=pks)
    return list(visible.select_related("campaign", "team", "unit", "body", "form").order_by("clock_due_on", "pk"))


def _ledger(back: str) -> str:
    """The list where the ticks were set."""
    query = QueryDict(back[:2000]).urlencode()
    return reverse("rectification:ledger") + (f"?{query}" if query else "")


def _tell(request: HttpRequest, done: Pressing) -> None:
    if done.pressed:
        count = len(done.pressed)
        told = ngettext("已催办%(count)d项，对方会收到通知。", "已催办%(count)d项，对方会收到通知。", count)
        messages.success(request, told % {"count": count})
    if done.kept:
        named = "；".join(_reason(each) for each in done.kept[:NAMED])
        more = len(done.kept) - NAMED
        rest = _("；另有%(count)d项") % {"count": more} if more > 0 else ""
        messages.warning(request, _("%(count)d项没有催办：") % {"count": len(done.kept)} + named + rest)


def _reason(kept: Kept) -> str:
    return f"{kept.item.number}（{'、'.join(str(each.sentence) for each in kept.reasons)}）"

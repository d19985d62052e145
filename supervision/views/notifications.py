"""通知: unread first, each with the page of what it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import User
from supervision.core import events, links
from supervision.core.lists import PAGE_SIZE, Sort, list_page
from supervision.core.models.notification import Notification
from supervision.core.refusals import Sentence
from supervision.services import inbox


@dataclass(frozen=True)
class Told:
    """One notification as the page shows it."""

    pk: int
    what: Sentence
    label: str
    who: str
    at: datetime
    has_page: bool


def _told(notification: Notification) -> Told:
    event = notification.event
    return Told(
        pk=notification.pk,
        what=events.verb(event.verb).label,
        label=event.label,
        who=event.actor_name,
        at=event.at,
        has_page=bool(links.page_of(event.subject_kind, event.subject_id)),
    )


class NotificationListView(LoginRequiredMixin, View):
    """The newest unread ones on top, below them the read ones page by page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Notification.objects.filter(recipient_id=request.user.pk).select_related("event")
        unread = list(mine.filter(read_at__isnull=True).order_by("-pk")[:PAGE_SIZE])
        page = list_page(request, mine.filter(read_at__isnull=False), Sort("id", descending=True))
        context = {
            "unread": [_told(each) for each in unread],
            "read": [_told(each) for each in page.rows],
            "page": page,
            "until": unread[0].pk if unread else 0,
        }
        return render(request, "supervision/notifications.html", context)


class ReadView(LoginRequiredMixin, View):
    """Mark one as read; with `open` go on to its object."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        notification = inbox.mark_read(pk=pk, actor=request.user, at=timezone.now())
        if notification is None:
            raise Http404
        event = notification.event
        page = links.page_of(event.subject_kind, event.subject_id) if "open" in request.POST else ""
        return redirect(page or "supervision:notification-list")


class ReadAllForm(forms.Form):
    until = forms.IntegerField(min_value=0)


class ReadAllView(LoginRequiredMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        form = ReadAllForm(request.POST)
        if form.is_valid():
            inbox.mark_all_read(actor=request.user, at=timezone.now(), until=form.cleaned_data["until"])
        return redirect("supervision:notification-list")

"""A person's calendar address: the page that makes and revokes it, and the calendar itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision.models.calendar_feed import CalendarFeed
from supervision.services import calendar_feeds


class CalendarFeedView(View):
    """Whether there is an address; POST makes a new one and shows it this once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, "")

    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        token = calendar_feeds.open_feed(actor=request.user, at=timezone.now())
        return self._show(request, request.build_absolute_uri(reverse("supervision:calendar-ics", args=[token])))

    def _show(self, request: HttpRequest, address: str) -> HttpResponse:
        assert isinstance(request.user, User)
        feed = CalendarFeed.objects.filter(user=request.user).first()
        return render(request, "supervision/calendar_feed.html", {"feed": feed, "address": address})


class CalendarRevokeView(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        if calendar_feeds.revoke_feed(actor=request.user, at=timezone.now()):
            messages.success(request, _("日历订阅已停用，原来的地址不再有效。"))
        return redirect("supervision:calendar-feed")


@method_decorator(login_not_required, name="dispatch")
class CalendarView(View):
    """The calendar, for programs that cannot sign in: the address is the key."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        user = calendar_feeds.reader_of(token)
        if user is None:
            raise Http404
        with translation.override(user.language):
            content = calendar_feeds.calendar_of(user, timezone.now(), request.build_absolute_uri)
        return HttpResponse(content, content_type="text/calendar; charset=utf-8")

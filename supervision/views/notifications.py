"""通知: what is due on top, then what is new, each with the page of what it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import User
from supervision.core import events, links
from supervision.core.frame import Frame
from supervision.core.lists import PAGE_SIZE, Sort, keyset_page
from supervision.core.models.notification import Notification
from supervision.core.models.reminder import Reminder
from supervision.core.refusals import Sentence
from supervision.reminding import model_of
from supervision.services import inbox
from supervision.services.reminded import sent_about, sentence_of
from supervision.vocabulary import vocabulary_of


@dataclass(frozen=True)
class Due:
    """One reminder as the page shows it."""

    pk: int
    what: str
    label: str
    due_on: date
    is_late: bool
    at: datetime
    has_page: bool


def _due(reminder: Reminder) -> Due:
    vocabulary = vocabulary_of(reminder.campaign_id)
    return Due(
        pk=reminder.pk,
        what=sentence_of(reminder, vocabulary.calendar),
        label=reminder.label,
        due_on=reminder.due_on,
        is_late=reminder.rung > 0,
        at=reminder.created_at,
        has_page=bool(links.page_of(reminder.subject_kind, reminder.subject_id)),
    )


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
        reminders = list(Reminder.objects.unread().filter(recipient_id=request.user.pk).order_by("-pk")[:PAGE_SIZE])
        read, after, before = mine.filter(read_at__isnull=False), request.GET.get("after"), request.GET.get("before")
        # nobody asks how many they have read
        page = keyset_page(read, Sort("id", descending=True), after=after or "", before=before or "", counts=False)
        context = {
            "due": [_due(each) for each in reminders],
            "due_until": reminders[0].pk if reminders else 0,
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


class ReminderReadView(LoginRequiredMixin, View):
    """Mark one reminder as read; with `open` go on to its object."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        reminder = inbox.mark_reminder_read(pk=pk, actor=request.user, at=timezone.now())
        if reminder is None:
            raise Http404
        page = links.page_of(reminder.subject_kind, reminder.subject_id) if "open" in request.POST else ""
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


class RemindersReadView(LoginRequiredMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        form = ReadAllForm(request.POST)
        if form.is_valid():
            inbox.mark_reminders_read(actor=request.user, at=timezone.now(), until=form.cleaned_data["until"])
        return redirect("supervision:notification-list")


class SentView(LoginRequiredMixin, View):
    """What was sent about one object: a page, or the part of the object's own page that asks for it."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        model = model_of(kind)
        subject = model and model.objects.visible_to(request.user).filter(pk=pk).first()
        if not subject:
            raise Http404
        vocabulary = vocabulary_of(subject.campaign_id)
        context = {"subject": subject, "sent": sent_about(subject, request.user, vocabulary)}
        is_part = "HX-Request" in request.headers
        return render(request, "supervision/_sent.html" if is_part else "supervision/sent.html", context)


class BadgeView(LoginRequiredMixin, View):
    """The unread count alone, for the bar that asks for it now and then."""

    def get(self, request: HttpRequest) -> HttpResponse:
        frame = Frame(request)
        return JsonResponse({"count": frame.unread_text if frame.unread else "", "words": frame.unread_words})

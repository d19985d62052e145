"""Where a person is signed in: one row a session, with the machine and when it was last used.

The row is made at sign-in and touched at most every five minutes, so that no page pays for it. Ending a session
deletes it from the session store: the other machine is out at its next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import SignedIn, User
from supervision.core.events import record, register_verb

register_verb("account.session_ended", gettext_lazy("结束其他设备上的登录"))

SEEN = "seen_at"  # key in the session: when its row was last touched
EVERY = timedelta(minutes=5)
LONGEST_AGENT = 255
SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
           ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("Qaxbrowser", "奇安信浏览器"), ("360", "360浏览器"), ("Edg", "Edge"), ("Firefox", "Firefox"),
            ("MicroMessenger", "微信"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A session in words."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def connect() -> None:
    """Called once from `apps.ready()`."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.sessions.begin")
    user_logged_out.connect(_leave, dispatch_uid="accounts.sessions.leave")


def _begin(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    key = request.session.session_key
    if key is None:
        return
    now = timezone.now()
    about = {"user": user, "address": request.META.get("REMOTE_ADDR") or None, "agent": _agent(request)}
    SignedIn.objects.update_or_create(session_key=key, defaults={**about, "began_at": now, "seen_at": now})
    request.session[SEEN] = now.isoformat()


def _leave(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    SignedIn.objects.filter(session_key=request.session.session_key or "").delete()


def touch(request: HttpRequest, at: datetime) -> None:
    """Remember that the session is in use."""
    seen = request.session.get(SEEN)
    if seen is not None and at - datetime.fromisoformat(seen) < EVERY:
        return
    if not SignedIn.objects.filter(session_key=request.session.session_key).update(seen_at=at):
        _begin(None, request, request.user)
    request.session[SEEN] = at.isoformat()


def renamed(old_key: str | None, request: HttpRequest) -> None:
    """The session at hand got a new key (a changed password): its row follows."""
    SignedIn.objects.filter(session_key=old_key or "").update(session_key=request.session.session_key)


def places_of(user: User, current_key: str | None) -> list[Place]:
    """Where the person is signed in now, this session first; two queries."""
    rows = list(SignedIn.objects.filter(user=user).order_by("-seen_at"))
    keys = [row.session_key for row in rows]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    found = [
        Place(
            row.pk, device_of(row.agent), row.address or "", row.began_at, row.seen_at, row.session_key == current_key
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda place: not place.is_this)


@transaction.atomic
def end_session(*, pk: int, actor: User, at: datetime) -> bool:
    """End one of one's own sessions; False when there is no such session of this person."""
    row = SignedIn.objects.filter(user=actor, pk=pk).first()
    if row is None:
        return False
    _end([row])
    _note(actor, at, 1)
    return True


@transaction.atomic
def end_others(*, actor: User, current_key: str | None, at: datetime) -> int:
    """End all of one's own sessions but the one at hand."""
    rows = list(SignedIn.objects.filter(user=actor).exclude(session_key=current_key or ""))
    _end(rows)
    if rows:
        _note(actor, at, len(rows))
    return len(rows)


def end_all_of(user_id: int) -> None:
    """Nothing of the person stays signed in: the account was disabled or got another password."""
    _end(list(SignedIn.objects.filter(user_id=user_id)))


def _end(rows: list[SignedIn]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for row in rows:
        store.delete(row.session_key)
    SignedIn.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _note(actor: User, at: datetime, count: int) -> None:
    account = User.objects.select_for_update().get(pk=actor.pk)
    record("account.session_ended", subject=account, actor=actor, at=at, payload={"sessions": count})


def _agent(request: HttpRequest) -> str:
    return request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]


def device_of(agent: str) -> str:
    """System and browser as far as the browser tells them."""
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    return " · ".join(filter(None, (system, browser))) or _("未知设备")

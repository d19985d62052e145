"""Deadlines in a person's own calendar program, by a secret address that can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import icalendar
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from supervision.core import desk
from supervision.core.desk import Asked, DutyLine
from supervision.core.events import record, register_verb
from supervision.enums import CampaignStatus
from supervision.models.calendar_feed import CalendarFeed
from supervision.models.campaign import Campaign

register_verb("calendar.opened", gettext_lazy("启用日历订阅"))
register_verb("calendar.revoked", gettext_lazy("停用日历订阅"))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_feed(*, actor: User, at: datetime) -> str:
    """A new secret; the one before is worth nothing any more. It is shown this once."""
    token = secrets.token_urlsafe(32)
    account = User.objects.select_for_update().get(pk=actor.pk)
    CalendarFeed.objects.update_or_create(user=account, defaults={"token_hash": _hash(token), "created_at": at})
    record("calendar.opened", subject=account, actor=account, at=at)
    return token


@transaction.atomic
def revoke_feed(*, actor: User, at: datetime) -> bool:
    """Nobody reads it any more."""
    account = User.objects.select_for_update().get(pk=actor.pk)
    if not CalendarFeed.objects.filter(user=account).delete()[0]:
        return False
    record("calendar.revoked", subject=account, actor=account, at=at)
    return True


def reader_of(token: str) -> User | None:
    """Whose calendar the address is; nobody's for a wrong, a revoked, or a disabled person's."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=_hash(token), user__is_active=True).first()
    return feed.user if feed else None


def calendar_of(user: User, at: datetime, link: Callable[[str], str]) -> bytes:
    """The person's own work with a date, as of now. It names actions and numbers: titles stay inside."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Dudao//CN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("督导时限"))
    for line in _lines(user, at):
        calendar.add_component(_event(line, at, link))
    return bytes(calendar.to_ical())


def _lines(user: User, at: datetime) -> Iterator[DutyLine]:
    running = Campaign.objects.visible_to(user).filter(status=CampaignStatus.RUNNING)
    for campaign in running.order_by("pk"):
        asked = Asked(user, at, campaign.day_of(at), campaign.pk)
        yield from (line for line in desk.duties_of(asked) if line.due_on is not None)


def _event(line: DutyLine, at: datetime, link: Callable[[str], str]) -> icalendar.Event:
    assert line.due_on is not None
    event = icalendar.Event()
    event.add("uid", f"{line.kind}-{line.pk}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", at)
    event.add("dtstart", line.due_on)
    event.add("dtend", line.due_on + timedelta(days=1))
    event.add("summary", f"{line.action} {line.number}".strip())
    event.add("url", link(line.url))
    event.add("transp", "TRANSPARENT")
    return event

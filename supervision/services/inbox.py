"""A person's notifications and reminders, marked as read. No event: it is nobody's business but the reader's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from supervision.core.models.notification import Notification
from supervision.core.models.reminder import Reminder


@transaction.atomic
def mark_read(*, pk: int, actor: User, at: datetime) -> Notification | None:
    """Mark one of the actor's own notifications; None when there is no such one."""
    mine = Notification.objects.filter(recipient=actor, pk=pk)
    mine.filter(read_at__isnull=True).update(read_at=at)
    return mine.select_related("event").first()


@transaction.atomic
def mark_all_read(*, actor: User, at: datetime, until: int) -> int:
    """Mark all of the actor's notifications up to id `until`, so that one that came meanwhile stays unread."""
    return Notification.objects.filter(recipient=actor, read_at__isnull=True, pk__lte=until).update(read_at=at)


@transaction.atomic
def mark_reminder_read(*, pk: int, actor: User, at: datetime) -> Reminder | None:
    """Mark one of the actor's own reminders; None when there is no such one."""
    mine = Reminder.objects.filter(recipient=actor, pk=pk)
    mine.unread().update(read_at=at)
    return mine.first()


@transaction.atomic
def mark_reminders_read(*, actor: User, at: datetime, until: int) -> int:
    """Mark all of the actor's reminders up to id `until`."""
    return Reminder.objects.unread().filter(recipient=actor, pk__lte=until).update(read_at=at)

"""The outbox: what must be told (Dispatch, written with its event) and what was told to whom (Notification)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.event import Event


class Dispatch(models.Model):
    """One per event that the policy table names. The queue is only a wake-up call: this row is the truth."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="dispatch")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="dispatch_pending", fields=["event"], condition=models.Q(done_at__isnull=True)),
        ]


class Notification(models.Model):
    """An event told to one person, once."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications")
    read_at = models.DateTimeField(_("已读时间"), null=True)

    class Meta:
        verbose_name = _("通知")
        constraints = [models.UniqueConstraint(name="notification_once", fields=["event", "recipient"])]
        indexes = [
            models.Index(name="notification_mine", fields=["recipient", "-id"]),
            models.Index(name="notification_unread", fields=["recipient"], condition=models.Q(read_at__isnull=True)),
        ]

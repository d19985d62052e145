"""The ledger of reminders: who was reminded of what, before or after which date, once for each rung."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def of(self, kind: str, pk: int) -> ReminderQuerySet:
        """What was sent about one object, the newest first."""
        return self.filter(subject_kind=kind, subject_id=pk).order_by("-pk")

    def unread(self) -> ReminderQuerySet:
        return self.filter(read_at__isnull=True)


class Reminder(models.Model):
    """One person reminded of one object at one rung of one date. The row is the reminder: it is what the page shows.

    `rung` counts working days from the date, before it negative. `read_at` is set by the reader, by a later rung, or
    when the object moves on.
    """

    stage = models.CharField(max_length=24)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=255)
    campaign_id = models.BigIntegerField()
    body_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    due_on = models.DateField(_("时限"))
    rung = models.SmallIntegerField(_("档次"))
    is_urgent = models.BooleanField(_("紧急"), default=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders")
    role = models.CharField(_("以何身份"), max_length=16)
    sent_on = models.DateField(_("提醒日期"))
    created_at = models.DateTimeField(_("提醒时间"))
    mail = models.ForeignKey("core.Delivery", on_delete=models.PROTECT, null=True, related_name="reminders")
    read_at = models.DateTimeField(_("已读时间"), null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("到期提醒")
        constraints = [
            models.UniqueConstraint(
                name="reminder_once",
                fields=["subject_kind", "subject_id", "stage", "due_on", "recipient", "rung"],
            ),
        ]
        indexes = [
            models.Index(name="reminder_mine", fields=["recipient", "-id"]),
            models.Index(name="reminder_unread", fields=["recipient"], condition=Q(read_at__isnull=True)),
            models.Index(name="reminder_open", fields=["campaign_id", "stage"], condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.subject_kind}:{self.subject_id} {self.rung:+d} → {self.recipient_id}"

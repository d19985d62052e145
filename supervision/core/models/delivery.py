"""What leads a reminder out of the system: one row a message, with its tries, its last error and its state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MailTiming(models.TextChoices):
    """How much e-mail a person wants, or a campaign allows; the lesser of the two holds."""

    NEVER = "never", _("不发邮件")
    DIGEST = "digest", _("每天一封汇总")
    AT_ONCE = "at_once", _("紧急的即时发，其余每天一封汇总")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class Delivery(models.Model):
    """One message to one person or, by a channel, to a group; without a channel it is an e-mail.

    Its words are kept, so that every try sends the same under the same Message-ID. A digest is one a person, campaign
    and day; an urgent e-mail belongs to one reminder. A row is claimed by its lease, sent, and stamped: whoever is
    killed in between sends it again, under the same Message-ID.
    """

    campaign_id = models.BigIntegerField()
    channel = models.ForeignKey("core.Channel", on_delete=models.PROTECT, null=True, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("日期"))
    urgent_of = models.OneToOneField("core.Reminder", on_delete=models.PROTECT, null=True, related_name="+")
    message_id = models.CharField(max_length=128, unique=True)
    address = models.CharField(_("收件地址"), max_length=254, blank=True)
    subject = models.CharField(_("标题"), max_length=255)
    text = models.TextField(_("内容"))
    state = models.CharField(_("状态"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("已尝试"), default=0)
    last_error = models.TextField(_("最近一次错误"), blank=True)
    next_try_at = models.DateTimeField()  # also the end of the lease of whoever is sending it now
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True)

    class Meta:
        verbose_name = _("发送记录")
        constraints = [
            models.UniqueConstraint(
                name="digest_once",
                fields=["recipient", "campaign_id", "day"],
                condition=Q(urgent_of__isnull=True, channel__isnull=True),
            ),
            models.UniqueConstraint(
                name="group_message_once", fields=["channel", "day"], condition=Q(recipient__isnull=True)
            ),
            models.UniqueConstraint(
                name="short_message_once",
                fields=["channel", "recipient", "day"],
                condition=Q(channel__isnull=False, recipient__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="delivery_waiting", fields=["next_try_at"], condition=Q(state=DeliveryState.WAITING)),
            models.Index(name="delivery_failed", fields=["campaign_id"], condition=Q(state=DeliveryState.FAILED)),
        ]

    def __str__(self) -> str:
        return self.message_id

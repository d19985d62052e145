"""Webhooks: whom the office's own systems have events pushed to, and every push with its tries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision.core.models.delivery import DeliveryState
from supervision.core.models.event import Event


def without_query(address: str) -> str:
    """What an address asks with is often a token: others than the lead who wrote it see that there is one."""
    before, mark, _query = address.partition("?")
    return f"{before}?…" if mark else address


class Hook(models.Model):
    """An address that is told of chosen acts of one campaign.

    Its signing secret is stored nowhere: it follows from the server's key and `salt`; `key_mark` tells which key.
    Paused, it keeps what happens until it is resumed.
    """

    campaign_id = models.BigIntegerField()
    name = models.CharField(_("名称"), max_length=64)
    address = models.CharField(_("地址"), max_length=500)
    verbs = models.JSONField(_("推送的事项"), default=list)
    salt = models.CharField(_("签名密钥"), max_length=64)
    key_mark = models.CharField(max_length=16)
    is_on = models.BooleanField(_("推送"), default=True)
    busy_until = models.DateTimeField(null=True)  # the end of the lease of the run that pushes, or of a rest

    class Meta:
        verbose_name = _("事件推送")
        ordering = ["pk"]
        indexes = [models.Index(name="hook_by_campaign", fields=["campaign_id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_address(self) -> str:
        """For lists."""
        return without_query(self.address)


class HookDelivery(models.Model):
    """One event to one hook, once: claimed by its lease, sent, stamped; every try bears the same id."""

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("已尝试"), default=0)
    last_status = models.PositiveSmallIntegerField(_("最近一次应答"), null=True)
    last_error = models.CharField(_("最近一次错误"), max_length=255, blank=True)
    next_try_at = models.DateTimeField()  # also the end of the lease of whoever is sending it now
    sent_at = models.DateTimeField(_("送达时间"), null=True)

    class Meta:
        verbose_name = _("推送记录")
        constraints = [models.UniqueConstraint(name="pushed_once", fields=["hook", "event"])]
        indexes = [
            models.Index(name="push_of_hook", fields=["hook", "-id"]),
            models.Index(name="push_waiting", fields=["hook", "next_try_at"], condition=Q(state=DeliveryState.WAITING)),
            models.Index(name="push_failed", fields=["hook"], condition=Q(state=DeliveryState.FAILED)),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """The same at every try: what the receiver knows a repetition by."""
        return f"evt_{self.event_id}_{self.hook_id}"

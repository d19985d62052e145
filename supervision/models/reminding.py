"""When people are reminded and who joins them as it gets later: rows of a campaign, never constants."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision.enums import BeforeOrAfter
from supervision.models.campaign import Campaign
from supervision.models.vocabulary import RetirableRow

MOVERS = (Role.LIAISON, Role.HEAD, Role.MEMBER, Role.LEADER, Role.DEPUTY, Role.SPONSOR, Role.BODY_OFFICE, Role.OFFICE)
JOINERS = (*MOVERS[1:], Role.OFFICE_LEAD)


class Distance(RetirableRow):
    """So many working days before or after a date; `order` is the same as one number, before the date negative."""

    order = models.SmallIntegerField(default=0, editable=False)
    when = models.CharField(_("时限之前或之后"), max_length=8, choices=BeforeOrAfter)
    days = models.PositiveSmallIntegerField(_("工作日"))

    class Meta:
        abstract = True

    @property
    def offset(self) -> int:
        return self.days if self.when == BeforeOrAfter.AFTER else -self.days

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The order follows the distance, whatever was asked for."""
        self.order = self.offset
        super().save(*args, **kwargs)


class ReminderRung(Distance):
    """提醒档次: on which working days around a date people are reminded. The urgent does not wait."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reminder_rungs")
    is_urgent = models.BooleanField(_("紧急，即时发送"), default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return distance_text(self.offset)


class ReminderStep(Distance):
    """提醒升级: while it is one role's move, the other is reminded too from that distance on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reminder_steps")
    whose = models.CharField(_("当前由谁办理"), max_length=16, choices=[(role, Role(role).label) for role in MOVERS])
    also = models.CharField(_("同时提醒"), max_length=16, choices=[(role, Role(role).label) for role in JOINERS])

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        words = {"whose": Role(self.whose).label, "also": Role(self.also).label}
        return str(_("%(whose)s办理时同时提醒%(also)s") % words)


def distance_text(offset: int) -> str:
    """到期前3个工作日, 到期当天, 逾期2个工作日."""
    if offset == 0:
        return str(_("到期当天"))
    words = _("逾期%(days)d个工作日") if offset > 0 else _("到期前%(days)d个工作日")
    return str(words % {"days": abs(offset)})

"""ClosureSheet 销号单."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rectification.models.item import RectificationItem


class ClosureSheet(models.Model):
    """The office's decision on one cycle of an item; frozen as a paper with its number."""

    kind: ClassVar[str] = "closure_sheet"

    item = models.OneToOneField(RectificationItem, on_delete=models.PROTECT, related_name="closure")
    number = models.CharField(_("编号"), max_length=64)
    effect = models.TextField(_("整改成效"))
    opinion = models.TextField(_("审批意见"))
    ticked = models.JSONField(_("已核对的销号条件"), default=list)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("销号时间"))
    decided_on = models.DateField(_("销号日期"))

    class Meta:
        verbose_name = _("销号单")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The sheet as a paper; it is found by its item."""
        return reverse("rectification:closure", args=[self.item_id])

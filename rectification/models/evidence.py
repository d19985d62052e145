"""Evidence 佐证材料: a file of an item, with the date from which it is effective."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rectification.models.item import Measure, RectificationItem
from supervision.core.models.file import StoredFile

if TYPE_CHECKING:
    from typing import Self


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def effective(self, on: date) -> Self:
        """Not withdrawn, and in force by that day."""
        return self.standing().filter(effective_on__lte=on)


class Evidence(models.Model):
    item = models.ForeignKey(RectificationItem, on_delete=models.PROTECT, related_name="evidence")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(_("说明"), max_length=255)
    effective_on = models.DateField(_("生效日期"))
    same_file_reason = models.CharField(_("重复使用同一文件的说明"), max_length=255, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("佐证材料")
        ordering = ["pk"]

"""Evidence 佐证材料: a file of an item, with the date from which it is effective."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from rectification.models.item import Measure, RectificationItem
from supervision.core.models.file import StoredFile

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import User


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> Self:
        """What belongs to an item that the person sees."""
        return self.filter(user.scope.as_q(prefix="item__"))

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def effective(self, on: date) -> Self:
        """Not withdrawn, and in force by that day."""
        return self.standing().filter(effective_on__lte=on)

    def with_reuse(self) -> Self:
        """Annotate `used_elsewhere`: the same bytes also stand on another item of the same unit.

        Of the same unit alone: a sentence about other units' files would tell that they exist.
        """
        others = Evidence.objects.standing().filter(
            item__campaign_id=OuterRef("item__campaign_id"),
            item__unit_id=OuterRef("item__unit_id"),
            file__sha256=OuterRef("file__sha256"),
        )
        return self.annotate(used_elsewhere=Exists(others.exclude(item_id=OuterRef("item_id"))))


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

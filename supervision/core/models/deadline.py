"""Every move of an issued date leaves one row here; without it a date does not move."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.event import Event


class DeadlineChange(models.Model):
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    rule = models.CharField(_("依据"), max_length=64)
    old_on = models.DateField(_("原时限"))
    new_on = models.DateField(_("新时限"))
    reason = models.TextField(_("原因"))
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("时限变更")
        indexes = [models.Index(name="deadline_change_subject", fields=["subject_kind", "subject_id", "id"])]

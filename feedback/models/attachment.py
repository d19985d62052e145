"""FormAttachment 附件: a file that the sheet itself names; frozen with the sheet by name and sum."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.form import FeedbackForm
from supervision.core.models.file import StoredFile


class FormAttachment(models.Model):
    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="attachments")
    order = models.PositiveSmallIntegerField(_("序号"))
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("附件"))

    class Meta:
        verbose_name = _("反馈单附件")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(name="form_attachment_order", fields=["form", "order"])]

    def __str__(self) -> str:
        return self.file.original_name

"""Receipt 签收: who of the unit signed for which version, or that it is deemed delivered 视为送达."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.form import FeedbackForm
from supervision.models.signing import Signature


class Receipt(models.Model):
    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="receipts")
    version = models.PositiveSmallIntegerField(_("版次"))
    name = models.CharField(_("签收人"), max_length=64, blank=True)
    post = models.CharField(_("职务"), max_length=128, blank=True)
    received_at = models.DateTimeField(_("签收时间"))
    received_on = models.DateField(_("签收日期"))
    is_deemed = models.BooleanField(_("视为送达"), default=False)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("签收")
        ordering = ["version"]
        constraints = [models.UniqueConstraint(name="receipt_once", fields=["form", "version"])]

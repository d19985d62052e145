"""Verification 核验: how, when and where two members saw the result of each measure."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rectification.enums import VerificationWay
from rectification.models.item import Measure, RectificationItem
from supervision.core.models.file import StoredFile


class Verification(models.Model):
    """One per submission of the item (`round`). Recorded by one member, confirmed by a second or on the scan."""

    kind: ClassVar[str] = "verification"

    item = models.ForeignKey(RectificationItem, on_delete=models.PROTECT, related_name="verifications")
    round = models.PositiveSmallIntegerField()
    way = models.CharField(_("核验方式"), max_length=16, choices=VerificationWay)
    verified_on = models.DateField(_("核验日期"))
    place = models.CharField(_("核验地点"), max_length=128)
    opinion = models.TextField(_("核验意见"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    second_verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("第二核验人")
    )
    confirmed_at = models.DateTimeField(null=True)
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("核验")
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(name="verification_round", fields=["item", "round"]),
            models.CheckConstraint(
                name="verification_two_people",
                condition=Q(second_verifier__isnull=True) | ~Q(second_verifier=F("author")),
            ),
        ]


class MeasureResult(models.Model):
    """What was seen of one measure."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="results")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField(_("属实"))
    remark = models.CharField(_("说明"), max_length=255, blank=True)

    class Meta:
        ordering = ["measure__order"]
        constraints = [models.UniqueConstraint(name="measure_result_once", fields=["verification", "measure"])]

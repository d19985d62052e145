"""Verification 核验: how, when and where two members saw the result of each measure."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rectification.enums import VerificationWay
from rectification.models.item import ItemPart, Measure, RectificationItem
from supervision.core.models.file import StoredFile


class Verification(ItemPart, models.Model):
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

    @cached_property
    def seen(self) -> list[MeasureResult]:
        """What was seen of each measure; asked once for an instance."""
        return list(self.results.all())


def rounds_of(item: RectificationItem) -> list[Verification]:
    """All verifications of an item, the oldest first, with their people and results; one query for an instance.

    Every record has at least one result: an item without a measure is never handed in.
    """
    if "_rounds" not in item.__dict__:
        item.__dict__["_rounds"] = _read_rounds(item)
    found: list[Verification] = item.__dict__["_rounds"]
    return found


def last_verification(item: RectificationItem) -> Verification | None:
    """The newest record."""
    rounds = rounds_of(item)
    return rounds[-1] if rounds else None


def _read_rounds(item: RectificationItem) -> list[Verification]:
    rows = MeasureResult.objects.filter(verification__item=item).order_by("verification__round", "measure__order")
    found: dict[int, Verification] = {}
    for row in rows.select_related(
        "verification__author", "verification__second_verifier", "verification__scan", "measure"
    ):
        record = found.setdefault(row.verification_id, row.verification)
        if record is row.verification:
            record.seen = []
        record.seen.append(row)
    return list(found.values())


class MeasureResult(models.Model):
    """What was seen of one measure."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="results")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField(_("属实"))
    remark = models.CharField(_("说明"), max_length=255, blank=True)

    class Meta:
        ordering = ["measure__order"]
        constraints = [models.UniqueConstraint(name="measure_result_once", fields=["verification", "measure"])]

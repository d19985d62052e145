"""Problem 问题: found on an inspection, carried by a feedback form."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision.enums import Nature
from supervision.models.inspection import ChecklistResult, Inspection, InspectionRecord, counted, files_of
from supervision.models.organisation import ScopedModel, ScopedQuerySet
from supervision.models.vocabulary import Category, Severity


class ProblemQuerySet(ScopedQuerySet["Problem"]):
    """A unit reads its problems on the issued form, never here: `unit_part` stays empty."""

    def with_photo_count(self) -> ProblemQuerySet:
        return self.annotate(photo_count=counted(files_of(Problem.kind), "subject_id"))


class Problem(ScopedModel):
    """A fact, its basis and its source. Mended before the team's eyes 当场整改: with mend, photo and two members."""

    kind: ClassVar[str] = "problem"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="problems")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("问题类别"))
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+", verbose_name=_("严重程度"))
    nature = models.CharField(_("性质"), max_length=16, choices=Nature, default=Nature.INDIVIDUAL)
    title = models.CharField(_("反馈问题"), max_length=255)
    fact = models.TextField(_("具体表现"), blank=True)
    basis = models.TextField(_("依据"), blank=True)
    record = models.ForeignKey(
        InspectionRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("来源记录")
    )
    checklist_result = models.ForeignKey(
        ChecklistResult, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("来源要点")
    )
    mended_on_spot = models.BooleanField(_("当场整改"), default=False)
    mend = models.TextField(_("当场整改情况"), blank=True)
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("见证成员"),
    )
    second_witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("第二见证成员"),
    )
    shown_to = models.CharField(_("事实核对：单位人员"), max_length=128, blank=True)
    shown_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    unit_view = models.TextField(_("单位意见"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("问题")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="problem_nature_known", condition=Q(nature__in=Nature.values)),
            models.CheckConstraint(
                name="problem_two_witnesses",
                condition=Q(witness__isnull=True)
                | Q(second_witness__isnull=True)
                | ~Q(witness=models.F("second_witness")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return self.title

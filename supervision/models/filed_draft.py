"""FiledDraft 送审材料: a unit's plan, schedule, bulletin or board, read by its team before it is adopted (提前介入)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supervision.core.deadlines import Clock
from supervision.core.words import saying
from supervision.enums import FiledDraftStatus, Verdict
from supervision.models.campaign import Phase
from supervision.models.organisation import ScopedModel, ScopedQuerySet, Unit
from supervision.models.parts import PartOfRow
from supervision.models.vocabulary import DraftKind


class FiledDraftQuerySet(ScopedQuerySet["FiledDraft"]):
    unit_part = None  # its own papers: the unit sees them all

    def locked(self, pk: int) -> FiledDraft:
        return (
            self.select_for_update(of=("self",)).select_related("campaign", "body", "team", "unit", "draft_kind")
        ).get(pk=pk)


class FiledDraft(ScopedModel):
    """Something the unit means to adopt. The team's clock runs while it waits to be read, then the unit's again."""

    kind: ClassVar[str] = "filed_draft"

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    draft_kind = models.ForeignKey(DraftKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("材料种类"))
    status = models.CharField(_("状态"), max_length=16, choices=FiledDraftStatus, default=FiledDraftStatus.TO_READ)
    title = models.CharField(_("名称"), max_length=255)
    adopt_on = models.DateField(_("拟定稿日期"))
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("送审时间"))
    clock = models.CharField(_("计时方"), max_length=8, choices=Clock, default=Clock.TEAM)
    clock_due_on = models.DateField(_("办理时限"), null=True)
    adopted_on = models.DateField(_("定稿日期"), null=True)
    how_taken = models.TextField(_("意见采纳情况"), blank=True)
    adopted_unread = models.BooleanField(_("定稿前未审阅"), default=False)

    objects = FiledDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("送审材料")
        constraints = [
            models.CheckConstraint(name="filed_draft_status_known", condition=Q(status__in=FiledDraftStatus.values)),
            models.CheckConstraint(name="filed_draft_clock_known", condition=Q(clock__in=Clock.values)),
        ]
        indexes = [
            models.Index(name="filed_draft_by_campaign", fields=["campaign", "-filed_at", "-id"]),
            models.Index(name="filed_draft_by_body", fields=["body", "-filed_at", "-id"]),
            models.Index(name="filed_draft_by_team", fields=["team", "-filed_at", "-id"]),
            models.Index(name="filed_draft_by_unit", fields=["unit", "-filed_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def words_q(words: Iterable[str], units: Iterable[Unit]) -> Q:
        """Rows of which title or unit says each of the words."""
        return saying(words, "title", units=units)

    def get_absolute_url(self) -> str:
        return reverse("supervision:filed-draft", args=[self.pk])

    @property
    def label(self) -> str:
        return self.title


class DraftVersion(PartOfRow, models.Model):
    """What the unit filed, once for each version; the last one may be the final text."""

    kind: ClassVar[str] = "draft_version"

    draft = models.ForeignKey(FiledDraft, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版次"))
    summary = models.TextField(_("内容摘要"), blank=True)
    is_final = models.BooleanField(_("定稿"), default=False)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("送审时间"))

    class Meta:
        verbose_name = _("送审版次")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="draft_version_number", fields=["draft", "number"])]

    @property
    def whole(self) -> Any:
        return self.draft


class DraftReading(PartOfRow, models.Model):
    """What the team says of one version."""

    kind: ClassVar[str] = "draft_reading"

    version = models.OneToOneField(DraftVersion, on_delete=models.PROTECT, related_name="reading")
    verdict = models.CharField(_("审阅结论"), max_length=16, choices=Verdict)
    comments = models.TextField(_("修改意见"), blank=True)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("审阅时间"))
    is_late = models.BooleanField(_("逾期审阅"), default=False)

    class Meta:
        verbose_name = _("审阅意见")
        constraints = [models.CheckConstraint(name="reading_verdict_known", condition=Q(verdict__in=Verdict.values))]

    @property
    def whole(self) -> Any:
        return self.version.draft

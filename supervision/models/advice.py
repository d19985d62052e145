"""Advice 工作建议: written by a member, signed by the leader, answered by the unit; never rectified, never an item."""

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
from supervision.enums import AdviceStatus, Source, Stance
from supervision.models.campaign import Phase
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection
from supervision.models.organisation import ScopedModel, ScopedQuerySet, Unit
from supervision.models.parts import PartOfRow


class AdviceQuerySet(ScopedQuerySet["Advice"]):
    unit_part = Q(issued_at__isnull=False)  # a unit never learns that there are drafts

    def locked(self, pk: int) -> Advice:
        return (
            self.select_for_update(of=("self",)).select_related("campaign", "body", "team", "unit", "phase").get(pk=pk)
        )


class Advice(ScopedModel):
    """What a team recommends to one unit. `clock` says whose time runs: the unit's to answer, the team's to read."""

    kind: ClassVar[str] = "advice"
    route_source: ClassVar[str] = Source.TEAM
    is_key: ClassVar[bool] = False

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="advice", verbose_name=_("督导检查")
    )
    daily_record = models.ForeignKey(
        DailyRecord, on_delete=models.PROTECT, null=True, related_name="advice", verbose_name=_("日常督导记录")
    )
    status = models.CharField(_("状态"), max_length=16, choices=AdviceStatus, default=AdviceStatus.DRAFT)
    number = models.CharField(_("编号"), max_length=64, blank=True)
    title = models.CharField(_("标题"), max_length=255)
    content = models.TextField(_("建议内容"))
    round = models.PositiveSmallIntegerField(default=0)  # how often submitted for sign-off; endorsements count by it
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("起草时间"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("签发时间"), null=True)
    issued_on = models.DateField(_("签发日期"), null=True)
    due_on = models.DateField(_("回复时限"), null=True)
    original_due_on = models.DateField(_("原定时限"), null=True)
    clock = models.CharField(_("计时方"), max_length=8, choices=Clock, default=Clock.NONE)
    clock_due_on = models.DateField(_("办理时限"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    remark = models.TextField(_("阅后意见"), blank=True)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("工作建议")
        constraints = [
            models.CheckConstraint(name="advice_status_known", condition=Q(status__in=AdviceStatus.values)),
            models.CheckConstraint(name="advice_clock_known", condition=Q(clock__in=Clock.values)),
            models.UniqueConstraint(name="advice_number", fields=["campaign", "number"], condition=~Q(number="")),
        ]
        indexes = [
            models.Index(name="advice_by_campaign", fields=["campaign", "-created_at", "-id"]),
            models.Index(name="advice_by_body", fields=["body", "-created_at", "-id"]),
            models.Index(name="advice_by_team", fields=["team", "-created_at", "-id"]),
            models.Index(name="advice_by_unit", fields=["unit", "-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def words_q(words: Iterable[str], units: Iterable[Unit]) -> Q:
        """Rows of which number, title or unit says each of the words."""
        return saying(words, "number", "title", units=units)

    def get_absolute_url(self) -> str:
        return reverse("supervision:advice", args=[self.pk])

    def route_round(self, document: str) -> int:
        return self.round

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}" if self.number else self.title


class AdviceAnswer(PartOfRow, models.Model):
    """The unit's answer; one more for each time the team asked for more."""

    kind: ClassVar[str] = "advice_answer"

    advice = models.ForeignKey(Advice, on_delete=models.PROTECT, related_name="answers")
    stance = models.CharField(_("采纳情况"), max_length=16, choices=Stance)
    text = models.TextField(_("回复内容"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("回复时间"))
    is_late = models.BooleanField(_("逾期回复"), default=False)

    class Meta:
        verbose_name = _("回复")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="answer_stance_known", condition=Q(stance__in=Stance.values))]

    @property
    def whole(self) -> Any:
        return self.advice

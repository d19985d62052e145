"""Report 整改报告: one signature hands in all the items it covers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import UNIT_ROLES, Role
from feedback.models.form import FeedbackForm
from rectification.enums import ReportedProgress, ReportStatus
from rectification.models.evidence import Evidence
from rectification.models.item import RectificationItem
from supervision.core.words import saying
from supervision.models.organisation import ScopedModel, ScopedQuerySet, Unit

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import User


READS_DRAFTS = (*UNIT_ROLES, Role.REPORT_DELEGATE)


class ReportQuerySet(ScopedQuerySet["Report"]):
    unit_part = None

    def visible_to(self, user: User) -> Self:
        """The unit's own people see its drafts; everyone else, its superior unit among them, what was once signed."""
        scope = user.scope
        own = Q(unit_id__in=scope.ids(*READS_DRAFTS))
        return self.filter(own | (scope.as_q() & Q(version__gte=1)))

    def locked(self, pk: int) -> Report:
        """Lock the report's form first, then the report; items follow by id."""
        FeedbackForm.objects.select_for_update(of=("self",)).filter(reports__pk=pk).values_list("pk", flat=True).first()
        return (
            self.select_for_update(of=("self",)).select_related("campaign", "team", "unit", "body", "form").get(pk=pk)
        )

    def locked_whole(self, pk: int) -> Report:
        """Lock form, report, items by id and answers, in this order and in one query; `parts` holds the locked rows.

        PostgreSQL locks the tables of `of` row by row in the order given, after sorting. A report covers at least one
        item from its first moment, and always the same ones.
        """
        of = ("report__form", "report", "item", "self")
        scope = ("report__campaign", "report__body", "report__team", "report__unit")
        rows = ReportItem.objects.filter(report_id=pk).select_related("report__form", *scope).select_for_update(of=of)
        answers = list(_with_papers(rows))
        report: Report = answers[0].report
        report.parts = report._adopt(answers)
        return report


def _with_papers(answers: models.QuerySet[ReportItem]) -> models.QuerySet[ReportItem]:
    """By item id, with everything that a reader of the report looks at."""
    evidence = Evidence.objects.with_reuse().standing().select_related("file", "uploaded_by")
    return (
        answers.select_related(
            "item__problem", "item__phase", "item__category", "item__closure", "item__closure__decided_by"
        )
        .prefetch_related("item__measures", Prefetch("item__evidence", evidence))
        .order_by("item_id")
    )


class Report(ScopedModel):
    """Covers 1..n items of one form. `version` counts signatures: 0 until the first one."""

    kind: ClassVar[str] = "report"
    READS_DRAFTS: ClassVar[tuple[str, ...]] = READS_DRAFTS

    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="reports")
    status = models.CharField(_("状态"), max_length=16, choices=ReportStatus, default=ReportStatus.DRAFT)
    version = models.PositiveSmallIntegerField(_("版次"), default=0)
    title = models.CharField(_("标题"), max_length=255)
    overall = models.TextField(_("总体情况"), blank=True)
    rules_made = models.TextField(_("建章立制情况"), blank=True)
    next_steps = models.TextField(_("存在问题和下一步打算"), blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(_("送签时间"), null=True)
    signed_at = models.DateTimeField(_("签批时间"), null=True)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    counted_on = models.DateField(_("计时日期"), null=True)
    return_note = models.TextField(_("退回意见"), blank=True)
    sent_up_on = models.DateField(_("上报日期"), null=True)
    items = models.ManyToManyField(RectificationItem, through="ReportItem", related_name="reports")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改情况报告")
        constraints = [
            models.CheckConstraint(name="report_status_known", condition=Q(status__in=ReportStatus.values)),
        ]
        indexes = [
            models.Index(name="report_by_campaign", fields=["campaign", "-created_at", "-id"]),
            models.Index(name="report_by_body", fields=["body", "-created_at", "-id"]),
            models.Index(name="report_by_team", fields=["team", "-created_at", "-id"]),
            models.Index(name="report_by_unit", fields=["unit", "-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.label

    @cached_property
    def parts(self) -> list[ReportItem]:
        """Its answers with their items by id, read once; whatever judges or shows a report reads this.

        With measures and evidence, three queries however many items. Inside a move `locked_whole` has put the locked
        rows here; a page that needs no more than the states may put `light_parts()` here.
        """
        return self._adopt(_with_papers(ReportItem.objects.filter(report=self)))

    def light_parts(self) -> list[ReportItem]:
        """Answers and items alone: one query."""
        return self._adopt(ReportItem.objects.filter(report=self).select_related("item").order_by("item_id"))

    def _adopt(self, answers: Iterable[ReportItem]) -> list[ReportItem]:
        """One form, unit, team, body and campaign for all of them: nothing is read twice."""
        found = list(answers)
        for answer in found:
            item, answer.report = answer.item, self
            item.campaign, item.body, item.team, item.unit = self.campaign, self.body, self.team, self.unit
            item.form = self.form
        return found

    @staticmethod
    def words_q(words: Iterable[str], units: Iterable[Unit]) -> Q:
        """Rows of which title, number of the form or unit says each of the words."""
        return saying(words, "title", "form__number", units=units)

    def get_absolute_url(self) -> str:
        return reverse("rectification:report", args=[self.pk])

    @property
    def label(self) -> str:
        return self.title

    @property
    def source(self) -> str:
        return self.form.source

    @property
    def is_key(self) -> bool:
        """Does it answer for a key item?"""
        return any(answer.item.is_key for answer in self.parts)

    @property
    def author_ids(self) -> set[int]:
        """Who made it: its drafter, whoever sent it for signature and whoever signed. None of them reads it."""
        return {pk for pk in (self.drafted_by_id, self.sent_by_id, self.signer_id) if pk is not None}

    @property
    def is_one_persons(self) -> bool:
        """Drafted and signed by the same person, where the campaign allows it; every page and paper says so."""
        return self.signer_id is not None and self.signer_id in (self.drafted_by_id, self.sent_by_id)


class ReportItem(models.Model):
    """The report's answer for one item: measure → progress → evidence."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(RectificationItem, on_delete=models.PROTECT, related_name="answers")
    progress = models.CharField(_("整改进展"), max_length=16, choices=ReportedProgress, default=ReportedProgress.DONE)
    text = models.TextField(_("整改情况"), blank=True)
    return_note = models.TextField(_("退回意见"), blank=True)

    class Meta:
        ordering = ["item_id"]
        constraints = [models.UniqueConstraint(name="report_item_once", fields=["report", "item"])]

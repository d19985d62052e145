"""Report 整改报告: one signature hands in all the items it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import UNIT_ROLES, Role
from feedback.models.form import FeedbackForm
from rectification.enums import ReportedProgress, ReportStatus
from rectification.models.evidence import Evidence
from rectification.models.item import RectificationItem
from supervision.models.organisation import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import User


READS_DRAFTS = (*UNIT_ROLES, Role.REPORT_DELEGATE)


class ReportQuerySet(ScopedQuerySet):
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

    def load_answers(self, *, locked: bool = False) -> None:
        """Read what the report covers, with measures and evidence: three queries however many items.

        `locked` (inside a move, after the form and the report) also locks answers and items, by item id.
        """
        answers = ReportItem.objects.select_related(
            "item", "item__problem", "item__phase", "item__category", "item__closure", "item__closure__decided_by"
        ).order_by("item_id")
        if locked:
            answers = answers.select_for_update(of=("self", "item"))
        evidence = Evidence.objects.with_reuse().standing().select_related("file")
        prefetch_related_objects(
            [self],
            Prefetch("answers", answers),
            "answers__item__measures",
            Prefetch("answers__item__evidence", evidence),
        )
        for answer in self.answers.all():
            item = answer.item
            item.campaign, item.body, item.team, item.unit = self.campaign, self.body, self.team, self.unit
            item.form = self.form

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
        """Does it answer for a key item? Read from the covered items, which services and pages prefetch."""
        return any(answer.item.is_key for answer in self.answers.all())

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

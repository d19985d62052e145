"""Inspection 督导检查 with its methods, records, checklist and talk records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision.core.models.file import StoredFile
from supervision.enums import InspectionStatus, Outcome, Source
from supervision.models.campaign import Phase
from supervision.models.organisation import ScopedModel, ScopedQuerySet
from supervision.models.signing import Endorsement
from supervision.models.vocabulary import ChecklistPoint, Focus, Method

if TYPE_CHECKING:
    from accounts.models import User


class InspectionQuerySet(ScopedQuerySet["Inspection"]):
    # A unit is told of an announced visit once it is approved, and sees an unannounced one once it has begun.
    unit_part = Q(is_unannounced=False, approved_at__isnull=False) | Q(started_at__isnull=False)

    def locked(self, pk: int) -> Inspection:
        return self.select_for_update(of=("self",)).select_related("campaign", "unit", "team").get(pk=pk)

    def with_endorsed(self) -> InspectionQuerySet:
        """`endorsed`: how many steps of the longer route are done (核稿)."""
        rows = Endorsement.objects.filter(subject_kind=Inspection.kind, subject_id=OuterRef("pk"), round=1)
        return self.annotate(endorsed=counted(rows, "subject_id"))

    def with_counts(self) -> InspectionQuerySet:
        """`talk_count`, `looked_count` (points looked at) and `photo_count`, within the same query."""
        mine = {"inspection_id": OuterRef("pk")}
        looked = ChecklistResult.objects.filter(Q(looked_at=True) | ~Q(finding=""), **mine)
        return self.annotate(
            talk_count=counted(TalkRecord.objects.filter(**mine), "inspection_id"),
            looked_count=counted(looked, "inspection_id"),
            photo_count=counted(files_of(Inspection.kind), "subject_id"),
        )


def counted(rows: models.QuerySet[Any], owner: str) -> Coalesce:
    """How many of `rows` (filtered by OuterRef) an owner has, as a column."""
    numbers = rows.order_by().values(owner).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(numbers, output_field=models.IntegerField()), 0)


def files_of(kind: str) -> models.QuerySet[StoredFile]:
    return StoredFile.objects.filter(subject_kind=kind, subject_id=OuterRef("pk"))


class Inspection(ScopedModel):
    """One visit. `happened_on` is when it took place, `recorded_at` when it was entered (补录).

    `present` are the members who are to go; from the start on, those who were there.
    """

    kind: ClassVar[str] = "inspection"

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    status = models.CharField(_("状态"), max_length=16, choices=InspectionStatus, default=InspectionStatus.PLANNED)
    outcome = models.CharField(_("结果"), max_length=16, choices=Outcome, default="", blank=True)
    is_unannounced = models.BooleanField(_("暗访"), default=False)
    is_onsite = models.BooleanField(_("下沉督导"), default=True)
    planned_on = models.DateField(_("计划日期"))
    happened_on = models.DateField(_("实际日期"), null=True)
    is_late_entry = models.BooleanField(_("补录"), default=False)
    purpose = models.TextField(_("督导内容"), blank=True)
    summary = models.TextField(_("总体情况"), blank=True)
    log_version = models.PositiveIntegerField(default=0)  # of the overall impression and the reasons for skipping
    log_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    foci = models.ManyToManyField(Focus, related_name="+", verbose_name=_("督导重点"))
    present = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("到场成员"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("录入时间"))
    approved_at = models.DateTimeField(_("批准时间"), null=True)  # stays once given, also while postponed
    started_at = models.DateTimeField(_("开始时间"), null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("报送时间"), null=True)
    opened_at = models.DateTimeField(null=True)  # the reviewer has opened it: no recall any more
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("督导检查")
        constraints = [
            models.CheckConstraint(name="inspection_status_known", condition=Q(status__in=InspectionStatus.values)),
            models.CheckConstraint(name="inspection_outcome_known", condition=Q(outcome__in=Outcome.values)),
        ]
        indexes = [
            models.Index(name="inspection_by_campaign", fields=["campaign", "-planned_on", "-id"]),
            models.Index(name="inspection_by_body", fields=["body", "-planned_on", "-id"]),
            models.Index(name="inspection_by_team", fields=["team", "-planned_on", "-id"]),
            models.Index(name="inspection_by_unit", fields=["unit", "-planned_on", "-id"]),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_key(self) -> bool:
        """Unannounced visits take the longer route of the campaign's inspections."""
        return self.is_unannounced

    @property
    def route_source(self) -> str:
        return Source.TEAM

    def route_round(self, document: str) -> int:
        return 1

    @property
    def unit_may_see(self) -> bool:
        """The same rule as `unit_part`, for one row."""
        return self.started_at is not None or (self.approved_at is not None and not self.is_unannounced)

    def get_absolute_url(self) -> str:
        return reverse("supervision:inspection", args=[self.pk])

    @property
    def on(self) -> date:
        return self.happened_on or self.planned_on

    @property
    def label(self) -> str:
        return _("%(unit)s %(month)d月%(day)d日督导检查") % {
            "unit": self.unit.name,
            "month": self.on.month,
            "day": self.on.day,
        }


class InspectionMethod(models.Model):
    """A planned method; one of kind act wants a record or the reason for skipping it."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="methods")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="+")
    skip_reason = models.CharField(_("未采用原因"), max_length=255, blank=True)

    class Meta:
        ordering = ["method__order", "pk"]
        constraints = [models.UniqueConstraint(name="inspection_method_once", fields=["inspection", "method"])]


class LogEntry(models.Model):
    """An entry that a browser writes: it bears the browser's own key, so that a resend makes nothing double, and a
    version, so that nothing is overwritten unseen."""

    client_key = models.UUIDField(default=uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class InspectionRecord(LogEntry):
    """What was done by one method, with its counts (people, files, households, tests, satisfaction in percent)."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="records")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="+", verbose_name=_("方法"))
    content = models.TextField(_("情况记录"))
    people_talked = models.PositiveIntegerField(_("谈话人数"), null=True, blank=True)
    files_read = models.PositiveIntegerField(_("查阅资料（份）"), null=True, blank=True)
    households = models.PositiveIntegerField(_("走访（户）"), null=True, blank=True)
    people_tested = models.PositiveIntegerField(_("测试人数"), null=True, blank=True)
    people_passed = models.PositiveIntegerField(_("合格人数"), null=True, blank=True)
    satisfaction = models.DecimalField(_("满意度（%）"), max_digits=5, decimal_places=2, null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("检查记录")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="record_passed_of_tested",
                condition=Q(people_passed__isnull=True) | Q(people_passed__lte=models.F("people_tested")),
            ),
            models.CheckConstraint(
                name="record_satisfaction_percent",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=0, satisfaction__lte=100),
            ),
        ]


class ChecklistResult(models.Model):
    """A checklist point looked at on this visit, and what was found."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="checklist")
    point = models.ForeignKey(ChecklistPoint, on_delete=models.PROTECT, related_name="+")
    looked_at = models.BooleanField(_("已查看"), default=False)
    finding = models.TextField(_("发现"), blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["point__order", "pk"]
        constraints = [models.UniqueConstraint(name="checklist_once", fields=["inspection", "point"])]


class TalkRecordQuerySet(models.QuerySet["TalkRecord"]):
    def visible_to(self, user: User) -> TalkRecordQuerySet:
        """The team's alone: no office, no sponsor, no unit, no auditor (domain/campaign.md)."""
        return self.filter(inspection__team_id__in=user.scope.ids(Role.LEADER, Role.DEPUTY, Role.MEMBER))


class TalkRecord(LogEntry):
    """谈话记录. Never facts of a case: there is no field for them."""

    kind: ClassVar[str] = "talk_record"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="talks")
    held_at = models.DateTimeField(_("谈话时间"))
    place = models.CharField(_("地点"), max_length=128)
    talker = models.CharField(_("谈话人"), max_length=64)
    talked_to = models.CharField(_("谈话对象"), max_length=64)
    recorder = models.CharField(_("记录人"), max_length=64)
    topic = models.CharField(_("主题"), max_length=255)
    points = models.TextField(_("谈话要点"))
    follow_up = models.TextField(_("后续事项"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = TalkRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("谈话记录")
        ordering = ["held_at", "pk"]

"""Campaign 专项活动 and its phases 环节."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.roles import permissions_on
from supervision.core.deadlines import day_of
from supervision.core.models.delivery import MailTiming
from supervision.core.models.version import VocabularyRow
from supervision.enums import CampaignStatus, ReportClock

if TYPE_CHECKING:
    from accounts.models import User


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> CampaignQuerySet:
        """Campaigns in which the person holds anything; the structure of a campaign is no secret to its people."""
        return self.filter(pk__in=user.scope.joined_campaigns)

    def locked(self, pk: int) -> Campaign:
        return self.select_for_update().get(pk=pk)


class Campaign(VocabularyRow):
    """A supervision campaign. Everything that differs between campaigns is here or in its vocabulary rows."""

    kind: ClassVar[str] = "campaign"

    code = models.SlugField(_("代码"), max_length=64, unique=True)
    name = models.CharField(_("名称"), max_length=128)
    short_name = models.CharField(_("简称"), max_length=32)
    status = models.CharField(_("状态"), max_length=16, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    time_zone = models.CharField(_("时区"), max_length=64, default="Asia/Shanghai")
    day_ends_at = models.PositiveSmallIntegerField(
        _("每日截止时刻（时）"), default=24, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    report_clock = models.CharField(
        _("报告计时"), max_length=24, choices=ReportClock, default=ReportClock.FILED_WITH_GRACE
    )
    paper_days_back = models.PositiveSmallIntegerField(_("线下签批最多倒签（工作日）"), default=5)
    paper_excludes_key = models.BooleanField(_("重点和中央反馈事项不得线下签批"), default=False)
    delegation_max_days = models.PositiveSmallIntegerField(_("授权委托最长天数（自然日）"), default=30)
    one_person_units = models.BooleanField(_("允许联络员与主要负责人为同一人"), default=False)
    contact_within_days = models.PositiveSmallIntegerField(
        _("超过多少个工作日未联系须提示"), default=5, validators=[MinValueValidator(1)]
    )
    units_see_contacts = models.BooleanField(_("单位可见日常督导的日期和方式"), default=False)
    talks_kept_offline = models.BooleanField(_("谈话记录断网时可存在本机"), default=False)
    remind_from = models.PositiveSmallIntegerField(
        _("每个工作日几点起发到期提醒"), default=8, validators=[MaxValueValidator(23)]
    )
    mail_timing = models.CharField(_("到期提醒的邮件"), max_length=8, choices=MailTiming, default=MailTiming.AT_ONCE)
    role_words = models.JSONField(_("角色称谓"), default=dict, blank=True)
    promise = models.CharField(_("工作要求"), max_length=255, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("专项活动")
        permissions = permissions_on("campaign")
        constraints = [
            models.CheckConstraint(name="campaign_status_known", condition=models.Q(status__in=CampaignStatus.values)),
            models.CheckConstraint(
                name="campaign_hour_of_day", condition=models.Q(day_ends_at__gte=1, day_ends_at__lte=24)
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("supervision:campaign", args=[self.pk])

    @property
    def label(self) -> str:
        return self.name

    # The four scope columns of a Subject; a campaign is its own.
    @property
    def campaign(self) -> Campaign:
        return self

    @property
    def campaign_id(self) -> int:
        return self.pk

    body_id: ClassVar[None] = None
    team_id: ClassVar[None] = None
    unit_id: ClassVar[None] = None

    @property
    def is_running(self) -> bool:
        return self.status == CampaignStatus.RUNNING

    def day_of(self, at: datetime) -> date:
        """The campaign's date of a moment: its time zone, its hour of the day's end."""
        return day_of(at, time_zone=self.time_zone, day_ends_at=self.day_ends_at)


class Phase(VocabularyRow):
    """环节; phases may overlap."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="phases")
    code = models.SlugField(_("代码"), max_length=32)
    name = models.CharField(_("名称"), max_length=64)
    order = models.PositiveSmallIntegerField(_("顺序"))
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    dates_given = models.BooleanField(_("日期有出处"), default=True)

    class Meta:
        verbose_name = _("环节")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(name="phase_code", fields=["campaign", "code"]),
            models.CheckConstraint(name="phase_dates", condition=models.Q(ends_on__gte=models.F("starts_on"))),
        ]

    def __str__(self) -> str:
        return self.name


class GrantRow(UserObjectPermissionBase):
    """A role on one object, within dates, with the row that gives it. Written by accounts/grants.py alone."""

    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=48)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True
        unique_together = [["user", "permission", "content_object", "source"]]
        indexes = [models.Index(fields=["source"])]


class CampaignGrant(GrantRow):
    content_object = models.ForeignKey(Campaign, on_delete=models.CASCADE)

"""DailyRecord 日常督导记录: a call, a paper read, a meeting attended; made in a minute, approved by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supervision.enums import DailyStatus, FollowUp
from supervision.models.campaign import Phase
from supervision.models.inspection import Inspection
from supervision.models.organisation import ScopedModel, ScopedQuerySet
from supervision.models.vocabulary import ContactWay, Focus

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import User


class DailyRecordQuerySet(ScopedQuerySet["DailyRecord"]):
    # The unit sees none of it: what it may know is asked by `contacts_for`.

    def locked(self, pk: int) -> DailyRecord:
        return self.select_for_update(of=("self",)).select_related("campaign", "body", "team", "unit").get(pk=pk)

    def valid(self) -> Self:
        """What was not voided."""
        return self.exclude(status=DailyStatus.VOIDED)

    def contacts_for(self, user: User) -> Self:
        """For a unit's people, where the campaign lets them: that there was contact. Show day, way and team alone."""
        return self.valid().filter(unit_id__in=user.scope.units, campaign__units_see_contacts=True)


class DailyRecord(ScopedModel):
    """One contact of a team with one unit. A call to three units makes three records."""

    kind: ClassVar[str] = "daily_record"

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    focus = models.ForeignKey(
        Focus, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("督导重点")
    )
    way = models.ForeignKey(ContactWay, on_delete=models.PROTECT, related_name="+", verbose_name=_("督导方式"))
    status = models.CharField(_("状态"), max_length=16, choices=DailyStatus, default=DailyStatus.RECORDED)
    happened_on = models.DateField(_("日期"))
    counterpart = models.CharField(_("对方人员"), max_length=128, blank=True)
    content = models.TextField(_("了解到的情况"))
    follow_up = models.CharField(_("后续"), max_length=16, choices=FollowUp, default="", blank=True)
    follow_up_note = models.TextField(_("后续内容"), blank=True)
    outcome = models.TextField(_("跟进结果"), blank=True)
    taken_into = models.ForeignKey(  # the visit on which it was looked at or became a problem
        Inspection, on_delete=models.PROTECT, null=True, related_name="daily_records", verbose_name=_("督导检查")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("录入时间"))

    objects = DailyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("日常督导记录")
        constraints = [
            models.CheckConstraint(name="daily_status_known", condition=Q(status__in=DailyStatus.values)),
            models.CheckConstraint(name="daily_follow_up_known", condition=Q(follow_up__in=FollowUp.values)),
        ]
        indexes = [
            models.Index(name="daily_by_campaign", fields=["campaign", "-happened_on", "-id"]),
            models.Index(name="daily_by_body", fields=["body", "-happened_on", "-id"]),
            models.Index(name="daily_by_team", fields=["team", "-happened_on", "-id"]),
            models.Index(name="daily_by_unit", fields=["unit", "-happened_on", "-id"]),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("supervision:daily-record", args=[self.pk])

    @property
    def label(self) -> str:
        return _("%(unit)s %(month)d月%(day)d日日常督导") % {
            "unit": self.unit.name,
            "month": self.happened_on.month,
            "day": self.happened_on.day,
        }


class DailyAddition(models.Model):
    """更正补充: added after the day of the entry; the old text stays as it was."""

    record = models.ForeignKey(DailyRecord, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(_("更正补充"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("更正补充")
        ordering = ["pk"]

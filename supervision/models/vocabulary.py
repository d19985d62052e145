"""A campaign's own words, terms and thresholds: rows the office edits, never constants."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision.core.deadlines import CountUnit, Term
from supervision.core.models.version import VocabularyRow
from supervision.enums import CloseCheck, CountsFrom, Document, Light, LightCondition, MethodKind, Source
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Body

Row = TypeVar("Row", bound=models.Model)


def offered(rows: models.QuerySet[Row], *, keeping: int | None = None) -> models.QuerySet[Row]:
    """What forms offer: everything not retired, and the row that the edited object has already."""
    return rows.filter(Q(retired_on__isnull=True) | Q(pk=keeping))


class RetirableRow(VocabularyRow):
    """A row that is never deleted: once retired 停用, old objects keep its words and forms no longer offer it."""

    retired_on = models.DateField(_("停用日期"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None


class CodedRow(RetirableRow):
    """A named row of a campaign, in an order."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="%(class)s_rows")
    code = models.SlugField(_("代码"), max_length=64)
    name = models.CharField(_("名称"), max_length=128)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(name="%(class)s_code", fields=["campaign", "code"])]

    def __str__(self) -> str:
        return self.name


class Focus(CodedRow):
    """督导重点, for example the three 督责任、督内容、督成效."""


class ChecklistPoint(RetirableRow):
    """督导要点 of a focus; `phase` empty: asked in every phase."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="checklist_points")
    focus = models.ForeignKey(Focus, on_delete=models.PROTECT, related_name="points", verbose_name=_("督导重点"))
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("环节")
    )
    text = models.CharField(_("要点"), max_length=255)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Method(CodedRow):
    """督导方法; `body` empty: used by every body."""

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="methods", verbose_name=_("督导主体")
    )
    kind = models.CharField(_("类别"), max_length=16, choices=MethodKind)


class Category(CodedRow):
    """问题类别, under a focus."""

    focus = models.ForeignKey(
        Focus, on_delete=models.PROTECT, null=True, blank=True, related_name="categories", verbose_name=_("督导重点")
    )


class Severity(CodedRow):
    """严重程度; key 重点 ones take longer routes."""

    is_key = models.BooleanField(_("重点"), default=False)


class ContactWay(CodedRow):
    """日常督导方式: a call, a paper read, a meeting attended."""


class DraftKind(CodedRow):
    """送审材料种类: what a unit files for reading before it is adopted (plan, schedule, bulletin, board)."""


class DeadlineRule(CodedRow):
    """时限规则: so many working days, calendar days or months from issue or from receipt.

    `for_problems`: offered to whoever sets a problem's deadline; the others are steps of the procedure, found by code.
    """

    amount = models.PositiveSmallIntegerField(_("时长"))
    unit = models.CharField(_("单位"), max_length=16, choices=CountUnit, default=CountUnit.WORKING_DAYS)
    counts_from = models.CharField(_("起算"), max_length=8, choices=CountsFrom, default=CountsFrom.RECEIPT)
    for_problems = models.BooleanField(_("用于整改时限"), default=False)
    is_immediate = models.BooleanField(_("立行立改（不报整改方案）"), default=False)

    @property
    def term(self) -> Term:
        return Term(self.amount, self.unit)


class CloseRequirement(CodedRow):
    """销号条件: judged by the system where `check` names a fact, and ticked by the closer in any case."""

    check_fact = models.CharField(_("系统核对"), max_length=24, choices=CloseCheck, blank=True)
    on_spot = models.BooleanField(_("当场整改事项也须满足"), default=False)


class LightRule(RetirableRow):
    """亮灯规则, tried in order: the first condition that holds gives the light.

    `working_days` and `fraction` bound near-due: the smaller of so many working days and a 1/fraction of the time
    given. `times` is how many returns.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="light_rules")
    order = models.PositiveSmallIntegerField(_("顺序"))
    condition = models.CharField(_("条件"), max_length=16, choices=LightCondition)
    light = models.CharField(_("灯"), max_length=8, choices=Light)
    working_days = models.PositiveSmallIntegerField(_("工作日"), null=True, blank=True)
    fraction = models.PositiveSmallIntegerField(_("时长的几分之一"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("次数"), null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(name="light_rule_condition", fields=["campaign", "condition"])]

    def __str__(self) -> str:
        return str(self.get_condition_display())


class ApprovalRoute(VocabularyRow):
    """审批路径 for one document, source and weight; one to three steps, the last one signs."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="routes")
    document = models.CharField(_("文书"), max_length=24, choices=Document)
    source = models.CharField(_("来源"), max_length=16, choices=Source)
    is_key = models.BooleanField(_("重点"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="route_once", fields=["campaign", "document", "source", "is_key"])]


class ApprovalStep(VocabularyRow):
    route = models.ForeignKey(ApprovalRoute, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField(_("步骤"))
    role = models.CharField(_("角色"), max_length=16, choices=Role)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="step_number", fields=["route", "number"]),
            models.CheckConstraint(name="step_one_to_three", condition=models.Q(number__gte=1, number__lte=3)),
        ]

    def clean(self) -> None:
        if self.role not in Role.values:
            raise ValidationError({"role": _("没有这个角色。")})

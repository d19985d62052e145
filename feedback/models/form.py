"""FeedbackForm 反馈单 and the problems it carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.enums import FormStatus, NeedToKnow, Progress, SettledAs
from supervision.core.deadlines import CountUnit
from supervision.core.words import saying
from supervision.enums import CountsFrom, Nature, SignatureForm, Source
from supervision.models.campaign import Phase
from supervision.models.inspection import Inspection
from supervision.models.organisation import ScopedModel, ScopedQuerySet, Unit
from supervision.models.problem import Problem
from supervision.models.signing import Signature
from supervision.models.vocabulary import Category, DeadlineRule, Severity

UNIT_SEES = (FormStatus.ISSUED, FormStatus.ACKNOWLEDGED, FormStatus.CLOSED, FormStatus.WITHDRAWN, FormStatus.VOIDED)


RECEIVED = Q(status__in=(FormStatus.ACKNOWLEDGED, FormStatus.CLOSED), received_on__isnull=False)
RECEIVED_IN_TIME = RECEIVED & Q(deemed_received=False, received_on__lte=F("receipt_due_on"))
RECEIPTS: dict[str, tuple[Any, Q]] = {  # what the list of forms may be asked
    "in_time": (_("按期签收"), RECEIVED_IN_TIME),
    "late": (_("逾期签收或视为送达"), RECEIVED & ~RECEIVED_IN_TIME),
    "received": (_("已签收（含视为送达）"), RECEIVED),
}


class FeedbackFormQuerySet(ScopedQuerySet["FeedbackForm"]):
    # Issued papers alone: a number is given at issue, so a form voided as a draft stays invisible.
    unit_part = Q(status__in=UNIT_SEES) & ~Q(number="")

    def locked(self, pk: int) -> FeedbackForm:
        """Lock the form: the first lock of every move on it or on its items."""
        on_paper = Signature.objects.filter(
            subject_kind=FeedbackForm.kind, subject_id=OuterRef("pk"), form=SignatureForm.PAPER
        )
        return (
            self.select_for_update(of=("self",))
            .select_related("campaign", "body", "team", "unit", "phase")
            .annotate(has_paper_signature=Exists(on_paper))
            .get(pk=pk)
        )


class FeedbackForm(ScopedModel):
    """What a team (or the province) tells a unit: problems, requirement, deadlines; frozen as a paper at issue."""

    kind: ClassVar[str] = "feedback_form"

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, related_name="forms", verbose_name=_("督导检查")
    )
    source = models.CharField(_("来源"), max_length=16, choices=Source, default=Source.TEAM)
    status = models.CharField(_("状态"), max_length=16, choices=FormStatus, default=FormStatus.DRAFT)
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    number = models.CharField(_("编号"), max_length=64, blank=True)
    title = models.CharField(_("标题"), max_length=255)
    requirement = models.TextField(_("整改要求"), blank=True)
    need_to_know = models.CharField(_("知悉范围"), max_length=16, choices=NeedToKnow, default=NeedToKnow.INTERNAL)
    is_key = models.BooleanField(_("重点"), default=False)  # a key problem or a central source; set at submit
    round = models.PositiveSmallIntegerField(
        default=0
    )  # how often submitted for sign-off; endorsements count per round
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("下发时间"), null=True)
    issued_on = models.DateField(_("下发日期"), null=True)
    receipt_due_on = models.DateField(_("签收期限"), null=True)
    received_on = models.DateField(_("签收日期"), null=True)
    deemed_received = models.BooleanField(_("视为送达"), default=False)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    revision = models.PositiveIntegerField(
        default=0
    )  # rises with each save of the draft: two editors notice each other
    attachment_count = models.PositiveSmallIntegerField(_("附件数"), default=0)  # spares the moves a query

    objects = FeedbackFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("反馈单")
        constraints = [
            models.CheckConstraint(name="form_status_known", condition=Q(status__in=FormStatus.values)),
            models.CheckConstraint(name="form_source_known", condition=Q(source__in=Source.values)),
            models.UniqueConstraint(name="form_number", fields=["campaign", "number"], condition=~Q(number="")),
        ]
        indexes = [
            models.Index(name="form_by_campaign", fields=["campaign", "-created_at", "-id"]),
            models.Index(name="form_by_body", fields=["body", "-created_at", "-id"]),
            models.Index(name="form_by_team", fields=["team", "-created_at", "-id"]),
            models.Index(name="form_by_unit", fields=["unit", "-created_at", "-id"]),
            models.Index(name="form_receipt_due", fields=["receipt_due_on"], condition=Q(status=FormStatus.ISSUED)),
        ]

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def words_q(words: Iterable[str], units: Iterable[Unit]) -> Q:
        """Rows of which number, title or unit says each of the words."""
        return saying(words, "number", "title", units=units)

    @staticmethod
    def receipt_figures(forms: models.QuerySet[FeedbackForm]) -> tuple[int, int]:
        """How many of the forms were received in time, of how many that were received or deemed so. One query."""
        told = forms.aggregate(
            in_time=models.Count("pk", filter=RECEIVED_IN_TIME), received=models.Count("pk", filter=RECEIVED)
        )
        return told["in_time"], told["received"]

    def get_absolute_url(self) -> str:
        return reverse("feedback:form", args=[self.pk])

    @property
    def route_source(self) -> str:
        return self.source

    def route_round(self, document: str) -> int:
        return self.round

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}" if self.number else self.title


class FeedbackProblem(models.Model):
    """One problem on a form: what is wrong, what is required, by when. Its item tells it how far it is."""

    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="problems")
    order = models.PositiveSmallIntegerField(_("序号"))
    origin = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("问题类别"))
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+", verbose_name=_("严重程度"))
    nature = models.CharField(_("性质"), max_length=16, choices=Nature, default=Nature.INDIVIDUAL)
    title = models.CharField(_("反馈问题"), max_length=255)
    fact = models.TextField(_("具体表现"), blank=True)
    basis = models.TextField(_("依据"), blank=True)
    requirement = models.TextField(_("整改要求"), blank=True)
    deadline_rule = models.ForeignKey(
        DeadlineRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("整改时限")
    )
    typed_due_on = models.DateField(_("指定日期"), null=True, blank=True)  # instead of a rule: a date the signer chose
    # The rule as it stood at issue: the office may change the row afterwards, what the paper says stays.
    term_amount = models.PositiveSmallIntegerField(null=True, editable=False)
    term_unit = models.CharField(max_length=16, choices=CountUnit, blank=True, editable=False)
    term_from = models.CharField(max_length=8, choices=CountsFrom, blank=True, editable=False)
    long_term = models.BooleanField(_("长期坚持"), default=False)
    mended_on_spot = models.BooleanField(_("当场整改"), default=False)
    mend = models.TextField(_("当场整改情况"), blank=True)
    due_on = models.DateField(_("整改时限"), null=True)  # set at issue as 最迟; a receipt can only make it earlier
    progress = models.CharField(max_length=16, choices=Progress, default=Progress.PENDING)
    settled_as = models.CharField(max_length=16, choices=SettledAs, default="", blank=True)

    class Meta:
        verbose_name = _("反馈问题")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(name="form_problem_order", fields=["form", "order"]),
            models.CheckConstraint(
                name="form_problem_one_deadline",
                condition=Q(deadline_rule__isnull=True) | Q(typed_due_on__isnull=True),
            ),
            models.CheckConstraint(name="form_problem_progress_known", condition=Q(progress__in=Progress.values)),
            models.CheckConstraint(name="form_problem_settled_known", condition=Q(settled_as__in=SettledAs.values)),
        ]

    def __str__(self) -> str:
        return self.title

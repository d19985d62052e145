"""RectificationItem 整改事项 (one cycle), its measures and progress notes."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.models.form import FeedbackForm, FeedbackProblem
from rectification.enums import SETTLED, ItemStatus, MeasureState
from rectification.models.count import Key, keys_of
from supervision.core.deadlines import Clock
from supervision.enums import Document, Source
from supervision.models.campaign import Phase
from supervision.models.organisation import ScopedModel, ScopedQuerySet
from supervision.models.signing import Signature
from supervision.models.vocabulary import Category

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any, Self

    from accounts.models import User

CLOCK_FIELDS = ("clock", "clock_due_on")
AFTER_ALL = date(9999, 12, 31)


class RectificationItemQuerySet(ScopedQuerySet["RectificationItem"]):
    """Questions the domain asks about rectification items, in its own words."""

    unit_part = None  # an item is born at issue: everything of the unit's own items is the unit's to see

    def locked(self, pk: int) -> RectificationItem:
        """Lock the item's form first, then the item: the one lock order, which PostgreSQL takes from `of`."""
        return (
            self.select_for_update(of=("form", "self"))
            .select_related("campaign", "team", "unit", "body", "form", "problem", "problem__deadline_rule")
            .get(pk=pk)
        )

    def open(self) -> Self:
        return self.exclude(status__in=SETTLED)

    def overdue(self, on: date) -> Self:
        """Open items whose running clock, whosever it is, has run out before `on`."""
        return self.filter(clock_due_on__lt=on).exclude(clock=Clock.NONE)

    def counted(self) -> Self:
        """The denominator of the rates: all but cancelled."""
        return self.exclude(status=ItemStatus.CANCELLED)


class RectificationItem(ScopedModel):
    """One problem to be put right by one unit.

    `due_on` is the unit's deadline, `original_due_on` the date it was first given once received; `clock` says whose
    time runs and `clock_due_on` until when. `submitted_on` is the date that counts for the last submission.
    """

    kind: ClassVar[str] = "rectification_item"
    counted_as: tuple[Key, ...] | None = ()  # the counters it stands in since it was read; a new item in none

    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="items")
    problem = models.OneToOneField(FeedbackProblem, on_delete=models.PROTECT, related_name="item")
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("环节"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("问题类别"))
    source = models.CharField(_("反馈来源"), max_length=16, choices=Source)
    is_key = models.BooleanField(_("重点"), default=False)
    is_immediate = models.BooleanField(_("立行立改"), default=False)
    mended_on_spot = models.BooleanField(_("当场整改"), default=False)
    number = models.CharField(_("编号"), max_length=80)
    title = models.CharField(_("反馈问题"), max_length=255)
    status = models.CharField(_("状态"), max_length=16, choices=ItemStatus, default=ItemStatus.PENDING)

    due_on = models.DateField(_("整改时限"))
    urgent_on = models.GeneratedField(  # the ledger's order: what is open by its deadline, what is settled after it
        expression=Case(When(status__in=SETTLED, then=AFTER_ALL), default=F("due_on")),
        output_field=models.DateField(),
        db_persist=True,
    )
    original_due_on = models.DateField(_("原定时限"))
    clock = models.CharField(_("计时方"), max_length=8, choices=Clock, default=Clock.UNIT)
    clock_due_on = models.DateField(_("当前时限"))
    opened_on = models.DateField(_("下发日期"))

    goal = models.TextField(_("整改目标"), blank=True)
    root_cause = models.TextField(_("原因分析"), blank=True)
    responsible_leader = models.CharField(_("责任领导"), max_length=64, blank=True)
    responsible_person = models.CharField(_("责任人"), max_length=64, blank=True)
    lead_unit = models.CharField(_("牵头部门"), max_length=128, blank=True)
    cooperating_units = models.CharField(_("配合部门"), max_length=255, blank=True)
    plan_due_on = models.DateField(null=True)  # the unit's plan step; a recalled plan is due as it was
    plan_version = models.PositiveSmallIntegerField(default=0)
    plan_submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    plan_round = models.PositiveSmallIntegerField(default=0)  # endorsements of a longer route count per round
    close_round = models.PositiveSmallIntegerField(default=0)
    plan_opened_at = models.DateTimeField(null=True)  # the reader has opened the plan: no recall any more

    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_on = models.DateField(_("报送日期"), null=True)
    late = models.BooleanField(_("曾逾期报送"), default=False)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    return_note = models.TextField(_("补充要求"), blank=True)
    closed_on = models.DateField(_("销号日期"), null=True)
    pressed_on = models.DateField(_("最近催办日期"), null=True)  # at most one 催办 a day and item

    objects = RectificationItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改事项")
        constraints = [
            models.CheckConstraint(name="item_status_known", condition=Q(status__in=ItemStatus.values)),
            models.CheckConstraint(name="item_clock_known", condition=Q(clock__in=Clock.values)),
            models.CheckConstraint(
                name="item_settled_has_no_clock", condition=~Q(status__in=SETTLED) | Q(clock=Clock.NONE)
            ),
        ]
        indexes = [
            models.Index(name="item_by_campaign", fields=["campaign", "due_on", "id"]),
            models.Index(name="item_urgent_campaign", fields=["campaign", "urgent_on", "id"]),
            models.Index(name="item_urgent_body", fields=["body", "urgent_on", "id"]),
            models.Index(name="item_urgent_team", fields=["team", "urgent_on", "id"]),
            models.Index(name="item_urgent_unit", fields=["unit", "urgent_on", "id"]),
            models.Index(
                name="item_clock_running", fields=["campaign", "clock_due_on"], condition=~Q(clock=Clock.NONE)
            ),
        ]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **given: Any) -> Self:
        """Remembers in which counters the row stands, for the move that may change it (services/counts.py)."""
        item = super().from_db(db, field_names, values, **given)
        item.counted_as = keys_of(item) if len(values) == len(cls._meta.concrete_fields) else None
        return item

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("rectification:item", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def route_source(self) -> str:
        return self.source

    def route_round(self, document: str) -> int:
        return self.plan_round if document == Document.RECTIFICATION_PLAN else self.close_round

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    @property
    def last_day(self) -> date:
        """The day by which the unit must be done: its deadline, or the later redo date while returned."""
        return max(self.due_on, self.clock_due_on) if self.status == ItemStatus.RETURNED else self.due_on

    @property
    def verification_round(self) -> int:
        """Which verification the item asks for now: it rises with every return and every verification."""
        return self.returns + self.close_round + 1

    @cached_property
    def report_signature(self) -> Signature | None:
        """The newest signature of a report that covers this item; asked once for an instance."""
        reports = self.answers.order_by().values("report_id")
        signed = Signature.objects.filter(subject_kind="report", act="report.sign", subject_id__in=reports)
        return signed.order_by("pk").last()

    def start_clock(self, clock: Clock, due_on: date) -> None:
        """From here on only `clock` can be overdue, and only after `due_on`."""
        self.clock, self.clock_due_on = clock, due_on

    def stop_clock(self) -> None:
        self.clock = Clock.NONE

    def overdue_clock(self, on: date) -> str:
        """Whose time has run out on that day: a Clock value, or "" when nobody is overdue."""
        return self.clock if self.clock != Clock.NONE and self.clock_due_on < on else ""


def plan_is_shown(user: User) -> Q:
    """A draft plan is the unit's own until it has been handed in (rectification.item_story), as one condition."""
    handed_in = ~Q(item__status=ItemStatus.ASSIGNED) | Q(item__plan_round__gt=0)
    return ~user.scope.supervisors_q(prefix="item__") | handed_in


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(plan_is_shown(user), user.scope.as_q(prefix="item__"))


class Measure(models.Model):
    """整改措施: what is done, by whom, by when."""

    item = models.ForeignKey(RectificationItem, on_delete=models.PROTECT, related_name="measures")
    order = models.PositiveSmallIntegerField(_("序号"))
    text = models.TextField(_("整改措施"))
    responsible_person = models.CharField(_("责任人"), max_length=64)
    due_on = models.DateField(_("完成时限"))
    state = models.CharField(_("状态"), max_length=16, choices=MeasureState, default=MeasureState.TO_DO)
    result = models.TextField(_("完成情况"), blank=True)
    not_needed_reason = models.TextField(_("不再需要的原因"), blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改措施")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(name="measure_order", fields=["item", "order"]),
            models.CheckConstraint(name="measure_state_known", condition=Q(state__in=MeasureState.values)),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_answered(self) -> bool:
        """Done, or not needed with a reason."""
        if self.state == MeasureState.NOT_NEEDED:
            return bool(self.not_needed_reason.strip())
        return self.state == MeasureState.DONE


class ItemPart:
    """A row that has files of its own and takes its scope from its item (core/subjects.py)."""

    item: RectificationItem

    @property
    def campaign_id(self) -> int:
        return self.item.campaign_id

    @property
    def body_id(self) -> int:
        return self.item.body_id

    @property
    def team_id(self) -> int:
        return self.item.team_id

    @property
    def unit_id(self) -> int:
        return self.item.unit_id

    @property
    def label(self) -> str:
        return self.item.label


class ProgressNote(ItemPart, models.Model):
    """进展情况 of the ledger: a dated line by the unit."""

    kind: ClassVar[str] = "progress_note"

    item = models.ForeignKey(RectificationItem, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("进展情况"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("进展情况")
        ordering = ["pk"]

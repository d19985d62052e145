"""The kinds of settings that are rows in an order, and what a change of each must respect.

A check yields conditions named like the field that they are shown beside; a check without a field names the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.core.refusals import Condition, Sentence
from supervision.effects import ADD, CHANGE, RESTORE, RETIRE, Change
from supervision.enums import DeadlineKind, Light, LightCondition, MethodKind
from supervision.models.campaign import Phase
from supervision.models.reminding import ReminderRung, ReminderStep
from supervision.models.vocabulary import (
    Category,
    ChecklistPoint,
    CloseRequirement,
    ContactWay,
    DeadlineRule,
    DraftKind,
    Focus,
    LightRule,
    Method,
    Severity,
)

Check = Callable[["Kind", Change], Iterator[Condition]]
STEPS = frozenset(kind.value for kind in DeadlineKind) - {DeadlineKind.IMMEDIATE, DeadlineKind.FIXED}
EVERY_ITEM_HAS_A_LIGHT = (
    LightCondition.CANCELLED,
    LightCondition.CLOSED_LATE,
    LightCondition.CLOSED,
    LightCondition.OVERDUE,
    LightCondition.ON_COURSE,
)
BOUNDS: dict[str, tuple[str, ...]] = {
    LightCondition.NEAR_DUE: ("working_days", "fraction"),
    LightCondition.RETURNED: ("times",),
}


@dataclass(frozen=True)
class Kind:
    """One kind of row. `fields` are edited and shown as columns; `group`: rows are in order among their likes."""

    code: str
    model: Any
    title: Sentence
    about: Sentence
    fields: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    group: tuple[str, ...] = ()
    adds: bool = True
    retires: bool = True
    moves: bool = True

    def rows(self, campaign_id: int) -> list[Any]:
        """All rows in their order, retired ones last."""
        related = [name for name in self.fields if self.model._meta.get_field(name).is_relation]
        found = self.model._default_manager.filter(campaign_id=campaign_id).select_related(*related)
        order = {"points": ("focus__order", "phase__order")}.get(self.code, ())
        rows = list(found.order_by(*order, "order", "pk"))
        return sorted(rows, key=lambda row: getattr(row, "retired_on", None) is not None)

    def in_use(self, campaign_id: int) -> list[Any]:
        return [row for row in self.rows(campaign_id) if getattr(row, "retired_on", None) is None]

    def fields_of(self, row: Any) -> tuple[str, ...]:
        """What may be edited in this row: of a step of the procedure only its name and its length."""
        if row is not None and self.code == "deadlines" and row.code in STEPS:
            return ("name", "amount", "unit")
        if row is not None and self.code == "lights":
            return tuple(name for name in ("light", *BOUNDS.get(row.condition, ())))
        return self.fields

    def may_retire(self, row: Any) -> bool:
        """Rows that the procedure cannot do without offer no such button."""
        is_step = self.code == "deadlines" and row.code in STEPS
        is_needed = self.code == "lights" and row.condition in EVERY_ITEM_HAS_A_LIGHT
        return self.retires and not (is_step or is_needed)

    def label(self, name: str) -> Sentence:
        return str(self.model._meta.get_field(name).verbose_name)

    def name_of(self, row: Any) -> str:
        return str(row) if row is not None else ""

    def unmet(self, change: Change) -> list[Condition]:
        """Every reason not to make this change."""
        return [condition for check in self.checks for condition in check(self, change)]


def _name_is_free(kind: Kind, change: Change) -> Iterator[Condition]:
    """Two rows of one name cannot be told apart in a form."""
    if change.act not in (ADD, CHANGE, RESTORE):
        return
    name, alike = change.value("name"), {each: change.value(each) for each in kind.group}
    for row in kind.in_use(change.campaign.pk):
        same_group = all(_pk(getattr(row, each)) == _pk(value) for each, value in alike.items())
        if same_group and row.name == name and row.pk != getattr(change.row, "pk", None):
            yield Condition("name", _("已经有一条“%(name)s”，请换一个名称。") % {"name": name})


def _one_is_left(kind: Kind, change: Change) -> Iterator[Condition]:
    """Without a single row the forms that choose from them could not be sent."""
    if change.act == RETIRE and len(kind.in_use(change.campaign.pk)) <= 1:
        yield Condition("row", _("至少要保留一条在用的%(kind)s。") % {"kind": kind.title})


def _point_is_new(kind: Kind, change: Change) -> Iterator[Condition]:
    if change.act not in (ADD, CHANGE, RESTORE):
        return
    key = (_pk(change.value("focus")), _pk(change.value("phase")), change.value("text"))
    for row in kind.in_use(change.campaign.pk):
        if (row.focus_id, row.phase_id, row.text) == key and row.pk != getattr(change.row, "pk", None):
            yield Condition("text", _("这个督导重点下已经有同样的要点。"))


def _an_act_is_left(kind: Kind, change: Change) -> Iterator[Condition]:
    """A visit wants a record of something that is done."""
    acts = {row.pk for row in kind.in_use(change.campaign.pk) if row.kind == MethodKind.ACT}
    loses = change.act == RETIRE or (change.act == CHANGE and change.value("kind") != MethodKind.ACT)
    if loses and change.row.pk in acts and len(acts) == 1:
        yield Condition("kind", _("至少要保留一种在用的“行为”类督导方法，检查记录要用到。"))


def _rule_is_needed(kind: Kind, change: Change) -> Iterator[Condition]:
    row = change.row
    if row is None or change.act not in (RETIRE, CHANGE):
        return
    if change.act == RETIRE and row.code in STEPS:
        yield Condition("row", _("“%(name)s”是办理流程中的一步，只能改时长，不能停用。") % {"name": row.name})
    others = [each for each in kind.in_use(change.campaign.pk) if each.for_problems and each.pk != row.pk]
    loses = change.act == RETIRE or not change.value("for_problems")
    if row.for_problems and loses and not others:
        yield Condition("for_problems", _("至少要保留一条在用的、用于整改时限的规则。"))


def _rule_makes_sense(kind: Kind, change: Change) -> Iterator[Condition]:
    if change.act not in (ADD, CHANGE):
        return
    if not change.value("amount"):
        yield Condition("amount", _("时长至少为1。"))
    if change.value("is_immediate") and not change.value("for_problems"):
        yield Condition("is_immediate", _("“立行立改”只用于整改时限，请同时勾选“用于整改时限”。"))
    if change.act == ADD and not change.value("for_problems"):
        yield Condition("for_problems", _("办理流程的各步已有规则；新增的规则须用于整改时限。"))


def _light_is_needed(kind: Kind, change: Change) -> Iterator[Condition]:
    if change.act == RETIRE and change.row.condition in EVERY_ITEM_HAS_A_LIGHT:
        yield Condition("row", _("停用“%(name)s”后，有的事项会无灯可亮，因此不能停用。") % {"name": change.row})


def _light_has_its_bounds(kind: Kind, change: Change) -> Iterator[Condition]:
    if change.act not in (ADD, CHANGE):
        return
    condition = change.value("condition")
    bounds = BOUNDS.get(condition, ())
    if bounds and not any(change.value(name) for name in bounds):
        words = "、".join(str(kind.label(name)) for name in bounds)
        yield Condition(bounds[0], _("请填写%(names)s中的至少一项，不小于1。") % {"names": words})
    for name in ("working_days", "fraction", "times"):
        if name not in bounds and change.value(name):
            yield Condition(name, _("这个条件不用填写“%(name)s”。") % {"name": kind.label(name)})
    if condition == LightCondition.CLOSED_LATE and change.value("light") == Light.GREEN:
        yield Condition("light", _("逾期完成的事项不再亮绿灯，请选择其他颜色。"))


def _dates_in_order(kind: Kind, change: Change) -> Iterator[Condition]:
    starts_on, ends_on = change.value("starts_on"), change.value("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        yield Condition("ends_on", _("环节的结束日期早于开始日期。"))


def order_faults(conditions: list[str]) -> Iterator[str]:
    """What is wrong with an order in which light rules are tried."""
    place = {condition: number for number, condition in enumerate(conditions)}
    last = place.get(LightCondition.ON_COURSE)
    if last is not None and last != len(conditions) - 1:
        yield _("“正常推进”对未办结的事项总是成立，须排在最后，否则排在它后面的规则不起作用。")
    late = place.get(LightCondition.OVERDUE, -1)
    hidden = (LightCondition.BEHIND, LightCondition.NEAR_DUE, LightCondition.NOT_STARTED)
    for condition in hidden:
        if condition in place and place[condition] < late:
            yield _("“已逾期”须排在“%(name)s”前面，否则逾期的事项不亮逾期的灯。") % {"name": condition.label}


def _rung_is_new(kind: Kind, change: Change) -> Iterator[Condition]:
    """Two rungs of one day say one thing, and so do two steps that add the same role to the same move."""
    if change.act not in (ADD, CHANGE, RESTORE):
        return
    for row in kind.in_use(change.campaign.pk):
        same = all(getattr(row, name) == change.value(name) for name in kind.group)
        alike = bool(kind.group) or (
            row.days == change.value("days") and (not row.days or row.when == change.value("when"))
        )
        if same and alike and row.pk != getattr(change.row, "pk", None):
            yield Condition(kind.fields[1], _("已经有同样的一条，请修改那一条。"))


def _joins_somebody_else(kind: Kind, change: Change) -> Iterator[Condition]:
    if change.act in (ADD, CHANGE) and change.value("whose") == change.value("also"):
        yield Condition("also", _("由谁办理，就已经提醒谁；请另选一个角色。"))


def _pk(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


PHASES = Kind(
    "phases", Phase, gettext_lazy("环节"), gettext_lazy("专项活动分几个环节，各从哪天到哪天。环节可以重叠。"),
    ("name", "starts_on", "ends_on", "dates_given"), (_name_is_free, _dates_in_order),
    adds=False, retires=False, moves=False,
)  # fmt: skip
FOCI = Kind(
    "foci",
    Focus,
    gettext_lazy("督导重点"),
    gettext_lazy("登记督导检查时勾选。"),
    ("name",),
    (_name_is_free, _one_is_left),
)
POINTS = Kind(
    "points", ChecklistPoint, gettext_lazy("督导要点"), gettext_lazy("每个督导重点要看什么；不选环节的，各环节都问。"),
    ("focus", "phase", "text"), (_point_is_new,), group=("focus", "phase"),
)  # fmt: skip
METHODS = Kind(
    "methods", Method, gettext_lazy("督导方法"), gettext_lazy("不选督导主体的，各督导主体都用。行为类须有检查记录。"),
    ("name", "kind", "body"), (_name_is_free, _one_is_left, _an_act_is_left), group=("body",),
)  # fmt: skip
CATEGORIES = Kind(
    "categories", Category, gettext_lazy("问题类别"), gettext_lazy("登记问题、拟反馈单和整改台账分类时使用。"),
    ("name", "focus"), (_name_is_free, _one_is_left),
)  # fmt: skip
SEVERITIES = Kind(
    "severities", Severity, gettext_lazy("严重程度"), gettext_lazy("“重点”的问题走更高一级的审批路径。"),
    ("name", "is_key"), (_name_is_free, _one_is_left),
)  # fmt: skip
WAYS = Kind(
    "ways", ContactWay, gettext_lazy("日常督导方式"), gettext_lazy("登记日常督导记录时选择。"),
    ("name",), (_name_is_free, _one_is_left),
)  # fmt: skip
DRAFTS = Kind(
    "drafts", DraftKind, gettext_lazy("送审材料种类"), gettext_lazy("单位报送材料请督导组提前审阅时选择。"),
    ("name",), (_name_is_free, _one_is_left),
)  # fmt: skip
DEADLINES = Kind(
    "deadlines", DeadlineRule, gettext_lazy("时限规则"),
    gettext_lazy("办理流程每一步的时长，和拟反馈单时可选的整改时限。"),
    ("name", "amount", "unit", "counts_from", "for_problems", "is_immediate"),
    (_name_is_free, _rule_is_needed, _rule_makes_sense),
)  # fmt: skip
CLOSING = Kind(
    "closing", CloseRequirement, gettext_lazy("销号条件"),
    gettext_lazy("审批销号时逐项核对；选了“系统核对”的，系统先行核对。"),
    ("name", "check_fact", "on_spot"), (_name_is_free, _one_is_left),
)  # fmt: skip
LIGHTS = Kind(
    "lights", LightRule, gettext_lazy("亮灯规则"),
    gettext_lazy("从上到下逐条判断，第一条成立的决定亮什么灯。灯由事实推出，任何人不能手工设置。"),
    ("condition", "light", "working_days", "fraction", "times"), (_light_is_needed, _light_has_its_bounds),
)  # fmt: skip
RUNGS = Kind(
    "rungs", ReminderRung, gettext_lazy("提醒档次"),
    gettext_lazy("时限前后第几个工作日提醒。到期前的档次，只用短于所给时间一半的。休息日不发，错过的只补最近一档。"),
    ("when", "days", "is_urgent"), (_rung_is_new,), moves=False,
)  # fmt: skip
ESCALATION = Kind(
    "escalation", ReminderStep, gettext_lazy("提醒升级"),
    gettext_lazy("轮到谁办，就提醒谁；临近或者超过时限的，从哪一天起同时提醒上一级。"),
    ("whose", "also", "when", "days"), (_rung_is_new, _joins_somebody_else), group=("whose", "also"), moves=False,
)  # fmt: skip
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        DEADLINES,
        RUNGS,
        ESCALATION,
        CATEGORIES,
        SEVERITIES,
        FOCI,
        POINTS,
        METHODS,
        WAYS,
        DRAFTS,
        LIGHTS,
        CLOSING,
        PHASES,
    )
}

"""亮灯: a pure function of facts over the campaign's thresholds. Nothing of it is stored and nobody sets it by hand.

The rows of LightRule decide, in their order. A light follows the clock that is running (domain/states.md), so 逾期
always names whose time ran out. Late is never green again: whatever the rows say, an item that was handed in late
shows yellow where another would be green.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from rectification.enums import ItemStatus
from rectification.models.item import RectificationItem
from supervision.core.deadlines import Clock, CountUnit, Term
from supervision.core.workdays import Calendar, add_months
from supervision.enums import DeadlineKind, Light, LightCondition
from supervision.models.vocabulary import LightRule
from supervision.vocabulary import Vocabulary

NOT_STARTED = (ItemStatus.PENDING, ItemStatus.ASSIGNED)
RETURNS = 2  # domain/campaign.md: red when returned twice, unless the campaign's row says another number


@dataclass(frozen=True)
class LightFacts:
    """What a light is derived from.

    `late`: a submission came after the unit's deadline. `given`: the working days that the running clock was given.
    `has_late_measure`: a measure's own date has passed and it is not answered (落后于序时进度).
    """

    status: str
    clock: str
    clock_due_on: date
    given: int
    late: bool
    returns: int
    has_late_measure: bool


class Shown(NamedTuple):
    """A light and the sentence that says why."""

    light: Light
    reason: str


def light(facts: LightFacts, rules: Iterable[LightRule], calendar: Calendar, on: date) -> Shown:
    """The light of these facts on that day: the first rule that holds; grey when the campaign has no rule for them."""
    for rule in rules:
        reason = _CONDITIONS[LightCondition(rule.condition)](facts, rule, calendar, on)
        if reason:
            return _never_green_again(Shown(Light(rule.light), reason), facts)
    return Shown(Light.GREY, _("本专项活动没有适用的亮灯规则"))


def light_of(item: RectificationItem, on: date, vocabulary: Vocabulary, *, has_late_measure: bool) -> Shown:
    """The light of an item; `has_late_measure` comes from the list's own query (RectificationItem rows are many)."""
    facts = LightFacts(
        status=item.status,
        clock=item.clock,
        clock_due_on=item.clock_due_on,
        given=_given(item, vocabulary),
        late=item.late,
        returns=item.returns,
        has_late_measure=has_late_measure,
    )
    return light(facts, vocabulary.light_rules, vocabulary.calendar, on)


def _never_green_again(shown: Shown, facts: LightFacts) -> Shown:
    if not facts.late or shown.light != Light.GREEN:
        return shown
    return Shown(Light.YELLOW, _("%(reason)s，曾逾期报送") % {"reason": shown.reason})


def _given(item: RectificationItem, vocabulary: Vocabulary) -> int:
    """Working days that the running clock was given: the unit's from issue, the others' by the rule of their step."""
    if item.clock == Clock.TEAM:
        code = DeadlineKind.PLAN_REVIEW if item.status == ItemStatus.PLAN_REVIEW else DeadlineKind.VERIFICATION
        return _length(vocabulary.term(code), item.clock_due_on, vocabulary.calendar)
    if item.clock == Clock.OFFICE:
        return _length(vocabulary.term(DeadlineKind.CLOSURE), item.clock_due_on, vocabulary.calendar)
    return vocabulary.calendar.between(item.opened_on, item.clock_due_on)


def _length(term: Term, end: date, calendar: Calendar) -> int:
    """A term that ends on `end`, in working days."""
    if term.unit == CountUnit.WORKING_DAYS:
        return term.amount
    if term.unit == CountUnit.CALENDAR_DAYS:
        return calendar.between(end - timedelta(term.amount), end)
    return calendar.between(add_months(end, -term.amount), end)


# Each condition answers with its reason, or "" when it does not hold.
Condition = Callable[[LightFacts, LightRule, Calendar, date], str]


def _closed_late(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    return _("已销号（逾期完成）") if facts.status == ItemStatus.CLOSED and facts.late else ""


def _closed(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    return _("已按期销号") if facts.status == ItemStatus.CLOSED and not facts.late else ""


def _cancelled(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    return _("已取消") if facts.status == ItemStatus.CANCELLED else ""


def _overdue(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    if facts.clock == Clock.NONE or facts.clock_due_on >= on:
        return ""
    days = calendar.between(facts.clock_due_on, on)
    if not days:  # a deadline on a day off has passed, and no working day since
        return _("%(whose)s已逾期") % {"whose": Clock(facts.clock).label}
    return _("%(whose)s逾期%(days)d个工作日") % {"whose": Clock(facts.clock).label, "days": days}


def _returned(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    if facts.status != ItemStatus.RETURNED or facts.clock != Clock.UNIT:
        return ""
    if facts.returns < (rule.times or RETURNS):
        return ""
    return _("已退回%(times)d次，待单位整改") % {"times": facts.returns}


def _behind(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    if facts.clock != Clock.UNIT or not facts.has_late_measure:
        return ""
    return _("有整改措施已过完成时限")


def _near_due(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    if facts.clock == Clock.NONE or facts.clock_due_on < on:
        return ""
    left = calendar.between(on, facts.clock_due_on)
    if rule.working_days is not None and left > rule.working_days:
        return ""
    if rule.fraction and left * rule.fraction > facts.given:
        return ""
    if facts.clock_due_on == on:
        return _("%(whose)s今天到期") % {"whose": Clock(facts.clock).label}
    return _("%(whose)s还有%(days)d个工作日到期") % {"whose": Clock(facts.clock).label, "days": left}


def _not_started(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    return _("尚未启动整改") if facts.status in NOT_STARTED else ""


def _on_course(facts: LightFacts, rule: LightRule, calendar: Calendar, on: date) -> str:
    if facts.status in (ItemStatus.CLOSED, ItemStatus.CANCELLED):
        return ""
    return _("正常推进")


_CONDITIONS: dict[LightCondition, Condition] = {
    LightCondition.CLOSED_LATE: _closed_late,
    LightCondition.CLOSED: _closed,
    LightCondition.CANCELLED: _cancelled,
    LightCondition.OVERDUE: _overdue,
    LightCondition.RETURNED: _returned,
    LightCondition.BEHIND: _behind,
    LightCondition.NEAR_DUE: _near_due,
    LightCondition.NOT_STARTED: _not_started,
    LightCondition.ON_COURSE: _on_course,
}

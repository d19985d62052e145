"""The chain of an item at the top of its page: problem → measures → evidence → report → verification → close-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rectification.enums import ItemStatus, ReportStatus
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.report import Report
from rectification.models.verification import Verification
from supervision.core.refusals import Sentence

S = ItemStatus
PROBLEM, MEASURES, EVIDENCE, REPORT, VERIFICATION, CLOSURE = range(6)
AT = {  # where an item stands by its state; of the unit's own work the first part that is not ready
    S.PENDING: PROBLEM,
    S.ASSIGNED: MEASURES,
    S.PLAN_REVIEW: MEASURES,
    S.SUBMITTED: VERIFICATION,
    S.PENDING_CLOSE: CLOSURE,
}
DONE, NOW, TO_COME = "done", "now", "to-come"
WORDS = {DONE: gettext_lazy("已完成"), NOW: gettext_lazy("当前"), TO_COME: gettext_lazy("未到")}


@dataclass(frozen=True)
class ChainLink:
    """One part of the way: how far it is in a few words, a date, and where on the page it is told."""

    name: Sentence
    fact: Sentence
    on: date | None = None
    anchor: str = ""
    state: str = TO_COME

    @property
    def word(self) -> Sentence:
        return WORDS[self.state]


@dataclass(frozen=True)
class Standing:
    """What the chain is made of, as far as the reader may see it."""

    item: RectificationItem
    on: date
    measures: Sequence[Measure]
    evidence: Sequence[Evidence]
    reports: Sequence[Report]
    verifications: Sequence[Verification]

    @property
    def answered(self) -> int:
        return sum(measure.is_answered for measure in self.measures)

    @property
    def effective(self) -> int:
        return sum(each.effective_on <= self.on for each in self.evidence)


def chain_of(standing: Standing) -> list[ChainLink]:
    """The six parts; what lies before the present one is done, what lies behind it is to come."""
    now = _present(standing)
    facts = (_problem, _measures, _evidence, _report, _verification, _closure)
    return [fact(standing, _state_of(place, now)) for place, fact in enumerate(facts)]


def _present(standing: Standing) -> int:
    status = S(standing.item.status)
    if status in AT:
        return AT[status]
    if status in (S.CLOSED, S.CANCELLED):
        return CLOSURE + 1
    if not standing.measures or standing.answered < len(standing.measures):
        return MEASURES
    return REPORT if standing.effective else EVIDENCE


def _state_of(place: int, now: int) -> str:
    return DONE if place < now else NOW if place == now else TO_COME


def _problem(standing: Standing, state: str) -> ChainLink:
    return ChainLink(_("问题"), standing.item.category.name, standing.item.opened_on, "problem", state)


def _measures(standing: Standing, state: str) -> ChainLink:
    total = len(standing.measures)
    due = min((each.due_on for each in standing.measures if not each.is_answered), default=None)
    if not total:
        return ChainLink(_("措施"), _("还没有"), standing.item.plan_due_on, "plan", state)
    fact = _("完成 %(done)d/%(total)d") % {"done": standing.answered, "total": total}
    return ChainLink(_("措施"), fact, due, "plan", state)


def _evidence(standing: Standing, state: str) -> ChainLink:
    count, early = len(standing.evidence), len(standing.evidence) - standing.effective
    fact = ngettext("%(count)d份", "%(count)d份", count) % {"count": count} if count else _("还没有")
    if early:
        fact = _("%(fact)s，%(early)d份未生效") % {"fact": fact, "early": early}
    return ChainLink(_("佐证材料"), fact, None, "plan", state)


def _report(standing: Standing, state: str) -> ChainLink:
    report = next((each for each in standing.reports if each.status != ReportStatus.WITHDRAWN), None)
    if report is None:
        fact = _("不需要") if standing.item.mended_on_spot and state == DONE else _("还没有")
        return ChainLink(_("报告"), fact, None, "", state)
    return ChainLink(_("报告"), report.get_status_display(), report.counted_on, "reports", state)


def _verification(standing: Standing, state: str) -> ChainLink:
    record = standing.verifications[-1] if standing.verifications else None
    returned = standing.item.returns
    fact: Sentence = _("还没有")
    if record is not None and (state == DONE or record.round == standing.item.verification_round):
        fact = _("已确认") if record.confirmed_at else _("待确认")
        return ChainLink(_("核验"), fact, record.verified_on, "verification", state)
    if returned:
        fact = ngettext("退回%(count)d次", "退回%(count)d次", returned) % {"count": returned}
    return ChainLink(_("核验"), fact, None, "verification" if record else "", state)


def _closure(standing: Standing, state: str) -> ChainLink:
    item = standing.item
    if item.status == S.CANCELLED:
        return ChainLink(_("销号"), item.get_status_display(), None, "", TO_COME)
    fact = item.closure.number if item.closed_on else _("还没有")
    return ChainLink(_("销号"), fact, item.closed_on, "closure" if item.closed_on else "", state)

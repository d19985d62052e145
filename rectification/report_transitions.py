"""The machine of a rectification report (kind completion), from domain/states.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from rectification import report_guards as guards
from rectification.enums import ItemStatus, ReportStatus
from rectification.models.report import Report
from rectification.transitions import SUBMIT
from supervision import rules
from supervision.core.events import register_verb
from supervision.core.models.event import Audience
from supervision.core.transitions import MoveTable, Situation, Transition, guard
from supervision.enums import Source
from supervision.guards import campaign_is_running
from supervision.rules import anyone
from supervision.signing_guards import paper_is_admissible, paper_settled
from supervision.vocabulary import vocabulary_of

SIGN_ACT = "report.sign"
WITH_THE_TEAM = (ItemStatus.SUBMITTED, ItemStatus.PENDING_CLOSE, ItemStatus.CLOSED, ItemStatus.CANCELLED)

READERS = anyone(*rules.TEAM_PEOPLE)


@dataclass(frozen=True)
class SignsForUnit:
    """The head, the head's delegate, or the liaison who enters what was signed on paper."""

    roles: tuple[str, ...] = (Role.HEAD, Role.REPORT_DELEGATE, Role.LIAISON)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        if rules.can_sign_report(situation.actor, subject, situation.on):
            return True
        has_paper = "paper" not in situation.inputs or situation.inputs["paper"] is not None
        return has_paper and rules.is_unit_liaison(situation.actor, subject, situation.on)

    def words(self, subject: Any) -> str:
        word = vocabulary_of(subject.campaign_id).role_word
        names = {"head": word(Role.HEAD), "delegate": word(Role.REPORT_DELEGATE), "liaison": word(Role.LIAISON)}
        return gettext("%(head)s、%(delegate)s（线下签批由%(liaison)s录入）") % names


@dataclass(frozen=True)
class OfficeOfSource:
    """The office that keeps the report: the body's own, the province's for its own forms, its lead for central ones."""

    roles: tuple[str, ...] = (Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return any(rules.holds(situation.actor, role, subject, situation.on) for role in self._of(subject))

    def words(self, subject: Any) -> str:
        word = vocabulary_of(subject.campaign_id).role_word
        return "、".join(word(role) for role in self._of(subject))

    @staticmethod
    def _of(report: Any) -> tuple[str, ...]:
        if report.source == Source.CENTRAL:
            return (Role.OFFICE_LEAD,)
        if report.source == Source.PROVINCIAL:
            return (Role.OFFICE, Role.OFFICE_LEAD)
        return (Role.BODY_OFFICE,)


@guard(_("每个事项须符合报送核验的条件"))
def every_item_is_ready(report: Report, situation: Situation) -> Iterator[str]:
    """The guards of every item's own submission, listed by item; what the team has already is not asked again."""
    inner = Situation(None, situation.at, situation.on, situation.inputs)
    for answer in report.parts:
        item = answer.item
        if item.status in WITH_THE_TEAM:
            continue
        if item.status not in SUBMIT.sources:
            yield gettext("%(number)s：当前状态为“%(state)s”，不能报送。") % _of(item, state=item.get_status_display())
        for condition in SUBMIT.unmet(item, inner, with_inputs=True):
            for detail in condition.details or (str(condition.sentence),):
                yield gettext("%(number)s：%(detail)s") % _of(item, detail=detail)


@guard(_("报告中须有待报送的事项"))
def something_is_left_to_submit(report: Report, situation: Situation) -> bool:
    """When all covered items went on without this report (verified, cancelled), there is nothing to sign for."""
    return any(answer.item.status in SUBMIT.sources for answer in report.parts)


def _of(item: Any, **words: str) -> dict[str, str]:
    return {"number": item.number, **words}


S = ReportStatus

EDIT = Transition(  # writing at the desk; no row of the table, because nothing is decided by it
    name="edit",
    verb="report.edited",
    label=_("修改报告"),
    sources=frozenset({S.DRAFT, S.RETURNED}),
    target=None,
    allowed=anyone(Role.LIAISON),
    guards=(campaign_is_running,),
)
SEND_FOR_SIGNATURE = Transition(
    name="send_for_signature",
    verb="report.sent_for_signature",
    label=_("送主要负责人签批"),
    sources=frozenset({S.DRAFT, S.RETURNED}),
    target=S.PENDING_SIGNOFF,
    allowed=anyone(Role.LIAISON),
    guards=(
        campaign_is_running,
        guards.overall_is_written,
        guards.every_item_is_answered,
        every_item_is_ready,
        something_is_left_to_submit,
    ),
)
RECALL = Transition(
    name="recall",
    verb="report.recalled",
    label=_("撤回修改"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.DRAFT,
    allowed=anyone(Role.LIAISON),
    guards=(campaign_is_running,),
    aside=True,
)
GIVE_BACK = Transition(
    name="give_back",
    verb="report.given_back",
    label=_("退给联络员修改"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.DRAFT,
    allowed=anyone(Role.HEAD, Role.REPORT_DELEGATE),
    guards=(campaign_is_running,),
    needs_note=True,
)
SIGN = Transition(
    name="sign",
    verb="report.signed",
    label=_("签批并报送"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.SUBMITTED,
    allowed=SignsForUnit(),
    guards=(
        campaign_is_running,
        guards.signer_is_not_the_drafter,
        guards.paper_signer_may_sign,
        paper_is_admissible,
        every_item_is_ready,
        something_is_left_to_submit,
    ),
)
RETURN = Transition(
    name="return",
    verb="report.returned",
    label=_("退回报告"),
    sources=frozenset({S.SUBMITTED}),
    target=S.RETURNED,
    allowed=READERS,
    guards=(campaign_is_running, guards.reader_is_not_an_author, guards.parts_are_covered),
    needs_note=True,
)
RETURN_WITH_ITEM = Transition(
    name="return_with_item",
    verb="report.returned_with_item",
    label=_("随事项退回报告"),
    sources=frozenset({S.SUBMITTED}),
    target=S.RETURNED,
    allowed=None,
    system=True,
)
APPROVE = Transition(
    name="approve",
    verb="report.approved",
    label=_("审核通过"),
    sources=frozenset({S.SUBMITTED}),
    target=S.APPROVED,
    allowed=READERS,
    guards=(
        campaign_is_running,
        guards.reader_is_not_an_author,
        guards.every_item_is_verified,
        paper_settled(SIGN_ACT),
    ),
)
FILE = Transition(
    name="file",
    verb="report.filed",
    label=_("备案"),
    sources=frozenset({S.APPROVED}),
    target=S.FILED,
    allowed=OfficeOfSource(),
    guards=(
        campaign_is_running,
        guards.date_sent_up_is_given,
    ),
)
WITHDRAW = Transition(
    name="withdraw",
    verb="report.withdrawn",
    label=_("撤销报告"),
    sources=frozenset({S.DRAFT}),
    target=S.WITHDRAWN,
    allowed=anyone(Role.LIAISON),
    guards=(campaign_is_running,),
    needs_note=True,
    ends=True,
)

REPORT_MOVES = MoveTable(
    Report.kind,
    _("整改情况报告"),
    ReportStatus,
    [SEND_FOR_SIGNATURE, SIGN, RECALL, GIVE_BACK, APPROVE, RETURN, RETURN_WITH_ITEM, FILE, WITHDRAW],
)

register_verb("report.drafted", _("起草报告"), Audience.UNIT)
register_verb("report.edited", _("修改报告"), Audience.UNIT)

UNIT_INTERNAL = frozenset(  # the unit's own desk: supervisors read what was signed, not how it came about
    {"report.drafted", "report.edited", SEND_FOR_SIGNATURE.verb, RECALL.verb, GIVE_BACK.verb}
)

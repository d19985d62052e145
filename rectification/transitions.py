"""Every move of a rectification item 整改事项, as data (domain/states.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from rectification import closing_guards, guards
from rectification.enums import SETTLED, ItemStatus
from rectification.models.item import RectificationItem
from rectification.rules import HandsInPlan
from supervision.core.events import register_verb
from supervision.core.models.event import Audience
from supervision.core.transitions import MoveTable, Transition
from supervision.enums import Document
from supervision.guards import campaign_is_running
from supervision.rules import TEAM_PEOPLE, ByRoute, ThePerson, anyone

S = ItemStatus
LIVE = frozenset(set(ItemStatus) - set(SETTLED))
LIAISON = anyone(Role.LIAISON)
UNIT = anyone(Role.LIAISON, Role.HEAD)
TEAM = anyone(*TEAM_PEOPLE)
SUPERVISORS = anyone(*TEAM_PEOPLE, Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)


def _plan_author(item: RectificationItem) -> int | None:
    return item.plan_submitted_by_id


def _submitter(item: RectificationItem) -> int | None:
    return item.submitted_by_id


# Default routes; a campaign's own rows may name other roles and up to two steps before the one that signs.
DECIDES_PLAN = ByRoute(
    Document.RECTIFICATION_PLAN,
    signs=True,
    roles=(Role.LEADER, Role.BODY_OFFICE, Role.OFFICE),
    author=_plan_author,
)
GIVES_PLAN_BACK = ByRoute(
    Document.RECTIFICATION_PLAN, signs=None, roles=DECIDES_PLAN.roles, author=_plan_author
)  # whichever step it waits for
ENDORSES_PLAN = ByRoute(
    Document.RECTIFICATION_PLAN, signs=False, roles=(Role.DEPUTY, Role.LEADER, Role.SPONSOR), author=_plan_author
)
CLOSES = ByRoute(
    Document.CLOSURE_SHEET,
    signs=True,
    roles=(Role.BODY_OFFICE, Role.SPONSOR, Role.OFFICE, Role.OFFICE_LEAD),
    author=_submitter,
)
REFUSES = ByRoute(Document.CLOSURE_SHEET, signs=None, roles=CLOSES.roles, author=_submitter)
ENDORSES_CLOSURE = ByRoute(
    Document.CLOSURE_SHEET, signs=False, roles=(Role.BODY_OFFICE, Role.OFFICE), author=_submitter
)

# --- receipt ----------------------------------------------------------------------------------------------------------

ASSIGN = Transition(
    name="assign",
    verb="item.assigned",
    label=_("交办"),
    sources=frozenset({S.PENDING}),
    target=S.ASSIGNED,
    allowed=None,
    system=True,
)
CANCEL_WITH_FORM = Transition(
    name="cancel_with_form",
    verb="item.cancelled",
    label=_("随反馈单取消"),
    sources=LIVE,
    target=S.CANCELLED,
    allowed=None,
    system=True,
)

# --- the plan ---------------------------------------------------------------------------------------------------------

START = Transition(
    name="start",
    verb="item.started",
    label=_("开始整改"),
    sources=frozenset({S.ASSIGNED}),
    target=S.IN_PROGRESS,
    allowed=LIAISON,
    guards=(campaign_is_running, guards.is_immediate, guards.measures_are_planned),
)
SUBMIT_PLAN = Transition(
    name="submit_plan",
    verb="item.plan_submitted",
    label=_("报送整改方案"),
    sources=frozenset({S.ASSIGNED}),
    target=S.PLAN_REVIEW,
    allowed=HandsInPlan(),
    guards=(campaign_is_running, guards.wants_a_plan, guards.plan_is_complete, guards.measures_are_planned),
)
RECALL_PLAN = Transition(
    name="recall_plan",
    verb="item.plan_recalled",
    label=_("撤回修改"),
    sources=frozenset({S.PLAN_REVIEW}),
    target=S.ASSIGNED,
    allowed=ThePerson((Role.LIAISON, Role.HEAD), _plan_author, _("方案报送人")),
    guards=(campaign_is_running, guards.plan_is_unopened),
    aside=True,
)
ENDORSE_PLAN = Transition(
    name="endorse_plan",
    verb="item.plan_endorsed",
    label=_("方案核稿"),
    sources=frozenset({S.PLAN_REVIEW}),
    target=None,
    allowed=ENDORSES_PLAN,
    guards=(campaign_is_running, guards.decider_did_not_hand_in_plan),
    audience=Audience.TEAM,
)
APPROVE_PLAN = Transition(
    name="approve_plan",
    verb="item.plan_approved",
    label=_("审核通过整改方案"),
    sources=frozenset({S.PLAN_REVIEW}),
    target=S.IN_PROGRESS,
    allowed=DECIDES_PLAN,
    guards=(campaign_is_running, guards.decider_did_not_hand_in_plan),
)
RETURN_PLAN = Transition(
    name="return_plan",
    verb="item.plan_returned",
    label=_("退回整改方案"),
    sources=frozenset({S.PLAN_REVIEW}),
    target=S.ASSIGNED,
    allowed=GIVES_PLAN_BACK,
    guards=(campaign_is_running, guards.decider_did_not_hand_in_plan),
    needs_note=True,
)

# --- work -------------------------------------------------------------------------------------------------------------

NOTE_PROGRESS = Transition(
    name="note_progress",
    verb="item.progress_noted",
    label=_("填报进展"),
    sources=LIVE,
    target=None,
    allowed=LIAISON,
    guards=(campaign_is_running, guards.progress_is_told, guards.measures_are_in_hand),
    aside=True,
)
PRESS = Transition(
    name="press",
    verb="item.pressed",
    label=_("催办"),
    sources=LIVE,
    target=None,
    allowed=SUPERVISORS,
    guards=(campaign_is_running, guards.is_not_pressed_today),
    aside=True,
)
SUBMIT = Transition(
    name="submit",
    verb="item.submitted",
    label=_("报送核验"),
    sources=frozenset({S.IN_PROGRESS, S.RETURNED}),
    target=S.SUBMITTED,
    allowed=None,
    system=True,
    guards=(
        campaign_is_running,
        guards.every_measure_answered,
        guards.has_effective_evidence,
        guards.same_files_are_explained,
    ),
)

# --- verification -----------------------------------------------------------------------------------------------------

RECORD_VERIFICATION = Transition(
    name="record_verification",
    verb="item.verification_recorded",
    label=_("记录核验"),
    sources=frozenset({S.SUBMITTED}),
    target=None,
    allowed=TEAM,
    guards=(
        campaign_is_running,
        closing_guards.is_not_the_submitter,
        closing_guards.verification_date_fits,
        closing_guards.every_measure_has_a_result,
        closing_guards.second_verifier_is_another,
        closing_guards.key_record_is_fit,
    ),
    audience=Audience.TEAM,
)
VERIFY = Transition(
    name="verify",
    verb="item.verified",
    label=_("确认核验通过"),
    sources=frozenset({S.SUBMITTED}),
    target=S.PENDING_CLOSE,
    allowed=TEAM,
    guards=(
        campaign_is_running,
        closing_guards.is_not_the_submitter,
        closing_guards.verification_is_recorded,
        closing_guards.every_result_holds,
        closing_guards.second_verifier_confirms,
        closing_guards.key_item_is_confirmed_by_leader,
        closing_guards.report_paper_is_settled,
    ),
)
RETURN = Transition(
    name="return",
    verb="item.returned",
    label=_("退回整改"),
    sources=frozenset({S.SUBMITTED}),
    target=S.RETURNED,
    allowed=TEAM,
    guards=(campaign_is_running, closing_guards.is_not_the_submitter),
    needs_note=True,
)

# --- close-out --------------------------------------------------------------------------------------------------------

ENDORSE_CLOSURE = Transition(
    name="endorse_closure",
    verb="item.closure_endorsed",
    label=_("销号核稿"),
    sources=frozenset({S.PENDING_CLOSE}),
    target=None,
    allowed=ENDORSES_CLOSURE,
    guards=(campaign_is_running, closing_guards.closer_is_another, closing_guards.requirements_hold),
    audience=Audience.TEAM,
)
CLOSE = Transition(
    name="close",
    verb="item.closed",
    label=_("销号"),
    sources=frozenset({S.PENDING_CLOSE}),
    target=S.CLOSED,
    allowed=CLOSES,
    guards=(
        campaign_is_running,
        closing_guards.closer_is_another,
        closing_guards.requirements_hold,
        closing_guards.requirements_are_ticked,
    ),
    ends=True,
)
# One decision with two addressees: a row each, so that the diagrams and the matrix know where each leads.
REFUSE_CLOSE = Transition(
    name="refuse_close",
    verb="item.close_refused",
    label=_("不予销号，退督导组补充核验"),
    sources=frozenset({S.PENDING_CLOSE}),
    target=S.SUBMITTED,
    allowed=REFUSES,
    guards=(campaign_is_running, closing_guards.closer_is_another),
    audience=Audience.TEAM,
    needs_note=True,
)
REFUSE_CLOSE_TO_UNIT = Transition(
    name="refuse_close_to_unit",
    verb="item.close_refused_to_unit",
    label=_("不予销号，退单位补充整改"),
    sources=frozenset({S.PENDING_CLOSE}),
    target=S.RETURNED,
    allowed=REFUSES,
    guards=(campaign_is_running, closing_guards.closer_is_another),
    needs_note=True,
)

ITEM_MOVES = MoveTable(
    RectificationItem.kind,
    _("整改事项"),
    ItemStatus,
    [
        ASSIGN, START, SUBMIT_PLAN, RECALL_PLAN, APPROVE_PLAN, ENDORSE_PLAN, RETURN_PLAN, NOTE_PROGRESS, SUBMIT,
        RECORD_VERIFICATION, VERIFY, RETURN, CLOSE, ENDORSE_CLOSURE, REFUSE_CLOSE, REFUSE_CLOSE_TO_UNIT, PRESS,
        CANCEL_WITH_FORM,
    ],
)  # fmt: skip

# --- edits: the unit’s own work between the moves; no state machine, the same discipline ------------------------------

SAVE_PLAN = Transition(
    name="save_plan",
    verb="item.plan_saved",
    label=_("填写整改方案"),
    sources=frozenset({S.ASSIGNED, S.RETURNED}),
    target=None,
    allowed=UNIT,
    guards=(campaign_is_running, guards.removed_measures_are_free, guards.new_dates_fit),
    audience=Audience.AUDIT,  # a draft is the unit's own until it is handed in
)
UPDATE_MEASURE = Transition(
    name="update_measure",
    verb="item.measure_updated",
    label=_("更新措施"),
    sources=guards.MEASURES_IN_HAND,
    target=None,
    allowed=UNIT,
    guards=(campaign_is_running, guards.measures_are_in_hand),
)
ADD_EVIDENCE = Transition(
    name="add_evidence",
    verb="item.evidence_added",
    label=_("上传佐证材料"),
    sources=frozenset({S.ASSIGNED, S.PLAN_REVIEW, S.IN_PROGRESS, S.RETURNED}),
    target=None,
    allowed=UNIT,
    guards=(campaign_is_running, guards.a_file_is_given, guards.measure_is_of_item, guards.same_file_reason),
)
WITHDRAW_EVIDENCE = Transition(
    name="withdraw_evidence",
    verb="item.evidence_withdrawn",
    label=_("撤下佐证材料"),
    sources=frozenset({S.ASSIGNED, S.PLAN_REVIEW, S.IN_PROGRESS, S.RETURNED}),
    target=None,
    allowed=UNIT,
    guards=(campaign_is_running, guards.evidence_stands),
)
EDITS = (SAVE_PLAN, UPDATE_MEASURE, ADD_EVIDENCE, WITHDRAW_EVIDENCE)

for _edit in EDITS:
    register_verb(_edit.verb, _edit.label, _edit.audience)
register_verb("item.opened", _("开立整改事项"), Audience.UNIT)
register_verb("item.corrected", _("随反馈单更正"), Audience.UNIT)
register_verb("item.plan_opened", _("审核人打开整改方案"), Audience.TEAM)

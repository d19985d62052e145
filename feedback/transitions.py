"""Every move of a feedback form, as data (domain/states.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from feedback import guards
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.rules import UNIT_RECEIVERS, Drafters
from supervision.core.models.event import Audience
from supervision.core.transitions import MoveTable, Transition
from supervision.enums import Document
from supervision.guards import campaign_is_running
from supervision.rules import TEAM_PEOPLE, ByRoute, ThePerson, anyone
from supervision.signing_guards import paper_is_admissible, paper_settled

S = FormStatus
DRAFTERS = Drafters()
SIGNERS = (Role.LEADER, Role.OFFICE_LEAD)  # the default routes': team forms, provincial and central forms


def _drafter(form: FeedbackForm) -> int | None:
    return form.submitted_by_id


def _author(form: FeedbackForm) -> int | None:
    return form.submitted_by_id or form.created_by_id


SIGNS = ByRoute(Document.FEEDBACK_FORM, signs=True, roles=SIGNERS, author=_drafter)

EDIT = Transition(
    name="edit",
    verb="form.edited",
    label=_("修改草稿"),
    sources=frozenset({S.DRAFT}),
    target=None,
    allowed=DRAFTERS,
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
)
SUBMIT = Transition(
    name="submit",
    verb="form.submitted",
    label=_("报送审签"),
    sources=frozenset({S.DRAFT}),
    target=S.PENDING_SIGNOFF,
    allowed=DRAFTERS,
    guards=(
        campaign_is_running,
        guards.problems_are_complete,
        guards.typed_dates_lie_ahead,
        guards.nothing_is_classified,
    ),
    audience=Audience.TEAM,
)
RECALL = Transition(
    name="recall",
    verb="form.recalled",
    label=_("撤回修改"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.DRAFT,
    allowed=ThePerson((*TEAM_PEOPLE, Role.OFFICE), _drafter, _("报送人")),
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
    aside=True,
)
RETURN = Transition(
    name="return",
    verb="form.returned",
    label=_("退回修改"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.DRAFT,
    allowed=ByRoute(Document.FEEDBACK_FORM, signs=None, roles=SIGNERS, author=_drafter),
    guards=(campaign_is_running, guards.returner_is_not_drafter),
    audience=Audience.TEAM,
    needs_note=True,
)
ENDORSE = Transition(
    name="endorse",
    verb="form.endorsed",
    label=_("核稿"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=None,
    allowed=ByRoute(Document.FEEDBACK_FORM, signs=False, roles=(Role.DEPUTY, Role.SPONSOR), author=_drafter),
    guards=(campaign_is_running, guards.endorser_is_not_drafter),
    audience=Audience.TEAM,
)
_ISSUE_GUARDS = (
    campaign_is_running,
    guards.problems_are_complete,
    guards.typed_dates_follow_the_issue,
    guards.nothing_is_classified,
    guards.signer_is_not_drafter,
    guards.typed_number_is_free,
    guards.phase_end_is_considered,
)
ISSUE = Transition(
    name="issue",
    verb="form.issued",
    label=_("签发"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.ISSUED,
    allowed=SIGNS,
    guards=_ISSUE_GUARDS,
)
ISSUE_ON_PAPER = Transition(
    name="issue_on_paper",
    verb="form.issued",
    label=_("录入线下签发"),
    sources=frozenset({S.PENDING_SIGNOFF}),
    target=S.ISSUED,
    allowed=DRAFTERS,
    guards=(*_ISSUE_GUARDS, guards.paper_is_given, guards.paper_signer_is_entitled, paper_is_admissible),
    aside=True,
)
ACKNOWLEDGE = Transition(
    name="acknowledge",
    verb="form.acknowledged",
    label=_("签收"),
    sources=frozenset({S.ISSUED}),
    target=S.ACKNOWLEDGED,
    allowed=anyone(*UNIT_RECEIVERS),
    guards=(
        campaign_is_running,
        paper_settled(guards.ISSUE_ACT),
        guards.receiver_is_named,
        guards.paper_receiver_is_entitled,
        paper_is_admissible,
    ),
)
DEEM_RECEIVED = Transition(
    name="deem_received",
    verb="form.deemed_received",
    label=_("视为送达"),
    sources=frozenset({S.ISSUED}),
    target=S.ACKNOWLEDGED,
    allowed=None,
    guards=(campaign_is_running, guards.receipt_period_is_over),
    system=True,
)
CORRECT = Transition(
    name="correct",
    verb="form.corrected",
    label=_("更正"),
    sources=frozenset({S.ISSUED, S.ACKNOWLEDGED}),
    target=S.ISSUED,
    allowed=SIGNS,
    guards=(
        campaign_is_running,
        guards.signer_is_not_drafter,
        guards.correction_is_of_the_newest_version,
        guards.correction_is_fair,
        guards.correction_is_not_classified,
    ),
    needs_note=True,
)
WITHDRAW = Transition(
    name="withdraw",
    verb="form.withdrawn",
    label=_("撤回"),
    sources=frozenset({S.ISSUED}),
    target=S.WITHDRAWN,
    allowed=SIGNS,
    guards=(campaign_is_running, guards.is_not_received),
    needs_note=True,
    ends=True,
)
CLOSE = Transition(
    name="close",
    verb="form.closed",
    label=_("办结"),
    sources=frozenset({S.ACKNOWLEDGED}),
    target=S.CLOSED,
    allowed=anyone(Role.LEADER),
    guards=(campaign_is_running, guards.every_problem_is_settled, paper_settled(guards.RECEIPT_ACT)),
    ends=True,
)
VOID_DRAFT = Transition(
    name="void_draft",
    verb="form.draft_voided",
    label=_("作废草稿"),
    sources=frozenset({S.DRAFT, S.PENDING_SIGNOFF}),
    target=S.VOIDED,
    allowed=ThePerson((*TEAM_PEOPLE, Role.OFFICE), _author, _("起草人")),
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
    needs_note=True,
    ends=True,
)
VOID = Transition(
    name="void",
    verb="form.voided",
    label=_("作废"),
    sources=frozenset({S.ISSUED, S.ACKNOWLEDGED}),
    target=S.VOIDED,
    allowed=anyone(Role.OFFICE_LEAD),
    guards=(campaign_is_running, guards.nothing_is_closed),
    needs_note=True,
    ends=True,
)
FORM_MOVES = MoveTable(
    FeedbackForm.kind,
    _("反馈单"),
    FormStatus,
    [
        SUBMIT, ISSUE, ENDORSE, ISSUE_ON_PAPER, RETURN, RECALL, ACKNOWLEDGE, CLOSE, EDIT, CORRECT, WITHDRAW, VOID,
        VOID_DRAFT, DEEM_RECEIVED,
    ],
)  # fmt: skip

"""Every move of guidance, as data: daily records 日常督导记录, advice 工作建议, drafts filed for reading 送审材料."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision import guidance_guards as guards
from supervision.core.events import register_verb
from supervision.core.models.event import Audience
from supervision.core.transitions import MoveTable, Transition
from supervision.enums import AdviceStatus, DailyStatus, Document, FiledDraftStatus
from supervision.guards import campaign_is_running
from supervision.models.advice import Advice
from supervision.models.daily import DailyRecord
from supervision.models.filed_draft import FiledDraft
from supervision.rules import TEAM_PEOPLE, ByRoute, ThePerson, anyone

TEAM = anyone(*TEAM_PEOPLE)
UNIT = anyone(Role.LIAISON, Role.HEAD)

# --- daily record -----------------------------------------------------------------------------------------------------

D = DailyStatus
VALID = frozenset({D.RECORDED, D.TO_FOLLOW, D.FOLLOWED_UP})
AUTHOR = ThePerson(TEAM_PEOPLE, lambda record: record.author_id, _("记录人"))

CORRECT = Transition(
    name="correct",
    verb="daily_record.corrected",
    label=_("更正"),
    sources=VALID,
    target=None,
    allowed=AUTHOR,
    guards=(
        campaign_is_running,
        guards.is_the_day_of_entry,
        guards.content_is_given,
        guards.input_is_not_classified,
    ),
    audience=Audience.TEAM,
    aside=True,
)
SUPPLEMENT = Transition(
    name="supplement",
    verb="daily_record.supplemented",
    label=_("补充更正"),
    sources=VALID,
    target=None,
    allowed=AUTHOR,
    guards=(campaign_is_running, guards.addition_is_given, guards.input_is_not_classified),
    audience=Audience.TEAM,
    aside=True,
)
ASK_FOLLOW_UP = Transition(
    name="ask_follow_up",
    verb="daily_record.follow_up_asked",
    label=_("提出后续"),
    sources=frozenset({D.RECORDED, D.FOLLOWED_UP}),
    target=D.TO_FOLLOW,
    allowed=TEAM,
    guards=(campaign_is_running, guards.follow_up_is_chosen, guards.input_is_not_classified),
    audience=Audience.TEAM,
    aside=True,
)
FOLLOW_UP = Transition(
    name="follow_up",
    verb="daily_record.followed_up",
    label=_("跟进完毕"),
    sources=frozenset({D.TO_FOLLOW}),
    target=D.FOLLOWED_UP,
    allowed=TEAM,
    guards=(campaign_is_running, guards.outcome_is_given, guards.input_is_not_classified),
    audience=Audience.TEAM,
)
VOID_RECORD = Transition(
    name="void",
    verb="daily_record.voided",
    label=_("作废"),
    sources=VALID,
    target=D.VOIDED,
    allowed=AUTHOR,
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
    needs_note=True,
    ends=True,
)
DAILY_RECORD = MoveTable(
    DailyRecord.kind, _("日常督导记录"), DailyStatus, [FOLLOW_UP, CORRECT, SUPPLEMENT, ASK_FOLLOW_UP, VOID_RECORD]
)
register_verb("daily_record.created", _("记录"), Audience.TEAM)

# --- advice -----------------------------------------------------------------------------------------------------------

A = AdviceStatus


def _drafter(advice: Advice) -> int | None:
    return advice.submitted_by_id


def _writer(advice: Advice) -> int | None:
    return advice.submitted_by_id or advice.created_by_id


SIGNS = ByRoute(Document.ADVICE, signs=True, roles=(Role.LEADER,), author=_drafter)

EDIT = Transition(
    name="edit",
    verb="advice.edited",
    label=_("修改草稿"),
    sources=frozenset({A.DRAFT}),
    target=None,
    allowed=TEAM,
    guards=(campaign_is_running, guards.input_is_not_classified),
    audience=Audience.TEAM,
)
SUBMIT = Transition(
    name="submit",
    verb="advice.submitted",
    label=_("报送审签"),
    sources=frozenset({A.DRAFT}),
    target=A.PENDING_SIGNOFF,
    allowed=TEAM,
    guards=(campaign_is_running, guards.advice_is_complete, guards.advice_is_not_classified),
    audience=Audience.TEAM,
)
RECALL = Transition(
    name="recall",
    verb="advice.recalled",
    label=_("撤回修改"),
    sources=frozenset({A.PENDING_SIGNOFF}),
    target=A.DRAFT,
    allowed=ThePerson(TEAM_PEOPLE, _drafter, _("报送人")),
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
    aside=True,
)
ENDORSE = Transition(
    name="endorse",
    verb="advice.endorsed",
    label=_("核稿"),
    sources=frozenset({A.PENDING_SIGNOFF}),
    target=None,
    allowed=ByRoute(Document.ADVICE, signs=False, roles=(Role.DEPUTY,), author=_drafter),
    guards=(campaign_is_running, guards.endorser_is_not_drafter),
    audience=Audience.TEAM,
)
ISSUE = Transition(
    name="issue",
    verb="advice.issued",
    label=_("签发"),
    sources=frozenset({A.PENDING_SIGNOFF}),
    target=A.ISSUED,
    allowed=SIGNS,
    guards=(
        campaign_is_running,
        guards.advice_is_complete,
        guards.advice_is_not_classified,
        guards.signer_is_not_drafter,
    ),
)
RETURN = Transition(
    name="return",
    verb="advice.returned",
    label=_("退回修改"),
    sources=frozenset({A.PENDING_SIGNOFF}),
    target=A.DRAFT,
    allowed=ByRoute(Document.ADVICE, signs=None, roles=(Role.LEADER,), author=_drafter),
    guards=(campaign_is_running, guards.returner_is_not_drafter),
    audience=Audience.TEAM,
    needs_note=True,
)
ANSWER = Transition(
    name="answer",
    verb="advice.answered",
    label=_("回复"),
    sources=frozenset({A.ISSUED}),
    target=A.ANSWERED,
    allowed=UNIT,
    guards=(campaign_is_running, guards.answer_is_given, guards.input_is_not_classified),
)
CLOSE = Transition(
    name="close",
    verb="advice.closed",
    label=_("回复已阅"),
    sources=frozenset({A.ANSWERED}),
    target=A.CLOSED,
    allowed=TEAM,
    guards=(campaign_is_running, guards.input_is_not_classified),
)
ASK_MORE = Transition(
    name="ask_more",
    verb="advice.more_asked",
    label=_("请补充回复"),
    sources=frozenset({A.ANSWERED}),
    target=A.ISSUED,
    allowed=TEAM,
    guards=(campaign_is_running,),
    needs_note=True,
)
WITHDRAW = Transition(
    name="withdraw",
    verb="advice.withdrawn",
    label=_("撤回"),
    sources=frozenset({A.ISSUED}),
    target=A.WITHDRAWN,
    allowed=SIGNS,
    guards=(campaign_is_running,),
    needs_note=True,
    ends=True,
)
DISCARD = Transition(
    name="discard",
    verb="advice.discarded",
    label=_("作废草稿"),
    sources=frozenset({A.DRAFT, A.PENDING_SIGNOFF}),
    target=A.WITHDRAWN,
    allowed=ThePerson(TEAM_PEOPLE, _writer, _("起草人")),
    guards=(campaign_is_running,),
    audience=Audience.TEAM,
    needs_note=True,
    ends=True,
)
ADVICE = MoveTable(
    Advice.kind,
    _("工作建议"),
    AdviceStatus,
    [SUBMIT, ISSUE, ENDORSE, RETURN, RECALL, ANSWER, CLOSE, ASK_MORE, EDIT, WITHDRAW, DISCARD],
)
register_verb("advice.drafted", _("起草"), Audience.TEAM)

# --- filed draft ------------------------------------------------------------------------------------------------------

F = FiledDraftStatus

READ = Transition(
    name="read",
    verb="filed_draft.read",
    label=_("反馈审阅意见"),
    sources=frozenset({F.TO_READ}),
    target=F.READ,
    allowed=TEAM,
    guards=(campaign_is_running, guards.comments_are_given, guards.input_is_not_classified),
)
ADOPT = Transition(
    name="adopt",
    verb="filed_draft.adopted",
    label=_("定稿备案"),
    sources=frozenset({F.TO_READ, F.READ}),
    target=F.ADOPTED,
    allowed=UNIT,
    guards=(
        campaign_is_running,
        guards.is_read_or_its_day_has_come,
        guards.final_text_is_given,
        guards.comments_are_answered,
        guards.input_is_not_classified,
    ),
)
REFILE = Transition(
    name="refile",
    verb="filed_draft.refiled",
    label=_("修改后再送审"),
    sources=frozenset({F.READ}),
    target=F.TO_READ,
    allowed=UNIT,
    guards=(
        campaign_is_running,
        guards.revision_is_given,
        guards.adoption_lies_ahead,
        guards.input_is_not_classified,
    ),
    aside=True,
)
WITHDRAW_DRAFT = Transition(
    name="withdraw",
    verb="filed_draft.withdrawn",
    label=_("撤回送审"),
    sources=frozenset({F.TO_READ, F.READ}),
    target=F.WITHDRAWN,
    allowed=UNIT,
    guards=(campaign_is_running,),
    needs_note=True,
    ends=True,
)
FILED_DRAFT = MoveTable(FiledDraft.kind, _("送审材料"), FiledDraftStatus, [READ, ADOPT, REFILE, WITHDRAW_DRAFT])
register_verb("filed_draft.filed", _("报送审阅"), Audience.UNIT)

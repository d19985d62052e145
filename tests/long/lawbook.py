"""domain/states.md once more, written out by hand: which move leads whence whither, and who may make it.

Nothing here is read from the product's own tables: a random play is judged by this page alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

ANY = frozenset({"*"})


@dataclass(frozen=True)
class Law:
    """One move: where it may start, where it ends ("" stays in place), and the verb of its one event."""

    sources: frozenset[str]
    target: str
    verb: str


def law(sources: str, target: str, verb: str) -> Law:
    return Law(frozenset(sources.split()), target, verb)


OPEN = "pending assigned plan_review in_progress returned submitted pending_close"
IN_HAND = "assigned plan_review in_progress returned"

FORM = {
    "edit": law("draft", "", "form.edited"),
    "submit": law("draft", "pending_signoff", "form.submitted"),
    "recall": law("pending_signoff", "draft", "form.recalled"),
    "return": law("pending_signoff", "draft", "form.returned"),
    "endorse": law("pending_signoff", "", "form.endorsed"),
    "issue": law("pending_signoff", "issued", "form.issued"),
    "issue_on_paper": law("pending_signoff", "issued", "form.issued"),
    "acknowledge": law("issued", "acknowledged", "form.acknowledged"),
    "deem_received": law("issued", "acknowledged", "form.deemed_received"),
    "correct": law("issued acknowledged", "issued", "form.corrected"),
    "withdraw": law("issued", "withdrawn", "form.withdrawn"),
    "close": law("acknowledged", "closed", "form.closed"),
    "void_draft": law("draft pending_signoff", "voided", "form.draft_voided"),
    "void": law("issued acknowledged", "voided", "form.voided"),
}
ITEM = {
    "assign": law("pending", "assigned", "item.assigned"),
    "cancel_with_form": law(OPEN, "cancelled", "item.cancelled"),
    "start": law("assigned", "in_progress", "item.started"),
    "submit_plan": law("assigned", "plan_review", "item.plan_submitted"),
    "recall_plan": law("plan_review", "assigned", "item.plan_recalled"),
    "endorse_plan": law("plan_review", "", "item.plan_endorsed"),
    "approve_plan": law("plan_review", "in_progress", "item.plan_approved"),
    "return_plan": law("plan_review", "assigned", "item.plan_returned"),
    "note_progress": law(OPEN, "", "item.progress_noted"),
    "press": law(OPEN, "", "item.pressed"),
    "submit": law("in_progress returned", "submitted", "item.submitted"),
    "record_verification": law("submitted", "", "item.verification_recorded"),
    "verify": law("submitted", "pending_close", "item.verified"),
    "return": law("submitted", "returned", "item.returned"),
    "endorse_closure": law("pending_close", "", "item.closure_endorsed"),
    "close": law("pending_close", "closed", "item.closed"),
    "refuse_close": law("pending_close", "submitted", "item.close_refused"),
    "refuse_close_to_unit": law("pending_close", "returned", "item.close_refused_to_unit"),
}
ITEM_DESK = {  # the unit's own work between the moves
    "save_plan": law("assigned returned", "", "item.plan_saved"),
    "add_evidence": law(IN_HAND, "", "item.evidence_added"),
    "withdraw_evidence": law(IN_HAND, "", "item.evidence_withdrawn"),
}
REPORT = {
    "send_for_signature": law("draft returned", "pending_signoff", "report.sent_for_signature"),
    "recall": law("pending_signoff", "draft", "report.recalled"),
    "give_back": law("pending_signoff", "draft", "report.given_back"),
    "sign": law("pending_signoff", "submitted", "report.signed"),
    "return": law("submitted", "returned", "report.returned"),
    "return_with_item": law("submitted", "returned", "report.returned_with_item"),
    "approve": law("submitted", "approved", "report.approved"),
    "file": law("approved", "filed", "report.filed"),
    "withdraw": law("draft", "withdrawn", "report.withdrawn"),
}
REPORT_DESK = {"edit": law("draft returned", "", "report.edited")}
INSPECTION = {
    "endorse": law("planned", "", "inspection.endorsed"),
    "approve": law("planned", "approved", "inspection.approved"),
    "start": law("approved", "in_progress", "inspection.started"),
    "log": law("in_progress", "", "inspection.logged"),
    "submit": law("in_progress", "pending_review", "inspection.submitted"),
    "recall": law("pending_review", "in_progress", "inspection.recalled"),
    "return": law("pending_review", "in_progress", "inspection.returned"),
    "conclude": law("pending_review", "concluded", "inspection.concluded"),
    "postpone": law("planned approved", "postponed", "inspection.postponed"),
    "resume": law("postponed", "approved", "inspection.resumed"),
    "cancel": law("planned approved in_progress postponed", "cancelled", "inspection.cancelled"),
}
LAWS = {
    "feedback_form": FORM,
    "rectification_item": {**ITEM, **ITEM_DESK},
    "report": {**REPORT, **REPORT_DESK},
    "inspection": INSPECTION,
}
BY_SYSTEM = {
    "feedback_form": {"deem_received"},
    "rectification_item": {"assign", "cancel_with_form", "submit"},
    "report": {"return_with_item"},
    "inspection": set(),
}
# What one accepted move may move besides itself: the verbs of its consequences.
CONSEQUENCES = {
    ("feedback_form", "acknowledge"): {"item.assigned"},
    ("feedback_form", "deem_received"): {"item.assigned"},
    ("feedback_form", "withdraw"): {"item.cancelled"},
    ("feedback_form", "void"): {"item.cancelled"},
    ("report", "sign"): {"item.submitted"},
    ("report", "return"): {"item.returned"},
    ("rectification_item", "return"): {"report.returned_with_item"},
    ("rectification_item", "refuse_close_to_unit"): {"report.returned_with_item"},
}

# --- an item's clock, and what its problem on the form says -----------------------------------------------------------

CLOCK = {
    "pending": "unit", "assigned": "unit", "plan_review": "team", "in_progress": "unit", "returned": "unit",
    "submitted": "team", "pending_close": "office", "closed": "none", "cancelled": "none",
}  # fmt: skip
PROGRESS = {
    "pending": "pending", "assigned": "assigned", "plan_review": "assigned", "in_progress": "rectifying",
    "returned": "rectifying", "submitted": "submitted", "pending_close": "pending_close", "closed": "settled",
    "cancelled": "settled",
}  # fmt: skip
SETTLED_AS = {"closed": "closed", "cancelled": "cancelled"}


# --- who --------------------------------------------------------------------------------------------------------------

ONE_STEP = {"team": "lead", "provincial": "office-lead", "central": "office-lead"}


@dataclass
class Cast:
    """Team a1 and its unit `unit` in one play, and what people did so far: the facts on which rights hang."""

    unit: str = "u1"
    source: str = "team"
    long_route: bool = False
    absent: frozenset[str] = frozenset()  # of the leader and the deputy
    is_delegated: bool = False
    is_doubled: bool = False  # the head is also a liaison and a member of the team, member-2 also of the body's office
    key_items: set[int] = field(default_factory=set)
    drafter: str = ""
    endorsements: dict[tuple[str, int, int], int] = field(default_factory=dict)  # (document, pk, round) → how many
    plan_authors: dict[int, str] = field(default_factory=dict)
    verifiers: dict[int, set[str]] = field(default_factory=dict)  # of the newest record
    submitters: dict[int, str] = field(default_factory=dict)
    report_makers: dict[int, set[str]] = field(default_factory=dict)  # who drafted it, who sent it for signature
    report_signers: dict[int, str] = field(default_factory=dict)
    visit_creator: str = ""
    visit_submitter: str = ""
    is_unannounced: bool = False
    was_approved: bool = False

    @property
    def head(self) -> str:
        return f"{self.unit}-head"

    @property
    def unit_signers(self) -> set[str]:
        """主要负责人 and, while the delegation lasts, the member of the leadership."""
        return {self.head, f"{self.unit}-deputy"} if self.is_delegated else {self.head}

    @property
    def liaisons(self) -> set[str]:
        return {self.unit, self.head} if self.is_doubled else {self.unit}

    @property
    def members(self) -> set[str]:
        return TEAM | {self.head} if self.is_doubled else TEAM

    @property
    def team(self) -> set[str]:
        """TM and TL, or whoever acts as TL: the sponsor, when neither leader nor deputy is at hand."""
        return self.members | self.leaders()

    @property
    def without_history(self) -> Cast:
        """The same people, as if nobody had done anything yet: who holds the role, whatever keeps duties apart."""
        return replace(
            self, drafter="", plan_authors={}, verifiers={}, submitters={}, report_makers={}, report_signers={},
            visit_creator="", visit_submitter="",
        )  # fmt: skip

    def leaders(self, besides: str = "") -> set[str]:
        """TL; a deputy acts when the leader is recorded absent, or cannot decide a draft of their own; then BL."""
        may = {"a1-lead"} - {besides}
        at_hand = {"a1-lead", "a1-deputy"} - self.absent - {besides}
        if "a1-lead" not in at_hand:
            may |= {"a1-deputy"} - {besides}
        if not at_hand:
            may |= {"a1-sponsor"} - {besides}
        return may


TEAM = {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}  # TM and TL; the sponsor is none of them
PROVINCE = {"office", "office-lead"}


def drafters(cast: Cast) -> set[str]:
    return cast.members if cast.source == "team" else PROVINCE


def route(cast: Cast, document: str, pk: int) -> tuple[str, ...]:
    """The roles of the steps as the small world (or its longer variant) sets them; the last one signs."""
    is_key = pk in cast.key_items
    if document == "feedback_form":
        steps: tuple[str, ...] = (ONE_STEP[cast.source],)
    elif document == "rectification_plan":
        key = {"team": "body-office"}.get(cast.source, "office")
        steps = (key,) if is_key else ("lead",)
    else:
        key_or_not = {"team": ("body-office", "sponsor")[is_key], "provincial": "office", "central": "office-lead"}
        steps = (key_or_not[cast.source],)
    return ("deputy", *steps) if cast.long_route and cast.source == "team" else steps


def people_of(cast: Cast, role: str, besides: str = "") -> set[str]:
    if role == "lead":
        return cast.leaders(besides)
    offices = {"a-office", "a1-member-2"} if cast.is_doubled else {"a-office"}
    return {
        "deputy": {"a1-deputy"}, "body-office": offices, "sponsor": {"a1-sponsor"}, "office": {"office"},
        "office-lead": {"office-lead"},
    }[role] - {besides}  # fmt: skip


def deciders(cast: Cast, document: str, pk: int, round_: int, *, signs: bool | None, besides: str = "") -> set[str]:
    """Whoever's step it is; `signs`: only if it is (not) the last one."""
    steps = route(cast, document, pk)
    done = min(cast.endorsements.get((document, pk, round_), 0), len(steps) - 1)
    is_last = done == len(steps) - 1
    if signs is not None and signs != is_last:
        return set()
    return people_of(cast, steps[done], besides)


def who_may_form(cast: Cast, move: str, pk: int, round_: int) -> set[str]:
    def sign(signs: bool | None, besides: str = "") -> set[str]:
        return deciders(cast, "feedback_form", pk, round_, signs=signs, besides=besides)

    stands_in = cast.leaders(besides=cast.drafter) if cast.source == "team" else set()
    return {
        "edit": drafters(cast),
        "submit": drafters(cast),
        "recall": {cast.drafter},
        "void_draft": {cast.drafter},
        "return": sign(None, cast.drafter),
        "endorse": sign(False, cast.drafter),
        "issue": sign(True, cast.drafter),
        "issue_on_paper": drafters(cast),  # the signer on the paper is judged apart
        "acknowledge": {cast.unit} | cast.unit_signers,
        "correct": sign(True, cast.drafter),
        "withdraw": sign(True) | stands_in,  # who may issue; a leader may take back a form of their own drafting
        "close": cast.leaders(),
        "void": {"office-lead"},
    }[move]


def who_may_item(cast: Cast, move: str, pk: int, plan_round: int, close_round: int) -> set[str]:
    is_key = pk in cast.key_items
    author = cast.plan_authors.get(pk, "")
    not_closing = cast.verifiers.get(pk, set()) | {cast.submitters.get(pk, "")}

    def plan(signs: bool | None) -> set[str]:
        return deciders(cast, "rectification_plan", pk, plan_round, signs=signs, besides=author) - {author}

    def closure(signs: bool | None) -> set[str]:
        return deciders(cast, "closure_sheet", pk, close_round, signs=signs) - not_closing

    team = cast.team - {cast.submitters.get(pk, "")}
    unit = {cast.unit, cast.head}
    return {
        "start": cast.liaisons,
        "submit_plan": {cast.head} if is_key else cast.liaisons,
        "recall_plan": {author},
        "endorse_plan": plan(False),
        "approve_plan": plan(True),
        "return_plan": plan(None),
        "note_progress": cast.liaisons,
        "press": cast.team | PROVINCE | people_of(cast, "body-office"),
        "record_verification": team,
        "verify": team,
        "return": team,
        "endorse_closure": closure(False),
        "close": closure(True),
        "refuse_close": closure(None),
        "refuse_close_to_unit": closure(None),
        "save_plan": unit,
        "add_evidence": unit,
        "withdraw_evidence": unit,
    }[move]


def who_may_report(cast: Cast, move: str, pk: int, *, on_paper: bool = False) -> set[str]:
    offices = {"team": people_of(cast, "body-office"), "provincial": PROVINCE, "central": {"office-lead"}}
    makers = cast.report_makers.get(pk, set())
    readers = cast.team - makers - {cast.report_signers.get(pk, "")}
    return {
        "edit": cast.liaisons,
        "send_for_signature": cast.liaisons,
        "recall": cast.liaisons,
        "withdraw": cast.liaisons,
        "give_back": cast.unit_signers,
        "sign": cast.liaisons | cast.unit_signers if on_paper else cast.unit_signers - makers,
        "return": readers,
        "approve": readers,
        "file": offices[cast.source],
    }[move]


def who_may_inspection(cast: Cast, move: str, pk: int) -> set[str]:
    steps = ("sponsor",) if cast.is_unannounced else ("deputy", "lead") if cast.long_route else ("lead",)
    done = min(cast.endorsements.get(("inspection", pk, 1), 0), len(steps) - 1)
    is_last = done == len(steps) - 1
    step = people_of(cast, steps[done], cast.visit_creator)
    reviewers = cast.leaders(besides=cast.visit_submitter)
    return {
        "endorse": set() if is_last else step,
        "approve": step if is_last else set(),
        "start": cast.team,
        "log": cast.team,
        "submit": cast.team,
        "recall": {cast.visit_submitter},
        "return": reviewers,
        "conclude": reviewers,
        "postpone": cast.leaders(),
        "resume": cast.leaders() if cast.was_approved else (step if is_last else set()),
        "cancel": cast.leaders(),
    }[move]

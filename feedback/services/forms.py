"""The life of a feedback form: each move is one locked service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from feedback import signals, transitions
from feedback.deadlines import TERM, beyond_phase, counting, due_on, fix_term, latest_dates, receipt_due_on
from feedback.enums import Progress
from feedback.guards import ISSUE_ACT, RECEIPT_ACT, SHORTEN, problems_of
from feedback.models import FeedbackForm, FeedbackProblem, Receipt
from feedback.services import paper as sheets
from supervision.core import files, numbers
from supervision.core.events import Fact, record
from supervision.core.refusals import Condition, Unmet
from supervision.core.transitions import Situation, Transition
from supervision.enums import CountsFrom, Document, Source
from supervision.services import delegations, signing
from supervision.services.approvals import endorse
from supervision.services.signing import PaperAct
from supervision.vocabulary import vocabulary_of

__all__ = [
    "ISSUE_ACT", "RECEIPT_ACT", "acknowledge_form", "close_form", "deem_received", "endorse_form", "issue_form",
    "issue_form_on_paper", "recall_form", "return_form", "submit_form", "void_draft", "void_form", "withdraw_form",
]  # fmt: skip


def _checked(move: Transition, pk: int, actor: User | None, at: datetime, **inputs: Any) -> tuple[FeedbackForm, Any]:
    form = FeedbackForm.objects.locked(pk)
    return form, move.check(form, actor, at=at, **inputs)


def _move(form: FeedbackForm, move: Transition, actor: User | None, at: datetime, *, changed: list[str] | None = None,
          note: str = "", payload: dict[str, Any] | None = None, on_behalf_of: str = "",
          before: Sequence[Fact] = ()) -> FeedbackForm:  # fmt: skip
    """Write the new state with whatever else changed, and the event (after what stands before it)."""
    was, form.status = form.status, move.target or form.status
    form.save(update_fields=["status", *(changed or [])])
    record(move.verb, subject=form, actor=actor, at=at, was=was, now=form.status, note=note, payload=payload,
           on_behalf_of=on_behalf_of, before=before)  # fmt: skip
    return form


@transaction.atomic
def submit_form(*, pk: int, actor: User, at: datetime) -> FeedbackForm:
    """Hand the draft to whoever signs. Whether it is key is settled here: it decides the route."""
    form, _situation = _checked(transitions.SUBMIT, pk, actor, at)
    form.submitted_by, form.submitted_at, form.round = actor, at, form.round + 1
    form.is_key = form.source == Source.CENTRAL or any(problem.severity.is_key for problem in problems_of(form))
    return _move(form, transitions.SUBMIT, actor, at, changed=["submitted_by", "submitted_at", "round", "is_key"])


@transaction.atomic
def recall_form(*, pk: int, actor: User, at: datetime) -> FeedbackForm:
    """Whoever submitted takes it back before it is signed."""
    form, _situation = _checked(transitions.RECALL, pk, actor, at)
    return _move(form, transitions.RECALL, actor, at)


@transaction.atomic
def return_form(*, pk: int, actor: User, at: datetime, note: str) -> FeedbackForm:
    """Whoever's step it is gives the draft back and says what is to be changed."""
    form, _situation = _checked(transitions.RETURN, pk, actor, at, note=note)
    return _move(form, transitions.RETURN, actor, at, note=note)


@transaction.atomic
def endorse_form(*, pk: int, actor: User, at: datetime) -> FeedbackForm:
    """核稿: a step of a longer route before the one that signs."""
    form, _situation = _checked(transitions.ENDORSE, pk, actor, at)
    step = endorse(subject=form, document=Document.FEEDBACK_FORM, actor=actor, at=at)
    return _move(form, transitions.ENDORSE, actor, at, payload={"step": step.step, "role": step.role})


@transaction.atomic
def issue_form(
    *, pk: int, actor: User, at: datetime, typed_number: str = "", beyond_phase: str = "",
    sealed: files.ReceivedFile | None = None,
) -> FeedbackForm:  # fmt: skip
    """Sign and issue on screen: number, dates, frozen paper, receipt clock; one item is opened per problem.

    `sealed` is the scan of the sealed sheet, kept beside the frozen paper.
    """
    move = transitions.ISSUE
    form, situation = _checked(move, pk, actor, at, typed_number=typed_number, beyond_phase=beyond_phase)
    if sealed is not None:
        files.attach(sealed, subject=form, actor=actor, at=at)
    return _issue(form, move, situation, None)


@transaction.atomic
def issue_form_on_paper(
    *, pk: int, actor: User, at: datetime, paper: PaperAct | None, typed_number: str = "", beyond_phase: str = "",
) -> FeedbackForm:  # fmt: skip
    """Enter a sheet that was signed on paper: it counts from the date on the paper, the signer is told at once."""
    move, inputs = transitions.ISSUE_ON_PAPER, {"typed_number": typed_number, "beyond_phase": beyond_phase}
    form, situation = _checked(move, pk, actor, at, paper=paper, **inputs)
    return _issue(form, move, situation, paper)


def _issue(form: FeedbackForm, move: Transition, situation: Situation, paper: PaperAct | None) -> FeedbackForm:
    actor, at = situation.actor, situation.at
    form.issued_at, form.issued_on = at, signing.counted_on(situation)
    form.signer = signing.signing_person(situation)
    carried = _set_dates(form, str(situation.inputs["beyond_phase"]))
    form.number = _number(form, str(situation.inputs["typed_number"]).strip(), at)
    signature = signing.sign(subject=form, act=ISSUE_ACT, version=form.version, actor=actor, at=at, paper=paper)
    sheets.freeze(form, problems_of(form), signature, at)
    changed = ["issued_at", "issued_on", "signer", "number", "receipt_due_on"]
    facts = {"number": form.number, "receipt_due_on": str(form.receipt_due_on), **carried}
    _move(form, move, actor, at, changed=changed, payload=facts, before=signing.entered(signature, form))
    signals.form_issued.send(sender=FeedbackForm, form=form, actor=actor, at=at)
    return form


def _number(form: FeedbackForm, typed: str, at: datetime) -> str:
    """From the office's own register, or the next of the body's series (the campaign's where the body has none)."""
    assert form.issued_on is not None
    try:
        if typed:
            return numbers.register_typed(campaign_id=form.campaign_id, text=typed, subject=form, at=at).text
        code, year = _series(form), form.issued_on.year
        return numbers.take(campaign_id=form.campaign_id, code=code, year=year, subject=form, at=at).text
    except numbers.NumberRefused as refused:  # taken since the guard looked, or the campaign has no series
        raise Unmet((Condition("typed_number", str(refused)),)) from refused


def _series(form: FeedbackForm) -> str:
    """The body's own series for its teams' forms, the campaign's for the province's; else whichever there is."""
    own, common = f"{form.kind}:{form.body.code}", form.kind
    wanted = (own, common) if form.source == Source.TEAM else (common, own)
    there = vocabulary_of(form.campaign_id).number_series
    return next((code for code in wanted if code in there), common)


def _set_dates(form: FeedbackForm, choice: str) -> dict[str, Any]:
    """Write the dates as 最迟; returns, for the event, what the signer chose for dates beyond the phase."""
    assert form.issued_on is not None
    vocabulary, problems = vocabulary_of(form.campaign_id), problems_of(form)
    form.receipt_due_on = receipt_due_on(vocabulary, form.issued_on)
    dates = latest_dates(problems, vocabulary, form.issued_on)
    late = beyond_phase(form, problems, dates)
    if choice == SHORTEN:
        for problem in late:  # a date the signer chose: no receipt moves it
            problem.typed_due_on, problem.deadline_rule = form.phase.ends_on, None
            dates[problem.pk] = form.phase.ends_on
    for problem in problems:
        problem.due_on = dates[problem.pk]
        fix_term(problem, vocabulary)
    FeedbackProblem.objects.bulk_update(problems, ["due_on", "typed_due_on", "deadline_rule", *TERM])
    return {"beyond_phase": choice, "problems": [problem.order for problem in late]} if late else {}


@transaction.atomic
def acknowledge_form(
    *, pk: int, actor: User, at: datetime, name: str = "", post: str = "", paper: PaperAct | None = None
) -> FeedbackForm:
    """Sign for receipt: by the unit's liaison or head, by a delegate, or on paper with its scan."""
    move = transitions.ACKNOWLEDGE
    form, situation = _checked(move, pk, actor, at, name=name, post=post, paper=paper)
    principal = delegations.principal_of(actor, form.unit_id, situation.on, Role.RECEIPT_DELEGATE)
    on_behalf_of = None if actor.scope.holds(Role.LIAISON, form.unit_id, situation.on) else principal
    signature = signing.sign(subject=form, act=RECEIPT_ACT, version=form.version, actor=actor, at=at, paper=paper,
                             on_behalf_of=on_behalf_of)  # fmt: skip
    Receipt.objects.create(
        form=form, version=form.version, received_at=at, received_on=signing.counted_on(situation),
        name=paper.name if paper else name, post=paper.post if paper else post, signature=signature,
    )  # fmt: skip
    return _receive(form, move, actor, at, signing.counted_on(situation), on_behalf_of,
                    before=signing.entered(signature, form))  # fmt: skip


@transaction.atomic
def deem_received(*, pk: int, at: datetime) -> FeedbackForm:
    """视为送达: the receipt period is over. It counts from the end of that period, whenever beat came round."""
    form, _situation = _checked(transitions.DEEM_RECEIVED, pk, None, at)
    assert form.receipt_due_on is not None
    Receipt.objects.create(
        form=form, version=form.version, received_at=at, received_on=form.receipt_due_on, is_deemed=True
    )
    form.deemed_received = True
    return _receive(form, transitions.DEEM_RECEIVED, None, at, form.receipt_due_on, None)


def _receive(
    form: FeedbackForm, move: Transition, actor: User | None, at: datetime, received_on: date,
    principal: User | None, before: Sequence[Fact] = (),
) -> FeedbackForm:  # fmt: skip
    """A receipt can only make a date earlier: rules that count from receipt now count from the real one."""
    form.received_on = received_on
    vocabulary = vocabulary_of(form.campaign_id)
    assert form.issued_on is not None
    problems = problems_of(form)
    for problem in problems:
        if problem.progress == Progress.PENDING:
            problem.progress = Progress.ASSIGNED
        counted = counting(problem, vocabulary)
        if counted is not None and counted.counts_from == CountsFrom.RECEIPT:
            latest = problem.due_on
            earlier = due_on(problem, vocabulary, form.issued_on, received_on)
            problem.due_on = min(latest, earlier) if latest else latest
    FeedbackProblem.objects.bulk_update(problems, ["due_on", "progress"])
    facts = {"received_on": received_on.isoformat(), "deemed": form.deemed_received}
    _move(form, move, actor, at, changed=["received_on", "deemed_received"], payload=facts,
          on_behalf_of=principal.name if principal else "", before=before)  # fmt: skip
    signals.form_received.send(sender=FeedbackForm, form=form, actor=actor, at=at)
    return form


@transaction.atomic
def withdraw_form(*, pk: int, actor: User, at: datetime, note: str) -> FeedbackForm:
    """Before anyone signed for it: the items are cancelled, the number stays."""
    form, _situation = _checked(transitions.WITHDRAW, pk, actor, at, note=note)
    numbers.mark_voided(subject=form, at=at)
    _move(form, transitions.WITHDRAW, actor, at, note=note)
    signals.form_cancelled.send(sender=FeedbackForm, form=form, actor=actor, at=at, note=note)
    return form


@transaction.atomic
def close_form(*, pk: int, actor: User, at: datetime) -> FeedbackForm:
    """Every problem is settled: the event keeps the record of settlement."""
    form, _situation = _checked(transitions.CLOSE, pk, actor, at)
    form.closed_at = at
    settled = {str(problem.order): problem.settled_as for problem in problems_of(form)}
    return _move(form, transitions.CLOSE, actor, at, changed=["closed_at"], payload={"settled": settled})


@transaction.atomic
def void_draft(*, pk: int, actor: User, at: datetime, note: str) -> FeedbackForm:
    """The drafter gives up a draft; it never had a number."""
    form, _situation = _checked(transitions.VOID_DRAFT, pk, actor, at, note=note)
    return _move(form, transitions.VOID_DRAFT, actor, at, note=note)


@transaction.atomic
def void_form(*, pk: int, actor: User, at: datetime, note: str) -> FeedbackForm:
    """The number stays, marked; the items are cancelled."""
    form, _situation = _checked(transitions.VOID, pk, actor, at, note=note)
    numbers.mark_voided(subject=form, at=at)
    _move(form, transitions.VOID, actor, at, note=note)
    signals.form_cancelled.send(sender=FeedbackForm, form=form, actor=actor, at=at, note=note)
    return form

"""更正: a new version of an issued form, signed for again; never a shorter date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from feedback import signals, transitions
from feedback.deadlines import receipt_due_on
from feedback.guards import ISSUE_ACT, problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import paper as sheets
from supervision.core.events import record
from supervision.services import signing
from supervision.vocabulary import vocabulary_of


@dataclass(frozen=True)
class ProblemChange:
    """What is corrected in one problem; an empty text or date leaves it as it is."""

    problem: FeedbackProblem
    fact: str = ""
    requirement: str = ""
    due_on: date | None = None

    def alters(self, standing: FeedbackProblem) -> bool:
        """Whether anything of the problem, as it stands now, becomes different."""
        return bool(
            (self.fact and self.fact != standing.fact)
            or (self.requirement and self.requirement != standing.requirement)
            or (self.due_on and self.due_on != standing.due_on)
        )


@transaction.atomic
def correct_form(
    *, pk: int, actor: User, at: datetime, note: str, changes: list[ProblemChange], version: int
) -> FeedbackForm:
    """Issue version n+1 with the changed texts and later dates; the unit signs for it again.

    `version` is the one that the corrector has read: a page that is out of date is refused (Unmet).
    """
    form = FeedbackForm.objects.locked(pk)
    situation = transitions.CORRECT.check(form, actor, at=at, note=note, changes=changes, version=version)
    vocabulary = vocabulary_of(form.campaign_id)
    dates = _apply(form, changes)
    form.version += 1
    form.receipt_due_on = receipt_due_on(vocabulary, situation.on)
    form.received_on, form.deemed_received = None, False
    was, form.status = form.status, str(transitions.CORRECT.target)
    form.save(update_fields=["version", "receipt_due_on", "received_on", "deemed_received", "status"])
    signature = signing.sign(subject=form, act=ISSUE_ACT, version=form.version, actor=actor, at=at)
    sheets.freeze(form, problems_of(form), signature, at, sheets.Correction(note, _first_receipt(form)))
    record(
        transitions.CORRECT.verb, subject=form, actor=actor, at=at, was=was, now=form.status, note=note,
        payload={"version": form.version, "dates": {str(pk): day.isoformat() for pk, day in dates.items()}},
    )  # fmt: skip
    signals.form_corrected.send(sender=FeedbackForm, form=form, actor=actor, at=at, note=note, dates=dates)
    return form


def _first_receipt(form: FeedbackForm) -> date | None:
    """When the unit signed for the form the first time: its dates count from there, whatever is corrected later."""
    return form.receipts.order_by("version").values_list("received_on", flat=True).first()


def _apply(form: FeedbackForm, changes: list[ProblemChange]) -> dict[int, date]:
    """Write the changes; returns the new dates by problem id. A corrected date is typed: no receipt moves it."""
    dates: dict[int, date] = {}
    standing = {problem.pk: problem for problem in problems_of(form)}
    altered = [(standing[each.problem.pk], each) for each in changes if each.alters(standing[each.problem.pk])]
    for problem, change in altered:
        problem.fact = change.fact or problem.fact
        problem.requirement = change.requirement or problem.requirement
        if change.due_on and change.due_on != problem.due_on:
            problem.due_on = problem.typed_due_on = dates[problem.pk] = change.due_on
            problem.deadline_rule = None
    FeedbackProblem.objects.bulk_update(
        [problem for problem, _change in altered], ["fact", "requirement", "due_on", "typed_due_on", "deadline_rule"]
    )
    return dates

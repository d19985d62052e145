"""When the problems of a form are due: by the rule chosen for each, or the date the signer typed."""

from __future__ import annotations

from datetime import date

from feedback.models import FeedbackForm, FeedbackProblem
from supervision.enums import CountsFrom, DeadlineKind
from supervision.vocabulary import Vocabulary


def receipt_due_on(vocabulary: Vocabulary, issued_on: date) -> date:
    """The last day to sign for receipt; not signed by then the form is deemed delivered 视为送达."""
    return vocabulary.due(DeadlineKind.RECEIPT, issued_on)


def due_on(problem: FeedbackProblem, vocabulary: Vocabulary, issued_on: date, received_on: date) -> date:
    """The problem's deadline. What is mended already is due at once.

    Counting from receipt starts at `received_on`; before the receipt give the end of the receipt period: that is the
    date shown from the first minute as “最迟”.
    """
    if problem.mended_on_spot:
        return issued_on
    if problem.typed_due_on is not None:
        return problem.typed_due_on
    rule = next(row for row in vocabulary.deadline_rules if row.pk == problem.deadline_rule_id)
    start = received_on if rule.counts_from == CountsFrom.RECEIPT else issued_on
    return rule.term.end(start, vocabulary.calendar)


def latest_dates(
    form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, issued_on: date
) -> dict[int, date]:
    """By problem id, the dates if the form is issued that day and received on the last day of its receipt period."""
    last_receipt = receipt_due_on(vocabulary, issued_on)
    return {problem.pk: due_on(problem, vocabulary, issued_on, last_receipt) for problem in problems}


def beyond_phase(form: FeedbackForm, dates: dict[int, date]) -> list[int]:
    """Ids of the problems due after the end of the form's phase: it warns, it never clamps by itself."""
    return [pk for pk, day in dates.items() if day > form.phase.ends_on]

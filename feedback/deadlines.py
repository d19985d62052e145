"""When the problems of a form are due: by the rule chosen for each, or the date the signer typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core.deadlines import CountUnit, Term
from supervision.core.templatetags._dates import day_text
from supervision.enums import CountsFrom, DeadlineKind
from supervision.models.vocabulary import DeadlineRule
from supervision.vocabulary import Vocabulary

TERM = ("term_amount", "term_unit", "term_from")  # columns of FeedbackProblem


def receipt_due_on(vocabulary: Vocabulary, issued_on: date) -> date:
    """The last day to sign for receipt; not signed by then the form is deemed delivered 视为送达."""
    return vocabulary.due(DeadlineKind.RECEIPT, issued_on)


def rule_of(problem: FeedbackProblem, vocabulary: Vocabulary) -> DeadlineRule | None:
    """The campaign's row that gives the deadline; None where a date was typed or nothing is chosen yet."""
    return next((row for row in vocabulary.deadline_rules if row.pk == problem.deadline_rule_id), None)


@dataclass(frozen=True)
class Counting:
    """How a problem's deadline is counted."""

    term: Term
    counts_from: str


def counting(problem: FeedbackProblem, vocabulary: Vocabulary) -> Counting | None:
    """By the rule as it stood at issue; of a draft, as it stands now. None where a date was typed or nothing chosen."""
    if problem.deadline_rule_id is not None and problem.term_amount is not None:
        return Counting(Term(problem.term_amount, problem.term_unit), problem.term_from)
    rule = rule_of(problem, vocabulary)
    return Counting(rule.term, rule.counts_from) if rule else None


def fix_term(problem: FeedbackProblem, vocabulary: Vocabulary) -> None:
    """Keep with the problem, at issue, what its rule says that day."""
    if now := counting(problem, vocabulary):
        problem.term_amount, problem.term_unit, problem.term_from = now.term.amount, now.term.unit, now.counts_from


def due_on(problem: FeedbackProblem, vocabulary: Vocabulary, issued_on: date, received_on: date) -> date:
    """The problem's deadline. What is mended already is due at once.

    Counting from receipt starts at `received_on`; before the receipt give the end of the receipt period: that is the
    date shown from the first minute as “最迟”. Raises LookupError where neither rule nor date is chosen.
    """
    if problem.mended_on_spot:
        return issued_on
    if problem.typed_due_on is not None:
        return problem.typed_due_on
    counted = counting(problem, vocabulary)
    if counted is None:
        raise LookupError(f"Problem {problem.pk} has no deadline.")
    start = received_on if counted.counts_from == CountsFrom.RECEIPT else issued_on
    return counted.term.end(start, vocabulary.calendar)


def has_deadline(problem: FeedbackProblem) -> bool:
    return problem.mended_on_spot or problem.typed_due_on is not None or problem.deadline_rule_id is not None


def latest_dates(problems: list[FeedbackProblem], vocabulary: Vocabulary, issued_on: date) -> dict[int, date]:
    """By problem id, the dates if the form is issued that day and received on the last day of its receipt period.

    Problems of a draft that have no deadline yet are left out.
    """
    last_receipt = receipt_due_on(vocabulary, issued_on)
    return {each.pk: due_on(each, vocabulary, issued_on, last_receipt) for each in problems if has_deadline(each)}


def beyond_phase(form: FeedbackForm, problems: list[FeedbackProblem], dates: dict[int, date]) -> list[FeedbackProblem]:
    """The problems due after the end of the form's phase: it warns, it never clamps by itself."""
    end = form.phase.ends_on
    return [each for each in problems if not each.mended_on_spot and each.pk in dates and dates[each.pk] > end]


def can_shorten(form: FeedbackForm, vocabulary: Vocabulary, issued_on: date) -> bool:
    """Dates can be shortened to the end of the phase unless that lies before the unit has had time to sign."""
    return form.phase.ends_on >= receipt_due_on(vocabulary, issued_on)


def plan_due_on(due: date, is_immediate: bool, vocabulary: Vocabulary, received_on: date) -> date:
    """Until when the plan is due: its own term, but never later than the deadline; what needs no plan: the deadline."""
    return due if is_immediate else min(vocabulary.due(DeadlineKind.PLAN, received_on), due)


@dataclass(frozen=True)
class RunningDate:
    """A date that runs for the unit: what is due, when, for which problems of the form."""

    what: str
    day: date
    numbers: str


def running_dates(
    form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, received_on: date
) -> list[RunningDate]:
    """What the unit owes from its receipt on, the earliest first: plans, then the putting right itself.

    Before the receipt give today: these are the dates if it is signed for now.
    """
    assert form.issued_on is not None
    found: dict[tuple[date, str], list[str]] = {}
    for problem in (each for each in problems if not each.mended_on_spot and not each.settled_as):
        due = min(due_on(problem, vocabulary, form.issued_on, received_on), problem.due_on or date.max)
        rule = rule_of(problem, vocabulary)
        if rule is None or not rule.is_immediate:
            plan = plan_due_on(due, False, vocabulary, received_on)
            found.setdefault((plan, _("报送整改方案")), []).append(str(problem.order))
        found.setdefault((due, _("完成整改")), []).append(str(problem.order))
    return [RunningDate(what, day, "、".join(numbers)) for (day, what), numbers in sorted(found.items())]


def full_day(day: date) -> str:
    """The day as papers write it, always with its year."""
    return _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}


def term_text(term: Term) -> str:
    """15个工作日, 30个自然日, 3个月."""
    amount = {"count": term.amount}
    if term.unit == CountUnit.MONTHS:
        return ngettext("%(count)d个月", "%(count)d个月", term.amount) % amount
    if term.unit == CountUnit.CALENDAR_DAYS:
        return ngettext("%(count)d个自然日", "%(count)d个自然日", term.amount) % amount
    return ngettext("%(count)d个工作日", "%(count)d个工作日", term.amount) % amount


def deadline_text(
    problem: FeedbackProblem, vocabulary: Vocabulary, due: date | None, received_on: date | None = None
) -> str:
    """The deadline as the sheet says it: by rule with its latest date, or the typed date alone; empty: none yet.

    `due` is the date as far as it is known: of a draft, the latest one if it were issued today. `received_on`: an
    earlier version was signed for that day, and the date has been settled since.
    """
    if problem.mended_on_spot:
        return _("已当场整改")
    rule = counting(problem, vocabulary)
    shown = full_day(due) if due else ""
    if rule is None:
        text = shown
    elif rule.counts_from == CountsFrom.RECEIPT and received_on:
        facts = {"day": shown, "received": full_day(received_on), "term": term_text(rule.term)}
        text = _("%(day)s（自%(received)s签收之日起%(term)s）") % facts
    elif rule.counts_from == CountsFrom.RECEIPT:
        text = _("自签收之日起%(term)s，最迟%(day)s") % {"term": term_text(rule.term), "day": shown}
    else:
        text = _("自下发之日起%(term)s，即%(day)s") % {"term": term_text(rule.term), "day": shown}
    return _("%(deadline)s；长期坚持") % {"deadline": text} if problem.long_term and text else text


def working_days_text(day: date, on: date, vocabulary: Vocabulary) -> str:
    """How far a typed date is: “= 8个工作日”, counted from `on`."""
    count = vocabulary.calendar.between(on, day)
    return ngettext("= %(count)d个工作日", "= %(count)d个工作日", count) % {"count": count}


@dataclass(frozen=True)
class DeadlineNote:
    """What stands beside a problem's deadline while it is written, and whether it runs over the end of the phase."""

    text: str
    is_late: bool = False


def deadline_note(form: FeedbackForm, problem: FeedbackProblem, vocabulary: Vocabulary, on: date) -> DeadlineNote:
    """“= 15个工作日，至 12月15日（周二）”, as if the form were issued on that day; the words follow the calendar."""
    if not has_deadline(problem) or problem.mended_on_spot:
        return DeadlineNote("")
    last_receipt = receipt_due_on(vocabulary, on)
    due = due_on(problem, vocabulary, on, last_receipt)
    rule = rule_of(problem, vocabulary)
    facts = {"day": day_text(due, on, vocabulary.calendar)}
    if rule is None:
        text = _("%(count)s，至 %(day)s") % {**facts, "count": working_days_text(due, on, vocabulary)}
    elif rule.counts_from == CountsFrom.RECEIPT:
        facts |= {"term": term_text(rule.term), "receipt": day_text(last_receipt, on, vocabulary.calendar)}
        text = _("= %(term)s，至 %(day)s（今天下发，%(receipt)s签收）") % facts
    else:
        text = _("= %(term)s，至 %(day)s（今天下发）") % {**facts, "term": term_text(rule.term)}
    return DeadlineNote(text, due > form.phase.ends_on)

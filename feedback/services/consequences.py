"""What a move that ends or replaces a sheet brings with it, said before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback import transitions
from feedback.deadlines import receipt_due_on
from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core.templatetags._dates import day_text
from supervision.vocabulary import Vocabulary

Teller = Callable[[FeedbackForm, list[FeedbackProblem], Vocabulary, date], list[str]]


def _live(problems: list[FeedbackProblem]) -> str:
    count = sum(not problem.settled_as for problem in problems)
    words = ngettext(
        "%(count)d个整改事项随之取消，不计入销号率。", "%(count)d个整改事项随之取消，不计入销号率。", count
    )
    return words % {"count": count}


def _kept(form: FeedbackForm, word: str) -> str:
    return _("编号%(number)s保留并标注“%(word)s”，不再使用。") % {"number": form.number, "word": word}


def of_withdrawing(form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, on: date) -> list[str]:
    return [
        _kept(form, _("已撤回")),
        _live(problems),
        _("%(unit)s仍能看到这份反馈单和撤回的说明，并收到通知。") % {"unit": form.unit},
        _("需要重新反馈的，另起一份反馈单，另行编号。"),
    ]


def of_voiding(form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, on: date) -> list[str]:
    return [
        _kept(form, _("已作废")),
        _live(problems),
        _("%(unit)s已经开始的整改、上传的佐证材料留存备查，不再继续。") % {"unit": form.unit},
        _("%(unit)s和%(team)s都会收到通知，并看到作废的说明。") % {"unit": form.unit, "team": form.team},
    ]


def of_voiding_a_draft(
    form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, on: date
) -> list[str]:
    return [
        _("草稿没有编号，单位不知道有这份草稿。"),
        _("检查中登记的问题仍然保留，但不会再自动带入反馈单。"),
    ]


def of_correcting(form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, on: date) -> list[str]:
    due = day_text(receipt_due_on(vocabulary, on), on, vocabulary.calendar)
    settled = sum(bool(problem.settled_as) for problem in problems)
    told = [
        _("形成第%(version)d版，以新版为准；旧版保留，标注“已更正”。") % {"version": form.version + 1},
        _("%(unit)s须重新签收，签收期限：%(day)s。") % {"unit": form.unit, "day": due},
        _("整改时限只能延后，不能提前；单位发错的，应当作废后重新下发。"),
    ]
    if settled:
        words = ngettext("%(count)d个问题已经办结，不能更正。", "%(count)d个问题已经办结，不能更正。", settled)
        told.append(words % {"count": settled})
    return told


CONSEQUENCES: dict[str, Teller] = {  # by the move's name
    transitions.WITHDRAW.name: of_withdrawing,
    transitions.VOID.name: of_voiding,
    transitions.VOID_DRAFT.name: of_voiding_a_draft,
    transitions.CORRECT.name: of_correcting,
}

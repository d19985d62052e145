"""What the reader of a sheet will ask; said to the signer before signing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.deadlines import beyond_phase, full_day, latest_dates, receipt_due_on
from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core.templatetags._dates import day_text
from supervision.enums import Nature
from supervision.vocabulary import Vocabulary


def questions_of(form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, on: date) -> list[str]:
    """How many problems and how grave, which dates they get, what the unit may object to."""
    dates = latest_dates(problems, vocabulary, on)
    return [*_weight(problems), *_dates(form, problems, dates, vocabulary, on), *_doubts(problems)]


def _numbers(problems: list[FeedbackProblem]) -> str:
    return "、".join(str(problem.order) for problem in problems)


def _weight(problems: list[FeedbackProblem]) -> Iterator[str]:
    count = len(problems)
    yield ngettext("共%(count)d个问题。", "共%(count)d个问题。", count) % {"count": count}
    if key := [problem for problem in problems if problem.severity.is_key]:
        yield _("重点问题：%(titles)s") % {"titles": "；".join(problem.title for problem in key)}
    if common := [problem for problem in problems if problem.nature == Nature.COMMON]:
        yield _("问题%(numbers)s是共性问题：其他单位是否也有？") % {"numbers": _numbers(common)}


def _dates(
    form: FeedbackForm, problems: list[FeedbackProblem], dates: dict[int, date], vocabulary: Vocabulary, on: date
) -> Iterator[str]:
    receipt = day_text(receipt_due_on(vocabulary, on), on, vocabulary.calendar)
    yield _("今天签发，签收期限：%(day)s") % {"day": receipt}
    owed = [dates[problem.pk] for problem in problems if problem.pk in dates and not problem.mended_on_spot]
    if owed:
        first, last = (day_text(each, on, vocabulary.calendar) for each in (min(owed), max(owed)))
        same = _("整改时限：%(first)s") if first == last else _("整改时限：最早%(first)s，最晚%(last)s")
        yield same % {"first": first, "last": last}
    if late := beyond_phase(form, problems, dates):
        facts = {"numbers": _numbers(late), "phase": form.phase.name, "day": full_day(form.phase.ends_on)}
        yield _("问题%(numbers)s的时限晚于“%(phase)s”结束日期%(day)s") % facts


def _doubts(problems: list[FeedbackProblem]) -> Iterator[str]:
    """Facts that nobody of the unit was shown: there the objections come from."""
    unseen = [problem for problem in problems if problem.origin and not problem.origin.shown_to]
    if unseen:
        yield _("问题%(numbers)s没有与单位核对过事实") % {"numbers": _numbers(unseen)}

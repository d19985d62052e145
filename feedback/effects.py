"""What changes of a campaign's settings will and will not touch among feedback forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from supervision import effects
from supervision.effects import ADD, RETIRE, Change, Effect, OpenDeadline
from supervision.enums import DeadlineKind, Document

BEFORE = (FormStatus.DRAFT, FormStatus.PENDING_SIGNOFF)
AFTER = (FormStatus.ISSUED, FormStatus.ACKNOWLEDGED, FormStatus.CLOSED)


def register() -> None:
    """Called once from `apps.ready()`."""
    effects.register("deadlines", of_deadlines)
    effects.register("categories", of_categories)
    effects.register("severities", of_severities)
    effects.register("routes", of_routes)
    effects.register_deadlines(receipts_across)


def _count(change: Change, **which: object) -> int:
    return FeedbackForm.objects.filter(campaign=change.campaign, **which).distinct().count()


def _forms(**query: str) -> str:
    address = reverse("feedback:forms")
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else address


def of_deadlines(change: Change) -> Iterator[Effect]:
    """A rule gives the dates of what is issued from now on; a date once issued never moves by itself."""
    if change.act == ADD:
        yield Effect(_("已下发的反馈单时限不变。"), False)
        return
    if change.row.code == DeadlineKind.RECEIPT and change.alters("amount", "unit"):
        waiting = _count(change, status=FormStatus.ISSUED)
        yield Effect(_("今后下发和更正的反馈单，签收期限按新规则计算。"), True)
        words = {"count": waiting}
        yield Effect(
            _("已下发待签收的%(count)d件反馈单，签收期限不变。") % words, False, _forms(status=FormStatus.ISSUED)
        )
    if change.row.for_problems:
        yield from _of_problem_rule(change)


def _of_problem_rule(change: Change) -> Iterator[Effect]:
    drafts = _count(change, status__in=BEFORE, problems__deadline_rule=change.row)
    issued = _count(change, status__in=AFTER, problems__deadline_rule=change.row)
    if change.act == RETIRE:
        yield Effect(_("%(count)d件未下发的反馈单已选用这条规则，改选之前仍按它计算。") % {"count": drafts}, False)
    elif change.alters("amount", "unit", "counts_from"):
        yield Effect(_("影响今后下发的反馈单。"), True)
        yield Effect(_("%(count)d件草稿或待审签的反馈单用到这条规则，下发时按新规则计算。") % {"count": drafts}, True)
    if change.alters("is_immediate"):
        yield Effect(_("今后下发的反馈单，选用这条规则的问题按新的规定决定是否报整改方案。"), True)
    words = {"count": issued}
    yield Effect(_("已下发的%(count)d件反馈单时限不变（发出的时限从不自动改动）。") % words, False, _forms())


def of_categories(change: Change) -> Iterator[Effect]:
    if change.row is not None:
        count = _count(change, problems__category=change.row)
        yield Effect(_("%(count)d件反馈单里的问题属于这一类，归类不变。") % {"count": count}, False, _forms())


def of_severities(change: Change) -> Iterator[Effect]:
    if change.row is None:
        return
    if change.alters("is_key"):
        drafts = _count(change, status=FormStatus.DRAFT, problems__severity=change.row)
        pending = _count(change, status=FormStatus.PENDING_SIGNOFF, problems__severity=change.row)
        yield Effect(
            _("%(count)d件反馈单草稿，提交审签时按新的规定判断是否重点、走哪条审批路径。") % {"count": drafts}, True
        )
        yield Effect(
            _("%(count)d件待审签的反馈单仍走原来的审批路径；下发后形成的事项按新的规定。") % {"count": pending}, True
        )
    issued = _count(change, status__in=AFTER, problems__severity=change.row)
    yield Effect(_("已下发的%(count)d件反馈单及其整改事项，是否重点不变。") % {"count": issued}, False, _forms())


def of_routes(change: Change) -> Iterator[Effect]:
    case = change.values["case"]
    if case.document != Document.FEEDBACK_FORM:
        return
    waiting = _count(change, status=FormStatus.PENDING_SIGNOFF, source=case.source, is_key=case.is_key)
    sentence = _("正在待审签的%(count)d件反馈单，从现在起按新的路径办理；已经完成的核稿按步数保留。")
    yield Effect(sentence % {"count": waiting}, True, _forms(status=FormStatus.PENDING_SIGNOFF, source=case.source))
    yield Effect(_("已下发的反馈单不受影响。"), False)


def receipts_across(campaigns: frozenset[int], day: date) -> Iterator[OpenDeadline]:
    """Receipt periods that are running."""
    waiting = FeedbackForm.objects.filter(
        campaign_id__in=campaigns, status=FormStatus.ISSUED, issued_on__lt=day, receipt_due_on__gte=day
    )
    for form in waiting.select_related("unit"):
        assert form.issued_on is not None
        assert form.receipt_due_on is not None
        whose, url = _("单位签收"), form.get_absolute_url()
        yield OpenDeadline(form.label, form.unit.name, whose, form.issued_on, form.receipt_due_on, url)

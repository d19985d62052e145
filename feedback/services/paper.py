"""The feedback form as a paper: every text as shown, frozen as canonical JSON when it is signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback.deadlines import deadline_text, full_day, latest_dates, receipt_due_on
from feedback.guards import problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core import papers
from supervision.core.models.paper import Paper
from supervision.enums import SignatureForm, Source
from supervision.models.signing import Signature
from supervision.vocabulary import Vocabulary, vocabulary_of

KIND = "feedback_form"
TEMPLATE_VERSION = "2"
LANGUAGE = "zh-hans"  # a paper speaks the office's language, whoever signs it


def freeze(form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature, at: datetime) -> Paper:
    """Keep the form's current version for ever, as its signer saw it."""
    with translation.override(LANGUAGE):
        return papers.freeze(
            subject=form,
            kind=KIND,
            version=form.version,
            content=content_of(form, problems, signature),
            template_version=TEMPLATE_VERSION,
            at=at,
        )


def preview_of(form: FeedbackForm, on: date) -> dict[str, Any]:
    """The sheet as it would be if it were issued that day: the same content, without number and signature."""
    problems, vocabulary = problems_of(form), vocabulary_of(form.campaign_id)
    dates = latest_dates(problems, vocabulary, on)
    with translation.override(LANGUAGE):
        content = _content(form, problems, vocabulary, dates)
        return {**content, "receipt_due": full_day(receipt_due_on(vocabulary, on))}


def content_of(form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature) -> dict[str, Any]:
    """Everything the reader of the sheet sees, as plain texts; dates once more as dates, for whoever calculates."""
    dates = {problem.pk: problem.due_on for problem in problems if problem.due_on is not None}
    assert form.receipt_due_on is not None
    return {
        **_content(form, problems, vocabulary_of(form.campaign_id), dates),
        "issued_on": form.issued_on,
        "receipt_due_on": form.receipt_due_on,
        "receipt_due": full_day(form.receipt_due_on),
        "signature": _signature(signature),
    }


def _content(
    form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, dates: dict[int, date]
) -> dict[str, Any]:
    is_own = form.source == Source.TEAM
    return {
        "head": form.body.name if is_own else form.campaign.name,
        "number": form.number,
        "version": form.version,
        "title": form.title,
        "campaign": form.campaign.name,
        "unit": form.unit.name,
        "phase": form.phase.name,
        "source": str(form.get_source_display()),
        "is_central": form.source == Source.CENTRAL,
        "issuer": form.team.name if is_own else form.campaign.name,
        "need_to_know": str(form.get_need_to_know_display()),
        "opening": _opening(form),
        "requirement": form.requirement,
        "problems": [_problem(each, vocabulary, dates.get(each.pk)) for each in problems],
    }


def _opening(form: FeedbackForm) -> str:
    """The sentence above the table: where the problems come from."""
    facts = {"phase": form.phase.name, "source": str(form.get_source_display()), "team": form.team.name}
    if form.inspection is None:
        return _("“%(phase)s”环节，现将%(source)s的问题反馈如下，请认真整改：") % facts
    methods = "、".join(row.method.name for row in form.inspection.methods.select_related("method"))
    facts |= {"day": full_day(form.inspection.on), "methods": methods}
    if not methods:
        return _("%(day)s，%(team)s在“%(phase)s”环节对你单位进行了督导检查，现将发现的问题反馈如下：") % facts
    return (
        _("%(day)s，%(team)s在“%(phase)s”环节对你单位进行了督导检查（%(methods)s），现将发现的问题反馈如下：") % facts
    )


def _problem(problem: FeedbackProblem, vocabulary: Vocabulary, due: date | None) -> dict[str, Any]:
    focus = problem.category.focus
    return {
        "order": problem.order,
        "category": f"{focus.name}·{problem.category.name}" if focus else problem.category.name,
        "severity": problem.severity.name,
        "nature": str(problem.get_nature_display()),
        "title": problem.title,
        "fact": problem.fact,
        "basis": problem.basis,
        "requirement": problem.requirement,
        "due_on": due,
        "deadline": deadline_text(problem, vocabulary, due),
        "long_term": problem.long_term,
        "mend": problem.mend if problem.mended_on_spot else "",
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "name": str(signature),
        "post": signature.signer_post,
        "on": signature.signed_on,
        "day": full_day(signature.signed_on),
        "form": str(signature.get_form_display()),
    }


def paper_of(form: FeedbackForm, version: int | None = None) -> Paper | None:
    """The frozen sheet of that version (default: the newest)."""
    found = Paper.objects.filter(subject_kind=form.kind, subject_id=form.pk, kind=KIND).order_by("version")
    return found.last() if version is None else found.filter(version=version).first()


def slip_of(form: FeedbackForm, version: int) -> dict[str, str] | None:
    """The receipt slip of a version as its foot shows it; None while nobody has signed for it."""
    receipt = form.receipts.filter(version=version).select_related("signature").first()
    if receipt is None:
        return None
    with translation.override(LANGUAGE):
        day = full_day(receipt.received_on)
        if receipt.is_deemed:
            return {"name": _("视为送达"), "post": "", "day": day, "way": ""}
        way = receipt.signature.get_form_display() if receipt.signature else ""
        on_paper = receipt.signature is not None and receipt.signature.form == SignatureForm.PAPER
        clock = "" if on_paper else f" {timezone.localtime(receipt.received_at):%H:%M}"
        return {"name": receipt.name, "post": receipt.post, "day": f"{day}{clock}", "way": str(way)}

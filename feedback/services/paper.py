"""The feedback form as a paper: every text as shown, frozen as canonical JSON when it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback.deadlines import deadline_text, full_day, latest_dates, receipt_due_on
from feedback.enums import FormStatus
from feedback.guards import problems_of
from feedback.models import FeedbackForm, FeedbackProblem, FormAttachment
from supervision.core import papers
from supervision.core.models.paper import Paper
from supervision.enums import SignatureForm, Source
from supervision.models.signing import Signature
from supervision.vocabulary import Vocabulary, vocabulary_of

KIND = "feedback_form"
TEMPLATE_VERSION = "3"
LANGUAGE = "zh-hans"  # a paper speaks the office's language, whoever signs it
DIGITS = "零一二三四五六七八九"
TEN = 10


@dataclass(frozen=True)
class Correction:
    """What a corrected sheet says besides: what was changed and why, and when an earlier version was signed for."""

    note: str = ""
    received_on: date | None = None


def freeze(
    form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature, at: datetime,
    correction: Correction | None = None,
) -> Paper:  # fmt: skip
    """Keep the form's current version for ever, as its signer saw it."""
    with translation.override(LANGUAGE):
        return papers.freeze(
            subject=form,
            kind=KIND,
            version=form.version,
            content=content_of(form, problems, signature, correction or Correction()),
            template_version=TEMPLATE_VERSION,
            at=at,
        )


def preview_of(form: FeedbackForm, on: date, problems: list[FeedbackProblem] | None = None) -> dict[str, Any]:
    """The sheet as it would be if it were issued that day: the same content, without number and signature.

    `problems`: as they stand on somebody's page, instead of those saved.
    """
    problems, vocabulary = problems_of(form) if problems is None else problems, vocabulary_of(form.campaign_id)
    dates = latest_dates(problems, vocabulary, on)
    with translation.override(LANGUAGE):
        content = _content(form, problems, vocabulary, dates)
        return {**content, "receipt_due": full_day(receipt_due_on(vocabulary, on))}


def content_of(
    form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature, correction: Correction
) -> dict[str, Any]:
    """Everything the reader of the sheet sees, as plain texts; dates once more as dates, for whoever calculates."""
    dates = {problem.pk: problem.due_on for problem in problems if problem.due_on is not None}
    assert form.receipt_due_on is not None
    return {
        **_content(form, problems, vocabulary_of(form.campaign_id), dates, correction.received_on),
        "correction": correction.note,
        "issued_on": form.issued_on,
        "receipt_due_on": form.receipt_due_on,
        "receipt_due": full_day(form.receipt_due_on),
        "signature": _signature(signature),
    }


def _content(
    form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary, dates: dict[int, date],
    received_on: date | None = None,
) -> dict[str, Any]:  # fmt: skip
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
        "problems": [_problem(each, vocabulary, dates.get(each.pk), received_on) for each in problems],
        "attachments": [{"name": row.file.original_name, "sha256": row.file.sha256} for row in attachments_of(form)],
    }


def attachments_of(form: FeedbackForm) -> list[FormAttachment]:
    """What the sheet names as its attachments, in order; scans of signed sheets are none."""
    return list(form.attachments.select_related("file")) if form.attachment_count else []


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


def _problem(
    problem: FeedbackProblem, vocabulary: Vocabulary, due: date | None, received_on: date | None
) -> dict[str, Any]:
    focus = problem.category.focus
    return {
        "order": problem.order,
        "ordinal": ordinal(problem.order),
        "category": f"{focus.name}·{problem.category.name}" if focus else problem.category.name,
        "severity": problem.severity.name,
        "nature": str(problem.get_nature_display()),
        "title": problem.title,
        "fact": problem.fact,
        "basis": problem.basis,
        "requirement": problem.requirement,
        "due_on": due,
        "deadline": deadline_text(problem, vocabulary, due, received_on),
        "long_term": problem.long_term,
        "mend": problem.mend if problem.mended_on_spot else "",
    }


def ordinal(number: int) -> str:
    """一, 十二, 三十: how papers count; beyond ninety-nine in figures."""
    tens, ones = divmod(number, TEN)
    if number <= 0 or tens >= TEN:
        return str(number)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return ten + (DIGITS[ones] if ones else "")


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "name": str(signature),
        "post": signature.signer_post,
        "on": signature.signed_on,
        "day": full_day(signature.signed_on),
        "form": str(signature.get_form_display()),
    }


def papers_of(form: FeedbackForm) -> QuerySet[Paper]:
    """Every frozen version, the oldest first."""
    return Paper.objects.filter(subject_kind=form.kind, subject_id=form.pk, kind=KIND).order_by("version")


def paper_of(form: FeedbackForm, version: int | None = None) -> Paper | None:
    """The frozen sheet of that version (default: the newest)."""
    found = papers_of(form)
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


SIGNING_COPY = "signing"  # the sheet as it is printed for a signature by hand


def reading_of(
    form: FeedbackForm, on: date, version: int | None = None, copy: str = "",
    problems: list[FeedbackProblem] | None = None,
) -> dict[str, Any] | None:  # fmt: skip
    """What `templates/feedback/_sheet.html` needs to show the form on paper; None: there is no such version.

    What is issued is read from its frozen content alone; what is not issued yet is a preview, marked as such.
    """
    frozen = paper_of(form, version)
    if frozen is None and (version is not None or form.number):
        return None
    if frozen is None:
        by_hand = copy == SIGNING_COPY and form.status == FormStatus.PENDING_SIGNOFF
        mark = "" if by_hand else _mark_of(form)
        preview = {
            "sheet": preview_of(form, on, problems),
            "slip": None,
            "is_preview": True,
            "mark": mark,
            "by_hand": by_hand,
        }
        return {**preview, "standing": "", "paper": None}
    slip, standing = slip_of(form, frozen.version), standing_of(form, frozen.version)
    mark = _mark_of(form, frozen.version)
    return {"sheet": frozen.data, "slip": slip, "is_preview": False, "mark": mark, "standing": standing,
            "by_hand": False, "paper": frozen}  # fmt: skip


def _mark_of(form: FeedbackForm, version: int = 0) -> str:
    """The word across the sheet; empty for the sheet that holds."""
    with translation.override(LANGUAGE):
        if form.status in (FormStatus.WITHDRAWN, FormStatus.VOIDED):
            return str(form.get_status_display())
        if not form.number:
            return _("草稿") if form.status == FormStatus.DRAFT else _("未签发")
        return _("已更正") if version < form.version else ""


def standing_of(form: FeedbackForm, version: int) -> str:
    """What the reader of an old or cancelled sheet must know; empty for the sheet that holds."""
    if form.status in (FormStatus.WITHDRAWN, FormStatus.VOIDED):
        return _("本反馈单%(state)s，不再执行。") % {"state": form.get_status_display()}
    if version < form.version:
        return _("这是第%(old)d版，已更正为第%(new)d版。") % {"old": version, "new": form.version}
    return ""

"""The feedback form as a paper: every text as shown, frozen as canonical JSON when it is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core import papers
from supervision.core.models.paper import Paper
from supervision.models.signing import Signature

KIND = "feedback_form"
TEMPLATE_VERSION = 1


def content_of(form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature | None) -> dict[str, Any]:
    """Everything the reader of the sheet sees, as plain texts and dates."""
    return {
        "number": form.number,
        "version": form.version,
        "title": form.title,
        "campaign": form.campaign.name,
        "body": form.body.name,
        "team": form.team.name,
        "unit": form.unit.name,
        "phase": form.phase.name,
        "source": str(form.get_source_display()),
        "need_to_know": str(form.get_need_to_know_display()),
        "inspection": _inspection(form),
        "requirement": form.requirement,
        "issued_on": form.issued_on,
        "receipt_due_on": form.receipt_due_on,
        "problems": [_problem(problem) for problem in problems],
        "signature": _signature(signature),
    }


def _inspection(form: FeedbackForm) -> dict[str, Any] | None:
    if form.inspection is None:
        return None
    methods = form.inspection.methods.select_related("method")
    return {"on": form.inspection.on, "methods": [row.method.name for row in methods]}


def _problem(problem: FeedbackProblem) -> dict[str, Any]:
    return {
        "order": problem.order,
        "category": problem.category.name,
        "severity": problem.severity.name,
        "nature": str(problem.get_nature_display()),
        "title": problem.title,
        "fact": problem.fact,
        "basis": problem.basis,
        "requirement": problem.requirement,
        "due_on": problem.due_on,
        "long_term": problem.long_term,
        "mended_on_spot": problem.mended_on_spot,
        "mend": problem.mend,
    }


def _signature(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    return {
        "name": str(signature),
        "post": signature.signer_post,
        "on": signature.signed_on,
        "form": str(signature.get_form_display()),
    }


def freeze(form: FeedbackForm, problems: list[FeedbackProblem], signature: Signature, at: datetime) -> Paper:
    return papers.freeze(
        subject=form,
        kind=KIND,
        version=form.version,
        content=content_of(form, problems, signature),
        template_version=TEMPLATE_VERSION,
        at=at,
    )


def paper_of(form: FeedbackForm, version: int | None = None) -> Paper | None:
    """The frozen sheet of that version (default: the newest)."""
    found = Paper.objects.filter(subject_kind=form.kind, subject_id=form.pk, kind=KIND)
    return found.filter(version=version).first() if version else found.order_by("version").last()

"""The frozen paper of a report: everything that was shown when it was signed, and nothing read later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from rectification import ledger
from rectification.models.item import RectificationItem
from rectification.models.report import Report, ReportItem
from supervision.core import papers
from supervision.core.models.paper import Paper
from supervision.models.signing import Signature
from supervision.vocabulary import vocabulary_of

PAPER_KIND = "report"
TEMPLATE_VERSION = "1"
LANGUAGE = "zh-hans"  # a paper speaks the office's language, whoever signs it


def freeze(report: Report, signature: Signature, at: datetime) -> Paper:
    """Keep the report's current version for ever. Its answers and their items are read (and locked) already."""
    with translation.override(LANGUAGE):
        return papers.freeze(
            subject=report,
            kind=PAPER_KIND,
            version=report.version,
            content=content_of(report, signature, report.campaign.day_of(at)),
            template_version=TEMPLATE_VERSION,
            at=at,
        )


def version_of(report: Report, version: int) -> Paper | None:
    """One frozen version; None when the report was not signed so often."""
    found = Paper.objects.filter(subject_kind=report.kind, subject_id=report.pk, kind=PAPER_KIND, version=version)
    return found.first()


def content_of(report: Report, signature: Signature, on: date) -> dict[str, Any]:
    """The paper's parts in the field's order: overall, item by item, rules made, next steps; annex: the ledger."""
    return {
        **draft_content(report),
        "annex": _annex(report, [answer.item for answer in report.parts], on),
        "signature": _signature(signature),
        "filed_at": report.filed_at,
        "counted_on": report.counted_on,
        "one_person": report.is_one_persons,
    }


def draft_content(report: Report) -> dict[str, Any]:
    """What the paper would say if it were signed now, without signature and annex."""
    return {
        "title": report.title,
        "campaign": report.campaign.name,
        "unit": report.unit.name,
        "team": report.team.name,
        "form": {"number": report.form.number, "title": report.form.title},
        "version": report.version,
        "overall": report.overall,
        "items": [_answer(answer) for answer in report.parts],
        "rules_made": report.rules_made,
        "next_steps": report.next_steps,
    }


def _answer(answer: ReportItem) -> dict[str, Any]:
    item = answer.item
    return {
        "number": item.number,
        "problem": item.title,
        "fact": item.problem.fact,
        "due_on": item.due_on,
        "measures": [
            {
                "order": each.order,
                "text": each.text,
                "person": each.responsible_person,
                "due_on": each.due_on,
                "state": each.get_state_display(),
                "result": each.result or each.not_needed_reason,
            }
            for each in item.measures.all()
        ],
        "progress": answer.get_progress_display(),
        "text": answer.text,
        "evidence": [_file(each) for each in item.evidence.all()],
    }


def _file(evidence: Any) -> dict[str, Any]:
    return {
        "description": evidence.description,
        "file": evidence.file.original_name,
        "effective_on": evidence.effective_on,
        "sha256": evidence.file.sha256,
    }


def _annex(report: Report, items: list[RectificationItem], on: date) -> dict[str, Any]:
    vocabulary = vocabulary_of(report.campaign_id)
    prefetch_related_objects(items, "notes")
    rows = [ledger.row_of(item, order, on, vocabulary) for order, item in enumerate(items, 1)]
    return {
        "columns": [str(column.heading) for column in ledger.COLUMNS],
        "rows": [[column.text(row) for column in ledger.COLUMNS] for row in rows],
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "form": str(signature.get_form_display()),
        "name": signature.signer_name,
        "post": signature.signer_post,
        "on_behalf_of": signature.on_behalf_of,
        "shown": str(signature),
        "signed_on": signature.signed_on,
        "entered_by": signature.entered_by.name if signature.scan_id else "",
    }


def changes_since(report: Report, paper: Paper) -> list[str]:
    """What the next signature changes against the last frozen version, in the reader's words."""
    was = paper.data
    found = [
        str(label)
        for key, label in (
            ("overall", _("总体情况")),
            ("rules_made", _("建章立制情况")),
            ("next_steps", _("存在问题和下一步打算")),
        )
        if was[key] != getattr(report, key)
    ]
    before = {each["number"]: each for each in was["items"]}
    for answer in report.parts:
        old = before.get(answer.item.number)
        if old is None or _differs(old, answer):
            found.append(answer.item.number)
    return found


def _differs(old: dict[str, Any], answer: ReportItem) -> bool:
    files = {each["sha256"] for each in old["evidence"]}
    return old["text"] != answer.text or files != {each.file.sha256 for each in answer.item.evidence.all()}

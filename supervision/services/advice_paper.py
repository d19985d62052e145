"""Advice as a paper: what its signer saw, frozen as canonical JSON when it is issued."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from supervision.core import papers
from supervision.core.models.file import StoredFile
from supervision.core.models.paper import Paper
from supervision.models.advice import Advice

KIND = "advice"
TEMPLATE_VERSION = "1"
LANGUAGE = "zh-hans"  # a paper speaks the office's language, whoever signs it


def freeze(advice: Advice, *, at: datetime) -> Paper:
    """Inside the move that issues it."""
    with translation.override(LANGUAGE):
        content = content_of(advice)
    return papers.freeze(
        subject=advice, kind=KIND, version=1, content=content, template_version=TEMPLATE_VERSION, at=at
    )


def content_of(advice: Advice) -> dict[str, Any]:
    """Every text as shown."""
    assert advice.signer is not None
    files = StoredFile.objects.filter(subject_kind=advice.kind, subject_id=advice.pk)
    return {
        "head": advice.body.name,
        "number": advice.number,
        "title": advice.title,
        "unit": advice.unit.name,
        "campaign": advice.campaign.name,
        "content": advice.content,
        "due_on": advice.due_on,
        "due": _full(advice.due_on),
        "attachments": list(files.values_list("original_name", flat=True)),
        "team": advice.team.name,
        "signer": advice.signer.name,
        "signer_post": advice.signer.post,
        "issued_on": advice.issued_on,
        "issued": _full(advice.issued_on),
    }


def _full(day: date | None) -> str:
    assert day is not None
    return _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}


def read(advice: Advice) -> dict[str, Any] | None:
    """The frozen content; None while nothing was issued."""
    paper = Paper.objects.filter(subject_kind=advice.kind, subject_id=advice.pk, kind=KIND).first()
    return json.loads(paper.content) if paper else None

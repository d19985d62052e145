"""The files of several rows as lines of a page, in one query."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse

from supervision.core.models.file import StoredFile
from supervision.core.parts import FileLine


def lines_of(*subjects: Any) -> dict[tuple[str, int], list[FileLine]]:
    """By kind and id of the subject; a subject without files has an empty list."""
    found: dict[tuple[str, int], list[FileLine]] = defaultdict(list)
    if not subjects:
        return found
    named = reduce(or_, (Q(subject_kind=each.kind, subject_id=each.pk) for each in subjects))
    for row in StoredFile.objects.filter(named).order_by("pk"):
        found[row.subject_kind, row.subject_id].append(_line(row))
    return found


def files_of(subject: Any) -> list[FileLine]:
    """Of one subject alone."""
    return lines_of(subject)[subject.kind, subject.pk]


def _line(row: StoredFile) -> FileLine:
    return FileLine(row.original_name, reverse("supervision:file", args=[row.pk]), row.size, at=row.uploaded_at)

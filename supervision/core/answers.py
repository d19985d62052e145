"""Answers to a page that saves by itself (static/js/outbox.js): JSON instead of a page, by the same rules.

The page asks with `Accept: application/json`. It is told 200 with the fields that changed (a version), 400 with errors
by field, 409 or 403 with the refusal's sentences, 409 with both sides of a conflict, 401 when nobody is signed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from supervision.core.refusals import Changed, Refusal


def wants_json(request: HttpRequest) -> bool:
    """Was this asked by a page that saves by itself?"""
    return request.headers.get("Accept", "") == "application/json"


def saved(**fields: Any) -> JsonResponse:
    """Saved. `fields` are written into the page's hidden fields of these names: the next save goes on from here."""
    return JsonResponse({"saved": True, "at": timezone.now().isoformat(), "fields": fields})


def with_errors(given: Iterable[forms.BaseForm]) -> JsonResponse:
    """400: what is wrong, by the name that the field has on the page; `__all__` for what no field can mend."""
    errors: dict[str, list[str]] = {}
    for form in given:
        for name, found in form.errors.items():
            where = form.add_prefix(name) if name in form.fields else "__all__"
            errors.setdefault(where, []).extend(str(each) for each in found)
    return JsonResponse({"errors": errors}, status=400)


def refused(refusal: Refusal) -> JsonResponse:
    """The refusal's sentences; a conflict also says what stands there now, whose it is and since when."""
    sentences = ["：".join([str(each.sentence), *each.details]) for each in refusal.conditions]
    answer: dict[str, Any] = {"refused": sentences, "names": [each.name for each in refusal.conditions]}
    if isinstance(refusal, Changed):
        answer["conflict"] = {"values": refusal.values, "fields": {"version": refusal.version}, "by": refusal.by}
    return JsonResponse(answer, status=refusal.status)

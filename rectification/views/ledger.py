"""整改台账: the list of items with its filters in the URL, and the same rows as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View

from rectification import ledger
from rectification.enums import ItemStatus
from rectification.exports import csv_lines
from rectification.forms.ledger import LedgerForm
from rectification.lights import Shown, light_of
from rectification.models.item import RectificationItem
from rectification.services.ledger import note_export
from supervision.core.deadlines import Clock
from supervision.core.lists import keyset_page
from supervision.core.refusals import Sentence
from supervision.current import at_place, current_campaign
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary, vocabulary_of

CHUNK = 500  # rows of the export that are in memory at once


@dataclass(frozen=True)
class Question:
    """What the URL asks for, within the reader's scope."""

    form: LedgerForm
    rows: QuerySet[RectificationItem]
    sort: str
    vocabulary: Vocabulary
    on: date
    at: datetime


@dataclass(frozen=True)
class Line:
    """One row on the screen."""

    item: RectificationItem
    light: Shown
    whose: Sentence
    settled: bool


@dataclass(frozen=True)
class SortLink:
    label: Sentence
    url: str
    is_current: bool


def question_of(request: HttpRequest) -> Question | None:
    """Read the URL; None for accounts without a business role. One query (the reader's units)."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    user: Any = request.user
    at = timezone.now()
    on = campaign.day_of(at)
    vocabulary = vocabulary_of(campaign.pk)
    units = Unit.objects.visible_to(user).filter(campaign=campaign).select_related("body", "team")
    form = LedgerForm(request.GET, vocabulary=vocabulary, units=list(units))
    visible = at_place(request, RectificationItem.objects.visible_to(user).filter(campaign=campaign))
    rows = ledger.asked(visible, form.cleaned_data, on) if form.is_valid() else visible.none()
    sort = request.GET.get("sort", "")
    return Question(form, rows, sort if sort in ledger.SORTS else ledger.DEFAULT_SORT, vocabulary, on, at)


class LedgerView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = question_of(request)
        if asked is None:
            return render(request, "rectification/ledger.html", {"form": None})
        page = keyset_page(
            ledger.with_late_measure(asked.rows.select_related("unit", "phase"), asked.on),
            ledger.SORTS[asked.sort][1],
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        context = {
            "form": asked.form,
            "page": page,
            "lines": [_line(item, asked) for item in page.rows],
            "sorts": _sort_links(request, asked.sort),
            "csv_url": _csv_url(request),
            "on": asked.on,
            "at": asked.at,
            "calendar": asked.vocabulary.calendar,
        }
        return render(request, "rectification/ledger.html", context)


def _line(item: Any, asked: Question) -> Line:
    light = light_of(item, asked.on, asked.vocabulary, has_late_measure=item.has_late_measure)
    whose = Clock(item.clock).label if item.clock != Clock.NONE else ""
    return Line(item, light, whose, item.status in (ItemStatus.CLOSED, ItemStatus.CANCELLED))


def _without_cursor(request: HttpRequest) -> Any:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query


def _sort_links(request: HttpRequest, current: str) -> list[SortLink]:
    found = []
    for key, (label, _sort) in ledger.SORTS.items():
        query = _without_cursor(request)
        query["sort"] = key
        found.append(SortLink(label, f"?{query.urlencode()}", key == current))
    return found


def _csv_url(request: HttpRequest) -> str:
    query = _without_cursor(request).urlencode()
    return reverse("rectification:ledger-csv") + (f"?{query}" if query else "")


class LedgerCsvView(LoginRequiredMixin, View):
    """All rows of what the list shows, in its order, with the nineteen columns of the paper ledger."""

    def get(self, request: HttpRequest) -> Any:
        asked = question_of(request)
        if asked is None or not asked.form.is_valid():
            raise Http404
        user: Any = request.user
        filters = {
            name: str(value) for name, value in asked.form.cleaned_data.items() if value not in ("", None, False)
        }
        pk = asked.vocabulary.campaign.pk
        note_export(pk=pk, actor=user, at=asked.at, filters=filters, rows=asked.rows.count())
        heading = [str(column.heading) for column in ledger.COLUMNS]
        lines = csv_lines(heading, _cells(asked, translation.get_language() or "zh-hans"))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        name = _("整改台账_%(on)s.csv") % {"on": asked.on.isoformat()}
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


def _cells(asked: Question, language: str) -> Iterator[list[str]]:
    """Rows are read and written piece by piece, after the view has returned: the language is carried along."""
    _label, sort = ledger.SORTS[asked.sort]
    sign = "-" if sort.descending else ""
    rows = ledger.with_everything(asked.rows).order_by(f"{sign}{sort.column}", f"{sign}pk")
    for order, item in enumerate(rows.iterator(chunk_size=CHUNK), 1):
        with translation.override(language):
            row = ledger.row_of(item, order, asked.on, asked.vocabulary)
            yield [column.text(row) for column in ledger.COLUMNS]

"""The ledger to take along: CSV, workbook and paper with the rows, the order and the columns that the URL names.

Without named columns it is the paper ledger with its nineteen. Every one of them is an event before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View

from rectification import ledger, ledger_columns
from rectification.exports import Head, csv_lines, workbook
from rectification.ledger import Column
from rectification.services.ledger import note_export
from rectification.views.ledger import Question, asked_columns, question_of
from supervision.core.lists import said

CHUNK = 500  # rows of an export that are in memory at once
ON_PAPER = 1_000  # rows that may be printed at once
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"order": 6, "light": 20, "item": 36, "title": 30, "fact": 44, "goal": 30, "measures": 48, "progress": 40}


class _LedgerFile(LoginRequiredMixin, View):
    """What the three have in common: the question, the columns and the entry in the log."""

    form: str  # what it is called in the log

    def get(self, request: HttpRequest) -> Any:
        asked = question_of(request)
        if asked is None or not asked.form.is_valid():
            raise Http404
        keys = asked_columns(request)
        columns = ledger_columns.numbered(ledger_columns.chosen(keys)) if keys else ledger.COLUMNS
        rows = asked.rows.count()
        user: Any = request.user
        note_export(
            pk=asked.vocabulary.campaign.pk,
            actor=user,
            at=asked.at,
            filters=_told(asked),
            rows=rows,
            form=self.form,
            columns=len(columns),
        )
        return self.answer(request, asked, columns)

    def answer(self, request: HttpRequest, asked: Question, columns: tuple[Column, ...]) -> Any:
        raise NotImplementedError


class LedgerCsvView(_LedgerFile):
    form = "csv"

    def answer(self, request: HttpRequest, asked: Question, columns: tuple[Column, ...]) -> StreamingHttpResponse:
        heading = [str(column.heading) for column in columns]
        lines = csv_lines(heading, _cells(asked, columns, translation.get_language() or "zh-hans"))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, _file_name(asked, "csv"))
        return response


class LedgerWorkbookView(_LedgerFile):
    form = "xlsx"

    def answer(self, request: HttpRequest, asked: Question, columns: tuple[Column, ...]) -> FileResponse:
        heading = [Head(str(each.heading), WIDTHS.get(each.key, 16), each.key == "light") for each in columns]
        rows = _cells(asked, columns, translation.get_language() or "zh-hans")
        held = workbook(heading, rows, _("整改台账"))
        return FileResponse(held, as_attachment=True, filename=_file_name(asked, "xlsx"), content_type=XLSX)


class LedgerPrintView(_LedgerFile):
    """The ledger as a paper: A3 or A4 landscape, the head on every sheet."""

    form = "print"

    def answer(self, request: HttpRequest, asked: Question, columns: tuple[Column, ...]) -> HttpResponse:
        rows = list(_cells(asked, columns, translation.get_language() or "zh-hans", most=ON_PAPER))
        total = asked.rows.count()
        is_small = request.GET.get("paper") == "A4"
        query = said(request, "paper", "view", "tick")
        context = {
            "campaign": asked.vocabulary.campaign,
            "columns": columns,
            "rows": rows,
            "total": total,
            "is_cut": total > len(rows),
            "is_small": is_small,
            "other_query": "&".join(filter(None, (query, "paper=A3" if is_small else "paper=A4"))),
            "list_query": said(request, "paper", "tick"),
            "at": asked.at,
            "on": asked.on,
            "calendar": asked.vocabulary.calendar,
        }
        return render(request, "rectification/ledger_print.html", context)


def _told(asked: Question) -> dict[str, str]:
    return {name: str(value) for name, value in asked.form.cleaned_data.items() if value not in ("", None, False)}


def _file_name(asked: Question, ending: str) -> str:
    return _("整改台账_%(on)s.%(ending)s") % {"on": asked.on.isoformat(), "ending": ending}


def _read(asked: Question, columns: tuple[Column, ...]) -> QuerySet[Any]:
    """Everything the columns show and what the light needs, in the list's own order."""
    sort = asked.sorting.sort
    sign = "-" if sort.descending else ""
    rows = ledger.with_late_measure(ledger_columns.reading(asked.rows, columns), asked.on)
    return rows.order_by(f"{sign}{sort.column}", f"{sign}pk")


def _cells(asked: Question, columns: tuple[Column, ...], language: str, most: int | None = None) -> Iterator[list[str]]:
    """Rows are read and written piece by piece, after the view has returned: the language is carried along."""
    rows = _read(asked, columns)[:most] if most else _read(asked, columns)
    for order, item in enumerate(rows.iterator(chunk_size=CHUNK), 1):
        with translation.override(language):
            row = ledger.late_row_of(item, order, asked.on, asked.vocabulary)
            yield [column.text(row) for column in columns]

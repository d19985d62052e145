"""整改台账: the list of items. What is asked, its order and its columns stand in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from rectification import ledger, ledger_columns
from rectification.enums import SETTLED
from rectification.forms.ledger import LedgerForm
from rectification.ledger import Column, Row
from rectification.models.item import RectificationItem
from rectification.transitions import LIVE, SUPERVISORS
from supervision.core.deadlines import Clock
from supervision.core.lists import Sorting, list_page, said
from supervision.core.refusals import Sentence
from supervision.current import at_place, current_campaign
from supervision.models.organisation import Unit
from supervision.services import saved_views
from supervision.views.saved_views import bar_of, way_to_start
from supervision.vocabulary import Vocabulary, vocabulary_of

LIST = "ledger"  # its name among the lists whose views can be kept


@dataclass(frozen=True)
class Question:
    """What the URL asks for, within the reader's scope."""

    form: LedgerForm
    rows: QuerySet[RectificationItem]
    sorting: Sorting
    vocabulary: Vocabulary
    on: date
    at: datetime


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    """One row on the screen."""

    row: Row
    cells: list[Cell]
    whose: Sentence
    settled: bool
    can_tick: bool


@dataclass(frozen=True)
class Choice:
    """A column that may be chosen."""

    key: str
    heading: Sentence
    is_chosen: bool


def question_of(request: HttpRequest) -> Question | None:
    """Read the URL; None for accounts without a business role. One query (the reader's units)."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    user: Any = request.user
    at = timezone.now()
    on = campaign.day_of(at)
    vocabulary = vocabulary_of(campaign.pk)
    units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("body", "team"))
    form = LedgerForm(request.GET, vocabulary=vocabulary, units=units)
    visible = at_place(request, RectificationItem.objects.visible_to(user).filter(campaign=campaign))
    rows = ledger.asked(visible, form.cleaned_data, on, units) if form.is_valid() else visible.none()
    sorting = Sorting.asked(request, ledger.SORT_COLUMNS, ledger.DEFAULT_SORT)
    return Question(form, rows, sorting, vocabulary, on, at)


def asked_columns(request: HttpRequest) -> list[str]:
    """The columns that the URL names; none named: an empty list."""
    return [key for each in request.GET.getlist("columns") for key in each.split(",") if key]


class LedgerView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if where := way_to_start(request, LIST):
            return redirect(where)
        asked = question_of(request)
        if asked is None:
            return render(request, "rectification/ledger.html", {"form": None})
        columns = ledger_columns.chosen(asked_columns(request) or saved_views.columns_of(user, LIST))
        rows = ledger.with_late_measure(ledger_columns.reading(asked.rows, columns), asked.on)
        page = list_page(request, rows, asked.sorting.sort)
        presses = _may_press(user)
        context = {
            "form": asked.form,
            "page": page,
            "lines": [_line(item, asked, columns, presses=presses) for item in page.rows],
            "columns": [(column, ledger_columns.SORT_OF.get(column.key, "")) for column in columns],
            "choices": [Choice(each.key, each.heading, each in columns) for each in ledger_columns.CHOICES],
            "is_broad": len(columns) > len(ledger_columns.DEFAULT) + 1,
            "sorting": asked.sorting,
            "views": bar_of(request, asked.vocabulary, LIST),
            "presses": presses and any(item.status in LIVE for item in page.rows),
            "ticks_all": bool(request.GET.get("tick")),
            "back_query": said(request, "tick"),
            "paper_query": said(request, "columns", "view", "tick"),
            "shown_query": _shown_query(request, columns),
            "usual_query": None if asked.sorting.key == ledger.DEFAULT_SORT else said(request, "sort") or "view=all",
            "on": asked.on,
            "at": asked.at,
            "calendar": asked.vocabulary.calendar,
        }
        return render(request, "rectification/ledger.html", context)


def _shown_query(request: HttpRequest, columns: tuple[Column, ...]) -> str:
    """The list as it is shown, for its exports: filters, order and columns."""
    named = "columns=" + ",".join(column.key for column in columns)
    return "&".join(filter(None, (said(request, "columns", "view", "tick"), named)))


def _may_press(user: Any) -> bool:
    return bool(user.scope.has(*SUPERVISORS.roles))


def _line(item: Any, asked: Question, columns: tuple[Column, ...], *, presses: bool) -> Line:
    row = ledger.late_row_of(item, 0, asked.on, asked.vocabulary)
    cells = [Cell(column, column.text(row)) for column in columns]
    whose = Clock(item.clock).label if item.clock != Clock.NONE else ""
    return Line(row, cells, whose, item.status in SETTLED, presses and item.status in LIVE)

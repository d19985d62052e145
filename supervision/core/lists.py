"""Keyset pages: any page of a list costs what its first page costs.

Sorts are declared, on non-null indexed columns with the id behind them. The bound `col >= x` stands beside the OR,
so that the database walks the index (1.5 ms instead of 360 ms at a million rows).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

from supervision.core.refusals import Sentence

PAGE_SIZE = 50
COUNT_LIMIT = 10_000
BEYOND_ANY_NUMBER = 2**63
LAST = "last"  # ?at=last: the last page without walking there


CURSORS = ("after", "before", "at", "page")  # a new filter starts on the first page


def said(request: HttpRequest, *dropped: str) -> str:
    """What the URL says of the list, without empty values, cursors and what is dropped."""
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        kept = [value for value in values if value]
        if kept and name not in dropped and name not in CURSORS:
            query.setlist(name, kept)
    return query.urlencode(safe=",")


@dataclass(frozen=True)
class Listed:
    """A list whose views can be kept: its name and its address."""

    label: Sentence
    url_name: str


LISTS: dict[str, Listed] = {}  # key → list; filled by the apps


@dataclass(frozen=True)
class Sort:
    """A declared order: one column and the id, both ascending or both descending."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Sorting:
    """The columns a list can be sorted by, and the order that holds now: a column, with "-" when descending."""

    columns: Collection[str]
    key: str

    @classmethod
    def asked(cls, request: HttpRequest, columns: Collection[str], default: str) -> Sorting:
        """What `?sort=` asks for; a column that was not declared asks for nothing."""
        key = request.GET.get("sort", "")
        return cls(columns, key if key.removeprefix("-") in columns else default)

    @property
    def sort(self) -> Sort:
        return Sort(self.key.removeprefix("-"), descending=self.key.startswith("-"))

    def direction(self, column: str) -> str:
        """How the list is sorted by this column, in the words of `aria-sort`; empty when it is not."""
        if self.sort.column != column:
            return ""
        return "descending" if self.sort.descending else "ascending"

    def turned(self, column: str) -> str:
        """What the head of this column asks for: its order, or the other direction where it holds already."""
        return f"-{column}" if self.key == column else column


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursors around it; `count` is exact up to COUNT_LIMIT, then None.

    A list that is not `counted` was not asked how long it is.
    """

    rows: list[Any]
    next: str
    previous: str
    count: int | None
    has_last: bool = False  # the list can be asked for its last page
    counted: bool = True


def _encode(row: Model, column: str) -> str:
    value = getattr(row, column)
    text = json.dumps([value.isoformat() if hasattr(value, "isoformat") else value, row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, queryset: QuerySet[Any], column: str) -> tuple[Any, int]:
    """The value and the id in a cursor. Raises SuspiciousOperation for whatever no row can hold."""
    try:
        read, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value, pk = queryset.model._meta.get_field(column).to_python(read), int(pk)
        sound = 0 < pk < BEYOND_ANY_NUMBER and _can_be_held(value)
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error, ValidationError) as error:
        raise SuspiciousOperation("A page cursor is damaged.") from error
    if not sound:
        raise SuspiciousOperation("A page cursor is damaged.")
    return value, pk


def _can_be_held(value: Any) -> bool:
    """Whether a database can compare with it; what cannot even be written raises ValueError or OverflowError."""
    if isinstance(value, str):
        value.encode()
        return "\0" not in value
    if isinstance(value, datetime):
        value.astimezone(UTC)
    return value is not None and (not isinstance(value, int) or abs(value) < BEYOND_ANY_NUMBER)


def _beyond(cursor: tuple[Any, int], column: str, *, descending: bool) -> Q:
    value, pk = cursor
    than = "lt" if descending else "gt"
    bound = Q(**{f"{column}__{than}e": value})
    return bound & (Q(**{f"{column}__{than}": value}) | Q(**{f"pk__{than}": pk}))


def list_page(request: HttpRequest, queryset: QuerySet[Any], sort: Sort) -> Page:
    """The page that the URL asks for: `after` or `before` a cursor, `at=last`, else the first."""
    if request.GET.get("at") == LAST:
        return last_page(queryset, sort)
    page = keyset_page(queryset, sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return replace(page, has_last=True)


def last_page(queryset: QuerySet[Any], sort: Sort, *, size: int = PAGE_SIZE) -> Page:
    """The last rows, read from the end: as many as walking there would leave, if the count is known."""
    counted = counted_rows(queryset)
    sign = "" if sort.descending else "-"
    left = (counted % size or size) if counted else size
    rows = list(queryset.order_by(f"{sign}{sort.column}", f"{sign}pk")[: left + 1])
    has_previous, rows = len(rows) > left, rows[:left]
    rows.reverse()
    return Page(rows, "", _encode(rows[0], sort.column) if has_previous else "", counted, has_last=True)


def counted_rows(queryset: QuerySet[Any]) -> int | None:
    """How many rows there are, exactly up to COUNT_LIMIT, else None."""
    counted = queryset.order_by()[: COUNT_LIMIT + 1].count()
    return counted if counted <= COUNT_LIMIT else None


def keyset_page(
    queryset: QuerySet[Any],
    sort: Sort,
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    counts: bool = True,
) -> Page:
    """One page after or before a cursor. A damaged cursor raises SuspiciousOperation (400)."""
    backwards = bool(before)
    descending = sort.descending != backwards
    sign = "-" if descending else ""
    rows_asked = queryset.order_by(f"{sign}{sort.column}", f"{sign}pk")
    if cursor := (before or after):
        rows_asked = rows_asked.filter(
            _beyond(_decode(cursor, queryset, sort.column), sort.column, descending=descending)
        )
    rows = list(rows_asked[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(after))
    return Page(
        rows=rows,
        next=_encode(rows[-1], sort.column) if rows and has_next else "",
        previous=_encode(rows[0], sort.column) if rows and has_previous else "",
        count=counted_rows(queryset) if counts else None,
        counted=counts,
    )

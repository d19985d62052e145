"""The search of the top bar: each app registers what it can find, the page asks the registry.

All kinds are asked together, in one query for the first rows and one for the counts, however many kinds there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Model, QuerySet, TextField, Value
from django.urls import reverse

from supervision.core.lists import COUNT_LIMIT
from supervision.core.refusals import Sentence
from supervision.core.words import Piece, excerpt, marked

FEW = 3  # rows of each kind on the page of everything
TOLD = ("number", "title", "unit", "text")  # what a row says of itself


@dataclass(frozen=True)
class Asked:
    """What is looked for, by whom, among which units (all that the reader sees at the place they look at)."""

    user: Any
    within: Callable[[type[Model]], QuerySet[Any]]  # the rows of a model that they see there
    words: tuple[str, ...]
    units: Sequence[Any]

    @cached_property
    def unit_names(self) -> dict[int, str]:
        return {unit.pk: unit.name for unit in self.units}


@dataclass(frozen=True)
class Finder:
    """One kind of row. `rows` answers within the reader's scope and place; `told` names its columns for TOLD.

    `list_url_name` is the list that shows the same rows for `?q=`; a kind without one has a page of the search.
    """

    key: str
    label: Sentence
    order: int
    rows: Callable[[Asked], QuerySet[Any]]
    url_name: str
    told: dict[str, Any] = field(default_factory=dict)
    leads_to: str = "pk"  # the column whose id the address takes
    list_url_name: str = ""


@dataclass(frozen=True)
class Hit:
    """One row that was found; `number`, `title` and `text` in pieces."""

    url: str
    unit: str
    number: list[Piece]
    title: list[Piece]
    text: list[Piece]


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `count` is None beyond COUNT_LIMIT."""

    finder: Finder
    count: int | None
    hits: list[Hit]


_FINDERS: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Called from an app's `ready()`; the same key again replaces it."""
    _FINDERS[finder.key] = finder


def finders() -> list[Finder]:
    return sorted(_FINDERS.values(), key=lambda finder: finder.order)


def finder_of(key: str) -> Finder | None:
    return _FINDERS.get(key)


def everything(asked: Asked) -> list[Group]:
    """Every kind of which something was found, with its count and its newest rows.

    Two queries: what goes between them is counted and no longer shown.
    """
    found = {finder.key: finder.rows(asked) for finder in finders()}
    counts = dict(_together([_count(key, rows) for key, rows in found.items()]))
    first = _together([_first(finder, found[finder.key]) for finder in finders()]) if counts else ()
    hits: dict[str, list[Hit]] = {}
    for key, _pk, *told in sorted(first, key=lambda row: -row[1]):
        hits.setdefault(key, []).append(_hit(_FINDERS[key], asked, *told))
    return [
        Group(finder, counts[finder.key] if counts[finder.key] <= COUNT_LIMIT else None, hits.get(finder.key, []))
        for finder in finders()
        if counts.get(finder.key)
    ]


def telling(finder: Finder, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what they say of themselves, for a page of one kind: no query beyond their own."""
    said = {f"told_{name}": told for name, told in zip(TOLD, _told(finder), strict=True)}
    return rows.annotate(told_leads_to=F(finder.leads_to), **said)


def hits_of(finder: Finder, asked: Asked, rows: Sequence[Any]) -> list[Hit]:
    """The rows of `telling` as the page shows them."""
    return [
        _hit(finder, asked, row.told_leads_to, *(getattr(row, f"told_{name}") for name in TOLD)) for row in rows
    ]  # fmt: skip


def _together(arms: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return arms[0].union(*arms[1:], all=True)


def _count(key: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """(key, how many), counted a little beyond the limit; no row when there is none."""
    some = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[: COUNT_LIMIT + 1])
    return some.order_by().values_list(_text(key)).annotate(n=Count("pk"))


def _first(finder: Finder, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    some = rows.model._default_manager.filter(pk__in=rows.order_by("-pk").values("pk")[:FEW])
    return _line(finder, some)


def _line(finder: Finder, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """(key, id, id of the address, number, title, id of the unit, text)."""
    return rows.order_by().values_list(_text(finder.key), "pk", F(finder.leads_to), *_told(finder))


def _told(finder: Finder) -> list[Any]:
    """In the order of TOLD."""
    told = [finder.told.get(name) or _absent(name) for name in TOLD]
    return [F(each) if isinstance(each, str) else each for each in told]


def _text(text: str) -> Value:
    return Value(text, output_field=CharField())


def _absent(name: str) -> Value:
    return Value(0, output_field=IntegerField()) if name == "unit" else Value("", output_field=TextField())


def _hit(finder: Finder, asked: Asked, leads_to: int, number: str, title: str, unit: int, text: str) -> Hit:
    words = asked.words
    return Hit(
        url=reverse(finder.url_name, args=[leads_to]),
        unit=asked.unit_names.get(unit, ""),
        number=marked(number, words),
        title=marked(title, words),
        text=excerpt(text, words),
    )

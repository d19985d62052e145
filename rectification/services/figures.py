"""The figures of 驾驶舱, from the same conditions as the filters of the ledger (rectification/ledger.py).

Two queries however many rows: one per body, whose sum is the total, and one per phase.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from rectification import ledger
from rectification.models.item import RectificationItem
from supervision.core.deadlines import Clock


@dataclass(frozen=True)
class Figures:
    """Counts of one group of items. Rates are pairs (part, whole): a rate of nothing is no rate.

    counted: all but cancelled. completed 整改完成: verified or closed. accepted: submitted and then verified.
    on_time: accepted, handed in by the *original* date (days that others took never count).
    """

    counted: int = 0
    open: int = 0
    overdue: int = 0
    overdue_unit: int = 0
    overdue_team: int = 0
    overdue_office: int = 0
    completed: int = 0
    closed: int = 0
    accepted: int = 0
    on_time: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Figures)))


@dataclass(frozen=True)
class Line:
    """The figures of one body or one phase."""

    pk: int
    name: str
    figures: Figures


@dataclass(frozen=True)
class Board:
    on: date
    total: Figures
    bodies: tuple[Line, ...]
    phases: tuple[Line, ...]


def board_of(items: QuerySet[RectificationItem], on: date) -> Board:
    """The figures of the rows given (already within the reader's scope) on that day."""
    bodies = _lines(items, "body", "body__short_name", "body__order", on)
    phases = _lines(items, "phase", "phase__name", "phase__order", on)
    return Board(on, _sum(line.figures for line in bodies), bodies, phases)


def _sum(parts: Iterable[Figures]) -> Figures:
    return sum(parts, Figures())


def _lines(items: QuerySet[RectificationItem], key: str, name: str, order: str, on: date) -> tuple[Line, ...]:
    rows = items.order_by(order, key).values_list(key, name, order).annotate(**_counts(on))
    names = [each.name for each in fields(Figures)]
    return tuple(
        Line(row[0], row[1], Figures(**dict(zip(names, row[3:], strict=True))))  # key, name, order, then the counts
        for row in rows
    )


def _counts(on: date) -> dict[str, Any]:
    """One conditional count for each figure, in the order of the fields."""
    asked: dict[str, Q] = {
        "counted": ledger.COUNTED,
        "open": ledger.OPEN,
        "overdue": ledger.overdue(on),
        "overdue_unit": ledger.overdue(on, Clock.UNIT),
        "overdue_team": ledger.overdue(on, Clock.TEAM),
        "overdue_office": ledger.overdue(on, Clock.OFFICE),
        "completed": ledger.COMPLETED,
        "closed": ledger.CLOSED,
        "accepted": ledger.ACCEPTED,
        "on_time": ledger.ON_TIME,
    }
    return {f"n_{each.name}": Count("pk", filter=asked[each.name]) for each in fields(Figures)}

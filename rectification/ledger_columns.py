"""The columns a reader may choose for the ledger's list: those of the paper ledger and the working ones.

What is chosen decides what is read: a column names the relations it needs, so that the usual list costs no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from rectification.ledger import COLUMNS, Column, Row
from rectification.models.evidence import Evidence
from supervision.core.deadlines import Clock

ITEM = "item"  # what the row is about: always there
DEFAULT = ("light", ITEM, "unit", "phase", "status", "clock", "due")
SORT_OF = {
    ITEM: "number",
    "clock": "clock_due_on",
    "due": "due_on",
    "original_due": "original_due_on",
    "opened": "opened_on",
}
_JOINED = {
    "unit": ("unit",),
    "phase": ("phase",),
    "category": ("category",),
    "form": ("form",),
    "fact": ("problem",),
    "team": ("team",),
    "body": ("body",),
    "closed": ("closure", "closure__decided_by"),
}
_FETCHED: dict[str, Any] = {
    "measures": "measures",
    "progress": "notes",
    "evidence": Prefetch("evidence", Evidence.objects.standing().select_related("file")),
}


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _clock(row: Row) -> str:
    """Whose time runs and until when."""
    item = row.item
    return f"{Clock(item.clock).label} {item.clock_due_on.isoformat()}" if item.clock != Clock.NONE else ""


WORKING: tuple[Column, ...] = (
    Column(ITEM, gettext_lazy("编号和反馈问题"), lambda row: row.item.label),
    Column("clock", gettext_lazy("当前计时方和时限"), _clock),
    Column("original_due", gettext_lazy("原定时限"), lambda row: _day(row.item.original_due_on)),
    Column("opened", gettext_lazy("下发日期"), lambda row: _day(row.item.opened_on)),
    Column("submitted", gettext_lazy("报送日期"), lambda row: _day(row.item.submitted_on)),
    Column("returns", gettext_lazy("退回次数"), lambda row: str(row.item.returns)),
    Column("pressed", gettext_lazy("最近催办"), lambda row: _day(row.item.pressed_on)),
    Column("team", gettext_lazy("督导组"), lambda row: row.item.team.name),
    Column("body", gettext_lazy("督导主体"), lambda row: row.item.body.name),
)
_KNOWN = {column.key: column for column in (*COLUMNS, *WORKING)}
_ORDER = (
    "light", ITEM, "unit", "phase", "category", "source", "form", "status", "clock", "due", "original_due", "opened",
    "submitted", "returns", "pressed", "team", "body", "fact", "goal", "measures", "leader", "lead_unit", "person",
    "progress", "evidence", "closed",
)  # fmt: skip
CHOICES: tuple[Column, ...] = tuple(_KNOWN[key] for key in _ORDER)


def chosen(keys: Iterable[str]) -> tuple[Column, ...]:
    """The named columns in the list's own order, the item always among them; nothing known: the usual ones."""
    wanted = set(keys) & _KNOWN.keys()
    if not wanted - {ITEM}:
        wanted = set(DEFAULT)
    return tuple(column for column in CHOICES if column.key in wanted or column.key == ITEM)


def numbered(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns of an export: 序号 stands first."""
    return (_KNOWN["order"], *columns)


def reading(queryset: QuerySet[Any], columns: Iterable[Column]) -> QuerySet[Any]:
    """Read with the items whatever these columns show, in a fixed number of queries however many rows."""
    keys = [column.key for column in columns]
    joined = {name for key in keys for name in _JOINED.get(key, ())}
    fetched = [_FETCHED[key] for key in keys if key in _FETCHED]
    return queryset.select_related("unit", *sorted(joined)).prefetch_related(*fetched)

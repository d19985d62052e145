"""The counters behind the figures: kept in the transaction of each move, recounted and repaired by command.

Lock order: counters are the last thing a move touches, in the order of their keys, so that two moves wait for each
other at most once. A service that changes items calls `keep` once, after everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, Case, CharField, Count, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncWeek

from rectification.enums import SETTLED, Filed, ItemStatus, Lane, Question
from rectification.models.count import KEY, NEUTRAL, NO_DAY, RETURNED_TWICE, SHARED, ItemCount, Key, keys_of
from rectification.models.item import RectificationItem
from supervision.core.deadlines import Clock

ROWS_A_STATEMENT = 500
_TABLE = ItemCount._meta.db_table
_COLUMNS = ", ".join((*KEY, "n"))
_ADD = (
    f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES {{rows}} "  # noqa: S608  (names of our own columns)
    f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET n = {_TABLE}.n + excluded.n"
)
_ROW = f"({', '.join(['%s'] * (len(KEY) + 1))})"


def keep(items: Iterable[RectificationItem]) -> None:
    """Count items anew after their change: out of the rows they were read in, into those they belong to now.

    One query however many items; the last one of the caller's move. The items' rows are locked by the caller.
    """
    change: Counter[Key] = Counter()
    for item in items:
        was = item.counted_as
        if was is None:
            raise ValueError("An item that was read in part cannot be counted: lock and read it whole.")
        now = keys_of(item)
        change.subtract(was)
        change.update(now)
        item.counted_as = now
    add(change)


def add(change: Mapping[Key, int]) -> None:
    """Add to the counters, in the order of their keys. Neither database's ORM word (`update_conflicts`) can add."""
    rows = iter(sorted((key, n) for key, n in change.items() if n))
    while part := list(islice(rows, ROWS_A_STATEMENT)):
        values = [value for key, n in part for value in (*key, n)]
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(rows=", ".join([_ROW] * len(part))), values)


def recount(*, repair: bool = True) -> dict[Key, int]:
    """What the counters lack (positive) or have too much (negative) against the items; `repair` puts it right.

    Writers of items wait meanwhile, else a move in flight would look like a difference.
    """
    with transaction.atomic():
        _hold_writers()
        lacking = Counter(counted())
        lacking.subtract({tuple(key): n for *key, n in ItemCount.objects.values_list(*KEY, "n")})
        differences = {key: n for key, n in lacking.items() if n}
        if repair:
            add(differences)
            ItemCount.objects.filter(n=0).delete()
    return differences


def _hold_writers() -> None:
    """SQLite has one writer at a time; PostgreSQL lets no move change an item until we are through."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {RectificationItem._meta.db_table} IN SHARE MODE")


def counted() -> dict[Key, int]:
    """The counters as the items themselves say it: six queries, written apart from `keys_of` on purpose."""
    items = RectificationItem.objects.order_by()
    counting = items.counted()
    closed = counting.filter(status=ItemStatus.CLOSED)
    facts = {"late": F("late"), "status": F("status"), **_state_columns()}
    by_category = Case(When(status=ItemStatus.CLOSED, then=F("status")), default=Value(""), output_field=CharField())
    parts = (
        (Question.STATE, items, facts),
        (Question.CATEGORY, counting, {"category": F("category_id"), "status": by_category}),
        (Question.OPENED, counting, {"week": TruncWeek("opened_on")}),
        (Question.DUE, counting, {"week": TruncWeek("original_due_on")}),
        (
            Question.SUBMITTED,
            counting.filter(submitted_on__isnull=False),
            {"week": TruncWeek("submitted_on"), "filed": _filed_column()},
        ),
        (Question.CLOSED, closed.filter(closed_on__isnull=False), {"week": TruncWeek("closed_on")}),
    )
    found: dict[Key, int] = {}
    for question, rows, told in parts:
        found.update(_grouped(question, rows, told))
    return found


def _grouped(question: Question, rows: QuerySet[Any], told: dict[str, Any]) -> dict[Key, int]:
    names = {name: f"counted_{name}" for name in told}  # apart from the model's own fields
    columns = {names[name]: column for name, column in told.items()}
    grouped = rows.annotate(**columns).values(*SHARED, *columns).annotate(n_of=Count("pk"))
    return {
        (
            question.value,
            *(row[name] for name in SHARED),
            *(row[names[name]] if name in told else neutral for name, neutral in NEUTRAL.items()),
        ): row["n_of"]
        for row in grouped
    }


def _state_columns() -> dict[str, Any]:
    settled, day = Q(status__in=SETTLED), DateField()
    return {
        "lane": Case(
            When(is_immediate=True, then=Value(Lane.IMMEDIATE.value)),
            default=Value(Lane.FIXED.value),
            output_field=CharField(),
        ),
        "clock": Case(When(settled, then=Value(Clock.NONE.value)), default=F("clock"), output_field=CharField()),
        "returned_twice": Case(
            When(returns__gte=RETURNED_TWICE, then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
        "filed": _filed_column(),
        "due_on": Case(When(settled, then=Value(NO_DAY)), default=F("due_on"), output_field=day),
        "clock_due_on": Case(When(settled, then=Value(NO_DAY)), default=F("clock_due_on"), output_field=day),
    }


def _filed_column() -> Case:
    return Case(
        When(submitted_on__isnull=True, then=Value(Filed.NOT_YET.value)),
        When(submitted_on__lte=F("original_due_on"), then=Value(Filed.IN_TIME.value)),
        default=Value(Filed.AFTER.value),
        output_field=CharField(),
    )

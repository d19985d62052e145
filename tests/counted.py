"""After each test that made a move: do the counters say what a recount says?

Costs nothing where no counter changed. Tests that write items past the services (rows of a prepared world) are counted
anew on the spot, so that a difference at the end is the services' fault.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from rectification.models.item import RectificationItem, RectificationItemQuerySet
from rectification.services import counts

TESTS = str(Path(__file__).parent)
LIBRARY = ("/django/", __file__)


class Watch:
    """Whether a counter changed in the test that runs; `adds` is the services' own way to do it."""

    moved = False
    adds = staticmethod(counts.add)


def _is_written_by_a_test() -> bool:
    frame = sys._getframe(2)
    while frame.f_back is not None and any(part in frame.f_code.co_filename for part in LIBRARY):
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(TESTS)


def _noted(change: Any) -> None:
    Watch.moved = True
    Watch.adds(change)


def _quietly(count: Callable[..., Any], *args: Any) -> None:
    """What the test itself wrote is no move."""
    counts.add = Watch.adds
    try:
        count(*args)
    finally:
        counts.add = _noted


def watch() -> None:
    """Called once a session, before the first test."""
    create, update, save = (
        RectificationItemQuerySet.bulk_create, RectificationItemQuerySet.update, RectificationItem.save,
    )  # fmt: skip

    def created(self: Any, *args: Any, **kwargs: Any) -> Any:
        items = create(self, *args, **kwargs)
        if _is_written_by_a_test():
            _quietly(counts.keep, items)
        return items

    def updated(self: Any, **fields: Any) -> int:
        rows = update(self, **fields)
        if _is_written_by_a_test():
            _quietly(counts.recount)
        return rows

    def saved(self: Any, *args: Any, **kwargs: Any) -> None:
        save(self, *args, **kwargs)
        if _is_written_by_a_test():
            _quietly(counts.keep, [self])

    RectificationItemQuerySet.bulk_create, RectificationItemQuerySet.update = created, updated
    RectificationItem.save, counts.add = saved, _noted


def differences() -> dict[Any, int]:
    """What the counters of this test have wrong; empty where no move was made."""
    if not Watch.moved or connection.needs_rollback:
        return {}
    return counts.recount(repair=False)

"""Must show 2 of time and sight: after 1,000 random moves in parallel the counters say what a recount says.

Eight people at once, on items and reports that they share: most moves are lawful, some are not, and many meet somebody
else's. Nothing but a refusal may come of that; no deadlock, no lost count.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from rectification.enums import ItemStatus, ReportStatus
from rectification.models import RectificationItem, Report
from rectification.services import counts
from supervision.core.events import is_chain_intact
from supervision.core.models import Event
from supervision.core.refusals import Refusal
from supervision.core.transitions import TABLES
from tests.architecture.moves import perform, row_of
from tests.rectification import report_world
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

S = ItemStatus
MOVES, THREADS, SEED = 1_000, 8, 20261124
FORMS, PER_FORM = 30, 6
UNLAWFUL = 0.1  # of the attempts ask for any move of the table
BEGUN = (S.PENDING, S.ASSIGNED, S.IN_PROGRESS, S.IN_PROGRESS, S.IN_PROGRESS, S.IN_PROGRESS)
ENDING = {"cancel_with_form", "withdraw", "return_with_item"}  # by the system, or the end of all further moves


def items_of(world: World, number: int) -> list[RectificationItem]:
    """A form's items, planned and finished: from here on every move is a matter of who and when."""
    form = report_world.new_form(world, ("u1", "u2", "u3")[number % 3])
    due_on = world.today + timedelta(number % 15 - 5)
    plan = {"root_cause": "责任不清", "responsible_leader": "李某", "goal": "责任到人"}
    made = [
        item
        for status in BEGUN
        for item in report_world.new_items(world, form, 1, status=status, due_on=due_on, **plan)
    ]
    return report_world.make_ready(world, made)


class Crowd:
    """Threads that go on until so many moves were made."""

    def __init__(self, world: World, items: list[int]) -> None:
        self.world, self.items = world, items
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.faults: list[Exception] = []
        self.lock = threading.Lock()

    def run(self) -> None:
        threads = [threading.Thread(target=self._go, args=(random.Random(SEED + n),)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _go(self, chance: random.Random) -> None:
        try:
            while sum(self.made.values()) < MOVES and not self.faults:
                name, act = self._draw(chance)
                counter = self.made
                try:
                    act()
                except Refusal:
                    counter = self.refused
                with self.lock:
                    counter[name] += 1
        except Exception as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    def _draw(self, chance: random.Random) -> tuple[str, Callable[[], Any]]:
        item = RectificationItem.objects.get(pk=chance.choice(self.items))
        report = Report.objects.filter(items=item).exclude(status=ReportStatus.WITHDRAWN).order_by("pk").last()
        if item.status in (S.IN_PROGRESS, S.RETURNED):
            if report is None or report.version:
                return "report", lambda: report_world.draft(self.world, self._some(item, chance))
            return self._move("report", report, chance)
        if report is not None and chance.random() < 0.2:
            return self._move("report", report, chance)
        return self._move("rectification_item", item, chance)

    def _some(self, item: RectificationItem, chance: random.Random) -> list[RectificationItem]:
        """With the form's other items that are being put right, or without them."""
        others = RectificationItem.objects.filter(form=item.form_id, status__in=(S.IN_PROGRESS, S.RETURNED))
        return [item, *others.exclude(pk=item.pk)[: chance.randint(0, 2)]]

    def _move(self, kind: str, subject: Any, chance: random.Random) -> tuple[str, Callable[[], Any]]:
        rows = [move for move in TABLES[kind] if move.name not in ENDING and has_row(kind, move)]
        lawful = [move for move in rows if subject.status in move.sources]
        move = chance.choice(lawful if lawful and chance.random() > UNLAWFUL else rows)
        row = row_of(kind, move)
        return move.name, lambda: perform(self.world, row, subject, row.actor(self.world, subject))


def has_row(kind: str, move: Any) -> bool:
    try:
        return row_of(kind, move) is not None
    except KeyError:
        return False


def test_counters_equal_a_recount_after_a_thousand_moves_in_parallel(world: World):
    items = [item.pk for number in range(FORMS) for item in items_of(world, number)]
    counts.recount()
    crowd = Crowd(world, items)
    crowd.run()
    assert crowd.faults == []
    assert sum(crowd.made.values()) >= MOVES
    assert sum(crowd.refused.values()) > 0
    assert {"sign", "record_verification", "verify", "return", "close"} <= set(crowd.made)
    assert counts.recount(repair=False) == {}
    moved = set(Event.objects.filter(subject_kind=RectificationItem.kind).values_list("subject_id", flat=True))
    assert all(is_chain_intact(RectificationItem.kind, pk) for pk in moved)

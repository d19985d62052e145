"""A move costs at most 15 queries, counted warm, without BEGIN, COMMIT, SAVEPOINT and RELEASE; scope included.

Lists, pages and the dashboard have their literal numbers beside their own tests.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supervision.core.models.version import steady
from supervision.core.transitions import Transition
from supervision.vocabulary import vocabulary_of
from tests.architecture.moves import ALL, perform, ready, row_id
from tests.world import World

BOOKKEEPING = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")
BUDGET = 15
# One act that opens, moves or settles other objects pays for each of them: named with its measured number.
WIDER: dict[tuple[str, str], int] = {}


@pytest.mark.parametrize(("kind", "move"), ALL, ids=row_id)
def test_a_move_stays_within_its_budget(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    inputs = row.inputs(world, subject)
    actor = row.actor(world, subject)
    vocabulary_of(world.campaign.pk)  # warm: what the process keeps is there
    with CaptureQueriesContext(connection) as queries, steady():
        perform(world, row, subject, actor, **inputs)
    told = [query["sql"][:150] for query in queries if not BOOKKEEPING.match(query["sql"])]
    assert len(told) <= WIDER.get((kind, move.name), BUDGET), "\n".join(told)

"""A move costs at most 15 queries, counted warm, without BEGIN, COMMIT, SAVEPOINT and RELEASE.

The frame of the request stands apart (at most 4: session, user, scope with the vocabulary's version, badge). Lists,
pages and the dashboard have their literal numbers beside their own tests.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supervision.core.models import NumberCounter, NumberSeries
from supervision.core.models.version import steady
from supervision.core.transitions import Transition
from supervision.vocabulary import vocabulary_of
from tests.architecture.moves import ALL, perform, ready, row_id
from tests.world import World

BOOKKEEPING = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")
BUDGET = 15
# Two moves in one: what each pays beyond the budget is named here with its measured number.
WIDER: dict[tuple[str, str], int] = {
    ("feedback_form", "acknowledge"): 16,  # assigns the item as well, with its own event and deadline change
    ("feedback_form", "issue_on_paper"): 21,  # enters the scan and tells its signer, signs, issues and opens the item
}


@pytest.mark.parametrize(("kind", "move"), ALL, ids=row_id)
def test_a_move_stays_within_its_budget(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    inputs = row.inputs(world, subject)
    actor = row.actor(world, subject)
    _year_has_begun(world)
    with steady():
        vocabulary_of(world.campaign.pk)  # warm: what the process keeps is there, as after the request's frame
        if actor:
            assert actor.scope
        queries = _queries_of(world, row, subject, actor, inputs)
    told = [query["sql"][:150] for query in queries if not BOOKKEEPING.match(query["sql"])]
    assert len(told) <= WIDER.get((kind, move.name), BUDGET), "\n".join(told)


def _queries_of(world, row, subject, actor, inputs):
    with CaptureQueriesContext(connection) as queries:
        perform(world, row, subject, actor, **inputs)
    return queries


def _year_has_begun(world):
    """The first number of a year makes its counter; every later one finds it."""
    for series in NumberSeries.objects.filter(campaign_id=world.campaign.pk):
        NumberCounter.objects.get_or_create(series=series, year=world.today.year)

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
from tests.architecture.moves import ALL, ready, row_id
from tests.feedback.moves import ROWS as FEEDBACK_ROWS
from tests.feedback.moves import issued, submitted
from tests.world import World

BOOKKEEPING = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")
BUDGET = 15


@pytest.mark.once
@pytest.mark.parametrize(("kind", "move"), ALL, ids=row_id)
def test_a_move_stays_within_its_budget(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    inputs, actor = row.inputs(world, subject), row.actor(world, subject)
    people = [actor, getattr(inputs.get("paper"), "signer", None)]  # who acts, and who stands on the paper entered
    _year_has_begun(world)
    with steady():
        vocabulary_of(world.campaign.pk)  # warm: what the process keeps is there, as after the request's frame
        for person in filter(None, people):
            assert person.scope
        queries = _queries_of(world, row, subject, actor, inputs)
    told = [query["sql"][:150] for query in queries if not BOOKKEEPING.match(query["sql"])]
    assert len(told) <= BUDGET, "\n".join(told)


def _queries_of(world, row, subject, actor, inputs):
    given = {"at": world.at, **inputs, **({"actor": actor} if actor else {})}
    with CaptureQueriesContext(connection) as queries:
        row.service(pk=subject.pk, **given)
    return queries


def _year_has_begun(world):
    """The first number of a year makes its counter; every later one finds it."""
    for series in NumberSeries.objects.filter(campaign_id=world.campaign.pk):
        NumberCounter.objects.get_or_create(series=series, year=world.today.year)


@pytest.mark.parametrize("move", ["issue", "acknowledge", "withdraw"])
def test_a_form_of_four_problems_costs_no_more_than_one_of_one(world: World, move: str):
    """Items are opened, assigned and cancelled together; report.sign submits them together likewise."""
    row, costs = FEEDBACK_ROWS["feedback_form"][move], []
    _year_has_begun(world)
    for unit, problems in (("u2", 1), ("u1", 1), ("u1s", 4)):  # the first one warms up what the process keeps
        arrange = submitted if move == "issue" else issued
        subject = arrange(world, unit=unit, problems=problems)
        actor = world.user("a1-lead" if move != "acknowledge" else unit)
        assert actor.scope
        with steady():
            vocabulary_of(world.campaign.pk)
            queries = _queries_of(world, row, subject, actor, row.inputs(world, subject))
        costs.append(sum(not BOOKKEEPING.match(query["sql"]) for query in queries))
    assert costs[1] == costs[2]
    assert costs[2] <= BUDGET

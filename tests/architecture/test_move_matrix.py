"""For every move of every table: allowed, refused from every other state, refused for every wrong role, atomic.

The matrix is generated from the transition tables; a new move without a row in tests/<app>/moves.py fails here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from supervision.core.events import is_chain_intact
from supervision.core.models import Event
from supervision.core.refusals import NotAllowed, Refusal, WrongState
from supervision.core.transitions import TABLES, Transition
from tests.architecture.moves import (
    ALL,
    BY_PEOPLE,
    KINDS,
    ROWS,
    force_status,
    in_turn,
    outsiders,
    perform,
    ready,
    rightful,
    row_id,
)
from tests.world import World

WITHOUT_BUSINESS = ["nobody", "auditor", "sysadmin", "secadmin"]


def test_every_table_and_move_has_a_row():
    missing = [f"{kind}.{move.name}" for kind, move in ALL if move.name not in ROWS.get(kind, {})]
    stale = [f"{kind}.{name}" for kind, rows in ROWS.items() for name in rows if name not in TABLES[kind]]
    assert missing == []
    assert stale == []


@pytest.mark.parametrize(("kind", "move"), ALL, ids=row_id)
def test_the_move_is_made_and_leaves_exactly_one_trace(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    traces = Event.objects.filter(subject_kind=kind, subject_id=subject.pk, verb=move.verb)
    before = traces.count()
    perform(world, row, subject, row.actor(world, subject))
    subject.refresh_from_db()
    if move.target is not None:
        assert subject.status == move.target
    assert traces.count() == before + 1
    assert is_chain_intact(kind, subject.pk)


@pytest.mark.parametrize(("kind", "move"), BY_PEOPLE, ids=row_id)
def test_it_is_refused_from_every_other_state(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    actor, inputs = row.actor(world, subject), row.inputs(world, subject)
    events = Event.objects.count()
    for state in sorted(set(TABLES[kind].states) - move.sources):
        force_status(subject, state)
        with pytest.raises(Refusal) as refused, transaction.atomic():
            perform(world, row, subject, actor, **inputs)
        assert isinstance(refused.value, WrongState | NotAllowed), state
        subject.refresh_from_db()
        assert subject.status == state
        assert Event.objects.count() == events, state


@pytest.mark.once
@pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.slow)], ids=["in turn", "everybody"])
@pytest.mark.parametrize(("kind", "move"), BY_PEOPLE, ids=row_id)
def test_it_is_refused_for_everyone_to_whom_the_table_does_not_give_it(world: World, kind, move, every):
    row, subject = ready(world, kind, move)
    may = rightful(world, subject, move, row)
    assert row.actor(world, subject).username in may
    inputs = row.inputs(world, subject)
    for username in in_turn(sorted(set(world.users) - may), BY_PEOPLE.index((kind, move)), every):
        with pytest.raises(NotAllowed):
            perform(world, row, subject, world.user(username), **inputs)
    was = subject.status
    subject.refresh_from_db()
    assert subject.status == was


@pytest.mark.once
@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)], ids=["in turn", "everybody"])
@pytest.mark.parametrize(("kind", "move"), BY_PEOPLE, ids=row_id)
def test_the_neighbour_does_not_even_learn_that_it_exists(client, world, kind, move, every):
    """In the gate a twelfth of the strangers tries each move, another twelfth the next one."""
    _row, subject = ready(world, kind, move)
    url = reverse(KINDS[kind].move_url, args=[subject.pk, move.name.replace("_", "-")])
    strangers = WITHOUT_BUSINESS if kind == "campaign" else outsiders(world, subject)
    for username in in_turn(strangers, BY_PEOPLE.index((kind, move)), every):
        client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")
        for answer in (client.get(url), client.post(url, {})):
            assert answer.status_code == 404, f"{username} {answer.request['REQUEST_METHOD']}"
            assert str(subject.label) not in answer.content.decode()


@pytest.mark.parametrize(("kind", "move"), ALL, ids=row_id)
def test_it_is_atomic(world: World, kind: str, move: Transition):
    """The event cannot be written (a real database refusal): nothing else may have been."""
    row, subject = ready(world, kind, move)
    inputs = row.inputs(world, subject)
    before = snapshot()
    with no_event(move.verb), pytest.raises(DatabaseError):
        perform(world, row, subject, row.actor(world, subject), **inputs)
    assert snapshot() == before


def snapshot() -> dict[str, Any]:
    """Every row of every table of ours, by table."""
    ours = ("core", "accounts", "supervision", "feedback", "rectification", "api")
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.app_label in ours
    }


@contextlib.contextmanager
def no_event(verb: str) -> Iterator[None]:
    """The database itself refuses events of this verb."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION refuse_verb() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER refuse_verb BEFORE INSERT ON core_event FOR EACH ROW "
                f"WHEN (NEW.verb = '{verb}') EXECUTE FUNCTION refuse_verb()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER refuse_verb BEFORE INSERT ON core_event WHEN NEW.verb = '{verb}' "
                "BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("DROP TRIGGER refuse_verb ON core_event")
                cursor.execute("DROP FUNCTION refuse_verb")
            else:
                cursor.execute("DROP TRIGGER refuse_verb")

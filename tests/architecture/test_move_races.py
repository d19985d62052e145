"""Eight threads make the same move at once on PostgreSQL: one wins, the others are refused, nothing else happens.

The conflicting pairs too: withdraw ‖ acknowledge, sign ‖ evidence withdrawn, close ‖ void.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from feedback.enums import FormStatus
from rectification.enums import ItemStatus
from supervision.core.models import Event
from supervision.core.refusals import Refusal
from supervision.core.transitions import Transition
from tests.architecture.moves import ALL, KINDS, perform, ready, row_id, row_of
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

THREADS = 8
CHANGING = [(kind, move) for kind, move in ALL if move.target is not None]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts in threads of their own, started together; each gives its result or its exception."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refusals(results: list[Any]) -> list[Any]:
    unexpected = [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]
    assert unexpected == []
    return [each for each in results if isinstance(each, Refusal)]


@pytest.mark.parametrize(("kind", "move"), CHANGING, ids=row_id)
def test_one_wins(world: World, kind: str, move: Transition):
    row, subject = ready(world, kind, move)
    actor = row.actor(world, subject)
    inputs = [row.inputs(world, subject) for _ in range(THREADS)]

    def act(given: dict[str, Any]) -> Callable[[], Any]:
        person = User.objects.get(pk=actor.pk) if actor else None
        return lambda: perform(world, row, subject, person, **given)

    results = at_once(*(act(given) for given in inputs))
    assert len(refusals(results)) == THREADS - 1
    assert Event.objects.filter(subject_kind=kind, subject_id=subject.pk, verb=move.verb).count() == 1
    subject.refresh_from_db()
    assert subject.status == move.target


def pair(world: World, subject: Any, first: tuple[str, str], second: tuple[str, str]) -> list[Any]:
    """Two different moves at once on one form (or on an item of it)."""
    acts = []
    for kind, name in (first, second):
        row = row_of(kind, next(move for k, move in ALL if (k, move.name) == (kind, name)))
        target = subject if kind == KINDS_OF[type(subject)] else subject.items.first()
        actor = row.actor(world, target)
        inputs = row.inputs(world, target)
        acts.append(lambda r=row, t=target, a=actor, i=inputs: perform(world, r, t, a, **i))
    return at_once(*acts)


KINDS_OF = {value.model: kind for kind, value in KINDS.items()}


def move_named(kind: str, name: str) -> Transition:
    return next(move for k, move in ALL if (k, move.name) == (kind, name))


def test_withdraw_and_acknowledge_at_once(world: World):
    _row, form = ready(world, "feedback_form", move_named("feedback_form", "acknowledge"))
    results = pair(world, form, ("feedback_form", "withdraw"), ("feedback_form", "acknowledge"))
    assert len(refusals(results)) == 1
    form.refresh_from_db()
    statuses = set(form.items.values_list("status", flat=True))
    if form.status == FormStatus.WITHDRAWN:
        assert statuses == {ItemStatus.CANCELLED}
    else:
        assert form.status == FormStatus.ACKNOWLEDGED
        assert ItemStatus.CANCELLED not in statuses


def test_close_and_void_at_once(world: World):
    _row, item = ready(world, "rectification_item", move_named("rectification_item", "close"))
    form = item.form
    results = pair(world, form, ("rectification_item", "close"), ("feedback_form", "void"))
    assert len(refusals(results)) == 1
    form.refresh_from_db()
    item.refresh_from_db()
    assert (form.status == FormStatus.VOIDED) == (item.status == ItemStatus.CANCELLED)
    assert (form.status == FormStatus.ACKNOWLEDGED) == (item.status == ItemStatus.CLOSED)


def test_sign_and_evidence_withdrawn_at_once(world: World):
    from rectification.services.evidence import withdraw_evidence

    row, report = ready(world, "report", move_named("report", "sign"))
    item = report.items.first()
    evidence = list(item.evidence.standing())
    actor, inputs = row.actor(world, report), row.inputs(world, report)
    liaison = world.user("u1")
    results = at_once(
        lambda: perform(world, row, report, actor, **inputs),
        *(lambda e=each: withdraw_evidence(pk=e.pk, actor=liaison, at=world.at) for each in evidence),
    )
    refusals(results)
    item.refresh_from_db()
    if item.status == ItemStatus.SUBMITTED:
        assert item.evidence.effective(world.today).exists()
    else:
        assert not item.evidence.effective(world.today).exists()

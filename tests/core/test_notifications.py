"""The outbox: nothing is told of an act that was rolled back, and nothing is told twice."""

import pytest
from django.db import InterfaceError, OperationalError, transaction

from supervision.config.celery import app
from supervision.core import notifications
from supervision.core.events import record, register_verb
from supervision.core.models import Dispatch, Notification

VERB = "test.told"
register_verb(VERB, "测试")


@pytest.fixture
def told(world):
    """A policy that tells the liaison and the head of u1, for this test alone."""
    people = [world.users["u1"].pk, world.users["u1-head"].pk]
    notifications.register_policy(VERB, lambda event: people)
    yield people
    notifications._POLICY.pop(VERB)


def happen(world, actor="office"):
    with transaction.atomic():
        return record(VERB, subject=world.campaign, actor=world.users[actor], at=world.at)


def test_each_recipient_is_told_once_however_often_it_is_delivered(world, told):
    event = happen(world)
    assert notifications.deliver(event.pk, at=world.at) == 2
    assert notifications.deliver(event.pk, at=world.at) == 0
    assert set(Notification.objects.values_list("recipient_id", flat=True)) == set(told)


def test_nobody_is_told_of_their_own_act(world, told):
    event = happen(world, actor="u1")
    assert notifications.deliver(event.pk, at=world.at) == 1


def test_an_act_rolled_back_leaves_nothing_to_tell(world, told):
    def act_and_fail():
        with transaction.atomic():
            happen(world)
            raise ValueError("the act fails after its event")

    with pytest.raises(ValueError, match="the act fails"):
        act_and_fail()
    assert not Dispatch.objects.exists()


def test_the_sweep_catches_up_what_no_worker_was_told_of(world, told):
    happen(world)
    happen(world)
    assert notifications.deliver_pending(at=world.at) == 4
    assert notifications.deliver_pending(at=world.at) == 0


def test_an_event_that_cannot_be_told_holds_up_no_other(world, told):
    first, spoiled, last = happen(world), happen(world), happen(world)

    def recipients(event):
        if event.pk == spoiled.pk:
            raise LookupError("nobody can say whom to tell")
        return told

    notifications.register_policy(VERB, recipients)
    with pytest.raises(LookupError):
        notifications.deliver_pending(at=world.at)
    assert set(Notification.objects.values_list("event_id", flat=True)) == {first.pk, last.pk}
    notifications.register_policy(VERB, lambda event: told)
    assert notifications.deliver_pending(at=world.at) == 2


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
@pytest.mark.parametrize("spoiled", ["all", "one"])
def test_an_outage_ends_the_sweep_at_once(world, told, kind, spoiled):
    """Met by the batch, or while its events are asked one by one: no event is to blame, none is asked any more."""
    first, *_rest = [happen(world) for _ in range(5)]
    asked = []

    def recipients(event):
        asked.append(event.pk)
        if spoiled == "one" and asked == [first.pk]:
            raise LookupError("nobody can say whom to tell")
        raise kind("server closed the connection unexpectedly")

    notifications.register_policy(VERB, recipients)
    with pytest.raises(kind):
        notifications.deliver_pending(at=world.at)
    assert asked == [first.pk] * (1 if spoiled == "all" else 2)


@pytest.fixture
def silent_broker(monkeypatch):
    """Nobody listens there. The process forgets its connections before and after, as Celery does after a fork.

    Only the write address: it falls back on `broker_url`, and undoing both would put the dead one back.
    """
    app._after_fork()
    with monkeypatch.context() as patch:
        patch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        yield
    app._after_fork()


def test_a_silent_broker_does_not_stop_the_act(world, told, silent_broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        happen(world)
    assert Dispatch.objects.filter(done_at__isnull=True).count() == 1


def test_events_without_a_policy_are_not_queued(world):
    register_verb("test.silent", "测试")
    with transaction.atomic():
        record("test.silent", subject=world.campaign, actor=None, at=world.at)
    assert not Dispatch.objects.exists()

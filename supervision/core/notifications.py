"""Tell people and other systems: an outbox row with the event, a fixed policy table, delivery by the worker.

Policies are registered by the apps: `register_policy("form.issued", recipients)` where recipients(event) gives
user ids. The event is the text; its words are chosen in the reader's language when shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from supervision.core.models.event import Event
from supervision.core.models.notification import Dispatch, Notification
from supervision.core.waking import wake

log = logging.getLogger(__name__)

AT_ONCE = 100  # events that a sweep tells in one transaction
AWAY = (OperationalError, InterfaceError)  # what a database that does not answer raises

Recipients = Callable[[Event], Iterable[int]]
_POLICY: dict[str, Recipients] = {}
_ALSO: list[Callable[[Sequence[Event], datetime], None]] = []
_wakes_worker: ContextVar[bool] = ContextVar("wakes_worker", default=True)


def register_policy(verb: str, recipients: Recipients) -> None:
    """Events of `verb` are told to the users that `recipients` names."""
    _POLICY[verb] = recipients


def also_tell(tell: Callable[[Sequence[Event], datetime], None]) -> None:
    """Whatever people are told of, `tell` is told of too, in the transaction that ends the events' dispatch."""
    _ALSO.append(tell)


def policies() -> dict[str, Recipients]:
    return dict(_POLICY)


@contextmanager
def quietly() -> Iterator[None]:
    """Outbox rows are written, but the worker is not woken: for players of past history."""
    token = _wakes_worker.set(False)
    try:
        yield
    finally:
        _wakes_worker.reset(token)


def enqueue(events: Sequence[Event]) -> None:
    """Write the outbox rows in the events' transaction; wake the worker after the commit."""
    told = [event for event in events if event.verb in _POLICY]
    if not told:
        return
    Dispatch.objects.bulk_create(Dispatch(event=event) for event in told)
    if _wakes_worker.get():
        for event in told:
            transaction.on_commit(partial(_wake, event.pk))


def _wake(event_id: int) -> None:
    from supervision.core.tasks import deliver_event  # tasks sit above this module

    wake(deliver_event, event_id)


def deliver(event_id: int, *, at: datetime) -> int:
    """Turn one event into notifications and pushes; safe to run twice, late or in parallel.

    Returns how many notifications are new.
    """
    return _deliver([event_id], at)


def deliver_pending(*, at: datetime) -> int:
    """Catch up whatever no worker was told of (broker down, worker killed). Returns how many notifications are new.

    An event that cannot be told holds up no other: it waits for the next sweep. Raises its error when all the others
    have been told, so that the run is seen to have failed. When the database is away the run ends at once.
    """
    pending = list(Dispatch.objects.filter(done_at__isnull=True).order_by("event_id").values_list("pk", flat=True))
    told, failures = 0, list[Exception]()
    for begin in range(0, len(pending), AT_ONCE):
        batch = pending[begin : begin + AT_ONCE]
        try:
            told += _deliver(batch, at)
        except AWAY:  # none of them is to blame
            raise
        except Exception:  # one of them: find it by asking each alone
            told += sum(_deliver_alone(event_id, at, failures) for event_id in batch)
    if failures:
        raise failures[-1]
    return told


def _deliver_alone(event_id: int, at: datetime, failures: list[Exception]) -> int:
    """Like `deliver`, but what cannot be told is noted in `failures`."""
    try:
        return _deliver([event_id], at)
    except AWAY:
        raise
    except Exception as error:
        log.exception("Event %s cannot be told.", event_id)
        failures.append(error)
        return 0


@transaction.atomic
def _deliver(event_ids: Sequence[int], at: datetime) -> int:
    waiting = Dispatch.objects.select_for_update(of=("self",)).select_related("event").order_by("event_id")
    dispatches = list(waiting.filter(pk__in=event_ids, done_at__isnull=True))
    rows = [
        Notification(event=dispatch.event, recipient_id=pk)
        for dispatch in dispatches
        for pk in sorted({*_POLICY[dispatch.event.verb](dispatch.event)} - {dispatch.event.actor_id})
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    for tell in _ALSO:
        tell([dispatch.event for dispatch in dispatches], at)
    Dispatch.objects.filter(pk__in=[dispatch.pk for dispatch in dispatches]).update(done_at=at)
    return len(rows)

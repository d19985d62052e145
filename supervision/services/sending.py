"""Deliveries go out: claimed by compare-and-set with a lease, sent outside any transaction, stamped."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from supervision.core.models.delivery import Delivery, DeliveryState
from supervision.core.workdays import load_calendar
from supervision.services import channels

log = logging.getLogger(__name__)

MOST_TRIES = 6
LEASE = timedelta(seconds=60)  # longer than one message takes: connecting and sending end by their own timeouts
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
BATCH = 500
ERROR_LENGTH = 500


def send_due(*, at: datetime) -> int:
    """Whatever waits, each on its own: one that always fails ends after its tries and holds up nobody.

    Nothing leaves on a day off. Returns how many were sent.
    """
    if not load_calendar().is_working_day(timezone.localdate(at)):
        return 0
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=at)
    ids = list(waiting.order_by("next_try_at", "pk").values_list("pk", flat=True)[:BATCH])
    line = get_connection()
    try:
        return sum(_send(pk, line) for pk in ids)
    finally:
        line.close()


def _send(pk: int, line: BaseEmailBackend) -> bool:
    """Claim, send, stamp. Whoever dies before the stamp leaves the row to the next, after the lease."""
    delivery = _claimed(pk)
    if delivery is None:
        return False
    try:
        if delivery.channel is None:
            _message(delivery, line).send()
        else:
            channels.send(delivery.channel, delivery.text, delivery.address)
    except Exception as error:
        line.close()
        _note_failure(delivery, error)
        return False
    Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT, sent_at=timezone.now(), last_error="")
    return True


def _claimed(pk: int) -> Delivery | None:
    now = timezone.now()
    free = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, next_try_at__lte=now)
    if not free.update(next_try_at=now + LEASE, tries=F("tries") + 1):
        return None
    return Delivery.objects.select_related("channel").get(pk=pk)


def _message(delivery: Delivery, line: BaseEmailBackend) -> EmailMessage:
    headers = {"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(delivery.subject, delivery.text, to=[delivery.address], headers=headers, connection=line)


def _note_failure(delivery: Delivery, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    log.warning("Delivery %s failed at try %s: %s", delivery.pk, delivery.tries, text)
    given_up = delivery.tries >= MOST_TRIES
    wait = WAITS[min(delivery.tries, len(WAITS)) - 1]
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(
        state=DeliveryState.FAILED if given_up else DeliveryState.WAITING,
        last_error=text,
        next_try_at=timezone.now() + wait,
    )


def try_again(*, pk: int, at: datetime) -> bool:
    """A failed delivery begins its tries anew, as the same message."""
    failed = Delivery.objects.filter(pk=pk, state=DeliveryState.FAILED)
    return bool(failed.update(state=DeliveryState.WAITING, tries=0, next_try_at=at))

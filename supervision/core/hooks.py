"""Webhooks in the form of Standard Webhooks: written from the outbox, signed, sent at least once under one id.

What is told is the envelope of an event: which act, on which object, when, from and to which state. No text, no
name: whoever wants more asks the API with a token of their own, and gets what that token's person may see.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from supervision.core import notifications, outbound
from supervision.core.models.delivery import DeliveryState
from supervision.core.models.event import Audience, Event
from supervision.core.models.hook import Hook, HookDelivery
from supervision.core.refusals import Sentence
from supervision.core.transitions import TABLES
from supervision.core.waking import wake

log = logging.getLogger(__name__)

OFFICE = (Audience.UNIT, Audience.TEAM, Audience.OFFICE)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600))
MOST_TRIES = len(WAITS) + 1
TIMEOUT = 5  # seconds, to connect and again for the answer
AT_A_TIME = 30  # seconds of one run: a slow receiver leaves the rest to the next one
LEASE = timedelta(seconds=120)  # more than a run may last (push_hook's limit): only a killed one leaves it behind
REST = timedelta(minutes=1)  # of a hook whose receiver failed
KEPT = timedelta(days=90)  # of what arrived
MOST_SAID = 255
SUCCESS = 2  # of a status, its first digit
SECRET_PREFIX = "whsec_"  # noqa: S105  (the form of a secret, none itself)

FAULTS: dict[str, Sentence] = {
    "SSLError": gettext_lazy("对方的安全证书不受信任"),
    "ConnectionError": gettext_lazy("连不上对方"),
    "ConnectTimeout": gettext_lazy("连不上对方"),
    "ReadTimeout": gettext_lazy("对方没有按时应答"),
    "UnknownHostError": gettext_lazy("找不到这个地址"),
    "InnerAddressError": gettext_lazy("这个地址在服务器的内部网络里，不允许发往那里。"),
    "AddressRefusedError": gettext_lazy("这个地址不能用"),
    "KeyGoneError": gettext_lazy("服务器的密钥已经更换，请更换签名密钥并告诉对方。"),
}

_OFFERED: dict[str, frozenset[str]] = {}
_WITHHELD: dict[str, Callable[[Collection[int]], set[int]]] = {}


class KeyGoneError(Exception):
    """The server's key that this hook's secret came from is not there any more."""


# --- what may be subscribed to ----------------------------------------------------------------------------------------


def offer(kind: str, hidden: frozenset[str] = frozenset()) -> None:
    """The moves of one kind of object may be subscribed to, but for the `hidden` ones (verbs)."""
    _OFFERED[kind] = hidden


def withhold(kind: str, secret: Callable[[Collection[int]], set[int]]) -> None:
    """Of the objects that `secret` names among the ids it is given, nothing is told while it names them."""
    _WITHHELD[kind] = secret


@cache
def offered() -> dict[str, tuple[str, ...]]:
    """By kind of object, the verbs of its moves that people are told of and that a campaign's office reads."""
    told = notifications.policies()
    return {
        kind: tuple(dict.fromkeys(
            move.verb for move in TABLES[kind]
            if move.verb in told and move.audience in OFFICE and move.verb not in hidden
        ))
        for kind, hidden in _OFFERED.items()
    }  # fmt: skip


# --- the ledger -------------------------------------------------------------------------------------------------------


def write(told: Sequence[Event], at: datetime) -> None:
    """A delivery for every hook of an event's campaign that wants it; in the transaction that ends its dispatch."""
    campaigns = {event.campaign_id for event in told if event.campaign_id is not None}
    hooks = list(Hook.objects.filter(campaign_id__in=campaigns)) if campaigns else []
    rows = [
        HookDelivery(hook=hook, event=event, next_try_at=at)
        for event in (_tellable(told) if hooks else ())
        for hook in hooks
        if hook.campaign_id == event.campaign_id and event.verb in hook.verbs
    ]
    HookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    for hook_id in sorted({row.hook_id for row in rows}):
        transaction.on_commit(partial(_wake, hook_id))


notifications.also_tell(write)


def _tellable(told: Sequence[Event]) -> list[Event]:
    """Without those of an object that is secret now; they are not told later either."""
    secret = {
        (kind, pk)
        for kind, named in _WITHHELD.items()
        if (ids := {event.subject_id for event in told if event.subject_kind == kind})
        for pk in named(ids)
    }
    return [event for event in told if (event.subject_kind, event.subject_id) not in secret]


def sweep(at: datetime) -> int:
    """Beat, each day: forget what arrived long ago. An event whose dispatch is done is never written anew."""
    old = HookDelivery.objects.filter(state=DeliveryState.SENT, sent_at__lt=at - KEPT)
    return old.filter(event__dispatch__done_at__isnull=False).delete()[0]


def _wake(hook_id: int) -> None:
    from supervision.core.tasks import push_hook  # tasks sit above this module

    wake(push_hook, hook_id)


def wake_due(*, at: datetime) -> int:
    """Beat: a task for each hook that has something due. Returns for how many."""
    due = _due(at).filter(hook__in=_free(at))
    ids = sorted(due.order_by().values_list("hook_id", flat=True).distinct())
    for hook_id in ids:
        _wake(hook_id)
    return len(ids)


def push(hook_id: int) -> int:
    """Whatever is due of one hook, in the order of the events. Returns how many arrived.

    One run at a time: it holds a lease on the hook, so that as many tasks as like may be woken for it. It ends at the
    first that fails, and the hook rests: a receiver that is down costs one try a minute, and holds up no other.
    """
    held = timezone.now() + LEASE
    if not _free(timezone.now()).filter(pk=hook_id).update(busy_until=held):
        return 0
    until, arrived, rest = time.monotonic() + AT_A_TIME, 0, None
    try:
        while time.monotonic() < until and (delivery := _claimed(hook_id)) is not None:
            if not _send(delivery):
                rest = timezone.now() + REST
                break
            arrived += 1
    finally:
        Hook.objects.filter(pk=hook_id, busy_until=held).update(busy_until=rest)
    if rest is None and _due(timezone.now()).filter(hook_id=hook_id).exists():
        _wake(hook_id)  # the run was over its time, or what came at its end was told to wait for it
    return arrived


def _free(at: datetime) -> QuerySet[Hook]:
    """Pushing, and held by nobody."""
    return Hook.objects.filter(Q(busy_until__isnull=True) | Q(busy_until__lte=at), is_on=True)


def _due(at: datetime) -> QuerySet[HookDelivery]:
    return HookDelivery.objects.filter(hook__is_on=True, state=DeliveryState.WAITING, next_try_at__lte=at)


def _claimed(hook_id: int) -> HookDelivery | None:
    """The next one, with its hook as it is now: whoever dies before the stamp leaves it to another, after the lease."""
    now = timezone.now()
    due = _due(now).filter(hook_id=hook_id).select_related("event", "hook").order_by("event_id")
    delivery = due.first()
    if delivery is None:
        return None
    delivery.tries += 1
    same = HookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, next_try_at=delivery.next_try_at)
    return delivery if same.update(next_try_at=now + LEASE, tries=delivery.tries) else None


def _send(delivery: HookDelivery) -> bool:
    """One try, and what came of it; False when it did not arrive."""
    status, error = None, ""
    try:
        status = _post(delivery.hook, delivery.message_id, body_of(delivery.event))
    except Exception as failed:
        error = said(failed)
    arrived = _is_success(status)
    stamped: dict[str, Any] = {"last_status": status, "last_error": error}
    if arrived:
        stamped |= {"state": DeliveryState.SENT, "sent_at": timezone.now()}
    else:
        log.warning("Push %s failed at try %s: %s", delivery.message_id, delivery.tries, error or status)
        wait = WAITS[min(delivery.tries, len(WAITS)) - 1]
        given_up = delivery.tries >= MOST_TRIES
        stamped |= {
            "state": DeliveryState.FAILED if given_up else DeliveryState.WAITING,
            "next_try_at": timezone.now() + wait,
        }
    HookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(**stamped)
    return arrived


def _is_success(status: int | None) -> bool:
    return status is not None and status // 100 == SUCCESS


def said(error: Exception) -> str:
    """What went wrong, by its kind alone: the text of an error holds the address, and speaks one language."""
    return type(error).__name__[:MOST_SAID]


def explained(error: str) -> Sentence:
    """A kept error in the reader's words."""
    return FAULTS.get(error, error)


def send_again(*, pk: int, at: datetime) -> bool:
    """One that failed or arrived begins its tries anew, under the same id."""
    ended = HookDelivery.objects.filter(pk=pk).exclude(state=DeliveryState.WAITING)
    changed = ended.update(state=DeliveryState.WAITING, tries=0, next_try_at=at, sent_at=None)
    if changed:
        hook_id = HookDelivery.objects.values_list("hook_id", flat=True).get(pk=pk)
        transaction.on_commit(partial(_wake, hook_id))
    return bool(changed)


def try_now(hook: Hook) -> tuple[bool, str]:
    """A test message at once: whether it arrived, and the status or what went wrong."""
    body = {"type": "test.ping", "timestamp": _moment(timezone.now()), "data": {"campaign": hook.campaign_id}}
    try:
        status = _post(hook, f"test_{secrets.token_hex(8)}", _json(body))
    except Exception as error:
        return False, str(explained(said(error)))
    return _is_success(status), f"HTTP {status}"


# --- the message ------------------------------------------------------------------------------------------------------


def body_of(event: Event) -> str:
    """The envelope of the event: an event never changes, so every try says the same."""
    data = {
        "id": event.pk,
        "campaign": event.campaign_id,
        "body": event.body_id,
        "team": event.team_id,
        "unit": event.unit_id,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "sequence": event.sequence,
        "was": event.was,
        "now": event.now,
    }
    return _json({"type": event.verb, "timestamp": _moment(event.at), "data": data})


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _post(hook: Hook, message_id: str, body: str) -> int:
    """Signed with the moment of this try. Nothing is read of the answer but its status."""
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "dudao-webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret_of(hook), message_id, stamp, body),
    }
    answer = outbound.post(hook.address, data=body.encode(), headers=headers, timeout=TIMEOUT, stream=True)
    return answer.status_code


def signature(secret: str, message_id: str, stamp: str, body: str) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body, by the bytes that the secret stands for."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{message_id}.{stamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


# --- the secret -------------------------------------------------------------------------------------------------------


def renew_secret(hook: Hook) -> str:
    """A new secret by the server's present key; what was signed with the old one is not any more. Not saved here."""
    hook.salt, hook.key_mark = secrets.token_hex(32), _mark(settings.SECRET_KEY)
    return secret_of(hook)


def secret_of(hook: Hook) -> str:
    """Raises KeyGoneError when neither the server's key nor an older one it still knows made it."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(_mark(key), hook.key_mark):
            digest = salted_hmac("supervision.core.hooks.secret", hook.salt, secret=key, algorithm="sha256").digest()
            return SECRET_PREFIX + base64.b64encode(digest).decode()
    raise KeyGoneError


def _mark(key: str) -> str:
    """Tells keys apart without telling them."""
    return salted_hmac("supervision.core.hooks.mark", "", secret=key, algorithm="sha256").hexdigest()[:16]

"""Entries of a log, written by browsers that save by themselves: known again, never doubled, never overwritten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core.events import record
from supervision.core.models.event import Event
from supervision.core.refusals import Changed, Condition, Unmet
from supervision.models.inspection import Inspection

ONE_SITTING = timedelta(minutes=10)  # saves of one person to one place within it are one event


def known(model: Any, inspection: Inspection, client_key: UUID | None, version: int | None) -> Any:
    """The entry that bears this key, or None when it is new. One of another visit, or removed meanwhile, is refused."""
    if client_key is None:
        return None
    row = model.objects.filter(client_key=client_key).first()
    if (row is None and version) or (row is not None and row.inspection_id != inspection.pk):
        raise gone()
    return row


def gone() -> Unmet:
    return Unmet((Condition("record", _("这条记录已经不在了，请刷新页面。")),))


def differs(row: Any, values: dict[str, Any]) -> bool:
    """Would writing change anything? A resend after a lost answer does not."""
    return any(getattr(row, name) != value for name, value in values.items())


def check_version(row: Any, version: int | None, *, by: User | None, names: tuple[str, ...]) -> None:
    """Raises Changed when the writer has not seen what stands there; None: the caller has just read the row (scenario,
    shell). A browser whose own answer was lost recognises its text in the refusal and goes on (outbox.js)."""
    if version is not None and version != row.version:
        raise Changed.to(shown(row, names), version=row.version, by=by.name if by else "")


def shown(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The row's values as the fields of a page show them."""
    return {name: on_page(getattr(row, name)) for name in names}


def on_page(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%dT%H:%M")
    return str(value.pk) if hasattr(value, "pk") else str(value)


def write(row: Any, values: dict[str, Any], actor: User) -> None:
    """The new values, one version further."""
    for name, value in values.items():
        setattr(row, name, value)
    if row.pk is not None:
        row.version += 1
    row.changed_by = actor
    row.save()


def note(verb: str, inspection: Inspection, actor: User, at: datetime, payload: dict[str, Any]) -> None:
    """The event; a page that saves while somebody types writes one for the sitting, not one for each pause."""
    of = Event.objects.filter(subject_kind=inspection.kind, subject_id=inspection.pk)
    last = of.order_by("-pk").first()
    goes_on = last is not None and (last.verb, last.actor_id, last.payload) == (verb, actor.pk, payload)
    if last is not None and goes_on and at - last.at < ONE_SITTING:
        return
    record(verb, subject=inspection, actor=actor, at=at, payload=payload)

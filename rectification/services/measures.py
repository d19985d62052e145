"""How far the measures are: the unit's own report on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from rectification.enums import MeasureState
from rectification.models.item import Measure, RectificationItem
from rectification.services.moving import note_act
from rectification.transitions import UPDATE_MEASURE


@dataclass(frozen=True)
class MeasureUpdate:
    """What the unit says of one measure (`pk`)."""

    pk: int
    state: str
    result: str = ""
    not_needed_reason: str = ""


@transaction.atomic
def update_measure(
    *, pk: int, actor: User, at: datetime, measure: int, state: str, result: str = "", not_needed_reason: str = ""
) -> RectificationItem:
    """Say how far one measure (its id) of the item is; done today unless it was done before."""
    update = MeasureUpdate(measure, state, result, not_needed_reason)
    item = RectificationItem.objects.locked(pk)
    on = UPDATE_MEASURE.check(item, actor, at=at, measures=[update]).on
    changes = apply_updates(item, [update], on)
    note_act(item, UPDATE_MEASURE, actor=actor, at=at, payload={"measures": changes})
    return item


def apply_updates(item: RectificationItem, updates: Sequence[MeasureUpdate], on: date) -> list[dict[str, Any]]:
    """Write judged updates under the item's lock; what changed, old → new, for the event."""
    wanted = {update.pk: update for update in updates}
    changes = []
    for measure in item.measures.all():
        update = wanted.get(measure.pk)
        if update is None or _says(measure) == (update.state, update.result, update.not_needed_reason):
            continue
        changes.append({"order": measure.order, "state": [measure.state, update.state]})
        _take_over(measure, update, on)
    return changes


def _says(measure: Measure) -> tuple[str, str, str]:
    return measure.state, measure.result, measure.not_needed_reason


def _take_over(measure: Measure, update: MeasureUpdate, on: date) -> None:
    measure.state, measure.result = update.state, update.result
    measure.not_needed_reason = update.not_needed_reason
    is_done = measure.state == MeasureState.DONE
    measure.done_on = (measure.done_on or on) if is_done else None
    measure.save(update_fields=["state", "result", "not_needed_reason", "done_on"])

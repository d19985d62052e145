"""Verification 核验: one member records what was seen of each measure, a second confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from rectification.closing_guards import standing_record
from rectification.models.item import RectificationItem
from rectification.models.verification import MeasureResult, Verification
from rectification.services.moving import move_item, note_act, run_clock
from rectification.transitions import RECORD_VERIFICATION, VERIFY
from supervision.core import files as stored_files
from supervision.core.deadlines import Clock
from supervision.enums import DeadlineKind


@dataclass(frozen=True)
class SeenMeasure:
    """What was seen of one measure (`pk`)."""

    pk: int
    holds: bool
    remark: str = ""


@transaction.atomic
def record_verification(
    *,
    pk: int,
    actor: User,
    at: datetime,
    way: str,
    verified_on: date,
    place: str,
    opinion: str,
    results: Sequence[SeenMeasure],
    second_verifier: User,
    scan: stored_files.ReceivedFile | None = None,
) -> RectificationItem:
    """Write the record of this round; a second record of the same round takes the place of the first.

    `scan`: the sheet that both verifiers signed; without it the second confirms with their own account.
    """
    item = RectificationItem.objects.locked(pk)
    said = {"way": way, "verified_on": verified_on, "second_verifier": second_verifier}
    RECORD_VERIFICATION.check(item, actor, at=at, results=results, scan=scan, **said)
    said |= {"place": place, "opinion": opinion, "author": actor, "recorded_at": at, "scan": None}
    record = _written(item, said, results)
    if scan is not None:
        record.scan = stored_files.attach(scan, subject=record, actor=actor, at=at)
        record.save(update_fields=["scan"])
    payload = {"round": record.round, "way": way, "second_verifier": second_verifier.pk, "scan": scan is not None}
    note_act(item, RECORD_VERIFICATION, actor=actor, at=at, note=opinion, payload=payload)
    return item


def _written(item: RectificationItem, said: dict[str, Any], results: Sequence[SeenMeasure]) -> Verification:
    """The record of the item's round with its results; an earlier one of the same round gives way."""
    record, is_new = Verification.objects.update_or_create(item=item, round=item.verification_round, defaults=said)
    if not is_new:
        record.results.all().delete()
    MeasureResult.objects.bulk_create(
        MeasureResult(verification=record, measure_id=each.pk, holds=each.holds, remark=each.remark) for each in results
    )
    return record


@transaction.atomic
def verify_item(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """The second pair of eyes confirms the record; from now on the office's clock runs."""
    item = RectificationItem.objects.locked(pk)
    on = VERIFY.check(item, actor, at=at).on
    record = standing_record(item)
    assert record is not None  # a guard
    record.confirmed_at = at
    record.save(update_fields=["confirmed_at"])
    item.close_round += 1
    run_clock(item, Clock.OFFICE, DeadlineKind.CLOSURE, on)
    payload = {"round": record.round, "way": record.way, "verified_on": record.verified_on.isoformat()}
    move_item(item, VERIFY, actor=actor, at=at, changed=["close_round"], note=record.opinion, payload=payload)
    return item

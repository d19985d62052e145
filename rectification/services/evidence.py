"""Evidence 佐证材料: files of an item, in force from a day, withdrawn only while the unit has the item in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.services.moving import note_act
from rectification.transitions import ADD_EVIDENCE, WITHDRAW_EVIDENCE
from supervision.core import files as stored_files


@transaction.atomic
def add_evidence(
    *,
    pk: int,
    actor: User,
    at: datetime,
    files: Sequence[stored_files.ReceivedFile],
    description: str,
    effective_on: date | None = None,
    measure: Measure | None = None,
    same_file_reason: str = "",
) -> RectificationItem:
    """Attach files to an item (`pk`), for one measure or for all. Effective today unless said otherwise."""
    item = RectificationItem.objects.locked(pk)
    situation = ADD_EVIDENCE.check(item, actor, at=at, files=files, measure=measure, same_file_reason=same_file_reason)
    attached = [stored_files.attach(each, subject=item, actor=actor, at=at) for each in files]
    Evidence.objects.bulk_create(
        Evidence(
            item=item,
            measure=measure,
            file=each,
            description=description,
            effective_on=effective_on or situation.on,
            same_file_reason=same_file_reason,
            uploaded_by=actor,
            uploaded_at=at,
        )
        for each in attached
    )
    payload = {"files": [[each.pk, each.original_name, each.size] for each in attached], "reuse": same_file_reason}
    note_act(item, ADD_EVIDENCE, actor=actor, at=at, note=description, payload=payload)
    return item


@transaction.atomic
def withdraw_evidence(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """Take one piece of evidence (`pk`) off its item; file and row stay on record."""
    evidence = Evidence.objects.select_related("file").get(pk=pk)
    item = RectificationItem.objects.locked(evidence.item_id)
    WITHDRAW_EVIDENCE.check(item, actor, at=at, evidence=evidence)
    Evidence.objects.filter(pk=pk).update(withdrawn_at=at)
    payload = {"file": [evidence.file_id, evidence.file.original_name]}
    note_act(item, WITHDRAW_EVIDENCE, actor=actor, at=at, payload=payload)
    return item

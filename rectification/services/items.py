"""The item between plan and close-out: progress, 催办, handing in, being returned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from rectification.models.item import ProgressNote, RectificationItem
from rectification.services.measures import MeasureUpdate, apply_updates
from rectification.services.moving import move_item, move_items, note_act, redo_date, run_clock
from rectification.services.report_links import return_reports_of
from rectification.transitions import NOTE_PROGRESS, PRESS, RETURN, SUBMIT
from supervision.core import files as stored_files
from supervision.core.deadlines import Clock
from supervision.core.models.event import Audience
from supervision.enums import DeadlineKind


@transaction.atomic
def note_progress(
    *,
    pk: int,
    actor: User,
    at: datetime,
    text: str,
    files: Sequence[stored_files.ReceivedFile] = (),
    measures: Sequence[MeasureUpdate] = (),
) -> RectificationItem:
    """A dated line 进展情况, with files, and how far the measures are."""
    item = RectificationItem.objects.locked(pk)
    on = NOTE_PROGRESS.check(item, actor, at=at, text=text, files=files, measures=measures).on
    note = ProgressNote.objects.create(item=item, text=text, author=actor, at=at)
    attached = [stored_files.attach(each, subject=note, actor=actor, at=at) for each in files]
    changes = apply_updates(item, measures, on)
    payload = {
        "progress_note": note.pk,
        "files": [[each.pk, each.original_name, each.size] for each in attached],
        "measures": changes,
    }
    note_act(item, NOTE_PROGRESS, actor=actor, at=at, note=text, payload=payload)
    return item


@transaction.atomic
def press_item(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """催办: one a day to whoever's clock runs. What presses the team or the office is not the unit's to read."""
    item = RectificationItem.objects.locked(pk)
    item.pressed_on = PRESS.check(item, actor, at=at).on
    item.save(update_fields=["pressed_on"])
    audience = Audience.UNIT if item.clock == Clock.UNIT else Audience.TEAM
    payload = {"clock": item.clock, "status": item.status, "clock_due_on": item.clock_due_on.isoformat()}
    note_act(item, PRESS, actor=actor, at=at, payload=payload, audience=audience)
    return item


def submit_items(*, items: Sequence[RectificationItem], signer: User, counted_on: date, at: datetime) -> None:
    """Hand items in, inside the signing of their report: form, report and items are locked by the caller.

    `counted_on`: the day that counts against the unit's clock (a setting of the campaign); beyond the clock's date
    an item was late, for ever. The team's days begin when it can know: the day of `at`.
    """
    moved = [(item, _submitted(item, signer, counted_on, at)) for item in items]
    changed = ["late", "submitted_by", "submitted_at", "submitted_on"]
    move_items(moved, SUBMIT, actor=signer, at=at, changed=changed)


def _submitted(item: RectificationItem, signer: User, counted_on: date, at: datetime) -> dict[str, Any]:
    """Set what the submission changes; returns what its event tells."""
    on = SUBMIT.check(item, None, at=at).on
    due_on, is_late = item.clock_due_on, counted_on > item.clock_due_on
    item.late = item.late or is_late
    item.submitted_by, item.submitted_at, item.submitted_on = signer, at, counted_on
    run_clock(item, Clock.TEAM, DeadlineKind.VERIFICATION, on)
    return {"counted_on": counted_on.isoformat(), "due_on": due_on.isoformat(), "late": is_late}


@transaction.atomic
def return_item(*, pk: int, actor: User, at: datetime, note: str) -> RectificationItem:
    """The team sends the item back with its supplementary requirement; its report goes back likewise."""
    item = return_with_report(item=RectificationItem.objects.locked(pk), actor=actor, at=at, note=note)
    return_reports_of(item=item, actor=actor, at=at, note=note)
    return item


def return_with_report(*, item: RectificationItem, actor: User, at: datetime, note: str) -> RectificationItem:
    """Return one item inside the return of its report: form, report and item are locked by the caller."""
    on = RETURN.check(item, actor, at=at, note=note).on
    send_back_to_unit(item, on, note)
    move_item(item, RETURN, actor=actor, at=at, changed=["returns", "return_note"], note=note, payload=redo_facts(item))
    return item


def send_back_to_unit(item: RectificationItem, on: date, note: str) -> None:
    """One more return, what is to be mended, and the unit's clock until the redo date."""
    item.returns += 1
    item.return_note = note
    item.start_clock(Clock.UNIT, redo_date(item, on))


def redo_facts(item: RectificationItem) -> dict[str, str | int]:
    return {"redo_on": item.clock_due_on.isoformat(), "returns": item.returns}

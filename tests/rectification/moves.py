"""One row of the move matrix for each move of a rectification item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from rectification.models import RectificationItem
from rectification.services import closure, items, opening, plans, verification
from supervision.enums import Document
from tests.rectification import item_world as iw
from tests.world import MoveRow, World

Item = RectificationItem


def _nobody(world: World, item: Item) -> None:
    return None


def _nothing(world: World, item: Item) -> dict[str, Any]:
    return {}


def _note(world: World, item: Item) -> dict[str, Any]:
    return {"note": iw.NOTE}


def _liaison(world: World, item: Item) -> User:
    return world.user(iw.unit_of(world, item))


def _member(world: World, item: Item) -> User:
    return world.user(f"{iw.lead_of(world, item)}-member")


def _deputy(world: World, item: Item) -> User:
    return world.user(f"{iw.lead_of(world, item)}-deputy")


def _body_office(world: World, item: Item) -> User:
    return world.user("a-office")


def _progress(world: World, item: Item) -> dict[str, Any]:
    return {"text": "已召开会议研究。", "files": [world.received("会议记录.pdf")]}


# --- moves of the system: made inside the move of a form or a report, whose lock comes first --------------------------


@transaction.atomic
def _assign(*, pk: int, at: datetime) -> Item:
    item = Item.objects.locked(pk)
    opening.hand_over(items=[item], received_on=None, actor=None, at=at)
    return item


@transaction.atomic
def _cancel(*, pk: int, at: datetime, note: str) -> Item:
    item = Item.objects.locked(pk)
    opening.take_out(items=[item], actor=None, at=at, note=note)
    return item


@transaction.atomic
def _submit(*, pk: int, at: datetime, signer: User) -> Item:
    item = Item.objects.locked(pk)
    items.submit_items(items=[item], signer=signer, counted_on=item.campaign.day_of(at), at=at)
    return item


def _signer(world: World, item: Item) -> dict[str, Any]:
    return {"signer": world.user(f"{iw.unit_of(world, item)}-head")}


# --- longer routes ----------------------------------------------------------------------------------------------------


def _review_in_two_steps(world: World) -> Item:
    iw.longer_route(world, Document.RECTIFICATION_PLAN, Role.DEPUTY, Role.LEADER)
    return iw.in_review(world)


def _close_in_two_steps(world: World) -> Item:
    iw.longer_route(world, Document.CLOSURE_SHEET, Role.BODY_OFFICE, Role.OFFICE)
    return iw.verified(world)


ROWS: dict[str, dict[str, MoveRow]] = {
    "rectification_item": {
        "assign": MoveRow(iw.pending, _nobody, _nothing, _assign),
        "cancel_with_form": MoveRow(iw.in_progress, _nobody, _note, _cancel),
        "start": MoveRow(lambda world: iw.planned(world, rule="immediate"), _liaison, _nothing, plans.start_item),
        "submit_plan": MoveRow(iw.planned, iw.hands_in, _nothing, plans.submit_plan),
        "recall_plan": MoveRow(iw.in_review, iw.hands_in, _nothing, plans.recall_plan),
        "endorse_plan": MoveRow(_review_in_two_steps, _deputy, _nothing, plans.endorse_plan),
        "approve_plan": MoveRow(iw.in_review, iw.decides_plan, _nothing, plans.approve_plan),
        "return_plan": MoveRow(iw.in_review, iw.decides_plan, _note, plans.return_plan),
        "note_progress": MoveRow(iw.in_progress, _liaison, _progress, items.note_progress),
        "press": MoveRow(iw.in_progress, _member, _nothing, items.press_item),
        "submit": MoveRow(iw.finished, _nobody, _signer, _submit),
        "record_verification": MoveRow(iw.submitted, _member, iw.record_inputs, verification.record_verification),
        "verify": MoveRow(iw.recorded, iw.confirms, _nothing, verification.verify_item),
        "return": MoveRow(iw.submitted, _member, _note, items.return_item),
        "endorse_closure": MoveRow(_close_in_two_steps, _body_office, _nothing, closure.endorse_closure),
        "close": MoveRow(iw.verified, iw.closer_of, iw.close_inputs, closure.close_item),
        "refuse_close": MoveRow(iw.verified, iw.closer_of, _note, closure.refuse_close),
        "refuse_close_to_unit": MoveRow(iw.verified, iw.closer_of, _note, closure.refuse_close_to_unit),
    }
}

"""Close-out 销号: the office's decision, with a numbered sheet that is frozen as a paper; or its refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import translation

from accounts.models import User
from rectification.closing_guards import requirements_of
from rectification.enums import ReturnTo
from rectification.guards import evidence_of
from rectification.models.closure import ClosureSheet
from rectification.models.item import RectificationItem
from rectification.models.verification import last_verification
from rectification.services.items import redo_facts, send_back_to_unit
from rectification.services.moving import move_item, note_act, run_clock
from rectification.services.plans import LANGUAGE_OF_PAPERS
from rectification.services.report_links import return_reports_of
from rectification.transitions import CLOSE, ENDORSE_CLOSURE, REFUSE_CLOSE, REFUSE_CLOSE_TO_UNIT
from supervision.core import numbers, papers
from supervision.core.deadlines import Clock
from supervision.enums import DeadlineKind, Document
from supervision.services import approvals
from supervision.vocabulary import vocabulary_of

SHEET_PAPER = "closure_sheet"
SHEET_TEMPLATE = "closure_sheet/1"
SERIES = "closure_sheet"


@transaction.atomic
def endorse_closure(*, pk: int, actor: User, at: datetime) -> RectificationItem:
    """核稿: one step of a longer route."""
    item = RectificationItem.objects.locked(pk)
    ENDORSE_CLOSURE.check(item, actor, at=at)
    approvals.endorse(subject=item, document=Document.CLOSURE_SHEET, actor=actor, at=at)
    note_act(item, ENDORSE_CLOSURE, actor=actor, at=at)
    return item


@transaction.atomic
def close_item(
    *, pk: int, actor: User, at: datetime, effect: str, opinion: str, ticked: Sequence[str]
) -> RectificationItem:
    """Strike the item off: sheet with its number, cycle frozen, problem settled.

    `ticked`: codes of the close-out requirements that the closer has gone through, every one that applies.
    """
    item = RectificationItem.objects.locked(pk)
    prefetch_related_objects([item], "measures")  # guards and sheet read them
    on = CLOSE.check(item, actor, at=at, effect=effect, opinion=opinion, ticked=ticked).on
    series = vocabulary_of(item.campaign_id).series(SERIES, item.body.code)
    number = numbers.take(campaign_id=item.campaign_id, code=series, year=on.year, subject=item, at=at)
    sheet = ClosureSheet.objects.create(
        item=item, number=number.text, effect=effect, opinion=opinion, ticked=sorted(ticked),
        decided_by=actor, decided_at=at, decided_on=on,
    )  # fmt: skip
    with translation.override(LANGUAGE_OF_PAPERS):
        content = sheet_content(item, sheet)
    papers.freeze(subject=item, kind=SHEET_PAPER, version=1, content=content, template_version=SHEET_TEMPLATE, at=at)
    item.stop_clock()
    item.closed_on = on
    move_item(item, CLOSE, actor=actor, at=at, changed=["closed_on"], note=opinion, payload={"number": sheet.number})
    return item


@transaction.atomic
def refuse_close(*, pk: int, actor: User, at: datetime, note: str, addressee: str = ReturnTo.TEAM) -> RectificationItem:
    """Not struck off: back to the team 补充核验, or to the unit 补充整改; the team is told either way."""
    item = RectificationItem.objects.locked(pk)
    move = REFUSE_CLOSE_TO_UNIT if addressee == ReturnTo.UNIT else REFUSE_CLOSE
    on = move.check(item, actor, at=at, note=note).on
    if addressee == ReturnTo.UNIT:
        send_back_to_unit(item, on, note)
        move_item(
            item, move, actor=actor, at=at, changed=["returns", "return_note"], note=note, payload=redo_facts(item)
        )
        return_reports_of(item=item, actor=actor, at=at, note=note)
        return item
    run_clock(item, Clock.TEAM, DeadlineKind.VERIFICATION, on)
    move_item(item, move, actor=actor, at=at, note=note)
    return item


def refuse_close_to_unit(*, pk: int, actor: User, at: datetime, note: str) -> RectificationItem:
    return refuse_close(pk=pk, actor=actor, at=at, note=note, addressee=ReturnTo.UNIT)


def sheet_content(item: RectificationItem, sheet: ClosureSheet) -> dict[str, Any]:
    """What the printed sheet says (domain/campaign.md, words on paper), texts as shown."""
    return {
        "number": sheet.number,
        "item": item.number,
        "form": item.form.number,
        "unit": item.unit.name,
        "team": item.team.name,
        "title": item.title,
        "fact": item.problem.fact,
        "due_on": item.due_on,
        "measures": [
            {
                "text": each.text,
                "responsible_person": each.responsible_person,
                "state": each.get_state_display(),
                "result": each.result or each.not_needed_reason,
            }
            for each in item.measures.all()
        ],
        "effect": sheet.effect,
        "evidence": [
            {"name": each.file.original_name, "description": each.description, "sha256": each.file.sha256}
            for each in evidence_of(item)
        ],
        "conclusion": _conclusion(item),
        "verification": _verification(item),
        "requirements": [row.name for row in requirements_of(item)],
        "opinion": sheet.opinion,
        "decided_by": {"name": sheet.decided_by.name, "post": sheet.decided_by.post},
        "decided_on": sheet.decided_on,
    }


def _conclusion(item: RectificationItem) -> dict[str, Any] | None:
    """The unit's side: who signed its report, in which form; nothing when mended on the spot."""
    signature = item.report_signature
    if signature is None:
        return None
    return {
        "signer": str(signature),
        "post": signature.signer_post,
        "signed_on": signature.signed_on,
        "form": signature.get_form_display(),
        "submitted_on": item.submitted_on,
    }


def _verification(item: RectificationItem) -> dict[str, Any] | None:
    record = last_verification(item)
    if record is None:
        return None
    second = record.second_verifier
    return {
        "way": record.get_way_display(),
        "verified_on": record.verified_on,
        "place": record.place,
        "opinion": record.opinion,
        "verifiers": [record.author.name, *([second.name] if second else [])],
    }

"""One row of the move matrix for each move of a rectification report."""

from __future__ import annotations

from typing import Any

from rectification.models import Report
from rectification.services import report_links, reports
from tests.rectification import report_world
from tests.world import MoveRow, World

NOTE = "请补充会议记录后重新报送。"


def _liaison(world: World, report: Report) -> Any:
    return world.user(report_world.unit_of(world, report))


def _reader(world: World, report: Report) -> Any:
    return world.user(report_world.reader_of(world, report))


def _nobody(world: World, report: Report) -> None:
    return None


def _nothing(world: World, report: Report) -> dict[str, Any]:
    return {}


def _note(world: World, report: Report) -> dict[str, Any]:
    return {"note": NOTE}


def _with_item(world: World, report: Report) -> dict[str, Any]:
    return {"note": NOTE, "item": report.items.first()}


def _body_office(world: World, report: Report) -> Any:
    body = next(code for code, body in world.bodies.items() if body.pk == report.body_id)
    return world.user(f"{body}-office")


ROWS: dict[str, dict[str, MoveRow]] = {
    "report": {
        "send_for_signature": MoveRow(report_world.draft, _liaison, _nothing, reports.send_report_for_signature),
        "recall": MoveRow(report_world.sent, _liaison, _nothing, reports.recall_report),
        "give_back": MoveRow(report_world.sent, report_world.head_of, _note, reports.give_back_report),
        "sign": MoveRow(report_world.sent, report_world.head_of, _nothing, reports.sign_report),
        "return": MoveRow(report_world.signed, _reader, _note, reports.return_report),
        "return_with_item": MoveRow(report_world.signed, _nobody, _with_item, report_links.return_with_item),
        "approve": MoveRow(report_world.verified, _reader, _nothing, reports.approve_report),
        "file": MoveRow(report_world.approved, _body_office, _nothing, reports.file_report),
        "withdraw": MoveRow(report_world.draft, _liaison, _note, reports.withdraw_report),
    }
}

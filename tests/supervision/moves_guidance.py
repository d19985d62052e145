"""The move matrix's rows of guidance: daily records, advice, filed drafts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.roles import Role
from supervision.enums import Document, Source
from supervision.models import Advice, ApprovalStep
from supervision.services import advice, daily, filed_drafts
from tests.supervision import guidance
from tests.supervision.moves import nothing, person
from tests.world import MoveRow, World

MEMBER, LEAD, LIAISON = person("a1-member"), person("a1-lead"), person("u1")


def noted(_world: World, _subject: Any) -> dict[str, Any]:
    return {"note": guidance.NOTE}


def typed(name: str, value: str) -> Callable[[World, Any], dict[str, Any]]:
    return lambda _world, _subject: {name: value}


def correction(world: World, _subject: Any) -> dict[str, Any]:
    return {"way": world.ways["papers"], "happened_on": world.today, "content": "更正：学习安排排到下月中旬。"}


def longer_route(world: World) -> Advice:
    """The deputy endorses before the leader signs."""
    step = ApprovalStep.objects.get(
        route__campaign=world.campaign, route__document=Document.ADVICE, route__source=Source.TEAM,
        route__is_key=False,
    )  # fmt: skip
    step.number = 2
    step.save()
    ApprovalStep.objects.create(route=step.route, number=1, role=Role.DEPUTY)
    return guidance.submitted(world)


DAILY_RECORD = {
    "correct": MoveRow(guidance.recorded, MEMBER, correction, daily.correct_record),
    "supplement": MoveRow(guidance.recorded, MEMBER, typed("text", "已收到安排表。"), daily.supplement_record),
    "ask_follow_up": MoveRow(guidance.recorded, MEMBER, typed("follow_up", "problem"), daily.ask_follow_up),
    "follow_up": MoveRow(guidance.to_follow, MEMBER, typed("outcome", "已当面提醒。"), daily.follow_up_record),
    "void": MoveRow(guidance.recorded, MEMBER, noted, daily.void_record),
}

ADVICE = {
    "edit": MoveRow(
        guidance.drafted, MEMBER, lambda _w, _s: {"title": "建议", "content": "改后的建议"}, advice.edit_advice
    ),
    "submit": MoveRow(guidance.drafted, MEMBER, nothing, advice.submit_advice),
    "recall": MoveRow(guidance.submitted, MEMBER, nothing, advice.recall_advice),
    "discard": MoveRow(guidance.drafted, MEMBER, noted, advice.discard_advice),
    "endorse": MoveRow(longer_route, person("a1-deputy"), nothing, advice.endorse_advice),
    "return": MoveRow(guidance.submitted, LEAD, noted, advice.return_advice),
    "issue": MoveRow(guidance.submitted, LEAD, nothing, advice.issue_advice),
    "withdraw": MoveRow(guidance.issued, LEAD, noted, advice.withdraw_advice),
    "answer": MoveRow(
        guidance.issued,
        LIAISON,
        lambda world, _s: {"stance": "partly", "text": "台账已建。", "uploads": [world.received("台账.pdf")]},
        advice.answer_advice,
    ),
    "ask_more": MoveRow(guidance.answered, MEMBER, noted, advice.ask_more),
    "close": MoveRow(guidance.answered, MEMBER, nothing, advice.close_advice),
}


def comments(world: World, _subject: Any) -> dict[str, Any]:
    return {"verdict": "comments", "comments": "请补充责任分工。", "uploads": [world.received("批注.pdf")]}


def revision(world: World, _subject: Any) -> dict[str, Any]:
    return {"adopt_on": world.today + timedelta(days=3), "uploads": [world.received("修改稿.pdf")]}


def final_text(world: World, _subject: Any) -> dict[str, Any]:
    return {"how_taken": "全部采纳。", "uploads": [world.received("定稿.pdf")]}


FILED_DRAFT = {
    "read": MoveRow(guidance.filed, MEMBER, comments, filed_drafts.read_draft),
    "refile": MoveRow(guidance.read, LIAISON, revision, filed_drafts.refile_draft),
    "adopt": MoveRow(guidance.read, LIAISON, final_text, filed_drafts.adopt_draft),
    "withdraw": MoveRow(guidance.filed, LIAISON, noted, filed_drafts.withdraw_draft),
}

ROWS = {"daily_record": DAILY_RECORD, "advice": ADVICE, "filed_draft": FILED_DRAFT}

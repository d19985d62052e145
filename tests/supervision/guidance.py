"""Daily records, advice and filed drafts of the small world, in the states that tests need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from supervision.models import Advice, DailyRecord, FiledDraft
from supervision.services import advice as advising
from supervision.services import daily, filed_drafts
from supervision.services.advice import Wording
from supervision.services.daily import Contact
from supervision.services.filed_drafts import Filing
from tests.world import World

NOTE = "请按照督导组商定的口径写得更具体"


# --- daily records ----------------------------------------------------------------------------------------------------


def contact(world: World, **given: Any) -> Contact:
    facts: dict[str, Any] = {
        "way": world.ways["call"],
        "happened_on": world.today,
        "content": "电话了解集中学习安排，已排到月底。",
    }
    return Contact(**facts | given)


def recorded(world: World, unit: str = "u1", by: str = "a1-member", at: Any = None, **given: Any) -> DailyRecord:
    records = daily.create_daily_records(
        units=[world.units[unit]], actor=world.user(by), at=at or world.at, contact=contact(world, **given)
    )
    return records[0]


def to_follow(world: World, **given: Any) -> DailyRecord:
    return recorded(world, **{"follow_up": "advice", "follow_up_note": "建议把学习记录建账"} | given)


# --- advice -----------------------------------------------------------------------------------------------------------


def drafted(world: World, unit: str = "u1", by: str = "a1-member", **given: Any) -> Advice:
    words: dict[str, Any] = {"title": "关于建立学习台账的建议", "content": "建议按周登记学习情况，由专人核对。"}
    return advising.draft_advice(
        unit=world.units[unit], actor=world.user(by), at=world.at, wording=Wording(**words | given)
    )


def submitted(world: World, **given: Any) -> Advice:
    advice = drafted(world, **given)
    actor = world.user(given.get("by", "a1-member"))
    return advising.submit_advice(pk=advice.pk, actor=actor, at=world.at)


def issued(world: World, **given: Any) -> Advice:
    advice = submitted(world, **given)
    actor = world.user(f"{advice.team.code}-lead")
    return advising.issue_advice(pk=advice.pk, actor=actor, at=world.at)


def answered(world: World, **given: Any) -> Advice:
    advice = issued(world, **given)
    return advising.answer_advice(
        pk=advice.pk, actor=world.user(advice.unit.code), at=world.at, stance="adopted", text="已按建议建立台账。"
    )


def closed(world: World, **given: Any) -> Advice:
    advice = answered(world, **given)
    return advising.close_advice(pk=advice.pk, actor=world.user(f"{advice.team.code}-member"), at=world.at)


# --- filed drafts -----------------------------------------------------------------------------------------------------


def filed(world: World, unit: str = "u1", by: str = "", at: Any = None, **given: Any) -> FiledDraft:
    facts: dict[str, Any] = {
        "draft_kind": world.draft_kinds["plan"],
        "title": "教育整顿实施方案（征求意见稿）",
        "summary": "分三个环节，明确任务和责任人。",
        "adopt_on": world.today + timedelta(days=10),
    }
    return filed_drafts.file_draft(
        unit=world.units[unit], actor=world.user(by or unit), at=at or world.at, filing=Filing(**facts | given),
        uploads=[world.received("实施方案.pdf")],
    )  # fmt: skip


def read(
    world: World, verdict: str = "comments", comments: str = "请补充责任分工和完成时限。", **given: Any
) -> FiledDraft:
    draft = filed(world, **given)
    actor = world.user(f"{draft.team.code}-member")
    return filed_drafts.read_draft(pk=draft.pk, actor=actor, at=world.at, verdict=verdict, comments=comments)

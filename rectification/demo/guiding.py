"""Between the visits: daily records, advice, drafts filed for reading, played through the services (guidance.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from accounts.models import User
from rectification.demo import papers
from rectification.demo.stage import Stage, Story
from supervision.core import files
from supervision.models.daily import DailyRecord
from supervision.models.organisation import Unit
from supervision.services import advice as advising
from supervision.services import daily, filed_drafts
from supervision.services.advice import Wording
from supervision.services.daily import Contact
from supervision.services.filed_drafts import Filing

Row = dict[str, Any]
PLOT: dict[str, list[Row]] = yaml.safe_load((Path(__file__).parent / "guidance.yaml").read_text(encoding="utf-8"))
NO_COMMENT, COMMENTS = "no_comment", "comments"


def tell_guidance(stage: Stage) -> Iterator[Story]:
    """A story for each line of the plot. Advice finds the record it came from by unit and day."""
    yield from (_tell_call(Scene(stage, row)) for row in PLOT["calls"])
    yield from (_tell_advice(Scene(stage, row)) for row in PLOT["advice"])
    yield from (_tell_draft(Scene(stage, row)) for row in PLOT["drafts"])


class Scene:
    """One line of the plot: its unit, its people, its moments."""

    def __init__(self, stage: Stage, row: Row) -> None:
        self.stage, self.row = stage, row
        self.unit: Unit = stage.units[row["unit"]]

    def person(self, suffix: str) -> User:
        assert self.unit.team is not None
        return self.stage.people[f"{self.unit.team.code}-{suffix}"]

    @property
    def liaison(self) -> User:
        return self.stage.people[self.unit.code]

    def at(self, hour: int, after: int = 0) -> datetime:
        """Within that hour, so many working days after the line's own day."""
        row = self.row
        return self.stage.at(row["ago"] - after, hour, f"{row['unit']} {row['ago']} {hour} {row.get('title', '')}")

    def file(self, name: str) -> files.ReceivedFile:
        lines = [self.unit.name, name, "（示例材料）", str(self.row["ago"])]
        return self.stage.keep(files.receive(papers.pdf(f"{name}.pdf", lines)))


# --- daily records ----------------------------------------------------------------------------------------------------


def _tell_call(scene: Scene) -> Story:
    row = scene.row
    yield (at := scene.at(11))
    author = scene.person("member" if row["ago"] % 2 else "member-2")
    records = daily.create_daily_records(units=[scene.unit], actor=author, at=at, contact=_contact(scene, at))
    if "added" in row:
        yield (at := scene.at(16, 1))
        daily.supplement_record(pk=records[0].pk, actor=author, at=at, text=row["added"])
    if "voided" in row:
        yield (at := scene.at(12))
        daily.void_record(pk=records[0].pk, actor=author, at=at, note=row["voided"])


def _contact(scene: Scene, at: datetime) -> Contact:
    row, words = scene.row, scene.stage.words
    return Contact(
        way=next(way for way in words.contact_ways if way.code == row["way"]),
        happened_on=scene.stage.campaign.day_of(at),
        content=row["text"],
        counterpart=row.get("with", ""),
        focus=next((focus for focus in words.foci if focus.code == row.get("focus")), None),
        follow_up=row.get("follow_up", ""),
        follow_up_note=row.get("note", "") if "follow_up" in row else "",
    )


# --- advice -----------------------------------------------------------------------------------------------------------


def _tell_advice(scene: Scene) -> Story:
    row, member, lead = scene.row, scene.person("member"), scene.person("lead")
    yield (at := scene.at(14))
    wording = Wording(row["title"], row["text"], daily_record=_origin(scene))
    pk = advising.draft_advice(unit=scene.unit, actor=member, at=at, wording=wording).pk
    if not row.get("submitted", True):
        return
    advising.submit_advice(pk=pk, actor=member, at=at)
    if "signed" in row:
        yield (at := scene.at(9, row["signed"]))
        advising.issue_advice(pk=pk, actor=lead, at=at)
    if "withdrawn" in row:
        yield (at := scene.at(10, row["withdrawn"]))
        advising.withdraw_advice(pk=pk, actor=lead, at=at, note=row["note"])
    if "answered" in row:
        yield (at := scene.at(15, row["answered"]))
        _answer(scene, pk, at, row["stance"], row["answer"])
    if "more" in row:
        yield (at := scene.at(10, row["more"]))
        advising.ask_more(pk=pk, actor=member, at=at, note=row["note"])
        yield (at := scene.at(15, row["answered_again"]))
        _answer(scene, pk, at, row["stance_again"], row["answer_again"])
    if "read" in row:
        yield (at := scene.at(10, row["read"]))
        advising.close_advice(pk=pk, actor=member, at=at)


def _origin(scene: Scene) -> DailyRecord | None:
    ago = scene.row.get("from_call")
    if ago is None:
        return None
    return DailyRecord.objects.get(unit=scene.unit, happened_on=scene.stage.day(ago), follow_up="advice")


def _answer(scene: Scene, pk: int, at: datetime, stance: str, text: str) -> None:
    advising.answer_advice(
        pk=pk, actor=scene.liaison, at=at, stance=stance, text=text, uploads=[scene.file("关于工作建议的回复")]
    )


# --- drafts filed for reading -----------------------------------------------------------------------------------------


def _tell_draft(scene: Scene) -> Story:
    row = scene.row
    yield (at := scene.at(10))
    pk = filed_drafts.file_draft(
        unit=scene.unit, actor=scene.liaison, at=at, filing=_filing(scene, at), uploads=[scene.file(row["title"])]
    ).pk
    if "read" in row:
        yield (at := scene.at(16, row["read"]))
        _read(scene, pk, at, row.get("comments", ""))
    if "refiled" in row:
        yield (at := scene.at(9, row["refiled"]))
        filed_drafts.refile_draft(
            pk=pk, actor=scene.liaison, at=at, adopt_on=scene.stage.day(row["ago"] - row["adopted"]),
            summary="已按意见修改。", uploads=[scene.file(f"{row['title']}（修改稿）")],
        )  # fmt: skip
        yield (at := scene.at(16, row["read_again"]))
        _read(scene, pk, at, "")
    if "withdrawn" in row:
        yield (at := scene.at(17))
        filed_drafts.withdraw_draft(pk=pk, actor=scene.liaison, at=at, note=row["withdrawn"])
    if "adopted" in row:
        yield (at := scene.at(17, row["adopted"]))
        filed_drafts.adopt_draft(
            pk=pk, actor=scene.liaison, at=at, how_taken=row.get("how_taken", ""), uploads=[scene.file("定稿")]
        )


def _filing(scene: Scene, at: datetime) -> Filing:
    row, words = scene.row, scene.stage.words
    day = words.calendar.add(scene.stage.campaign.day_of(at), row["adopt_in"])
    kind = next(kind for kind in words.draft_kinds if kind.code == row["kind"])
    return Filing(kind, row["title"], row["summary"], day)


def _read(scene: Scene, pk: int, at: datetime, comments: str) -> None:
    verdict = COMMENTS if comments else NO_COMMENT
    filed_drafts.read_draft(pk=pk, actor=scene.person("member"), at=at, verdict=verdict, comments=comments)

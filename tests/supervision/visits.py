"""Inspections of the small world in every state, played through the services by the people who would do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from supervision.enums import Outcome
from supervision.models import Inspection, Problem
from supervision.services import inspections as services
from supervision.services.inspection_records import PointResult, points_of, save_checklist, save_record
from supervision.services.planning import create_inspection
from supervision.services.problems import Finding, save_problem
from tests.world import World


def plan(world: World, unit: str = "u1", by: str = "a1-member", **given: Any) -> Inspection:
    """A visit planned for today."""
    facts: dict[str, Any] = {
        "phase": world.phases["rectify"],
        "foci": [world.foci["responsibility"]],
        "methods": [world.methods["listen"], world.methods["early"]],
        "planned_on": world.today,
    }
    if "happened_on" in given:
        facts.pop("planned_on")
    return create_inspection(unit=world.units[unit], actor=world.user(by), at=world.at, **facts | given)


def team_of(inspection: Inspection) -> str:
    return inspection.team.code


def approve(world: World, inspection: Inspection) -> Inspection:
    who = "sponsor" if inspection.is_unannounced else "lead"
    actor = world.user(f"{team_of(inspection)}-{who}")
    return services.approve_inspection(pk=inspection.pk, actor=actor, at=world.at)


def members(world: World, inspection: Inspection) -> list[Any]:
    team = team_of(inspection)
    return [world.user(f"{team}-member"), world.user(f"{team}-member-2")]


def begin(world: World, inspection: Inspection) -> Inspection:
    people = members(world, inspection)
    return services.start_inspection(pk=inspection.pk, actor=people[0], at=world.at, present=people)


def log_record(world: World, inspection: Inspection, **given: Any) -> Any:
    facts = {"method": world.methods["listen"], "content": "听取汇报，党组会记录齐全。"}
    return save_record(pk=inspection.pk, actor=members(world, inspection)[0], at=world.at, **facts | given)


def find_problem(world: World, inspection: Inspection, **given: Any) -> Problem:
    facts: dict[str, Any] = {
        "title": "主体责任落实不够",
        "category": world.categories["duty"],
        "severity": world.severities["general"],
        "fact": "三次会议均由副职主持。",
        "basis": "实施方案第三条。",
        "record": inspection.records.first(),
    }
    photo, by = given.pop("photo", None), given.pop("by", "")
    photos = [photo] if photo else []
    actor = world.user(by) if by else members(world, inspection)[0]
    return save_problem(pk=inspection.pk, actor=actor, at=world.at, finding=Finding(**facts | given), photos=photos)


def look_at_points(world: World, inspection: Inspection, by: str) -> None:
    results = [PointResult(point, True, "已查看会议记录") for point in points_of(inspection)]
    save_checklist(pk=inspection.pk, actor=world.user(by), at=world.at, results=results)


def hand_in(world: World, inspection: Inspection) -> Inspection:
    return services.submit_inspection(pk=inspection.pk, actor=members(world, inspection)[0], at=world.at)


def conclude(world: World, inspection: Inspection) -> Inspection:
    outcome = Outcome.FEEDBACK if inspection.problems.exists() else Outcome.NONE_FOUND
    actor = world.user(f"{team_of(inspection)}-lead")
    return services.conclude_inspection(pk=inspection.pk, actor=actor, at=world.at, outcome=outcome)


def planned(world: World, **given: Any) -> Inspection:
    return plan(world, **given)


def approved(world: World, **given: Any) -> Inspection:
    return approve(world, plan(world, **given))


def in_progress(world: World, **given: Any) -> Inspection:
    return begin(world, approved(world, **given))


def pending_review(world: World, *, with_problem: bool = True, **given: Any) -> Inspection:
    inspection = in_progress(world, **given)
    log_record(world, inspection)
    if with_problem:
        find_problem(world, inspection)
    return hand_in(world, inspection)


def concluded(world: World, **given: Any) -> Inspection:
    return conclude(world, pending_review(world, **given))


def postponed(world: World, **given: Any) -> Inspection:
    inspection = approved(world, **given)
    actor = world.user(f"{team_of(inspection)}-lead")
    note, day = "单位当日有全省会议，商定改期", world.today + timedelta(days=3)
    return services.postpone_inspection(pk=inspection.pk, actor=actor, at=world.at, note=note, planned_on=day)

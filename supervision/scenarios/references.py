"""What must hang together across the sections of a scenario: codes used once, names that exist, nothing left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from supervision.enums import TEAMS_OWN, DeadlineKind, Document, LightCondition, Source
from supervision.scenarios.schema import Scenario
from supervision.scenarios.source import Place

Finding = tuple[Place, str]

PROCEDURE = [kind.value for kind in DeadlineKind if kind not in (DeadlineKind.IMMEDIATE, DeadlineKind.FIXED)]
SECTIONS = (
    "phases", "foci", "categories", "severities", "deadline_rules", "close_requirements", "contact_ways", "draft_kinds",
    "bodies",
)  # fmt: skip
EVERY_ITEM_HAS_A_LIGHT = (
    LightCondition.CANCELLED,
    LightCondition.CLOSED_LATE,
    LightCondition.CLOSED,
    LightCondition.OVERDUE,
    LightCondition.ON_COURSE,
)


def findings(scenario: Scenario) -> list[Finding]:
    """Everything that does not fit together, with its place."""
    checks = (_codes, _phases_and_foci, _teams_and_units, _tree, _deadlines, _lights, _routes, _numbers)
    return [finding for check in checks for finding in check(scenario)]


def _once(rows: Iterable[tuple[Place, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, code in rows:
        if code in seen:
            yield place, _("代码“%(code)s”用了两次，请换一个。") % {"code": code}
        seen.add(code)


def _listed(section: str, rows: Iterable[Any], key: str = "code", within: Place = ()) -> list[tuple[Place, str]]:
    return [((*within, section, index, key), getattr(row, key)) for index, row in enumerate(rows)]


def _codes(scenario: Scenario) -> Iterator[Finding]:
    for section in SECTIONS:
        yield from _once(_listed(section, getattr(scenario, section)))
    methods = _listed("methods", scenario.methods)
    teams: list[tuple[Place, str]] = []
    units = _listed("units", scenario.units)
    for index, body in enumerate(scenario.bodies):
        methods += _listed("methods", body.methods, within=("bodies", index))
        teams += _listed("teams", body.teams, within=("bodies", index))
        if body.own_unit:
            units.append((("bodies", index, "own_unit", "code"), body.own_unit.code))
    for rows in (methods, teams, units):
        yield from _once(rows)


def _unknown(place: Place, code: str | None, known: Iterable[str], what: str) -> Iterator[Finding]:
    if code is not None and code not in set(known):
        yield place, _("没有代码为“%(code)s”的%(what)s。") % {"code": code, "what": what}


def _phases_and_foci(scenario: Scenario) -> Iterator[Finding]:
    phases = {phase.code for phase in scenario.phases}
    foci = {focus.code for focus in scenario.foci}
    for index, focus in enumerate(scenario.foci):
        for code in focus.asks_by_phase:
            yield from _unknown(("foci", index, "asks_by_phase", code), code, phases, _("环节"))
    for index, category in enumerate(scenario.categories):
        yield from _unknown(("categories", index, "focus"), category.focus, foci, _("督导重点"))


def _teams_and_units(scenario: Scenario) -> Iterator[Finding]:
    bodies = {body.code for body in scenario.bodies}
    body_of = {team.code: body.code for body in scenario.bodies for team in body.teams}
    units = {unit.code for unit in scenario.units}
    supervised = {unit.team for unit in scenario.units}
    for index, unit in enumerate(scenario.units):
        yield from _unknown(("units", index, "body"), unit.body, bodies, _("督导主体"))
        yield from _unknown(("units", index, "team"), unit.team, body_of, _("督导组"))
        yield from _unknown(("units", index, "parent"), unit.parent, units, _("单位"))
        if unit.team in body_of and body_of[unit.team] != unit.body:
            yield ("units", index, "team"), _("督导组“%(team)s”不属于“%(body)s”。") % unit.model_dump()
    for b, body in enumerate(scenario.bodies):
        for t, team in enumerate(body.teams):
            if team.code not in supervised:
                sentence = _("督导组“%(code)s”没有督导任何单位（units 中没有写 team: %(code)s 的单位）。")
                yield ("bodies", b, "teams", t), sentence % {"code": team.code}


def _tree(scenario: Scenario) -> Iterator[Finding]:
    parents: Mapping[str, str | None] = {unit.code: unit.parent for unit in scenario.units}
    for index, unit in enumerate(scenario.units):
        seen, above = {unit.code}, unit.parent
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == unit.code:
            yield ("units", index, "parent"), _("“%(code)s”成了自己的上级，请检查 parent。") % {"code": unit.code}


def _deadlines(scenario: Scenario) -> Iterator[Finding]:
    codes = {rule.code for rule in scenario.deadline_rules}
    for code in PROCEDURE:
        if code not in codes:
            yield ("deadline_rules",), _("缺少时限规则“%(code)s”，办理中要用到。") % {"code": code}
    if not any(rule.for_problems for rule in scenario.deadline_rules):
        yield ("deadline_rules",), _("至少要有一条用于整改时限的规则（for_problems: true）。")


def _lights(scenario: Scenario) -> Iterator[Finding]:
    rules = _listed("light_rules", scenario.light_rules, "condition")
    yield from _once(rules)
    given = [condition for _place, condition in rules]
    for condition in EVERY_ITEM_HAS_A_LIGHT:
        if condition not in given:
            yield ("light_rules",), _("缺少“%(code)s”的亮灯规则，有的事项会无灯可亮。") % {"code": condition.value}
    if LightCondition.ON_COURSE in given and given[-1] != LightCondition.ON_COURSE:
        yield ("light_rules",), _("“on_course”总是成立，须放在最后。")


def _routes(scenario: Scenario) -> Iterator[Finding]:
    covered: set[tuple[str, str, bool]] = set()
    for index, route in enumerate(scenario.routes):
        for case in route.cases():
            if case in covered:
                words = {"document": case[0], "source": case[1], "weight": _("重点") if case[2] else _("一般")}
                sentence = _("%(document)s、%(source)s、%(weight)s的审批路径写了两次。")
                yield ("routes", index), sentence % words
            covered.add(case)
    for document, source, weight in _needed_routes():
        if (document, source, weight) not in covered:
            words = {"document": document, "source": source, "weight": _("重点") if weight else _("一般")}
            yield ("routes",), _("缺少%(document)s、%(source)s、%(weight)s的审批路径。") % words


def _needed_routes() -> Iterator[tuple[str, str, bool]]:
    """Every case that can come up: visits and advice are the teams' own."""
    for document in Document.values:
        for source in [Source.TEAM.value] if document in TEAMS_OWN else Source.values:
            for weight in (False, True):
                yield document, source, weight


def _numbers(scenario: Scenario) -> Iterator[Finding]:
    bodies = {body.code for body in scenario.bodies}
    rows = [(("number_series", index), series) for index, series in enumerate(scenario.number_series)]
    yield from _once((place, series.code) for place, series in rows)
    for place, series in rows:
        yield from _unknown((*place, "body"), series.body, bodies, _("督导主体"))
    texts: set[tuple[str, str]] = set()
    for place, series in rows:
        if (series.prefix, series.pattern) in texts:
            sentence = _("代字“%(prefix)s”与另一个编号系列相同，会编出同样的号。")
            yield (*place, "prefix"), sentence % {"prefix": series.prefix}
        texts.add((series.prefix, series.pattern))

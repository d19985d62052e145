"""A scenario file is read strictly: every fault is named with file, line and reason, in plain words."""

import re
from pathlib import Path

import pytest

from supervision.scenarios.reading import DEFAULTS, FOLDER, check, read_scenario, scenario_path
from supervision.scenarios.refusal import ScenarioRefused
from supervision.scenarios.source import parse

SHANXI = (FOLDER / "shanxi_2021.yaml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ScenarioRefused) as refused:
        check(parse(text, "bad.yaml"))
    return [(fault.line, fault.place, fault.reason) for fault in refused.value.faults]


def spoiled(old: str, new: str) -> tuple[str, int]:
    """The good file with one place spoiled, and the line of that place."""
    assert old in SHANXI
    return SHANXI.replace(old, new, 1), SHANXI[: SHANXI.index(old)].count("\n") + 1


def test_the_shipped_scenario_is_good():
    assert read_scenario(scenario_path("shanxi_2021")).campaign.code == "shanxi-2021"


def test_the_defaults_are_sections_of_the_format_and_nothing_else():
    assert set(parse(DEFAULTS.read_text(encoding="utf-8"), "defaults.yaml").data) == {
        "severities", "deadline_rules", "close_requirements", "light_rules", "routes", "contact_ways", "draft_kinds",
            "reminder_rungs", "reminder_steps",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("short_name: 教育整顿", "shortname: 教育整顿", "campaign.shortname", "没有这一项"),
        ("code: dtrail-court,", "code: DTrail court,", "units[3].code", "不能作代码"),
        ("name: 学习教育, starts_on", 'name: "", starts_on', "phases[1].name", "不能为空"),
        ("name: 学习教育, starts_on", f"name: {'长' * 65}, starts_on", "phases[1].name", "不能超过 64 个字"),
        ("name: 学习教育, starts_on", "name: no, starts_on", "phases[1].name", "请加引号"),
        ("starts_on: 2021-09-11", 'starts_on: "2021-09-11"', "phases[2].starts_on", "应为日期"),
        ("starts_on: 2021-09-11", "starts_on: 2021-02-31", "phases[2].starts_on", "无法识别"),
        ("starts_on: 2021-09-11", "starts_on: 2021-12-31", "phases[2]", "早于开始日期"),
        ("kind: follow_up", "kind: followup", "bodies[3].methods[5].kind", "act、manner、follow_up"),
        ("kind: follow_up", "kind: 3", "bodies[3].methods[5].kind", "应为文字"),
        ("is_remote: true", "is_remote: 1", "units[5].is_remote", "true 或 false"),
        ("    office_lead: 省", "    office_laed: 省", "campaign.role_words.office_laed", "没有“office_laed”"),
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Taiyuan", "campaign.time_zone", "时区"),
        ("format: 1", "format: 2", "format", "可以写：1"),
        ("format: 1", "format: 1\nunits_: []", "units_", "没有这一项"),
        ("prefix: 晋政法教整督,", 'prefix: 晋, pattern: "{prefix}{n}",', "number_series[1].pattern", "{year}"),
        ("prefix: 晋检教整督", "prefix: 晋法教整督", "number_series[3].prefix", "同样的号"),
        ("of: closure_sheet, body: court", "of: closure_sheet, body: curt", "number_series[6].body", "curt"),
        ("of: closure_sheet, body: court", "of: closure_sheet", "number_series[6]", "用了两次"),
        ("study: [习近平", "stduy: [习近平", "foci[2].asks_by_phase.stduy", "没有代码为“stduy”的环节"),
        ("focus: responsibility", "focus: duty", "categories[1].focus", "督导重点"),
        ("code: proc-rail,", "code: court-1,", "bodies[2].teams[1].code", "用了两次"),
        ("code: court-inspect", "code: court-listen", "bodies[1].methods[2].code", "用了两次"),
        ("code: court-own", "code: dtrail-court", "bodies[1].own_unit.code", "用了两次"),
        ("team: proc-rail}", "team: court-1}", "units[6].team", "不属于“procuratorate”"),
        ("parent: police-traffic", "parent: police-expressway", "units[19].parent", "自己的上级"),
        ("parent: police-traffic", "parent: nowhere", "units[19].parent", "没有代码为“nowhere”的单位"),
    ],
)
def test_a_fault_is_named_with_its_line_and_place(old, new, place, words):
    text, line = spoiled(old, new)
    if "\n" in new:
        line += 1
    assert any(f[0] == line and f[1] == place and words in f[2] for f in faults_of(text)), faults_of(text)


def test_what_is_missing_is_shown_where_it_should_stand():
    text, _line = spoiled("    short_name: 省法院\n", "")
    body = SHANXI[: SHANXI.index("- code: court\n")].count("\n") + 1
    assert faults_of(text) == [(body, "bodies[1].short_name", "缺少这一项。")]


def test_all_faults_are_told_at_once_in_the_order_of_the_lines():
    text = SHANXI.replace("kind: act", "kind: art", 2).replace("is_remote: true", "is_remote: 1")
    found = faults_of(text)
    assert len(found) == 3
    assert found == sorted(found)


def test_a_team_that_supervises_nobody_is_refused():
    text = SHANXI.replace("team: police-5,", "team: police-4,")
    assert any("police-5" in reason for _line, _place, reason in faults_of(text))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("routes:\n  - {document: inspection, roles: [leader]}", "缺少closure_sheet、central、重点的审批路径"),
        ("routes:\n  - {document: inspection, roles: []}", "至少要有 1 项"),
        ("routes:\n  - {document: inspection, roles: [leader, leader, leader, leader]}", "最多 3 项"),
        ("routes:\n  - {document: inspection, roles: [captain]}", "没有“captain”"),
        ("deadline_rules:\n  - {code: plan, name: 方案, amount: 5}", "缺少时限规则“receipt”"),
        ("deadline_rules:\n  - {code: plan, name: 方案, amount: 0}", "不能小于 1"),
        ("deadline_rules:\n  - {code: plan, name: 方案, amount: 5.5}", "应为整数"),
        ("deadline_rules: []", "至少要有 1 项"),
        ("deadline_rules: {}", "应为列表"),
        ("severities:\n  - 一般", "应为若干“键: 值”"),
        ("light_rules:\n  - {condition: near_due, light: blue}", "须写明"),
        ("light_rules:\n  - {condition: closed, light: green, times: 2}", "不用 times"),
        ("light_rules:\n  - {condition: on_course, light: green}\n  - {condition: closed, light: green}", "须放在最后"),
        ("light_rules:\n  - {condition: on_course, light: green}", "缺少“closed_late”的亮灯规则"),
    ],
)
def test_a_section_of_ones_own_replaces_the_default_and_is_checked_like_it(section, words):
    found = faults_of(f"{SHANXI}\n{section}\n")
    assert any(words in reason for _line, _place, reason in found), found


def test_a_case_covered_twice_by_routes_is_refused():
    defaults = DEFAULTS.read_text(encoding="utf-8")
    routes = defaults[defaults.index("routes:") :] + "  - {document: inspection, sources: [team], roles: [leader]}\n"
    assert any("写了两次" in reason for _line, _place, reason in faults_of(f"{SHANXI}\n{routes}"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "campaign"),
        ("- a", 1, "campaign"),
        ("a: 1\nb: c: d", 2, "不是有效的 YAML"),
        ("a: 1\nb: [1", 2, "不是有效的 YAML"),
        ("a: \x01", 1, "不是有效的 YAML"),
        ("a: 1\nb: 2\na: 3", 3, "“a”写了两次"),
        ("a: 1\nb: &x [1]\nc: *x", 2, "锚点"),
        ("a: 1\n? [1]\n: 2", 2, "键只能是普通文字"),
        ("a: 1\n<<: {b: 2}", 2, "键只能是普通文字"),
        ("a: !!python/object/apply:os.system ['true']", 1, "无法识别|不是有效|锚点|没有这一项"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text, line, words):
    found = faults_of(text)
    assert any(at == line and re.search(words, reason) for at, _place, reason in found), found


def test_a_bomb_of_aliases_is_refused_unopened():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
    )
    assert len(faults_of(bomb)) == 1


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path):
    bad = tmp_path / "gbk.yaml"
    bad.write_bytes("名称: 教育".encode("gbk"))
    for path in (tmp_path / "none.yaml", bad, tmp_path):
        with pytest.raises(ScenarioRefused, match="UTF-8"):
            read_scenario(path)


def test_the_text_of_a_fault_names_file_line_place_and_reason():
    with pytest.raises(ScenarioRefused) as refused:
        check(parse(spoiled("is_remote: true", "is_remote: 1")[0], "bad.yaml"))
    assert re.fullmatch(r"bad\.yaml 第\d+行 units\[5\]\.is_remote：应为 true 或 false。", str(refused.value))


def test_every_error_that_the_schema_can_raise_is_told_in_our_words():
    """No English sentence of a library reaches whoever writes the file."""
    for old, new in [
        ("short_name: 教育整顿", "short_name: [1]"),
        ("asks:\n", "asks: 3\n    x:\n"),
        ("units:", "units: 3\nx:"),
    ]:
        assert not any(
            re.search(r"[A-Za-z]{6,} [a-z]+ [a-z]+", reason) for _l, _p, reason in faults_of(spoiled(old, new)[0])
        )

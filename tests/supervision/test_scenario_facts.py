"""No fact of the campaign that Shanxi reported is lost between the data file and the scenario.

tests/supervision/data/shanxi-2021-facts.yaml is a copy of the facts that the project was given.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from supervision.scenarios.reading import read_scenario, scenario_path
from supervision.scenarios.schema import Body, Scenario

FACTS = yaml.safe_load((Path(__file__).parent / "data" / "shanxi-2021-facts.yaml").read_text(encoding="utf-8"))


def facts_of(scenario: Scenario) -> dict[str, Any]:
    """The scenario told in the data file's own shape; what was filled in is left out."""
    campaign = {
        "name": scenario.campaign.name,
        "short_name": scenario.campaign.short_name,
        "promise": scenario.campaign.promise,
        "phases": [phase.model_dump() for phase in scenario.phases],
        "foci": [
            {key: value for key, value in focus.model_dump(mode="json", exclude={"is_given"}).items() if value}
            for focus in scenario.foci
        ],
    }
    units = [
        {"code": unit.code, "name": unit.name, "body": unit.body, "given": True}
        | ({"remote": True} if unit.is_remote else {})
        for unit in scenario.units
        if unit.is_given
    ]
    bodies = [body_facts(scenario, body) for body in scenario.bodies]
    return {"campaign": campaign, "bodies": bodies, "units": units, "discipline": scenario.reported["discipline"]}


def body_facts(scenario: Scenario, body: Body) -> dict[str, Any]:
    reported = dict(scenario.reported["bodies"][body.code])
    of_teams = reported.pop("teams", {})
    facts = {
        "code": body.code,
        "name": body.name,
        "short_name": body.short_name,
        "methods": [method.name for method in body.methods if method.is_given],
        "teams": [],
        **reported,
    }
    for team in body.teams:
        told = {"code": team.code, "name": team.name, **of_teams.get(team.code, {})}
        supervised = [unit.code for unit in scenario.units if unit.team == team.code and unit.is_given]
        if supervised:
            told |= {"sponsor": team.sponsor_post, "leader": team.leader_post, "units": supervised}
        else:
            assert team.leader_post == reported["team_leader_rank"]
        facts["teams"].append(told)
    if body.code == "police":
        facts["campaign_office"] = body.office_name
    return facts


def leaves(value: Any, place: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {k: v for key, each in value.items() for k, v in leaves(each, f"{place}/{key}").items()}
    if isinstance(value, list | tuple):
        return {k: v for index, each in enumerate(value) for k, v in leaves(each, f"{place}[{index}]").items()}
    return {place: value}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(scenario_path("shanxi_2021"))


def test_every_leaf_of_the_facts_stands_in_the_scenario_and_no_other(scenario):
    assert leaves(facts_of(scenario)) == leaves(FACTS)


def test_there_are_well_over_a_hundred_facts():
    assert len(leaves(FACTS)) > 200


def test_ten_police_units_two_a_team_are_marked_as_filled_in(scenario):
    filled = [unit for unit in scenario.units if not unit.is_given]
    assert {unit.body for unit in filled} == {"police"}
    teams = [unit.team for unit in filled]
    assert sorted(teams) == sorted([f"police-{n}" for n in range(1, 6)] * 2)


def test_the_rail_houses_stand_below_their_own(scenario):
    parents = {unit.code: unit.parent for unit in scenario.units if unit.is_given and unit.parent}
    courts = dict.fromkeys(("tyrail-court", "dtrail-court", "lfrail-court"), "tyrail-intermediate-court")
    procuratorates = dict.fromkeys(("tyrail-proc", "dtrail-proc", "lfrail-proc"), "tyrail-proc-branch")
    assert parents == courts | procuratorates


def test_each_body_is_a_party_itself(scenario):
    assert [body.own_unit.code for body in scenario.bodies] == ["court-own", "procuratorate-own", "police-own"]


def test_no_number_prefix_claims_to_be_given(scenario):
    assert not any(series.is_given for series in scenario.number_series)

"""A scenario becomes the structure of a campaign: all of it or nothing, and any province can write its own."""

import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from supervision.core.models import Event, NumberSeries, VocabularyVersion
from supervision.enums import CampaignStatus, Document
from supervision.models import ApprovalStep, Campaign, ChecklistPoint, Method, Phase, Unit
from supervision.scenarios.loader import load_structure
from supervision.scenarios.reading import check, read_scenario, scenario_path
from supervision.scenarios.refusal import ScenarioRefused
from supervision.scenarios.source import parse
from supervision.services.campaigns import start_campaign
from supervision.services.people import appoint_office, appoint_unit
from supervision.vocabulary import forget, vocabulary_of

pytestmark = pytest.mark.django_db

DOC = Path(__file__).parents[2] / "docs" / "scenario-format.md"


def doc_example() -> str:
    """The small complete example that docs/scenario-format.md gives other provinces."""
    return re.search(r"```yaml\n(format: 1\n.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.fixture(autouse=True)
def _no_vocabulary_of_other_tests() -> None:
    """Ids and versions come again when a test is rolled back."""
    forget()


@pytest.fixture
def shanxi() -> Campaign:
    return load_structure(read_scenario(scenario_path("shanxi_2021")), at=timezone.now())


@pytest.fixture
def forest() -> Campaign:
    return load_structure(check(parse(doc_example(), "forest.yaml")), at=timezone.now())


def test_the_campaign_is_a_draft_with_everything_it_needs_to_start(shanxi):
    lead = User.objects.create(username="lead", name="负责人")
    appoint_office(campaign=shanxi, user=lead, role="office_lead", actor=None, at=timezone.now())
    assert shanxi.status == CampaignStatus.DRAFT
    assert start_campaign(pk=shanxi.pk, actor=lead, at=timezone.now()).is_running


def test_the_structure_is_that_of_the_file(shanxi):
    assert list(shanxi.phases.values_list("code", "starts_on")) == [
        ("study", date(2021, 8, 16)),
        ("rectify", date(2021, 9, 11)),
        ("summary", date(2021, 10, 25)),
    ]
    assert shanxi.bodies.count() == 3
    assert shanxi.teams.count() == 8
    assert shanxi.units.filter(team__isnull=False).count() == 23
    assert [body.own_unit.team for body in shanxi.bodies.all()] == [None] * 3
    assert Unit.objects.get(code="dtrail-court").parent.code == "tyrail-intermediate-court"
    assert Method.objects.get(code="proc-early").body.code == "procuratorate"
    assert NumberSeries.objects.filter(campaign_id=shanxi.pk).count() == 11


def test_the_checklist_asks_the_priority_of_priorities_first_and_each_phase_its_own(shanxi):
    content = ChecklistPoint.objects.filter(focus__code="content")
    assert content.first().text == "中央督导组反馈意见整改落实"
    assert content.first().phase is None
    assert content.filter(phase__code="rectify").count() == 3


def test_deadlines_lights_and_routes_come_from_the_defaults(shanxi):
    vocabulary = vocabulary_of(shanxi.pk)
    amounts = {rule.code: rule.amount for rule in vocabulary.deadline_rules}
    assert amounts == {
        "receipt": 1, "plan": 5, "plan_review": 3, "immediate": 3, "fixed": 15, "verification": 5, "closure": 3,
        "redo": 5, "countersign": 1, "advice_answer": 10, "reading": 5,
    }  # fmt: skip
    assert vocabulary.route(Document.FEEDBACK_FORM, "central", True) == ("office_lead",)
    assert vocabulary.route(Document.ADVICE, "team", False) == ("leader",)
    assert [rule.light for rule in vocabulary.light_rules][-1] == "green"
    assert len(vocabulary.close_requirements) == 4


def test_how_teams_keep_in_touch_and_what_units_file_are_rows(shanxi, forest):
    words = vocabulary_of(shanxi.pk)
    assert [way.name for way in words.contact_ways][:3] == ["电话联系", "查阅材料", "参加会议"]
    assert {kind.name for kind in words.draft_kinds} >= {"实施方案", "宣传展板", "工作简报"}
    assert "plan" in {kind.code for kind in vocabulary_of(forest.pk).draft_kinds}  # from the defaults


def test_other_processes_read_their_vocabulary_anew(db):
    before = VocabularyVersion.current()
    load_structure(read_scenario(scenario_path("shanxi_2021")), at=timezone.now())
    assert VocabularyVersion.current() > before


def test_the_loading_leaves_one_event(shanxi):
    assert list(Event.objects.values_list("verb", "subject_kind")) == [("campaign.loaded", "campaign")]


def test_a_second_load_of_the_same_code_is_refused_and_changes_nothing(shanxi):
    before = Phase.objects.count(), Event.objects.count()
    with pytest.raises(ScenarioRefused, match="已经装载过"):
        load_structure(read_scenario(scenario_path("shanxi_2021")), at=timezone.now())
    assert (Phase.objects.count(), Event.objects.count()) == before


def test_nothing_is_half_loaded_when_a_late_section_fails(monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("supervision.scenarios.loader._Writer.write_numbers", fail)
    with pytest.raises(RuntimeError):
        load_structure(read_scenario(scenario_path("shanxi_2021")), at=timezone.now())
    assert not Campaign.objects.exists()
    assert not Unit.objects.exists()


def test_a_campaign_of_another_kind_loads(forest):
    """The example of the docs: two bodies, four levels, five phases, its own methods, routes, words and numbers."""
    vocabulary = vocabulary_of(forest.pk)
    assert [phase.code for phase in vocabulary.phases] == ["prepare", "self-check", "inspect", "rectify", "accept"]
    assert vocabulary.phase_on(date(2027, 3, 10)).code == "inspect"  # two overlap: the later one
    assert vocabulary.route(Document.FEEDBACK_FORM, "team", False) == ("leader", "sponsor")
    assert vocabulary.route(Document.CLOSURE_SHEET, "team", True) == ("body_office", "office_lead")
    assert vocabulary.role_word("leader") == "督导组组长"
    assert vocabulary.role_word("sponsor") == "牵头领导"
    assert {method.code: method.body for method in vocabulary.methods}["walk"] is None
    assert forest.report_clock == "signed"
    assert forest.day_ends_at == 18
    series = NumberSeries.objects.get(campaign_id=forest.pk, code="closure_sheet")
    assert series.text_of(2027, 3) == "林防销字[2027]第3号"


def test_four_levels_of_units_are_overseen_from_the_top(forest):
    chief = User.objects.create(username="chief", name="市局负责人")
    appoint_unit(unit=Unit.objects.get(code="city-a"), user=chief, role="head", actor=None, at=timezone.now())
    below = {unit.code for unit in Unit.objects.visible_to(chief)}
    assert below == {"city-a", "county-a1", "town-a11", "post-a111"}


def test_two_campaigns_live_side_by_side(shanxi, forest):
    assert vocabulary_of(shanxi.pk).term("fixed").amount == 15
    assert not Unit.objects.filter(campaign=forest, code="dtrail-court").exists()


def test_the_phases_of_a_shifted_scenario_keep_their_lengths():
    scenario = read_scenario(scenario_path("shanxi_2021"))
    moved = scenario.shifted(100, code="other", name="另一个")
    lengths = [[phase.ends_on - phase.starts_on for phase in each.phases] for each in (scenario, moved)]
    assert lengths[0] == lengths[1]
    assert (moved.phases[0].starts_on - scenario.phases[0].starts_on).days == 100
    assert (moved.campaign.code, moved.campaign.name) == ("other", "另一个")


def test_the_command_loads_by_name_or_path_and_refuses_with_line_and_reason(tmp_path):
    good, bad = tmp_path / "forest.yaml", tmp_path / "bad.yaml"
    good.write_text(doc_example(), encoding="utf-8")
    bad.write_text(doc_example().replace("kind: act", "kind: art", 1), encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.yaml 第\d+行 methods\[1\]\.kind"):
        call_command("load_scenario", str(bad))
    assert not Campaign.objects.exists()
    call_command("load_scenario", str(good), stdout=StringIO())
    call_command("load_scenario", "shanxi_2021", stdout=StringIO())
    assert set(Campaign.objects.values_list("code", "status")) == {("forest-2027", "draft"), ("shanxi-2021", "draft")}
    with pytest.raises(CommandError, match="已经装载过"):
        call_command("load_scenario", "shanxi_2021")


def test_checking_writes_nothing(tmp_path):
    out = StringIO()
    call_command("load_scenario", "shanxi_2021", "--check", stdout=out)
    assert "可以装载" in out.getvalue()
    assert not Campaign.objects.exists()


def test_a_scenario_without_a_recorded_history_cannot_be_played(tmp_path):
    file = tmp_path / "forest.yaml"
    file.write_text(doc_example(), encoding="utf-8")
    with pytest.raises(CommandError, match="没有可重现的记录"):
        call_command("load_scenario", str(file), "--as-recorded")
    assert not Campaign.objects.exists()


def test_every_step_of_every_route_is_a_row(forest):
    assert ApprovalStep.objects.filter(route__campaign=forest, route__document="feedback_form").count() == 12

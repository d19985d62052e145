"""The problem form: wordings used before, photos, what is missing; the check of the facts; what a unit signs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from supervision.core.models import StoredFile
from supervision.core.refusals import Unmet
from supervision.models import Inspection, Problem
from supervision.services.inspection_records import Counts
from supervision.services.phrases import phrases_for
from supervision.services.problems import check_facts
from tests.supervision import visits
from tests.supervision.test_inspection_list import browser, url
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def reviewed(world: World, unit: str = "u1", by: str = "a1-member", **given: Any) -> Inspection:
    """A concluded visit with one problem."""
    visit = visits.in_progress(world, unit=unit, by=by, confirm_duplicate=True)
    visits.log_record(world, visit)
    visits.find_problem(world, visit, **given)
    visits.hand_in(world, visit)
    return visits.conclude(world, visit)


def wordings(world: World, visit: Inspection, category: str | None = "duty") -> list[str]:
    chosen = world.categories[category] if category else None
    return [phrase.title for phrase in phrases_for(visit, world.user("a1-member"), chosen)]


def problem_input(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "title": "责任不明", "category": world.categories["duty"].pk, "severity": world.severities["general"].pk,
        "nature": "individual", "fact": "三次会议由副职主持", "basis": "方案第三条",
    }  # fmt: skip
    return facts | given


def test_phrases_are_titles_and_bases_of_the_teams_reviewed_problems_the_most_used_first(world: World):
    for _number in range(2):
        reviewed(world, title="责任清单不细", basis="方案第五条", fact="事实保密词")
    reviewed(world, title="研究次数不足", fact="事实保密词")
    visit = visits.in_progress(world, unit="u2")
    assert wordings(world, visit) == ["责任清单不细", "研究次数不足"]
    page = browser(world, "a1-member").get(url("problem-create", visit.pk)).content.decode()
    assert "责任清单不细" in page
    assert "方案第五条" in page
    assert "事实保密词" not in page


def test_phrases_of_other_teams_and_of_unreviewed_problems_are_not_offered(world: World):
    reviewed(world, unit="u3", by="a2-member", title="别组的表述")
    open_visit = visits.in_progress(world)
    visits.find_problem(world, open_visit, title="还没审定的表述", record=None)
    visit = visits.in_progress(world, unit="u2")
    assert wordings(world, visit) == []
    assert wordings(world, visit, None) == []


def test_a_wording_that_names_its_unit_is_no_phrase(world: World):
    reviewed(world, title=f"{world.units['u1'].name}责任不落实")
    visit = visits.in_progress(world, unit="u2")
    assert wordings(world, visit) == []


def test_another_category_asks_for_its_own_phrases(world: World):
    reviewed(world, title="责任清单不细")
    visit = visits.in_progress(world, unit="u2")
    client = browser(world, "a1-member")
    answer = client.get(f"{url('problem-phrases', visit.pk)}?category={world.categories['duty'].pk}")
    assert "责任清单不细" in answer.content.decode()
    for nonsense in ("", "x", "999999"):
        assert client.get(f"{url('problem-phrases', visit.pk)}?category={nonsense}").status_code == 200


def test_without_a_script_a_phrase_comes_back_with_everything_that_was_typed(world: World):
    old = reviewed(world, title="责任清单不细", basis="方案第五条").problems.get()
    visit = visits.in_progress(world, unit="u2")
    given = problem_input(world, title="", basis="", mended_on_spot="on", mend="已补", phrase=old.pk)
    answer = browser(world, "a1-member").post(url("problem-create", visit.pk), given)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert form["title"].value() == "责任清单不细"
    assert form["basis"].value() == "方案第五条"
    assert form["fact"].value() == "三次会议由副职主持"
    assert form["mend"].value() == "已补"
    assert not Problem.objects.filter(inspection=visit).exists()


def test_a_phrase_of_another_team_is_not_taken_over_by_its_number(world: World):
    theirs = reviewed(world, unit="u3", by="a2-member", title="别组的表述").problems.get()
    visit = visits.in_progress(world)
    answer = browser(world, "a1-member").post(
        url("problem-create", visit.pk), problem_input(world, title="", phrase=theirs.pk)
    )
    assert "别组的表述" not in answer.content.decode()


def test_several_photos_of_a_mend_are_kept_and_one_wrong_file_refuses_all(world: World):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    client = browser(world, "a1-member")
    mend = {
        "mended_on_spot": "on", "mend": "当场补记", "record": visit.records.get().pk,
        "witness": world.users["a1-member"].pk, "second_witness": world.users["a1-member-2"].pk,
    }  # fmt: skip
    bad = problem_input(world, **mend, photos=[world.png("一.png"), world.pdf("二.pdf")])
    answer = client.post(url("problem-create", visit.pk), bad)
    assert answer.status_code == 409
    assert answer.context["form"].errors.keys() == {"photos"}
    assert not StoredFile.objects.exists()
    good = problem_input(world, **mend, photos=[world.png("一.png"), world.png("二.png")])
    assert client.post(url("problem-create", visit.pk), good).status_code == 302
    assert StoredFile.objects.filter(subject_kind="problem", subject_id=visit.problems.get().pk).count() == 2


def test_witnesses_proposed_beforehand_are_not_kept_without_a_mend(world: World):
    visit = visits.in_progress(world)
    client = browser(world, "a1-member")
    form = client.get(url("problem-create", visit.pk)).context["form"]
    pair = {"witness": form["witness"].value(), "second_witness": form["second_witness"].value()}
    assert pair == {"witness": world.users["a1-member"].pk, "second_witness": world.users["a1-member-2"].pk}
    client.post(url("problem-create", visit.pk), problem_input(world, **pair))
    assert visit.problems.get().witness is None


def test_after_saving_the_page_says_what_is_missing_and_leads_to_the_field(world: World):
    visit = visits.in_progress(world)
    client = browser(world, "a1-member")
    answer = client.post(url("problem-create", visit.pk), problem_input(world, basis="", again="1"), follow=True)
    assert "报送前还需补充：依据、来源记录或来源要点" in answer.content.decode()
    assert answer.request["PATH_INFO"] == url("problem-create", visit.pk)
    page = client.get(url("problem", visit.pk, visit.problems.get().pk)).content.decode()
    assert 'href="#id_basis"' in page
    overview = client.get(url("inspection", visit.pk)).content.decode()
    assert overview.count(f'href="{url("problem", visit.pk, visit.problems.get().pk)}"') == 2


# --- 事实核对 ---------------------------------------------------------------------------------------------------------


def visit_with(world: World, problems: int) -> Inspection:
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    for number in range(problems):
        visits.find_problem(world, visit, title=f"问题{number}")
    return visit


def checked(world: World, visit: Inspection, **given: Any) -> Any:
    facts: dict[str, Any] = {
        "shown_to": "办公室主任", "shown_at": world.at, "views": {each.pk: "没有异议" for each in visit.problems.all()}
    }  # fmt: skip
    return check_facts(pk=visit.pk, actor=world.user("a1-member"), at=world.at, **facts | given)


def test_all_problems_are_checked_at_once_and_one_may_have_a_view_of_its_own(world: World):
    visit = visit_with(world, 3)
    first, *rest = visit.problems.all()
    client = browser(world, "a1-member")
    form = client.get(url("fact-check", visit.pk)).context["form"]
    assert form["chosen"].value() == [str(each.pk) for each in visit.problems.all()]
    given = {
        "shown_to": "办公室主任", "shown_at": (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "unit_view": "没有异议", "chosen": [first.pk, rest[0].pk], f"view_{first.pk}": "次数有出入",
        "sheet": world.png("核对单.png"),
    }  # fmt: skip
    assert client.post(url("fact-check", visit.pk), given).status_code == 302
    views = list(visit.problems.values_list("shown_to", "unit_view"))
    assert views == [("办公室主任", "次数有出入"), ("办公室主任", "没有异议"), ("", "")]
    assert StoredFile.objects.get().subject_kind == "inspection"
    again = client.get(url("fact-check", visit.pk)).context["form"]
    assert again["chosen"].value() == [str(rest[1].pk)]
    assert again["shown_to"].value() == "办公室主任"


@pytest.mark.parametrize(
    ("given", "name"),
    [({"views": {}}, "chosen"), ({"shown_to": " "}, "shown_to"), ({"views": {999_999: ""}}, "chosen")],
)
def test_a_check_names_somebody_and_problems_of_this_visit(world: World, given: Any, name: str):
    visit = visit_with(world, 1)
    with pytest.raises(Unmet) as refusal:
        checked(world, visit, **given)
    assert name in {condition.name for condition in refusal.value.conditions}
    assert not visit.problems.exclude(shown_to="").exists()


def test_a_check_is_not_of_tomorrow_nor_of_another_visits_problem(world: World):
    visit, other = visit_with(world, 1), visits.in_progress(world, unit="u2")
    foreign = visits.find_problem(world, other, record=None)
    with pytest.raises(Unmet, match="不能晚于现在"):
        checked(world, visit, shown_at=world.at + timedelta(hours=1))
    with pytest.raises(Unmet, match="已经不在了"):
        checked(world, visit, views={foreign.pk: "没有异议"})
    foreign.refresh_from_db()
    assert foreign.shown_to == ""


def test_the_sheet_to_sign_holds_facts_and_signature_lines_and_no_severity(world: World):
    visit = visit_with(world, 2)
    page = browser(world, "a1-member").get(url("fact-check-sheet", visit.pk)).content.decode()
    assert all(text in page for text in ("问题0", "问题1", "三次会议均由副职主持", "单位核对人（签名）"))
    assert world.severities["general"].name not in page.split('class="sheet kit"')[1]


# --- the kit and the review -------------------------------------------------------------------------------------------


def kit(client: Client, address: str) -> list[str]:
    return list(client.get(address).context["sheets"])


def test_a_kit_holds_the_visits_own_points_and_the_chosen_sheets(world: World):
    visit = visits.approved(world)
    client, address = browser(world, "a1-member"), url("inspection-kit", visit.pk)
    assert kit(client, address) == ["points", "records", "talk", "files", "problems"]
    assert kit(client, f"{address}?sheets=talk&talks=3") == ["talk"]
    page = client.get(f"{address}?sheets=talk&talks=3").content.decode()
    assert page.count("谈话对象") == 3
    assert "单位U1" in page
    assert "督责任要点" in client.get(address).content.decode()
    assert kit(client, f"{address}?sheets=nonsense&talks=99999") == []


def test_a_blank_kit_is_for_the_readers_own_teams(world: World):
    client = browser(world, "a1-member")
    page = client.get(url("kit"))
    assert page.context["kit"].team == world.teams["a1"]
    assert "单位U1" not in page.content.decode()
    other = client.get(f"{url('kit')}?team={world.teams['b1'].pk}")
    assert other.context["kit"].team == world.teams["a1"]
    assert browser(world, "u1").get(url("kit")).status_code == 403


def test_the_review_sums_the_counts_and_names_what_was_not_looked_at(world: World):
    visit = visits.in_progress(world, foci=list(world.foci.values()))
    for people, share in ((3, "90.50"), (4, "88")):
        visits.log_record(world, visit, counts=Counts(people_talked=people, satisfaction=Decimal(share)))
    visits.find_problem(world, visit, title="要审的问题")
    visits.hand_in(world, visit)
    page = browser(world, "a1-lead").get(url("inspection-move", visit.pk, "conclude")).content.decode()
    assert '谈话人数 <b class="num">7</b>' in page
    assert "88–90.5" in page
    assert "未查看：督责任要点" in page
    assert "要审的问题" in page
    assert url("inspection-move", visit.pk, "return") in page
    visit.refresh_from_db()
    assert visit.opened_at is not None

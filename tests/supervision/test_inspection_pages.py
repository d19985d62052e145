"""Inspections in the browser: the whole life by forms, and what pages keep from whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.core import files
from supervision.core.models import Event
from supervision.enums import InspectionStatus, Outcome
from supervision.models import Inspection, InspectionMethod, Problem, TalkRecord
from supervision.services.inspection_records import add_photo, save_talk
from tests.supervision import visits
from tests.supervision.test_inspection_log import common, talk
from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHILDREN = ("record-create", "problem-create", "talk-create")
PARTS = ("inspection-log", "inspection-print", "inspection-checklist", "inspection-photos", *CHILDREN)


def browser(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who], backend=BACKEND)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"supervision:{name}", args=args)


def plan_input(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "unit": world.units["u1"].pk,
        "planned_on": world.today.isoformat(),
        "phase": world.phases["rectify"].pk,
        "is_onsite": "on",
        "foci": [world.foci["responsibility"].pk],
        "methods": [world.methods["listen"].pk],
    }
    return {key: value for key, value in (facts | given).items() if value is not None}


def move(world: World, who: str, visit: Inspection, name: str, **inputs: Any) -> Any:
    answer = browser(world, who).post(url("inspection-move", visit.pk, name), inputs)
    visit.refresh_from_db()
    return answer


def test_the_whole_life_of_a_visit_by_forms(world: World):
    member, lead = browser(world, "a1-member"), browser(world, "a1-lead")
    assert member.get(url("inspection-create")).status_code == 200
    answer = member.post(url("inspection-create"), plan_input(world))
    visit = Inspection.objects.get()
    assert answer.url == url("inspection", visit.pk)
    assert move(world, "a1-lead", visit, "approve").status_code == 302
    people = [world.users["a1-member"].pk, world.users["a1-member-2"].pk]
    assert "测试a1-member-2" in member.get(url("inspection-move", visit.pk, "start")).content.decode()
    assert move(world, "a1-member", visit, "start", present=people).status_code == 302
    log_everything(world, visit, member)
    assert move(world, "a1-member", visit, "submit").status_code == 302
    page = lead.get(url("inspection", visit.pk)).content.decode()
    assert "审定" in page
    assert move(world, "a1-lead", visit, "conclude", outcome=Outcome.FEEDBACK).status_code == 302
    assert (visit.status, visit.outcome) == (InspectionStatus.CONCLUDED, Outcome.FEEDBACK)


def log_everything(world: World, visit: Inspection, member: Client) -> None:
    log = url("inspection-log", visit.pk)
    record = {"method": world.methods["listen"].pk, "content": "听取汇报", "people_talked": "3"}
    assert member.post(url("record-create", visit.pk), record).url == f"{log}#records"
    point = next(iter(world.foci["responsibility"].points.all()))
    lines = {f"point-{point.pk}-looked_at": "on", f"point-{point.pk}-finding": "会议由副职主持"}
    answer = member.post(url("inspection-checklist", visit.pk), {**lines, "make_problem": point.pk})
    result = visit.checklist.get()
    assert answer.url == f"{url('problem-create', visit.pk)}?result={result.pk}"
    form = member.get(answer.url).context["form"]
    assert form["title"].value() == "会议由副职主持"
    problem = {
        "title": form["title"].value(), "category": world.categories["duty"].pk,
        "severity": world.severities["general"].pk, "nature": "individual", "fact": "三次", "basis": "方案第三条",
        "checklist_result": result.pk, "mended_on_spot": "on", "mend": "当场补记",
        "witness": world.users["a1-member"].pk, "second_witness": world.users["a1-member-2"].pk,
        "photo": world.png(),
    }  # fmt: skip
    assert member.post(url("problem-create", visit.pk), problem).status_code == 302
    talked = {
        "held_at": f"{world.today - timedelta(days=1)}T09:30", "place": "会议室", "talker": "甲", "talked_to": "乙",
        "recorder": "丙", "topic": "思想", "points": "要点",
    }  # fmt: skip
    assert member.post(url("talk-create", visit.pk), talked).status_code == 302
    assert member.post(url("inspection-photos", visit.pk), {"photo": world.png()}).status_code == 302
    assert member.post(log, {"summary": "总体较好"}).status_code == 302
    page = member.get(log).content.decode()
    assert all(text in page for text in ("听取汇报", "会议由副职主持", "当场补记", "思想", "总体较好"))


def test_a_form_says_what_is_missing_beside_the_field(world: World):
    answer = browser(world, "a1-member").post(url("inspection-create"), plan_input(world, foci=None))
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"foci"}


def test_the_services_refusal_appears_beside_the_field(world: World):
    yesterday = (world.today - timedelta(days=1)).isoformat()
    answer = browser(world, "a1-member").post(url("inspection-create"), plan_input(world, planned_on=yesterday))
    assert answer.status_code == 409
    assert answer.context["form"].errors.keys() == {"planned_on"}


def test_a_duplicate_asks_once_more_and_then_goes_through(world: World):
    member = browser(world, "a1-member")
    member.post(url("inspection-create"), plan_input(world))
    answer = member.post(url("inspection-create"), plan_input(world))
    assert answer.status_code == 409
    assert 'name="confirm_duplicate"' in answer.content.decode()
    assert member.post(url("inspection-create"), plan_input(world, confirm_duplicate="on")).status_code == 302
    assert Inspection.objects.count() == 2


def test_a_visit_is_entered_afterwards(world: World):
    day = world.today - timedelta(days=4)
    given = plan_input(world, planned_on=None, happened_on=day.isoformat())
    assert browser(world, "a1-member").post(url("inspection-late-entry"), given).status_code == 302
    assert Inspection.objects.get().is_late_entry


@pytest.mark.parametrize("who", ["u1", "a1-sponsor", "office-lead", "a-office", "auditor", "nobody"])
def test_people_in_no_team_cannot_register(world: World, who: str):
    assert browser(world, who).get(url("inspection-create")).status_code == 403


def test_the_form_offers_the_units_and_methods_of_ones_own_team_alone(world: World):
    from supervision.enums import MethodKind
    from supervision.models import Method

    Method.objects.create(campaign=world.campaign, body=world.bodies["b"], code="b", name="乙方法", kind=MethodKind.ACT)
    form = browser(world, "a1-member").get(url("inspection-create")).context["form"]
    assert {unit.code for unit in form.fields["unit"].queryset} == {"u1", "u1s", "u2"}
    assert "乙方法" not in [method.name for method in form.fields["methods"].queryset]
    answer = browser(world, "a1-member").post(url("inspection-create"), plan_input(world, unit=world.units["u3"].pk))
    assert answer.context["form"].errors.keys() == {"unit"}


# --- secrecy ----------------------------------------------------------------------------------------------------------


def full_visit(world: World) -> Inspection:
    """A concluded visit with every kind of content, each with a word of its own."""
    visit = visits.in_progress(world, purpose="目的保密词")
    visits.log_record(world, visit, content="记录保密词")
    visits.look_at_points(world, visit, "a1-member")
    visits.find_problem(world, visit, title="问题保密词", fact="事实保密词")
    save_talk(**common(world, visit), talk=talk(world, topic="主题保密词", points="谈话保密词"))
    add_photo(**common(world, visit), photo=files.receive(world.png("照片保密词.png")))
    visits.hand_in(world, visit)
    return visits.conclude(world, visit)


@pytest.mark.parametrize("who", ["u1", "u1-head", "u1-deputy"])
def test_the_unit_sees_date_form_team_and_state_and_nothing_found(world: World, who: str):
    visit = full_visit(world)
    client = browser(world, who)
    page = client.get(url("inspection", visit.pk))
    assert page.status_code == 200
    text = page.content.decode()
    assert "督导组A1" in text
    assert "已完成" in text
    assert "保密词" not in text
    assert "已反馈" not in text
    for name in PARTS:
        assert client.get(url(name, visit.pk)).status_code == 404, name
        assert client.post(url(name, visit.pk), {}).status_code in (404, 405), name
    assert "保密词" not in client.get(url("inspection-list")).content.decode()


@pytest.mark.parametrize("who", ["u2", "u3-head", "a2-lead", "b1-member", "b-office", "nobody", "auditor", "sysadmin"])
def test_a_stranger_gets_404_everywhere(world: World, who: str):
    visit = full_visit(world)
    client = browser(world, who)
    children = [
        ("record", visit.records.get().pk), ("record-delete", visit.records.get().pk),
        ("problem", visit.problems.get().pk), ("problem-delete", visit.problems.get().pk),
        ("talk", visit.talks.get().pk),
    ]  # fmt: skip
    addresses = [url(name, visit.pk) for name in ("inspection", *PARTS)]
    addresses += [url(name, visit.pk, child) for name, child in children]
    for address in addresses:
        assert client.get(address).status_code == 404, address
        assert client.post(address, {}).status_code in (404, 405), address
    assert "保密词" not in client.get(url("inspection-list")).content.decode()
    assert client.get(url("file", 1)).status_code == 404


@pytest.mark.parametrize("who", ["office", "office-lead", "a-office", "a1-sponsor"])
def test_offices_and_sponsor_read_the_log_but_no_talk(world: World, who: str):
    visit = full_visit(world)
    client = browser(world, who)
    text = client.get(url("inspection-log", visit.pk)).content.decode()
    assert "记录保密词" in text
    assert "谈话保密词" not in text
    assert "主题保密词" not in text
    assert client.get(url("talk", visit.pk, visit.talks.get().pk)).status_code == 404
    printed = client.get(url("inspection-print", visit.pk)).content.decode()
    assert "事实保密词" in printed
    assert "谈话保密词" not in printed


def test_the_team_reads_a_talk_after_the_log_is_closed(world: World):
    visit = full_visit(world)
    page = browser(world, "a1-lead").get(url("talk", visit.pk, visit.talks.get().pk)).content.decode()
    assert "谈话保密词" in page
    assert "<textarea" not in page


def test_children_of_another_visit_are_not_reached_through_ones_own(world: World):
    mine, other = visits.in_progress(world), visits.in_progress(world, unit="u3", by="a2-member")
    record = visits.log_record(world, other)
    problem = visits.find_problem(world, other)
    row = save_talk(pk=other.pk, actor=world.user("a2-member"), at=world.at, talk=talk(world))
    client = browser(world, "a1-member")
    for name, child in (("record", record.pk), ("problem", problem.pk), ("talk", row.pk)):
        assert client.get(url(name, mine.pk, child)).status_code == 404
        assert client.post(url(name, mine.pk, child), {}).status_code == 404
    for name, child in (("record-delete", record.pk), ("problem-delete", problem.pk)):
        assert client.post(url(name, mine.pk, child), {}).status_code in (404, 409)
    assert Problem.objects.filter(pk=problem.pk).exists()
    assert TalkRecord.objects.filter(pk=row.pk).exists()


def test_photos_are_served_to_the_supervising_side_alone(world: World):
    full_visit(world)
    from supervision.core.models import StoredFile

    address = url("file", StoredFile.objects.get().pk)
    for who in ("a1-member", "a1-sponsor", "a-office", "office"):
        answer = browser(world, who).get(address)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
    for who in ("u1", "u1-head", "a2-lead", "b-office", "nobody", "auditor"):
        assert browser(world, who).get(address).status_code == 404


# --- moves by the page ------------------------------------------------------------------------------------------------


def test_a_blocked_move_lists_what_is_missing_with_a_link_to_the_mend(world: World):
    visit = visits.in_progress(world)
    page = browser(world, "a1-member").get(url("inspection", visit.pk)).content.decode()
    assert "“听”还没有记录" in page
    assert f"{url('inspection-log', visit.pk)}#records" in page


def test_opening_the_page_by_the_reviewer_ends_the_recall(world: World):
    visit = visits.pending_review(world)
    for who in ("a1-member", "a-office", "u1"):
        browser(world, who).get(url("inspection", visit.pk))
    visit.refresh_from_db()
    assert visit.opened_at is None
    browser(world, "a1-lead").get(url("inspection", visit.pk))
    browser(world, "a1-lead").get(url("inspection", visit.pk))
    assert Event.objects.of("inspection", visit.pk).filter(verb="inspection.opened").count() == 1
    assert move(world, "a1-member", visit, "recall").status_code == 409


def test_a_refused_move_is_remembered_and_shows_why(world: World):
    visit = visits.pending_review(world)
    answer = move(world, "a1-lead", visit, "conclude", outcome=Outcome.NONE_FOUND)
    assert answer.status_code == 409
    assert "已登记1个问题" in answer.content.decode()
    assert Event.objects.filter(verb="move.refused").count() == 1


def test_a_saved_form_of_a_closed_log_is_refused_readably(world: World):
    visit = visits.pending_review(world)
    answer = browser(world, "a1-member").post(
        url("record-create", visit.pk), {"method": world.methods["listen"].pk, "content": "迟到的记录"}
    )
    assert answer.status_code == 409
    assert visit.records.count() == 1


def test_a_photo_of_a_refused_form_does_not_stay_on_disk(world: World, settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    visit = visits.in_progress(world)
    answer = browser(world, "a1-member").post(url("problem-create", visit.pk), {"title": "", "photo": world.png()})
    assert answer.status_code == 400
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- the list ---------------------------------------------------------------------------------------------------------


def labels(answer: Any) -> list[str]:
    return [visit.unit.code for visit in answer.context["page"].rows]


def test_filters_live_in_the_url(world: World):
    visits.planned(world)
    visits.approved(world, unit="u2", planned_on=world.today + timedelta(days=3))
    client = browser(world, "a1-lead")
    unit, team, phase = world.units["u2"].pk, world.teams["a1"].pk, world.phases["study"].pk
    since = (world.today + timedelta(days=1)).isoformat()
    for query, found in {
        "": ["u2", "u1"], "status=planned": ["u1"], f"unit={unit}": ["u2"], f"team={team}": ["u2", "u1"],
        f"phase={phase}": [], f"since={since}": ["u2"], f"until={world.today}": ["u1"], "q=U2": ["u2"],
        "status=nonsense": [], f"unit={world.units['u4'].pk}": [],
    }.items():  # fmt: skip
        assert labels(client.get(f"{url('inspection-list')}?{query}")) == found, query


def test_a_damaged_cursor_is_a_bad_request(world: World):
    assert browser(world, "a1-lead").get(f"{url('inspection-list')}?after=%25%25").status_code == 400


def bulk_visits(world: World, count: int) -> None:
    """Many concluded visits by one insert, each with its method."""
    first = visits.concluded(world)
    rows = [
        Inspection(
            campaign_id=first.campaign_id, body_id=first.body_id, team_id=first.team_id, unit_id=first.unit_id,
            phase_id=first.phase_id, status=first.status, outcome=first.outcome, approved_at=world.at,
            planned_on=world.today - timedelta(days=number), happened_on=world.today - timedelta(days=number),
            started_at=world.at, created_by_id=first.created_by_id, recorded_at=world.at,
        )
        for number in range(1, count)
    ]  # fmt: skip
    made = Inspection.objects.bulk_create(rows)
    InspectionMethod.objects.bulk_create(
        InspectionMethod(inspection=visit, method=world.methods["listen"]) for visit in made
    )


def queries(client: Client, address: str) -> int:
    client.get(address)  # warm
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    noise = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return len([each for each in captured.captured_queries if not each["sql"].startswith(noise)])


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-member", "u1"])
def test_the_list_costs_eight_queries(world: World, rows: int, who: str):
    bulk_visits(world, rows)
    assert queries(browser(world, who), url("inspection-list")) <= 8


def test_all_pages_of_a_long_list_hold_every_row_once(world: World):
    bulk_visits(world, 120)
    client, address, seen = browser(world, "office"), url("inspection-list"), []
    while address:
        page = client.get(address).context["page"]
        seen += [visit.pk for visit in page.rows]
        address = f"{url('inspection-list')}?after={page.next}" if page.next else ""
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("arrange", [visits.planned, visits.approved, visits.in_progress, visits.concluded])
@pytest.mark.parametrize("who", ["a1-lead", "a1-member", "office"])
def test_the_page_of_a_visit_costs_twelve_queries(world: World, arrange: Any, who: str):
    visit = arrange(world)
    if visit.status == InspectionStatus.CONCLUDED:
        bulk = [Problem(**{f"{s}_id": getattr(visit, f"{s}_id") for s in ("campaign", "body", "team", "unit")},
                inspection=visit, title="问题", category=world.categories["duty"], created_at=world.at,
                severity=world.severities["general"], author_id=visit.created_by_id) for _ in range(50)]  # fmt: skip
        Problem.objects.bulk_create(bulk)
    assert queries(browser(world, who), url("inspection", visit.pk)) <= 12


@pytest.mark.parametrize("problems", [1, 40])
def test_handing_in_costs_fifteen_queries(world: World, problems: int):
    visit = visits.in_progress(world)
    visits.log_record(world, visit)
    for _number in range(problems):
        visits.find_problem(world, visit)
    client = browser(world, "a1-member")
    client.get(url("workbench"))
    with CaptureQueriesContext(connection) as captured:
        assert client.post(url("inspection-move", visit.pk, "submit")).status_code == 302
    noise = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    assert len([each for each in captured.captured_queries if not each["sql"].startswith(noise)]) <= 15


def test_anothers_record_is_not_even_offered_for_a_change(world: World):
    visit = visits.in_progress(world)
    row = visits.log_record(world, visit)
    assert browser(world, "a1-member").get(url("record", visit.pk, row.pk)).status_code == 200
    assert browser(world, "a1-member-2").get(url("record", visit.pk, row.pk)).status_code == 403


@pytest.mark.parametrize("name", ["inspection", *PARTS])
def test_an_anonymous_visitor_is_asked_to_sign_in_on_every_page_of_a_visit(world: World, name: str):
    visit = visits.in_progress(world)
    for ask in (Client().get, Client().post):
        answer = ask(url(name, visit.pk))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("accounts:sign-in"))
    move_page = Client().get(url("inspection-move", visit.pk, "submit"))
    assert move_page.status_code == 302

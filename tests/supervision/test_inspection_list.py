"""An inspection's moves by its page, and the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.core.models import Event
from supervision.enums import InspectionStatus, Outcome
from supervision.models import Inspection, InspectionMethod, Problem
from tests.supervision import visits
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

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
        "photos": [world.png()],
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
    answer = browser(world, "a1-member").post(url("problem-create", visit.pk), {"title": "", "photos": [world.png()]})
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
    since_the_last_visit = 2 if visit.status == InspectionStatus.IN_PROGRESS else 0  # its records and its open advice
    assert queries(browser(world, who), url("inspection", visit.pk)) <= 12 + since_the_last_visit


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

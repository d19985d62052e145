"""Everything the pages show is read as JSON, by the same scope and the same secrecy."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from feedback.models import FeedbackForm
from rectification.models import RectificationItem
from supervision.core.models import Event
from supervision.models import Inspection
from tests.architecture.stage import MARK, TALK_MARK, build
from tests.feedback import moves as forms
from tests.rectification import item_world
from tests.supervision import visits
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

LISTS = [
    "campaigns/", "phases/", "bodies/", "teams/", "units/", "inspections/", "problems/", "feedback-forms/",
    "rectification-items/", "measures/", "evidence/", "reports/", "verifications/", "notifications/",
    "reminders/",
    "events/?subject_kind=inspection", "events/?subject_kind=report",
]  # fmt: skip
SECRET = ["problems/", "measures/", "evidence/", "reports/", "verifications/", "rectification-items/"]


@pytest.fixture
def stage(world: World) -> dict[str, Any]:
    return build(world)


def test_an_insider_reads_what_there_is_and_a_stranger_nothing(api, stage):
    for address in LISTS:
        assert api("office").rows(address) or address in ("notifications/", "reminders/"), address
        assert not api("nobody").rows(address), address


@pytest.mark.parametrize("username", ["u2", "a2-lead", "b-office", "u4-head"])
def test_the_neighbour_the_other_team_and_the_other_body_find_empty_lists(api, stage, username):
    for address in SECRET:
        assert api(username).rows(address) == [], address
    for address in LISTS:
        assert MARK not in api(username).get(address).content.decode(), address


Q = ["units/?q=单U1", "inspections/?q=单位U1", f"problems/?q={MARK}", f"feedback-forms/?q={MARK}",
     f"rectification-items/?q={MARK} 单位U1", f"measures/?q={MARK}", "reports/?q=单位U1"]  # fmt: skip


@pytest.mark.parametrize("address", Q)
def test_words_find_what_the_search_of_the_pages_finds(api, stage, address):
    assert api("a1-lead").rows(address) or address.startswith("measures")
    assert api("a1-lead").rows(f"{address} 没有这个词") == []
    assert api("u2").rows(address) == []
    for wrong in (f"{address}%00", f"{address}{'台' * 81}"):
        assert api("a1-lead").get(wrong).status_code == 400


def test_who_is_not_signed_in_learns_how_to(world):
    answer = Client().get("/api/v1/me/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_every_error_is_a_problem_with_type_title_status_and_detail(api, stage):
    wrong = {"units/0/": 404, "nowhere/": 404, "units/?nonsense=1": 400, "units/?after=x": 400, "units/?size=0": 400,
             "units/?order=name": 400, "inspections/?status=odd": 400, "events/": 400}  # fmt: skip
    for address, status in wrong.items():
        answer = api("office").get(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), address
        assert {"type", "title", "status", "detail"} <= set(answer.json()), address
    assert api("office").post("units/").status_code == 405


def test_talk_records_are_nowhere(api, stage):
    for username in ("office", "a1-lead", "a1-member", "u1"):
        detail = api(username).get(f"inspections/{stage['inspection'].pk}/").content.decode()
        assert TALK_MARK not in detail
    events = api("a1-lead").get("events/?subject_kind=inspection").content.decode()
    assert TALK_MARK not in events


def test_the_unit_sees_a_visit_in_progress_and_nothing_that_was_found(api, stage):
    answer = api("u1").get(f"inspections/{stage['inspection'].pk}/")
    assert answer.status_code == 200
    assert MARK not in answer.content.decode()
    assert {"records", "problems", "summary", "outcome", "purpose"}.isdisjoint(answer.json())
    assert answer.json()["moves"] == []


def test_a_unit_does_not_learn_of_an_unannounced_visit_before_it_starts(api, world):
    visit = visits.approved(world)
    Inspection.objects.filter(pk=visit.pk).update(is_unannounced=True)
    assert api("u1").get(f"inspections/{visit.pk}/").status_code == 404
    assert api("u1").rows(f"events/?subject_kind=inspection&subject_id={visit.pk}") == []
    assert api("a1-lead").rows(f"events/?subject_kind=inspection&subject_id={visit.pk}")


def test_a_draft_is_the_teams_and_a_report_draft_the_units_own(api, stage):
    assert api("u1").get(f"feedback-forms/{stage['draft'].pk}/").status_code == 404
    assert api("a1-lead").get(f"feedback-forms/{stage['draft'].pk}/").status_code == 200
    assert api("a1-lead").get(f"reports/{stage['report'].pk}/").status_code == 404
    assert api("u1-head").get(f"reports/{stage['report'].pk}/").status_code == 200


def test_supervisors_read_of_a_report_what_was_signed(api, stage):
    report = stage["signed_report"]
    type(report).objects.filter(pk=report.pk).update(overall="改过的草稿")
    assert api("u1").get(f"reports/{report.pk}/").json()["overall"] == "改过的草稿"
    assert api("a1-lead").get(f"reports/{report.pk}/").json()["overall"] != "改过的草稿"


def test_how_a_report_came_about_is_its_units_own_history(api, stage):
    address = f"events/?subject_kind=report&subject_id={stage['signed_report'].pk}"
    told = {each["verb"] for each in api("a1-lead").rows(address)}
    assert told
    assert "report.drafted" not in told
    assert "report.drafted" in {each["verb"] for each in api("u1").rows(address)}


def test_a_plan_that_was_not_handed_in_is_not_shown_to_the_team(api, world):
    item = item_world.planned(world)
    assert item.measures.exists()
    for username, shown in (("u1", True), ("a1-lead", False), ("office", False)):
        detail = api(username).get(f"rectification-items/{item.pk}/").json()
        assert bool(detail["plan"]) == bool(detail["measures"]) == shown, username
        assert bool(api(username).rows(f"measures/?item={item.pk}")) == shown, username


def test_the_auditor_reads_envelopes_without_texts(api, stage):
    rows = api("auditor").rows("events/?size=200")
    assert rows
    assert not any(each["label"] or each["note"] for each in rows)
    assert MARK not in str(rows)
    assert api("auditor").rows("rectification-items/") == []


def test_reminders_are_their_recipients(api, stage):
    (row,) = api("u1").rows("reminders/?unread=true")
    assert row["id"] == stage["reminder"].pk
    assert api("u1-head").rows("reminders/") == []
    assert api("u1-head").get(f"reminders/{row['id']}/").status_code == 404


def test_the_bytes_of_evidence_come_as_a_download(api, stage):
    row = api("a1-lead").get(f"evidence/{stage['evidence'].pk}/").json()
    answer = api("a1-lead").get(row["file"])
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert api("u2").get(row["file"]).status_code == 404


def test_lists_are_filtered_ordered_and_turned_page_by_page(api, world):
    forms.acknowledged(world, problems=5)
    ask = api("office")
    first = ask.get("rectification-items/?size=2&order=-number").json()
    numbers, page = [row["number"] for row in first["results"]], first
    while page["next"]:
        page = ask.get(page["next"]).json()
        numbers += [row["number"] for row in page["results"]]
    assert len(numbers) == 5
    assert numbers == sorted(numbers, reverse=True)
    assert len(ask.get(page["previous"]).json()["results"]) == 2
    assert ask.rows("rectification-items/?status=closed") == []
    assert len(ask.rows(f"rectification-items/?unit={world.units['u1'].pk}&status=assigned")) == 5


def test_a_first_password_is_changed_before_anything_is_read(api, world):
    User.objects.filter(username="office").update(must_change_password=True)
    answer = api("office").get("units/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


# --- costs ------------------------------------------------------------------------------------------------------------


def queries_of(ask: Any, address: str) -> int:
    ask.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert ask.get(address).status_code == 200
    return sum(not each["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for each in queries)


def copies(model: Any, count: int, **given: Any) -> None:
    """So many more rows like the last one."""
    rows = []
    for number in range(count):
        row = model.objects.order_by("-pk").first()
        row.pk, row._state.adding = None, True
        for name, value in given.items():
            setattr(row, name, value(number))
        rows.append(row)
    model.objects.bulk_create(rows)


@pytest.mark.parametrize("username", ["office", "a1-lead", "u1"])
def test_a_list_costs_the_same_with_3_and_300_rows(api, world, stage, username):
    ask = api(username)
    before = {address: queries_of(ask, address) for address in LISTS}
    assert max(before.values()) <= 6, before
    copies(Inspection, 300)
    copies(FeedbackForm, 300, number=lambda n: f"X{n}")
    copies(Event, 300, sequence=lambda n: 10_000 + n)
    item = RectificationItem.objects.order_by("-pk").first()
    problem = item.problem
    for number in range(100):
        problem.pk, problem.order, problem._state.adding = None, 100 + number, True
        problem.save()
        item.pk, item.problem, item.number, item._state.adding = None, problem, f"Y{number}", True
        item.save()
    assert {address: queries_of(ask, address) for address in LISTS} == before


def test_a_detail_stays_within_the_budget_of_a_page(api, stage):
    ask = api("a1-lead")
    for kind, name in (("inspections", "inspection"), ("feedback-forms", "form"), ("rectification-items", "item")):
        assert queries_of(ask, f"{kind}/{stage[name].pk}/") <= 12, kind
    assert queries_of(api("u1"), f"reports/{stage['report'].pk}/") <= 12

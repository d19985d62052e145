"""Inspections in the browser: the whole life by forms, and what pages keep from whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from supervision.core import files
from supervision.enums import InspectionStatus, Outcome
from supervision.models import Inspection, Problem, TalkRecord
from supervision.services.inspection_records import add_photo, save_talk
from tests.supervision import visits
from tests.supervision.test_inspection_log import common, talk
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

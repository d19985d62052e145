"""What the main job begins with is made by the API, too; a POST that is sent again does nothing twice."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F

from api import creating, idempotency
from api.models import StoredAnswer
from feedback.models import FeedbackForm
from rectification.models import Report
from supervision.core.models import Event
from supervision.models import Inspection
from tests.feedback import moves as forms
from tests.rectification import item_world, report_world
from tests.supervision import visits


def plan(world, **over):
    given = {
        "unit": world.units["u1"].pk, "phase": world.phases["rectify"].pk, "planned_on": world.today.isoformat(),
        "foci": [world.foci["responsibility"].pk], "methods": [world.methods["listen"].pk], "purpose": "看学习台账",
    }  # fmt: skip
    return {**given, **over}


def test_a_member_registers_a_visit_and_others_do_not(api, world):
    answer = api("a1-member").post("inspections/", plan(world))
    assert answer.status_code == 201, answer.content.decode()
    assert answer.json()["status"] == "planned"
    assert api("u1").post("inspections/", plan(world)).status_code == 403
    foreign = api("a1-member").post("inspections/", plan(world, unit=world.units["u4"].pk))
    assert (foreign.status_code, list(foreign.json()["errors"])) == (400, ["unit"])
    twice = api("a1-member").post("inspections/", plan(world))
    assert (twice.status_code, twice.json()["unmet"][0]["name"]) == (409, "confirm_duplicate")


def test_the_log_is_written_by_the_team_while_it_is_open(api, world):
    visit = visits.in_progress(world)
    method = world.methods["listen"].pk
    record = api("a1-member").post(f"inspections/{visit.pk}/records/", {"method": method, "content": "听取汇报"})
    assert record.status_code == 201, record.content.decode()
    found = {
        "title": "次数不足", "category": world.categories["duty"].pk, "severity": world.severities["general"].pk,
        "nature": "individual", "record": record.json()["id"],
    }  # fmt: skip
    problem = api("a1-member").post(f"inspections/{visit.pk}/problems/", found)
    assert problem.status_code == 201, problem.content.decode()
    changed = api("a1-member-2").post(f"problems/{problem.json()['id']}/", {"fact": "两次"}, method="patch")
    assert (changed.json()["title"], changed.json()["fact"]) == ("次数不足", "两次")
    assert api("a1-member").post(f"inspections/{visit.pk}/log/", {"summary": "好"}, method="put").status_code == 200
    for username, status in (("office", 403), ("u1", 404), ("a2-member", 404)):
        asked = api(username).post(f"inspections/{visit.pk}/records/", {"method": method, "content": "x"})
        assert asked.status_code == status, username


def test_a_draft_is_changed_field_by_field_and_problem_by_problem(api, world):
    draft = forms.draft(world)
    ask, address = api("a1-member"), f"feedback-forms/{draft.pk}/"
    assert ask.post(address, {"requirement": "限期整改"}, method="patch").json()["title"] == draft.title
    row = draft.problems.get()
    changed = ask.post(f"{address}problems/{row.pk}/", {"requirement": "补学"}, method="patch")
    assert (changed.json()["requirement"], changed.json()["title"]) == ("补学", row.title)
    more = {"title": "又一个", "category": world.categories["duty"].pk, "severity": world.severities["general"].pk,
            "nature": "individual", "deadline_rule": world.rules["fixed"].pk}  # fmt: skip
    added = ask.post(f"{address}problems/", more)
    assert added.status_code == 201, added.content.decode()
    assert ask.post(f"{address}problems/{added.json()['id']}/", method="delete").status_code == 204
    assert api("office").post(address, {"title": "x"}, method="patch").status_code == 403
    assert api("u1").post(address, {"title": "x"}, method="patch").status_code == 404


def test_the_office_drafts_a_provincial_form(api, world):
    given = {"unit": world.units["u1"].pk, "phase": world.phases["rectify"].pk, "source": "provincial", "title": "关于"}
    assert api("office").post("feedback-forms/", given).status_code == 201
    assert api("a1-lead").post("feedback-forms/", given).status_code == 403
    assert FeedbackForm.objects.filter(source="provincial").count() == 1


def test_the_liaison_begins_and_writes_a_report(api, world):
    item = item_world.finished(world)
    answer = api("u1").post("reports/", {"form": item.form_id, "items": [item.pk]})
    assert answer.status_code == 201, answer.content.decode()
    address = f"reports/{answer.json()['id']}/"
    told = {"overall": "党组专题研究", "answers": [{"item": item.pk, "text": "补学两次"}]}
    written = api("u1").post(address, told, method="patch").json()
    assert (written["overall"], written["answers"][0]["text"]) == ("党组专题研究", "补学两次")
    assert api("u1-head").post("reports/", {"form": item.form_id, "items": [item.pk]}).status_code == 403
    assert api("u2").post("reports/", {"form": item.form_id, "items": [item.pk]}).status_code == 404
    assert api("a1-lead").post(address, told, method="patch").status_code == 404


def test_evidence_is_uploaded_and_withdrawn(api, world):
    item = item_world.in_progress(world)
    answer = api("u1").upload("evidence/", {"item": item.pk, "description": "台账"}, uploads=[world.pdf("a.pdf")])
    assert answer.status_code == 201, answer.content.decode()
    (row,) = answer.json()
    withdrawn = api("u1").post(f"evidence/{row['id']}/moves/withdraw/")
    assert withdrawn.json()["withdrawn_at"]
    assert api("a1-lead").post(f"evidence/{row['id']}/moves/withdraw/").status_code == 403
    assert api("u2").upload("evidence/", {"item": item.pk}, uploads=[world.pdf()]).status_code == 404


# --- a change beside a change: what the request's own reading has missed is kept ------------------------------------


def asked(world, username, **data):
    return SimpleNamespace(user=world.user(username), data=data, FILES={})


def test_a_changed_head_keeps_what_was_saved_meanwhile(world):
    draft = forms.draft(world)
    FeedbackForm.objects.filter(pk=draft.pk).update(requirement="另一人写的")
    creating.edit_form(draft, asked(world, "a1-member", title="新标题"), world.at)
    saved = FeedbackForm.objects.get(pk=draft.pk)
    assert (saved.title, saved.requirement) == ("新标题", "另一人写的")


def test_a_changed_problem_of_a_draft_keeps_what_was_saved_meanwhile(world):
    draft = forms.draft(world)
    row = draft.problems.get()
    draft.problems.update(requirement="另一人写的")
    saved = creating.write_problem(draft, asked(world, "a1-member", title="新标题"), world.at, row)
    assert (saved.title, saved.requirement) == ("新标题", "另一人写的")


def test_a_changed_problem_of_a_visit_keeps_what_was_saved_meanwhile(world):
    visit = visits.in_progress(world)
    row = visits.find_problem(world, visit)
    visit.problems.update(fact="另一人写的")
    saved = creating.save_problem(visit, asked(world, "a1-member", title="新标题"), world.at, row)
    assert (saved.title, saved.fact) == ("新标题", "另一人写的")


def test_a_changed_report_keeps_what_was_saved_meanwhile(world):
    report = report_world.draft(world, [item_world.finished(world)])
    Report.objects.filter(pk=report.pk).update(overall="另一人写的")
    creating.edit_report(report, asked(world, "u1", title="新标题"), world.at)
    saved = Report.objects.get(pk=report.pk)
    assert (saved.title, saved.overall) == ("新标题", "另一人写的")


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def test_the_same_key_and_request_is_answered_again_and_done_once(api, world):
    first = api("a1-member").post("inspections/", plan(world), key="k-1")
    again = api("a1-member").post("inspections/", plan(world), key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Inspection.objects.count() == 1


def test_another_request_under_the_key_is_422_and_another_persons_key_is_their_own(api, world):
    api("a1-member").post("inspections/", plan(world), key="k-1")
    other = api("a1-member").post("inspections/", plan(world, purpose="别的"), key="k-1")
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert api("a1-member-2").post("inspections/", plan(world), key="k-1").status_code == 409  # its own answer
    assert api("a1-member").post("inspections/", plan(world), key="有").status_code == 400


def test_a_refusal_is_an_answer_too_and_its_event_is_written_once(api, world):
    form = forms.issued(world)
    address = f"feedback-forms/{form.pk}/moves/withdraw/"
    for _ in range(2):
        refused = api("a1-lead").post(address, {"note": "短"}, key="k-2")
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert Event.objects.filter(verb="move.refused").count() == 1


def test_a_key_is_forgotten_after_a_day(api, world):
    api("a1-member").post("inspections/", plan(world), key="k-1")
    StoredAnswer.objects.update(created_at=F("created_at") - timedelta(days=1))
    assert api("a1-member").post("inspections/", plan(world, purpose="别的"), key="k-1").status_code == 409
    assert idempotency.forget_answers(at=world.at + timedelta(days=2)) == 1


def test_an_old_answer_is_not_given_to_whoever_lost_the_right_to_see_it(api, world):
    visit = visits.planned(world)
    address = f"inspections/{visit.pk}/moves/approve/"
    assert api("a1-lead").post(address, {}, key="k-3").status_code == 200
    world.users["a1-lead"].__dict__.pop("scope", None)
    from supervision.models import TeamGrant

    TeamGrant.objects.filter(user=world.users["a1-lead"]).delete()
    assert api("a1-lead").post(address, {}, key="k-3").status_code == 404


def test_uploaded_evidence_is_answered_again_while_all_of_it_may_be_seen(api, world):
    item = item_world.in_progress(world)

    def uploaded():
        given = {"data": json.dumps({"item": item.pk, "description": "台账"}), "uploads": [world.pdf("a.pdf")]}
        return api("u1").client.post("/api/v1/evidence/", given, headers={"Idempotency-Key": "k-6"})

    first, again = uploaded(), uploaded()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert item.evidence.count() == 1
    item.evidence.all().delete()
    assert uploaded().status_code == 404


def test_an_answer_that_told_nothing_tells_it_again(api, world):
    visit = visits.planned(world)
    ask, address = api("a1-lead"), f"inspections/{visit.pk}/moves/approve/"
    assert ask.post(address, {}, key="k-7").status_code == 200
    StoredAnswer.objects.update(status=204, body="")
    Inspection.objects.filter(pk=visit.pk).update(team=world.teams["a2"])
    again = ask.post(address, {}, key="k-7")
    assert (again.status_code, again.content) == (204, b"")


def test_what_fails_on_our_side_leaves_the_key_free(api, world, monkeypatch):
    from supervision.services import planning

    def breaks(**_given):
        raise RuntimeError

    monkeypatch.setattr(planning, "create_inspection", breaks)
    with pytest.raises(RuntimeError):
        api("a1-member").post("inspections/", plan(world), key="k-4")
    monkeypatch.undo()
    assert api("a1-member").post("inspections/", plan(world), key="k-4").status_code == 201


def test_a_file_is_part_of_the_request(api, world):
    item = report_world.draft(world, [item_world.finished(world)]).parts[0].item
    address = f"rectification-items/{item.pk}/moves/add-evidence/"
    client = api("u1").client
    data = {"description": "台账"}
    send = {"headers": {"Idempotency-Key": "k-5"}}
    assert client.post(f"/api/v1/{address}", {**data, "uploads": [world.pdf("a.pdf", "一")]}, **send).status_code == 200
    assert client.post(f"/api/v1/{address}", {**data, "uploads": [world.pdf("a.pdf", "一")]}, **send).status_code == 200
    assert client.post(f"/api/v1/{address}", {**data, "uploads": [world.pdf("a.pdf", "二")]}, **send).status_code == 422
    assert item.evidence.filter(description="台账").count() == 1

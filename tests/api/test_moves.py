"""Moves by the API are the pages' moves: the same people, states, guards, forms and services."""

from __future__ import annotations

import pytest

from rectification.models import RectificationItem
from supervision.core.models import Event
from supervision.core.models.file import StoredFile
from supervision.models import Inspection
from tests.feedback import moves as forms
from tests.rectification import item_world
from tests.supervision import visits


def move_of(detail, name):
    return next(each for each in detail["moves"] if each["name"] == name)


def test_a_detail_names_the_moves_from_its_state_and_what_is_missing(api, world):
    item = item_world.planned(world)
    RectificationItem.objects.filter(pk=item.pk).update(root_cause="")
    address = f"rectification-items/{item.pk}/"
    told = move_of(api("u1").get(address).json(), "submit-plan")
    assert told["allowed"]
    assert [each["name"] for each in told["unmet"]]
    for_others = move_of(api("office").get(address).json(), "submit-plan")
    assert (for_others["allowed"], for_others["unmet"]) == (False, [])
    assert "close" not in {each["name"] for each in api("office").get(address).json()["moves"]}


def test_a_move_tells_its_fields_with_their_choices(api, world):
    visit = visits.pending_review(world)
    told = api("a1-lead").get(f"inspections/{visit.pk}/moves/conclude/").json()
    (outcome,) = told["inputs"]
    assert (outcome["name"], outcome["type"], outcome["required"]) == ("outcome", "choice", True)
    assert {each["value"] for each in outcome["choices"]} == {"feedback", "none_found"}
    assert api("a1-member").get(f"inspections/{visit.pk}/moves/conclude/").json()["inputs"] == []


def test_a_move_is_made_by_the_same_service_and_leaves_the_same_event(api, world):
    visit = visits.pending_review(world)
    answer = api("a1-lead").post(f"inspections/{visit.pk}/moves/conclude/", {"outcome": "feedback"})
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["status"] == "concluded"
    event = Event.objects.of("inspection", visit.pk).last()
    assert (event.verb, event.actor.username) == ("inspection.concluded", "a1-lead")


def test_what_is_not_yours_is_403_the_wrong_state_409_wrong_fields_400_and_a_stranger_404(api, world):
    visit = visits.pending_review(world)
    address = f"inspections/{visit.pk}/moves/conclude/"
    assert api("a1-member").post(address, {}).status_code == 403
    assert api("a2-lead").post(address, {}).status_code == 404
    assert api("a1-lead").post(f"inspections/{visit.pk}/moves/nothing/").status_code == 404
    wrong = api("a1-lead").post(address, {"outcome": "odd"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["outcome"])
    state = api("a1-lead").post(f"inspections/{visit.pk}/moves/start/", {})
    assert (state.status_code, state.json()["unmet"][0]["name"]) == (409, "state")
    assert Inspection.objects.get(pk=visit.pk).status == "pending_review"
    assert Event.objects.filter(verb="move.refused", actor__username="a1-member").exists()


def test_409_names_every_unmet_guard_and_the_page_would_name_the_same(api, world):
    item = item_world.assigned(world)
    answer = api("u1").post(f"rectification-items/{item.pk}/moves/submit-plan/")
    assert answer.status_code == 409
    unmet = [each["name"] for each in answer.json()["unmet"]]
    told = move_of(api("u1").get(f"rectification-items/{item.pk}/").json(), "submit-plan")
    assert len(unmet) > 1
    assert unmet == [each["name"] for each in told["unmet"]]


def test_rows_of_a_plan_come_as_a_list_and_their_errors_by_row(api, world):
    item = item_world.assigned(world)
    address = f"rectification-items/{item.pk}/moves/save-plan/"
    row = {"text": "补学两次", "responsible_person": "甲", "due_on": world.after(2).date().isoformat()}
    wrong = api("u1").post(address, {"root_cause": "计划不细", "measures": [row, {**row, "due_on": "昨天"}]})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["measures.1.due_on"])
    answer = api("u1").post(address, {"root_cause": "计划不细", "measures": [row]})
    assert answer.status_code == 200, answer.content.decode()
    assert [each["text"] for each in answer.json()["measures"]] == ["补学两次"]


@pytest.mark.parametrize("wrong", [{"measures": 3}, {"root_cause": {"a": 1}}, {"root_cause": "\ud800"}])
def test_what_no_form_can_hold_is_400(api, world, wrong):
    item = item_world.assigned(world)
    answer = api("u1").post(f"rectification-items/{item.pk}/moves/save-plan/", wrong)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(wrong)


def test_broken_json_and_other_media_types_are_refused(api, world):
    client = api("u1").client
    assert client.post("/api/v1/units/1/", "{", content_type="application/json").status_code in (400, 405)
    item = item_world.assigned(world)
    address = f"/api/v1/rectification-items/{item.pk}/moves/save-plan/"
    assert client.post(address, "{", content_type="application/json").status_code == 400
    assert client.post(address, "[" * 100_000, content_type="application/json").status_code == 400
    assert client.post(address, "a=1", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("text", [r'{"\ud800": {}}', r'{"measures": [{"\ud800": {}}]}'])
def test_a_name_that_no_answer_could_repeat_is_broken_json(api, world, text):
    item = item_world.assigned(world)
    address = f"/api/v1/rectification-items/{item.pk}/moves/save-plan/"
    assert api("u1").client.post(address, text, content_type="application/json").status_code == 400


def test_files_come_as_multipart_and_a_refused_move_keeps_none(api, world):
    item = item_world.in_progress(world)
    address = f"rectification-items/{item.pk}/moves/add-evidence/"
    answer = api("u1").upload(address, {"description": "学习台账"}, uploads=[world.pdf("台账.pdf")])
    assert answer.status_code == 200, answer.content.decode()
    assert [each["file_name"] for each in answer.json()["evidence"]] == ["台账.pdf"]
    kept = StoredFile.objects.count()
    assert api("u1").upload(address, {}, uploads=[world.pdf("又一份.pdf", "2")]).status_code == 400
    assert api("u2").upload(address, {}, uploads=[world.pdf()]).status_code == 404
    assert StoredFile.objects.count() == kept


def test_a_reader_who_is_to_conclude_has_opened_the_log(api, world):
    visit = visits.pending_review(world)
    api("a1-lead").get(f"inspections/{visit.pk}/")
    refused = api("a1-member").post(f"inspections/{visit.pk}/moves/recall/")
    assert refused.status_code in (403, 409)
    assert Inspection.objects.get(pk=visit.pk).opened_at


def test_csrf_is_asked_of_a_browsers_session(world):
    from django.test import Client

    form = forms.issued(world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["u1"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/api/v1/feedback-forms/{form.pk}/moves/acknowledge/", {})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")

"""The unit at its item: plan, measures, evidence file by file; and an item with 40 measures and 300 files."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from rectification.enums import MeasureState
from rectification.models import Evidence, RectificationItem
from tests.rectification import item_world as iw
from tests.rectification.test_items_costs import grow, queries
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL


def sign_in(client: Any, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def move(item: Any, name: str) -> str:
    return reverse("rectification:item-move", args=[item.pk, name])


def plan_data(item: RectificationItem, *rows: tuple[Any, str, Any]) -> dict[str, Any]:
    """`rows`: (measure or None, text, date)."""
    data: dict[str, Any] = {"root_cause": "责任不清", "responsible_leader": "李某"}
    data |= {"measures-TOTAL_FORMS": len(rows), "measures-INITIAL_FORMS": sum(bool(row[0]) for row in rows)}
    for number, (measure, text, due_on) in enumerate(rows):
        data |= {
            f"measures-{number}-measure": measure.pk if measure else "",
            f"measures-{number}-text": text,
            f"measures-{number}-responsible_person": "张某",
            f"measures-{number}-due_on": due_on.isoformat(),
        }
    return data


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_a_date_after_the_deadline_and_marks_it_beside_its_field(client, world: World):
    item = iw.assigned(world)
    sign_in(client, world, "u1")
    late, good = item.due_on + timedelta(3), item.due_on
    answer = client.post(move(item, "save-plan"), plan_data(item, (None, "建台账", good), (None, "回头看", late)))
    assert answer.url == move(item, "save-plan")
    form = client.get(answer.url).context["form"]
    assert [hasattr(row.fields["due_on"], "warning") for row in form.measures][:2] == [False, True]
    assert "晚于整改时限" in client.get(answer.url).content.decode()
    assert client.post(move(item, "submit-plan")).status_code == 409


def test_a_returned_item_refuses_such_a_date_beside_its_row_and_keeps_what_was_typed(client, world: World):
    item = iw.returned(world)
    measure = item.measures.get()
    sign_in(client, world, "u1")
    late = item.last_day + timedelta(1)
    rows = ((measure, measure.text, item.last_day), (None, "再补一次", late))
    answer = client.post(move(item, "save-plan"), plan_data(item, *rows))
    assert answer.status_code == 409
    assert [list(row.errors) for row in answer.context["form"].measures] == [[], ["due_on"]]
    assert "再补一次" in answer.content.decode()
    assert item.measures.count() == 1


# --- evidence, one file after the other -------------------------------------------------------------------------------


def send(client: Any, item: Any, upload: Any, **more: Any) -> Any:
    data = {"uploads": [upload], "description": "台账", "measure": "", **more}
    return client.post(move(item, "add-evidence"), data, headers={"accept": "application/json"})


def test_files_sent_one_by_one_are_answered_in_json_and_told_once(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    answer = send(client, item, world.pdf("一.pdf"))
    assert (answer.status_code, answer.json()) == (200, {"done": True})
    send(client, item, world.pdf("二.pdf"))
    assert [each.file.original_name for each in item.evidence.all()] == ["一.pdf", "二.pdf"]
    told = get_messages(client.get(item.get_absolute_url()).wsgi_request)
    assert [str(each) for each in told] == ["已办理：上传佐证材料"]


def test_a_refused_file_says_why_and_takes_no_other_with_it(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    send(client, item, world.pdf("一.pdf"))
    lie = SimpleUploadedFile("假.pdf", b"not a pdf at all", "application/pdf")
    answer = send(client, item, lie)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "uploads"
    assert "假.pdf" in error["text"]
    assert item.evidence.count() == 1


def test_the_reason_for_a_reused_file_is_asked_with_that_file(client, world: World):
    first, second = iw.in_progress(world), iw.in_progress(world)
    sign_in(client, world, "u1")
    send(client, first, world.pdf("纪要.pdf", "同一份"))
    answer = send(client, second, world.pdf("纪要.pdf", "同一份"))
    assert answer.status_code == 409
    assert [each["field"] for each in answer.json()["errors"]] == ["same_file_reason"]
    again = send(client, second, world.pdf("纪要.pdf", "同一份"), same_file_reason="同一次会议研究两个事项")
    assert again.json() == {"done": True}


def test_a_stranger_learns_nothing_from_json_either(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u2")
    assert send(client, item, world.pdf("一.pdf")).status_code == 404
    sign_in(client, world, "a1-lead")
    assert send(client, item, world.pdf("一.pdf")).status_code == 403
    assert not item.evidence.exists()


def test_a_photo_has_a_small_one_for_lists_and_nothing_else_has(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), "navy").save(buffer, "PNG")
    send(client, item, SimpleUploadedFile("会场.png", buffer.getvalue(), "image/png"))
    send(client, item, world.pdf("一.pdf"))
    photo, paper = Evidence.objects.order_by("pk")
    url = reverse("rectification:evidence-file", args=[photo.pk])
    small = client.get(f"{url}?small")
    assert small["Content-Type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    assert client.get(reverse("rectification:evidence-file", args=[paper.pk]) + "?small").status_code == 404
    sign_in(client, world, "u2")
    assert client.get(f"{url}?small").status_code == 404


# --- said in place ----------------------------------------------------------------------------------------------------


def test_a_measure_is_updated_from_the_page_and_the_page_comes_back_at_it(client, world: World):
    item = iw.in_progress(world)
    measure = item.measures.get()
    sign_in(client, world, "u1")
    said = {"measure": measure.pk, "state": MeasureState.DONE, "result": "已建立", "not_needed_reason": ""}
    answer = client.post(move(item, "update-measure"), said)
    assert answer.url == f"{item.get_absolute_url()}#measure-{measure.pk}"
    measure.refresh_from_db()
    assert measure.is_answered


def test_a_note_alone_leaves_the_measures_as_they_are(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    assert client.post(move(item, "note-progress"), {"text": "正在征求意见"}).status_code == 302
    assert item.measures.get().state == MeasureState.TO_DO
    assert "正在征求意见" in client.get(item.get_absolute_url()).content.decode()


def test_the_blue_button_is_what_is_missing_first_and_then_the_report(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    assert primary(client, item) == "note_progress"
    iw.finish(world, item, world.at)
    assert primary(client, item) == "draft_report"
    sign_in(client, world, "u1-head")
    assert primary(client, item) != "draft_report"


def primary(client: Any, item: Any) -> str:
    moves = client.get(item.get_absolute_url()).context["story"].moves
    return next((each.name for each in moves if each.primary), "")


# --- long stories -----------------------------------------------------------------------------------------------------


def test_many_measures_and_files_are_folded_counted_and_shown_on_request(client, world: World):
    item = iw.in_progress(world, measures=3)
    grow(world, item, 300)
    sign_in(client, world, "u1")
    short = client.get(item.get_absolute_url())
    proof = short.context["story"].proof
    assert (len(proof.cards), proof.folded_cards) == (8, 295)
    assert (len(proof.loose), proof.folded_loose) == (3, 297)
    assert "300份佐证材料" in short.content.decode()
    assert len(short.content) < 150_000
    whole = client.get(item.get_absolute_url(), {"all": ""})
    assert len(whole.context["story"].proof.cards) == 303
    assert len(whole.context["story"].proof.loose) == 300
    assert len(queries(client, lambda: client.get(item.get_absolute_url(), {"all": ""}))) <= 12


def test_a_long_problem_is_folded_behind_its_beginning(client, world: World):
    item = iw.in_progress(world)
    item.problem.fact = "查阅资料发现记录不全。" * 200
    item.problem.save(update_fields=["fact"])
    sign_in(client, world, "u1")
    assert '<details class="long">' in client.get(item.get_absolute_url()).content.decode()


def test_the_chain_says_where_the_item_is(client, world: World):
    places = {
        iw.planned: 1, iw.in_progress: 1, iw.finished: 3, iw.submitted: 4, iw.verified: 5, iw.returned: 3,
    }  # fmt: skip
    sign_in(client, world, "u1")
    for arrange, place in places.items():
        chain = client.get(arrange(world).get_absolute_url()).context["story"].chain
        assert [link.state for link in chain] == ["done"] * place + ["now"] + ["to-come"] * (5 - place), arrange
    chain = client.get(iw.closed(world).get_absolute_url()).context["story"].chain
    assert {link.state for link in chain} == {"done"}

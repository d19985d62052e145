"""The item in the browser: from the plan to the sheet, who sees what, and what a page costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from rectification.enums import ItemStatus, MeasureState, VerificationWay
from rectification.models import Evidence, RectificationItem
from supervision.core.models import StoredFile
from supervision.core.parts import Move
from tests.rectification import item_world as iw
from tests.rectification import report_world
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

ARRANGED = {
    "pending": iw.pending,
    "assigned": iw.planned,
    "in_review": iw.in_review,
    "in_progress": iw.finished,
    "submitted": iw.submitted,
    "recorded": iw.recorded,
    "verified": iw.verified,
    "returned": iw.returned,
    "closed": iw.closed,
}


def sign_in(client: Any, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def move(item: Any, name: str) -> str:
    return reverse("rectification:item-move", args=[item.pk, name])


def page(client: Any, item: Any) -> str:
    answer = client.get(item.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


def offered(client: Any, item: Any) -> dict[str, Move]:
    return {each.name: each for each in client.get(item.get_absolute_url()).context["story"].moves}


def plan_data(item: RectificationItem) -> dict[str, Any]:
    return {
        "root_cause": "责任不清", "responsible_leader": "李某", "goal": "责任到人",
        "measures-TOTAL_FORMS": 3, "measures-INITIAL_FORMS": 0,
        "measures-0-text": "建立台账", "measures-0-responsible_person": "张某",
        "measures-0-due_on": item.due_on.isoformat(),
    }  # fmt: skip


def progress_data(world: World, measure: Any) -> dict[str, Any]:
    return {
        "text": "台账已建立", "uploads": [world.pdf("进展.pdf")],
        "measures-TOTAL_FORMS": 1, "measures-INITIAL_FORMS": 1,
        "measures-0-measure": measure.pk, "measures-0-state": MeasureState.DONE, "measures-0-result": "已建立",
    }  # fmt: skip


def record_data(world: World, item: RectificationItem) -> dict[str, Any]:
    return {
        "way": VerificationWay.ON_SITE, "verified_on": world.today.isoformat(), "place": "会议室", "opinion": "属实",
        "second_verifier": world.users["a1-member-2"].pk,
        "results-TOTAL_FORMS": 1, "results-INITIAL_FORMS": 1,
        "results-0-measure": item.measures.get().pk, "results-0-holds": "yes", "results-0-remark": "",
    }  # fmt: skip


def test_the_items_part_of_the_main_job(client, world: World):
    item = iw.assigned(world)
    sign_in(client, world, "u1")
    assert client.get(move(item, "save-plan")).status_code == 200
    assert client.post(move(item, "save-plan"), plan_data(item)).url == item.get_absolute_url()
    assert client.post(move(item, "submit-plan")).url == item.get_absolute_url()

    sign_in(client, world, "a1-lead")
    assert "建立台账" in client.get(move(item, "approve-plan")).content.decode()
    assert client.post(move(item, "approve-plan")).url == item.get_absolute_url()

    sign_in(client, world, "u1")
    measure = item.measures.get()
    assert "还差" in page(client, item)
    assert client.get(move(item, "note-progress")).status_code == 200
    assert client.post(move(item, "note-progress"), progress_data(world, measure)).url == item.get_absolute_url()
    proof = {"uploads": [world.pdf("一.pdf", "1"), world.pdf("二.pdf", "2")], "description": "台账"}
    assert client.get(move(item, "add-evidence")).status_code == 200
    assert client.post(move(item, "add-evidence"), proof).url == item.get_absolute_url()
    assert item.evidence.count() == 2
    assert reverse("rectification:report-new", args=[item.form_id]) in page(client, item)
    report_world.signed(world, [RectificationItem.objects.get(pk=item.pk)])

    sign_in(client, world, "a1-member")
    assert "一.pdf" in client.get(move(item, "record-verification")).content.decode()
    assert client.post(move(item, "record-verification"), record_data(world, item)).url == item.get_absolute_url()
    assert client.post(move(item, "verify")).status_code == 409

    sign_in(client, world, "a1-member-2")
    assert "会议室" in client.get(move(item, "verify")).content.decode()
    assert client.post(move(item, "verify")).url == item.get_absolute_url()

    sign_in(client, world, "a-office")
    assert "一.pdf" in client.get(move(item, "close")).content.decode()
    assert client.post(move(item, "close"), {"effect": "已建立", "opinion": "同意"}).status_code == 409
    data = {"effect": "已建立", "opinion": "同意", "ticked": list(iw.TICKED)}
    assert client.post(move(item, "close"), data).url == item.get_absolute_url()
    item.refresh_from_db()
    assert item.status == ItemStatus.CLOSED
    assert item.closure.number in client.get(item.closure.get_absolute_url()).content.decode()
    assert client.get(reverse("rectification:plan-paper", args=[item.pk, 1])).status_code == 200
    assert client.get(reverse("rectification:plan-paper", args=[item.pk, 2])).status_code == 404


@pytest.mark.parametrize("state", ARRANGED)
def test_every_state_is_shown_to_everyone_around_it(client, world: World, state: str):
    item = ARRANGED[state](world)
    for username in ("u1", "u1-head", "a1-member", "a1-lead", "a1-sponsor", "a-office", "office"):
        sign_in(client, world, username)
        text = page(client, item)
        assert item.number in text
        assert str(item.get_status_display()) in text


@pytest.mark.parametrize("state", ARRANGED)
def test_the_page_offers_exactly_what_its_pages_accept(client, world: World, state: str):
    item = ARRANGED[state](world)
    for username in ("u1", "u1-head", "a1-member-2", "a1-lead", "a-office"):
        sign_in(client, world, username)
        for name, offer in offered(client, item).items():
            assert client.get(offer.url).status_code == 200, (username, name)


def test_a_start_and_a_plan_are_not_offered_together(client, world: World):
    sign_in(client, world, "u1")
    assert {"start", "save_plan"} <= set(offered(client, iw.planned(world, rule="immediate")))
    assert "submit_plan" not in offered(client, iw.planned(world, rule="immediate"))
    assert "start" not in offered(client, iw.planned(world))


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_stranger_does_not_learn_that_it_exists(client, world: World):
    item = iw.closed(world)
    piece = item.evidence.get()
    urls = [
        item.get_absolute_url(),
        item.closure.get_absolute_url(),
        reverse("rectification:plan-paper", args=[item.pk, 1]),
        reverse("rectification:evidence-file", args=[piece.pk]),
        reverse("rectification:evidence-withdraw", args=[piece.pk]),
        reverse("supervision:file", args=[piece.file_id]),
    ]
    for username in ("u2", "u3", "u4-head", "a2-lead", "b1-lead", "b-office", "auditor", "sysadmin", "nobody"):
        sign_in(client, world, username)
        for url in urls:
            answer = client.get(url)
            assert answer.status_code == 404, (username, url)
            assert item.number not in answer.content.decode()


def test_nobody_unknown_gets_in(client, world: World):
    item = iw.finished(world)
    for url in (item.get_absolute_url(), move(item, "press"), reverse("rectification:evidence-file", args=[1])):
        assert client.get(url).status_code in (302, 404)
        assert client.get(url).status_code != 200


def test_a_draft_plan_is_the_units_own(client, world: World):
    item = iw.planned(world)
    for username, shown in (
        ("u1", True),
        ("u1-head", True),
        ("a1-lead", False),
        ("a-office", False),
        ("office", False),
    ):
        sign_in(client, world, username)
        assert ("责任不清" in page(client, item)) is shown, username
        assert ("措施1" in page(client, item)) is shown, username


def test_the_superior_unit_reads_and_moves_nothing(client, world: World):
    item = iw.in_progress(world, unit="u1s")
    sign_in(client, world, "u1")
    assert page(client, item)
    assert offered(client, item) == {}


def test_the_unit_does_not_read_a_verification_before_it_is_confirmed(client, world: World):
    item = iw.submitted(world)
    iw.record(world, item, opinion="尚未确认的意见", scan=world.received("签名记录.pdf"))
    scan = item.verifications.get().scan
    sign_in(client, world, "u1")
    assert "尚未确认的意见" not in page(client, item)
    assert client.get(reverse("supervision:file", args=[scan.pk])).status_code == 404
    sign_in(client, world, "a1-lead")
    assert "尚未确认的意见" in page(client, item)
    assert client.get(reverse("supervision:file", args=[scan.pk])).status_code == 200


def test_evidence_is_downloaded_by_whoever_sees_the_item(client, world: World):
    item = iw.finished(world)
    url = reverse("rectification:evidence-file", args=[item.evidence.get().pk])
    for username in ("u1", "a1-member", "a-office", "office"):
        sign_in(client, world, username)
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")


def test_evidence_is_withdrawn_on_a_page_of_its_own(client, world: World):
    item = iw.finished(world)
    piece = item.evidence.get()
    url = reverse("rectification:evidence-withdraw", args=[piece.pk])
    sign_in(client, world, "a1-lead")
    assert client.post(url).status_code == 403
    sign_in(client, world, "u1")
    assert url in page(client, item)
    assert client.get(url).status_code == 200
    assert Evidence.objects.standing().filter(pk=piece.pk).exists()
    assert client.post(url).url == item.get_absolute_url()
    assert not Evidence.objects.standing().filter(pk=piece.pk).exists()
    assert url not in page(client, item)


def test_another_items_measure_cannot_be_chosen(client, world: World):
    mine, other = iw.in_progress(world), iw.in_progress(world)
    sign_in(client, world, "u1")
    data = {"uploads": [world.pdf()], "description": "材料", "measure": other.measures.get().pk}
    assert client.post(move(mine, "add-evidence"), data).status_code == 400
    data = {"measure": other.measures.get().pk, "state": MeasureState.DONE}
    assert client.post(move(mine, "update-measure"), data).status_code == 400


def test_a_refused_file_leaves_nothing(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    bad = world.pdf("病毒.exe")
    before = StoredFile.objects.count()
    answer = client.post(move(item, "add-evidence"), {"uploads": [world.pdf(), bad], "description": "材料"})
    assert answer.status_code == 400
    assert StoredFile.objects.count() == before
    assert not item.evidence.exists()


def test_looking_at_a_plan_ends_its_recall(client, world: World):
    item = iw.in_review(world)
    sign_in(client, world, "u1")
    assert offered(client, item)["recall_plan"].is_ready
    sign_in(client, world, "a1-lead")
    page(client, item)
    sign_in(client, world, "u1")
    assert not offered(client, item)["recall_plan"].is_ready
    assert client.post(move(item, "recall-plan")).status_code == 409


def test_a_moved_deadline_is_told_on_the_timeline(client, world: World):
    item = iw.in_progress(world)
    sign_in(client, world, "u1")
    story = client.get(item.get_absolute_url()).context["story"]
    changes = [change for entry in story.timeline for change in entry.changes]
    assert [str(change.label) for change in changes] == ["整改时限"]

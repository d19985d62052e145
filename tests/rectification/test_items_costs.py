"""Items on the workbench, and what their pages and moves cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.enums import MeasureState, VerificationWay
from rectification.item_desk import duties_of, duty, waiting_of
from rectification.models import Evidence, RectificationItem
from rectification.transitions import ITEM_MOVES
from supervision.core.models import Event, StoredFile
from supervision.core.models.version import steady
from supervision.core.parts import Move
from tests.rectification import item_world as iw
from tests.rectification.moves import ROWS
from tests.world import World

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


# --- the workbench ----------------------------------------------------------------------------------------------------


PEOPLE = ("u1", "u1-head", "a1-member", "a1-member-2", "a1-lead", "a1-deputy", "a1-sponsor", "a-office", "office", "u2")


@pytest.mark.once
@pytest.mark.parametrize("state", ARRANGED)
def test_the_workbench_agrees_with_the_table(world: World, state: str):
    """What it shows as mine, the table offers me; what the table's next move gives me, it shows."""
    item = ARRANGED[state](world)
    for username in PEOPLE:
        user = world.user(username)
        mine = [duty(each) for each in duties_of(user, world.today, world.campaign.pk)]
        waiting = list(waiting_of(user, world.today, world.campaign.pk))
        offers = {offer.move.name for offer in ITEM_MOVES.offers(item, user, at=world.at)}
        for line in mine:
            system = line.move.system or (line.move.name in {"start", "submit_plan"} and username in {"u1", "u1-head"})
            assert system or line.move.name in offers, (username, line.move.name)
        assert not {line.item.pk for line in mine} & {each.pk for each in waiting}
        for name in ("approve_plan", "close"):
            if name in offers:
                assert [line.move.name for line in mine] == [name], username


def test_the_second_verifier_is_asked_and_the_author_waits(world: World):
    item = iw.recorded(world)
    second = list(duties_of(world.user("a1-member-2"), world.today, world.campaign.pk))
    assert [(each.pk, duty(each).move.name) for each in second] == [(item.pk, "verify")]
    assert not duties_of(world.user("a1-member"), world.today, world.campaign.pk).exists()
    assert item in waiting_of(world.user("a1-member"), world.today, world.campaign.pk)


def test_the_nearest_date_comes_first(world: World):
    slow, quick = iw.assigned(world), iw.assigned(world, rule="immediate")
    found = [each.pk for each in duties_of(world.user("u1"), world.today, world.campaign.pk)]
    assert found == [quick.pk, slow.pk]


# --- what it costs ----------------------------------------------------------------------------------------------------


def queries(client: Any, act: Any) -> list[str]:
    with steady(), CaptureQueriesContext(connection) as captured:
        act()
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(words)]


PAGE_COST = {  # state → who may look at it at that cost
    "in_progress": ("u1", "a1-member", "a-office"),
    "submitted": ("u1", "a1-member", "a-office"),
    "recorded": ("a1-member-2", "a1-lead"),
    "verified": ("u1", "a1-member", "a-office", "office"),
    "returned": ("u1", "a1-member"),
    "closed": ("u1", "a-office"),
}


@pytest.mark.once
@pytest.mark.parametrize("state", PAGE_COST)
def test_the_page_costs_at_most_twelve_queries_however_long_its_story(client, world: World, state: str):
    item = ARRANGED[state](world)
    for username in PAGE_COST[state]:
        sign_in(client, world, username)
        page(client, item)
        few = queries(client, lambda: page(client, item))
        assert len(few) <= 12, (username, len(few), few)


def test_the_page_costs_the_same_with_three_and_with_three_hundred(client, world: World):
    item = iw.in_progress(world, measures=3)
    sign_in(client, world, "u1")
    page(client, item)
    few = len(queries(client, lambda: page(client, item)))
    grow(world, item, 300)
    assert len(queries(client, lambda: page(client, item))) == few <= 12


def grow(world: World, item: RectificationItem, count: int) -> None:
    """Three hundred measures, notes and pieces of evidence, as rows."""
    from rectification.models import Measure

    liaison = world.users["u1"]
    Measure.objects.bulk_create(
        Measure(item=item, order=10 + n, text=f"措施{n}", responsible_person="张某", due_on=item.due_on)
        for n in range(count)
    )
    stored = StoredFile.objects.bulk_create(
        StoredFile(
            subject_kind=item.kind, subject_id=item.pk, campaign_id=item.campaign_id, unit_id=item.unit_id,
            storage_name=f"00/{n:032x}", original_name="材料.pdf", content_type="application/pdf", size=1,
            sha256=f"{n:064x}", uploaded_by=liaison, uploaded_at=world.at,
        )
        for n in range(count)
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(
            item=item,
            file=file,
            description="材料",
            effective_on=world.today,
            uploaded_by=liaison,
            uploaded_at=world.at,
        )
        for file in stored
    )


@pytest.mark.once
def test_the_panels_cost_one_query_each(world: World):
    iw.in_progress(world)
    iw.submitted(world)
    for username in ("u1", "a1-lead", "a-office", "office"):
        user = world.user(username)
        assert user.scope
        list(duties_of(user, world.today, world.campaign.pk))
        assert len(queries(None, lambda u=user: list(duties_of(u, world.today, world.campaign.pk)))) <= 2
        assert len(queries(None, lambda u=user: list(waiting_of(u, world.today, world.campaign.pk)))) <= 2


# What each move costs at most, with session, reader and scope. Three write more than one object: a return also
# returns the report (its own lock, note and event), closing takes a number and freezes the sheet.
MOVE_COST = {
    "start": 15,
    "submit_plan": 15,
    "recall_plan": 15,
    "approve_plan": 15,
    "return_plan": 15,
    "note_progress": 15,
    "press": 15,
    "record_verification": 15,
    "verify": 15,
    "return": 19,
    "close": 23,
    "refuse_close": 15,
    "refuse_close_to_unit": 20,
}


@pytest.mark.once
@pytest.mark.parametrize("name", MOVE_COST)
def test_what_a_move_costs(client, world: World, name: str):
    row = ROWS["rectification_item"][name]
    for _warm in range(2):
        item = row.arrange(world)
        client.force_login(row.actor(world, item), backend="django.contrib.auth.backends.ModelBackend")
        data = posted(world, item, name)
        made = queries(client, lambda i=item, d=data: client.post(move(i, name.replace("_", "-")), d))
    assert Event.objects.filter(subject_id=item.pk, verb=ITEM_MOVES[name].verb).exists()
    assert len(made) <= MOVE_COST[name], "\n".join(made)


def posted(world: World, item: RectificationItem, name: str) -> dict[str, Any]:
    """What a browser sends for the move."""
    if name == "record_verification":
        return record_data(world, item)
    if name == "note_progress":
        measure = item.measures.get()
        return progress_data(world, measure)
    if name == "close":
        return {"effect": "已建立", "opinion": "同意", "ticked": list(iw.TICKED)}
    return {"note": iw.NOTE}

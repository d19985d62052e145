"""What stops a move of an item: every unmet condition by name, and another person for each step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rectification.enums import MeasureState
from rectification.models import Evidence, Measure, RectificationItem
from rectification.services import evidence, items, measures, plans
from rectification.transitions import SUBMIT
from supervision.core.models import Event, Paper
from supervision.core.refusals import NotAllowed, Unmet, WrongState
from supervision.core.transitions import Situation
from supervision.enums import Document
from tests.rectification import item_world as iw
from tests.world import World


def refused(act: Any, **given: Any) -> list[str]:
    """The names of the unmet conditions."""
    with pytest.raises(Unmet) as refusal:
        act(**given)
    return [condition.name for condition in refusal.value.conditions]


def unmet_of_submission(world: World, item: RectificationItem) -> list[str]:
    fresh = RectificationItem.objects.get(pk=item.pk)
    situation = Situation(None, world.at, world.today)
    return [condition.name for condition in SUBMIT.unmet(fresh, situation, with_inputs=True)]


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_everything_that_a_plan_lacks_is_named_at_once(world: World):
    item = iw.assigned(world)
    found = refused(plans.submit_plan, pk=item.pk, actor=world.user("u1"), at=world.at)
    assert found == ["plan_is_complete", "measures_are_planned"]


def test_a_measure_may_not_end_after_the_item(world: World):
    item = iw.planned(world)
    Measure.objects.filter(item=item).update(due_on=item.due_on + timedelta(1))
    assert refused(plans.submit_plan, pk=item.pk, actor=world.user("u1"), at=world.at) == ["measures_are_planned"]


def test_a_plan_and_an_immediate_start_exclude_each_other(world: World):
    planned, immediate = iw.planned(world), iw.planned(world, rule="immediate")
    liaison = world.user("u1")
    assert refused(plans.start_item, pk=planned.pk, actor=liaison, at=world.at) == ["is_immediate"]
    assert refused(plans.submit_plan, pk=immediate.pk, actor=liaison, at=world.at) == ["wants_a_plan"]


def test_the_plan_of_a_key_item_is_the_heads_to_hand_in(world: World):
    item = iw.planned(world, severity="key")
    with pytest.raises(NotAllowed):
        plans.submit_plan(pk=item.pk, actor=world.user("u1"), at=world.at)
    plans.submit_plan(pk=item.pk, actor=world.user("u1-head"), at=world.at)


def test_the_plan_of_a_key_item_is_the_offices_to_approve(world: World):
    item = iw.in_review(world, severity="key")
    with pytest.raises(NotAllowed):
        plans.approve_plan(pk=item.pk, actor=world.user("a1-lead"), at=world.at)
    plans.approve_plan(pk=item.pk, actor=world.user("a-office"), at=world.at)


def test_nobody_approves_their_own_plan(world: World):
    item = iw.in_review(world)
    RectificationItem.objects.filter(pk=item.pk).update(plan_submitted_by=world.users["a1-lead"])
    found = refused(plans.approve_plan, pk=item.pk, actor=world.user("a1-lead"), at=world.at)
    assert found == ["decider_did_not_hand_in_plan"]


def test_an_opened_plan_cannot_be_recalled(world: World):
    item = iw.in_review(world)
    plans.open_plan(pk=item.pk, actor=world.user("u1"), at=world.at)
    plans.open_plan(pk=item.pk, actor=world.user("a1-member"), at=world.at)
    assert not Event.objects.filter(verb="item.plan_opened").exists()
    plans.open_plan(pk=item.pk, actor=world.user("a1-lead"), at=world.at)
    plans.open_plan(pk=item.pk, actor=world.user("a1-lead"), at=world.at)
    assert Event.objects.filter(verb="item.plan_opened").count() == 1
    assert refused(plans.recall_plan, pk=item.pk, actor=world.user("u1"), at=world.at) == ["plan_is_unopened"]


def test_each_approval_freezes_the_next_version(world: World):
    item = iw.in_progress(world, measures=2)
    paper = Paper.objects.get(subject_kind=item.kind, subject_id=item.pk, kind="rectification_plan")
    assert (item.plan_version, paper.version) == (1, 1)
    assert [measure["text"] for measure in paper.data["measures"]] == ["措施1", "措施2"]
    assert paper.data["root_cause"] == "责任不清"


def test_a_returned_item_freezes_its_changed_plan(world: World):
    item = iw.returned(world)
    new = plans.MeasureLine("补充措施", "王某", item.due_on)
    item = plans.save_plan(pk=item.pk, actor=world.user("u1"), at=world.at, measures=[new])
    papers = Paper.objects.filter(subject_id=item.pk, kind="rectification_plan").order_by("version")
    assert [len(paper.data["measures"]) for paper in papers] == [1, 2]
    assert item.plan_version == 2


def test_a_measure_on_record_is_not_removed(world: World):
    item = iw.returned(world)
    measure = item.measures.get()
    gone = plans.MeasureLine(measure.text, measure.responsible_person, measure.due_on, pk=measure.pk, remove=True)
    found = refused(plans.save_plan, pk=item.pk, actor=world.user("u1"), at=world.at, measures=[gone])
    assert found == ["removed_measures_are_free"]


def test_a_draft_measure_is_removed_and_changed(world: World):
    item = iw.planned(world, measures=2)
    first, second = item.measures.all()
    typed = [
        plans.MeasureLine(first.text, "赵某", first.due_on, pk=first.pk),
        plans.MeasureLine(second.text, second.responsible_person, second.due_on, pk=second.pk, remove=True),
        plans.MeasureLine("新措施", "钱某", first.due_on),
    ]
    plans.save_plan(pk=item.pk, actor=world.user("u1"), at=world.at, measures=typed)
    kept = list(item.measures.order_by("order").values_list("text", "responsible_person"))
    assert kept == [("措施1", "赵某"), ("新措施", "钱某")]


def test_another_items_measure_is_never_touched(world: World):
    mine, other = iw.planned(world), iw.planned(world)
    theirs = other.measures.get()
    line = plans.MeasureLine("改动", "某某", theirs.due_on, pk=theirs.pk, remove=True)
    plans.save_plan(pk=mine.pk, actor=world.user("u1"), at=world.at, measures=[line])
    theirs.refresh_from_db()
    assert theirs.text == "措施1"


def test_the_plan_is_shut_while_others_read_it(world: World):
    item = iw.in_review(world)
    with pytest.raises(WrongState):
        plans.save_plan(pk=item.pk, actor=world.user("u1"), at=world.at, goal="另定")


def test_a_longer_route_takes_its_steps_in_order(world: World):
    iw.longer_route(world, Document.RECTIFICATION_PLAN, "deputy", "leader")
    item = iw.in_review(world)
    with pytest.raises(NotAllowed):
        plans.approve_plan(pk=item.pk, actor=world.user("a1-lead"), at=world.at)
    plans.endorse_plan(pk=item.pk, actor=world.user("a1-deputy"), at=world.at)
    plans.approve_plan(pk=item.pk, actor=world.user("a1-lead"), at=world.at)


# --- work -------------------------------------------------------------------------------------------------------------


def test_pressing_is_once_a_day(world: World):
    item = iw.in_progress(world)
    items.press_item(pk=item.pk, actor=world.user("a1-member"), at=world.at)
    assert refused(items.press_item, pk=item.pk, actor=world.user("a-office"), at=world.at) == ["is_not_pressed_today"]
    items.press_item(pk=item.pk, actor=world.user("a-office"), at=world.at + timedelta(days=1))


def test_what_presses_the_team_is_not_the_units_to_read(world: World):
    item = iw.submitted(world)
    items.press_item(pk=item.pk, actor=world.user("a-office"), at=world.at)
    assert Event.objects.get(verb="item.pressed").audience == "team"


def test_measures_do_not_change_under_the_verifiers_eyes(world: World):
    item = iw.submitted(world)
    update = measures.MeasureUpdate(item.measures.get().pk, MeasureState.DOING)
    found = refused(
        items.note_progress, pk=item.pk, actor=world.user("u1"), at=world.at, text="改动", measures=[update]
    )
    assert found == ["measures_are_in_hand"]
    items.note_progress(pk=item.pk, actor=world.user("u1"), at=world.at, text="只记一笔")


def test_a_measure_that_falls_away_says_why(world: World):
    item = iw.in_progress(world)
    given = {"pk": item.pk, "actor": world.user("u1"), "at": world.at, "measure": item.measures.get().pk}
    assert refused(measures.update_measure, **given, state=MeasureState.NOT_NEEDED) == ["measures_are_in_hand"]
    measures.update_measure(**given, state=MeasureState.NOT_NEEDED, not_needed_reason="机构已撤销")
    assert item.measures.get().is_answered


def test_an_empty_note_is_no_progress(world: World):
    item = iw.in_progress(world)
    assert refused(items.note_progress, pk=item.pk, actor=world.user("u1"), at=world.at, text=" ") == [
        "progress_is_told"
    ]


# --- evidence and handing in ------------------------------------------------------------------------------------------


def test_an_item_needs_answered_measures_and_effective_evidence(world: World):
    assert unmet_of_submission(world, iw.in_progress(world)) == ["every_measure_answered", "has_effective_evidence"]
    assert unmet_of_submission(world, iw.finished(world)) == []


def test_evidence_of_tomorrow_is_not_yet_effective(world: World):
    item = iw.finished(world)
    Evidence.objects.filter(item=item).update(effective_on=world.today + timedelta(1))
    assert unmet_of_submission(world, item) == ["has_effective_evidence"]


def test_withdrawn_evidence_does_not_count(world: World):
    item = iw.finished(world)
    evidence.withdraw_evidence(pk=item.evidence.get().pk, actor=world.user("u1"), at=world.at)
    assert unmet_of_submission(world, item) == ["has_effective_evidence"]


def test_evidence_is_not_withdrawn_twice_nor_after_submission(world: World):
    item = iw.finished(world)
    piece = item.evidence.get()
    evidence.withdraw_evidence(pk=piece.pk, actor=world.user("u1"), at=world.at)
    assert refused(evidence.withdraw_evidence, pk=piece.pk, actor=world.user("u1"), at=world.at) == ["evidence_stands"]
    done = iw.submitted(world)
    with pytest.raises(WrongState):
        evidence.withdraw_evidence(pk=done.evidence.get().pk, actor=world.user("u1"), at=world.at)


def test_evidence_may_be_withdrawn_while_returned(world: World):
    item = iw.returned(world)
    evidence.withdraw_evidence(pk=item.evidence.get().pk, actor=world.user("u1"), at=world.at)


def add(world: World, item: RectificationItem, text: str, **given: Any) -> RectificationItem:
    given = {"actor": world.user(iw.unit_of(world, item)), **given}
    return evidence.add_evidence(
        pk=item.pk, at=world.at, files=[world.received(text=text)], description="材料", **given
    )


def test_the_same_file_on_another_item_must_be_explained(world: World):
    first, second = iw.in_progress(world), iw.in_progress(world)
    add(world, first, "同一份")
    found = refused(add, world=world, item=second, text="同一份")
    assert found == ["same_file_reason"]
    add(world, second, "同一份", same_file_reason="同一次会议研究两个事项")
    assert unmet_of_submission(world, second) == ["every_measure_answered"]


def test_reuse_that_slipped_in_is_found_at_submission(world: World):
    first, second = iw.finished(world, count=1), iw.finished(world)
    add(world, first, "同一份")
    add(world, second, "同一份", same_file_reason="说明")
    Evidence.objects.filter(item=second).update(same_file_reason="")
    assert unmet_of_submission(world, second) == ["same_files_are_explained"]


def test_another_units_file_is_never_mentioned(world: World):
    theirs, mine = iw.in_progress(world, unit="u2"), iw.in_progress(world, unit="u1")
    add(world, theirs, "同一份")
    add(world, mine, "同一份")
    assert unmet_of_submission(world, mine) == ["every_measure_answered"]


def test_a_measure_of_another_item_is_refused(world: World):
    mine, other = iw.in_progress(world), iw.in_progress(world)
    assert refused(add, world=world, item=mine, text="x", measure=other.measures.get()) == ["measure_is_of_item"]

"""The log of a visit: who writes, what is judged, what stays locked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from supervision.core import files
from supervision.core.models import Event, StoredFile
from supervision.core.refusals import Changed, NotAllowed, Refusal, Unmet, WrongState
from supervision.models import ChecklistPoint, ChecklistResult, Focus, InspectionRecord, Problem, TalkRecord
from supervision.services import inspection_records as services
from supervision.services.problems import delete_problem
from tests.supervision import visits
from tests.world import World


def talk(world: World, **given: Any) -> services.Talk:
    facts: dict[str, Any] = {
        "held_at": world.at - timedelta(hours=1), "place": "会议室", "talker": "甲", "talked_to": "乙",
        "recorder": "丙", "topic": "思想状况", "points": "谈话要点内容",
    }  # fmt: skip
    return services.Talk(**facts | given)


def common(world: World, visit: Any, who: str = "a1-member") -> dict[str, Any]:
    return {"pk": visit.pk, "actor": world.user(who), "at": world.at}


def every_part(world: World, visit: Any, who: str) -> dict[str, Any]:
    """One call for each part of the log."""
    of = common(world, visit, who)
    point = ChecklistPoint.objects.get(focus=world.foci["responsibility"])
    return {
        "summary": lambda: services.save_log(**of, summary="总体情况"),
        "record": lambda: services.save_record(**of, method=world.methods["listen"], content="内容"),
        "checklist": lambda: services.save_checklist(**of, results=[services.PointResult(point, True, "发现")]),
        "talk": lambda: services.save_talk(**of, talk=talk(world)),
        "photo": lambda: services.add_photo(**of, photo=files.receive(world.png())),
        "problem": lambda: visits.find_problem(world, visit, by=who, record=None),
    }


PARTS = ["summary", "record", "checklist", "talk", "photo", "problem"]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_written_by_the_team_with_one_event_that_no_unit_reads(world: World, part: str):
    visit = visits.in_progress(world)
    before = Event.objects.count()
    every_part(world, visit, "a1-member")[part]()
    event = Event.objects.latest("pk")
    assert Event.objects.count() == before + 1
    assert (event.subject_kind, event.subject_id, event.audience) == ("inspection", visit.pk, "team")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("who", ["a1-sponsor", "a2-member", "a-office", "office-lead", "u1", "u1-head", "nobody"])
def test_nobody_else_writes_any_part(world: World, part: str, who: str):
    visit = visits.in_progress(world)
    with pytest.raises(NotAllowed):
        every_part(world, visit, who)[part]()


@pytest.mark.parametrize("part", PARTS)
def test_after_the_submission_every_part_is_locked(world: World, part: str):
    visit = visits.pending_review(world)
    with pytest.raises(WrongState):
        every_part(world, visit, "a1-member")[part]()


def test_the_talks_event_never_says_what_was_said(world: World):
    visit = visits.in_progress(world)
    services.save_talk(**common(world, visit), talk=talk(world))
    event = Event.objects.latest("pk")
    assert "谈话要点内容" not in str(event.payload) + event.note + event.label
    assert set(event.payload) == {"talk"}


def test_a_record_is_changed_and_removed_by_its_author_alone(world: World):
    visit = visits.in_progress(world)
    row = visits.log_record(world, visit)
    facts = {"method": world.methods["listen"], "content": "改写", "record_id": row.pk}
    with pytest.raises(NotAllowed):
        services.save_record(**common(world, visit, "a1-member-2"), **facts)
    with pytest.raises(NotAllowed):
        services.delete_record(**common(world, visit, "a1-lead"), record_id=row.pk)
    services.save_record(**common(world, visit), **facts)
    row.refresh_from_db()
    assert row.content == "改写"
    services.delete_record(**common(world, visit), record_id=row.pk)
    assert not InspectionRecord.objects.exists()


def test_a_record_of_another_visit_is_out_of_reach(world: World):
    visit, other = visits.in_progress(world), visits.in_progress(world, unit="u2")
    row = visits.log_record(world, other)
    with pytest.raises(Unmet):
        services.delete_record(**common(world, visit), record_id=row.pk)
    with pytest.raises(Unmet):
        services.save_record(
            **common(world, visit), record_id=row.pk, method=world.methods["listen"], content="挪到这里"
        )
    assert InspectionRecord.objects.get().inspection_id == other.pk


def test_a_record_that_a_problem_names_stays(world: World):
    visit = visits.in_progress(world)
    row = visits.log_record(world, visit)
    visits.find_problem(world, visit)
    with pytest.raises(Unmet) as refused:
        services.delete_record(**common(world, visit), record_id=row.pk)
    assert refused.value.conditions[0].details == ("主体责任落实不够",)


def test_impossible_counts_and_methods_are_refused_by_field(world: World):
    visit = visits.in_progress(world)
    counts = services.Counts(people_tested=3, people_passed=4, satisfaction=Decimal("100.01"))
    with pytest.raises(Unmet) as refused:
        services.save_record(**common(world, visit), method=world.methods["early"], content=" ", counts=counts)
    names = {condition.name for condition in refused.value.conditions}
    assert names == {"method", "content", "people_passed", "satisfaction"}
    with pytest.raises(Unmet):
        services.save_record(
            **common(world, visit), method=world.methods["listen"], content="内容",
            counts=services.Counts(people_passed=1),
        )  # fmt: skip


def test_the_checklist_is_that_of_the_visits_foci_and_phase(world: World):
    visit = visits.in_progress(world)
    foreign = ChecklistPoint.objects.get(focus=world.foci["content"])
    late = ChecklistPoint.objects.create(
        campaign=world.campaign, focus=world.foci["responsibility"], phase=world.phases["summary"], text="总结要点"
    )
    assert [point.text for point in services.points_of(visit)] == ["督责任要点"]
    for point in (foreign, late):
        with pytest.raises(Unmet):
            services.save_checklist(**common(world, visit), results=[services.PointResult(point, True)])


def test_an_unchanged_checklist_line_keeps_its_author(world: World):
    visit = visits.in_progress(world)
    visits.look_at_points(world, visit, "a1-member")
    before = Event.objects.count()
    visits.look_at_points(world, visit, "a1-member-2")
    assert ChecklistResult.objects.get().author.username == "a1-member"
    assert Event.objects.count() == before


def test_a_talk_cannot_have_been_held_in_the_future(world: World):
    visit = visits.in_progress(world)
    with pytest.raises(Unmet):
        services.save_talk(**common(world, visit), talk=talk(world, held_at=world.at + timedelta(minutes=5)))
    assert not TalkRecord.objects.exists()


def test_a_colleague_may_complete_a_talk_record(world: World):
    visit = visits.in_progress(world)
    row = services.save_talk(**common(world, visit), talk=talk(world))
    services.save_talk(**common(world, visit, "a1-lead"), talk=talk(world, follow_up="一周后回访"), talk_id=row.pk)
    row.refresh_from_db()
    assert row.follow_up == "一周后回访"
    assert row.author.username == "a1-member"


def test_a_document_is_no_photo(world: World):
    visit = visits.in_progress(world)
    with pytest.raises(Unmet):
        services.add_photo(**common(world, visit), photo=world.received())
    assert not StoredFile.objects.exists()


# --- problems ---------------------------------------------------------------------------------------------------------


def test_a_problem_takes_its_scope_from_the_visit(world: World):
    visit = visits.in_progress(world)
    problem = visits.find_problem(world, visit)
    assert (problem.campaign_id, problem.body_id, problem.team_id, problem.unit_id) == (
        visit.campaign_id, visit.body_id, visit.team_id, visit.unit_id,
    )  # fmt: skip


def test_sources_of_another_visit_are_refused(world: World):
    visit, other = visits.in_progress(world), visits.in_progress(world, unit="u2")
    row = visits.log_record(world, other)
    visits.look_at_points(world, other, "a1-member")
    result = ChecklistResult.objects.get()
    with pytest.raises(Unmet) as refused:
        visits.find_problem(world, visit, record=row, checklist_result=result)
    assert {condition.name for condition in refused.value.conditions} == {"record", "checklist_result"}


def test_witnesses_are_two_different_members_who_were_there(world: World):
    visit = visits.in_progress(world)
    one, _two = visits.members(world, visit)
    with pytest.raises(Unmet) as refused:
        visits.find_problem(world, visit, witness=one, second_witness=one)
    assert {condition.name for condition in refused.value.conditions} == {"second_witness"}
    with pytest.raises(Unmet) as refused:
        visits.find_problem(world, visit, witness=one, second_witness=world.user("a1-lead"))
    assert {condition.name for condition in refused.value.conditions} == {"witness"}


def test_a_problem_is_removed_by_its_author_alone_and_never_with_its_photo(world: World):
    visit = visits.in_progress(world)
    plain = visits.find_problem(world, visit)
    shown = visits.find_problem(world, visit, photo=files.receive(world.png()))
    with pytest.raises(NotAllowed):
        delete_problem(**common(world, visit, "a1-lead"), problem_id=plain.pk)
    with pytest.raises(Unmet):
        delete_problem(**common(world, visit), problem_id=shown.pk)
    delete_problem(**common(world, visit), problem_id=plain.pk)
    assert list(Problem.objects.all()) == [shown]


def test_a_refused_problem_leaves_no_photo_row(world: World):
    visit = visits.in_progress(world)
    with pytest.raises(Refusal):
        visits.find_problem(world, visit, title=" ", photo=files.receive(world.png()))
    assert not StoredFile.objects.exists()


def test_a_focus_without_points_has_an_empty_checklist(world: World):
    focus = Focus.objects.create(campaign=world.campaign, code="effect", name="督成效")
    visit = visits.in_progress(world, foci=[focus])
    assert services.points_of(visit) == []


# --- browsers that save by themselves ---------------------------------------------------------------------------------


def test_a_record_sent_again_is_the_same_record(world: World):
    visit, key = visits.in_progress(world), uuid4()
    facts = {"method": world.methods["listen"], "content": "内容", "client_key": key, "version": 0}
    first = services.save_record(**common(world, visit), **facts)
    events = Event.objects.count()
    again = services.save_record(**common(world, visit), **facts)
    assert (again.pk, again.version, InspectionRecord.objects.count()) == (first.pk, 1, 1)
    assert Event.objects.count() == events


def test_a_key_of_another_visit_or_another_author_opens_nothing(world: World):
    visit, other, key = visits.in_progress(world), visits.in_progress(world, unit="u2"), uuid4()
    facts = {"method": world.methods["listen"], "content": "内容", "client_key": key, "version": 0}
    row = services.save_record(**common(world, visit), **facts)
    with pytest.raises(Unmet):
        services.save_record(**common(world, other), **facts | {"content": "挪到这里"})
    with pytest.raises(NotAllowed):
        services.save_record(**common(world, visit, "a1-member-2"), **facts | {"content": "改成我的"})
    row.refresh_from_db()
    assert (row.inspection_id, row.content) == (visit.pk, "内容")


def test_a_record_removed_meanwhile_does_not_come_back(world: World):
    visit, key = visits.in_progress(world), uuid4()
    facts = {"method": world.methods["listen"], "content": "内容", "client_key": key}
    row = services.save_record(**common(world, visit), **facts, version=0)
    services.delete_record(**common(world, visit), record_id=row.pk)
    with pytest.raises(Unmet):
        services.save_record(**common(world, visit), **facts, version=1)
    assert not InspectionRecord.objects.exists()


def test_a_photo_sent_again_is_there_once_and_leaves_no_bytes(world: World):
    visit, key = visits.in_progress(world), uuid4()
    one = services.add_photo(**common(world, visit), photo=files.receive(world.png()), client_key=key)
    again = services.add_photo(**common(world, visit), photo=files.receive(world.png()), client_key=key)
    assert (one.pk, StoredFile.objects.count()) == (again.pk, 1)
    other = visits.in_progress(world, unit="u2")
    with pytest.raises(Unmet):
        services.add_photo(**common(world, other), photo=files.receive(world.png()), client_key=key)


def test_nobody_overwrites_what_they_have_not_seen(world: World):
    visit = visits.in_progress(world)
    point = services.points_of(visit)[0]
    by = world.user("a1-member").name

    def sees(text: str, who: str, version: int) -> None:
        result = services.PointResult(point, True, text, version)
        services.save_checklist(**common(world, visit, who), results=[result])

    sees("甲的发现", "a1-member", 0)
    with pytest.raises(Changed) as refused:
        sees("乙的发现", "a1-member-2", 0)
    assert (refused.value.version, refused.value.by) == (1, by)
    assert refused.value.values == {"looked_at": True, "finding": "甲的发现"}
    sees("甲的发现", "a1-member-2", 0)  # the same text: nobody has to be asked
    sees("乙的发现", "a1-member-2", 1)
    row = ChecklistResult.objects.get()
    assert (row.finding, row.version, row.author.username) == ("乙的发现", 2, "a1-member-2")


def test_talks_and_the_overall_impression_are_guarded_alike(world: World):
    visit, key = visits.in_progress(world), uuid4()
    services.save_talk(**common(world, visit), talk=talk(world), client_key=key, version=0)
    services.save_talk(**common(world, visit, "a1-lead"), talk=talk(world, topic="改"), client_key=key, version=1)
    with pytest.raises(Changed):
        services.save_talk(**common(world, visit), talk=talk(world, topic="又改"), client_key=key, version=1)
    services.save_log(**common(world, visit), summary="甲的总体情况", version=0)
    with pytest.raises(Changed) as refused:
        services.save_log(**common(world, visit, "a1-member-2"), summary="乙的总体情况", version=0)
    assert refused.value.values == {"summary": "甲的总体情况"}
    assert (TalkRecord.objects.get().topic, TalkRecord.objects.count()) == ("改", 1)


def test_saving_while_typing_is_one_event_a_sitting(world: World):
    visit, key = visits.in_progress(world), uuid4()
    facts = {"method": world.methods["listen"], "client_key": key}
    before = Event.objects.count()
    for number in range(5):
        services.save_record(**common(world, visit), **facts, content=f"第{number}稿", version=number)
    assert Event.objects.count() == before + 2  # added, changed
    later = common(world, visit) | {"at": world.at + timedelta(minutes=11)}
    services.save_record(**later, **facts, content="后来", version=5)
    assert Event.objects.count() == before + 3

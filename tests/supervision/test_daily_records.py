"""日常督导记录: a minute's note without approval; corrected on its day, supplemented later; the unit never reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supervision.contacts import coverage
from supervision.core.models import Event, Notification, StoredFile, VocabularyVersion
from supervision.core.notifications import deliver_pending
from supervision.core.refusals import NotAllowed, Unmet
from supervision.models import DailyRecord, Unit
from supervision.services import daily
from supervision.services.since_visit import since_last_visit
from tests.supervision import guidance, visits
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOISE = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def browser(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who], backend=BACKEND)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"supervision:{name}", args=args)


def queries(client: Client, address: str) -> int:
    client.get(address)  # warm
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([each for each in captured.captured_queries if not each["sql"].startswith(NOISE)])


def entry(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "units": [world.units["u1"].pk], "way": world.ways["call"].pk, "content": "了解学习安排",
        "happened_on": world.today.isoformat(),
    }  # fmt: skip
    return facts | given


# --- the entry --------------------------------------------------------------------------------------------------------


def test_a_call_to_two_units_makes_a_record_of_each_and_the_file_stays_with_the_first(world: World):
    units = [world.units["u1"].pk, world.units["u2"].pk]
    answer = browser(world, "a1-member").post(url("daily-record-create"), entry(world, units=units, file=world.pdf()))
    assert answer.url == url("daily-records")
    first, second = DailyRecord.objects.order_by("pk")
    assert (first.unit.code, second.unit.code) == ("u1", "u2")
    assert first.phase == world.phases["rectify"]
    assert StoredFile.objects.get(subject_kind="daily_record").subject_id == first.pk
    assert [event.subject_id for event in Event.objects.filter(verb="daily_record.created")] == [first.pk, second.pk]


def test_what_is_missing_is_said_beside_its_field_and_the_words_stay(world: World):
    answer = browser(world, "a1-member").post(url("daily-record-create"), entry(world, units=[], content="写了很多"))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "请至少选择一个单位" in page
    assert "写了很多" in page
    assert not DailyRecord.objects.exists()


@pytest.mark.parametrize("unit", ["u3", "u4"])
def test_a_unit_of_another_team_cannot_be_chosen_nor_given_to_the_service(world: World, unit: str):
    given = entry(world, units=[world.units[unit].pk])
    assert browser(world, "a1-member").post(url("daily-record-create"), given).status_code == 400
    with pytest.raises(NotAllowed):
        guidance.recorded(world, unit=unit, by="a1-member")


def test_a_day_ahead_an_empty_note_and_a_classified_text_are_refused_together(world: World):
    tomorrow = world.today + timedelta(days=1)
    with pytest.raises(Unmet) as refused:
        guidance.recorded(world, happened_on=tomorrow, content="  ", follow_up_note="机密★十年")
    assert {each.name for each in refused.value.conditions} == {"happened_on", "content"}
    assert not DailyRecord.objects.exists()


def test_a_way_that_is_no_longer_used_is_not_offered_but_stays_with_its_records(world: World):
    record = guidance.recorded(world)
    world.ways["call"].retired_on = world.today
    world.ways["call"].save()
    member = browser(world, "a1-member")
    assert "电话联系" not in member.get(url("daily-record-create")).content.decode()
    assert "电话联系" in member.get(url("daily-record-move", record.pk, "correct")).content.decode()
    assert member.post(url("daily-record-create"), entry(world)).status_code == 400


def test_nobody_is_told_of_a_note(world: World):
    guidance.to_follow(world)
    deliver_pending(at=world.at)
    assert not Notification.objects.exists()


# --- corrected on its day, supplemented later -------------------------------------------------------------------------


def test_on_its_day_the_page_offers_the_correction_and_later_the_supplement(world: World):
    today = guidance.recorded(world)
    old = guidance.recorded(world, at=world.at - timedelta(days=2), happened_on=world.today - timedelta(days=2))
    author = browser(world, "a1-member")
    fresh, later = (author.get(each.get_absolute_url()).content.decode() for each in (today, old))
    assert url("daily-record-move", today.pk, "correct") in fresh
    assert url("daily-record-move", today.pk, "supplement") not in fresh
    assert url("daily-record-move", old.pk, "supplement") in later
    assert url("daily-record-move", old.pk, "correct") not in later


def test_the_old_words_stay_in_the_event_of_a_correction(world: World):
    record = guidance.recorded(world, content="原来写的话")
    daily.correct_record(
        pk=record.pk, actor=world.user("a1-member"), at=world.at, way=world.ways["papers"],
        happened_on=world.today, content="改过的话",
    )  # fmt: skip
    record.refresh_from_db()
    assert (record.content, record.way.code) == ("改过的话", "papers")
    assert Event.objects.get(verb="daily_record.corrected").payload["was"]["content"] == "原来写的话"


def test_after_its_day_the_text_cannot_be_changed_only_supplemented(world: World):
    record = guidance.recorded(world, content="原来写的话")
    later, author = world.at + timedelta(days=1), world.user("a1-member")
    with pytest.raises(Unmet) as refused:
        daily.correct_record(
            pk=record.pk, actor=author, at=later, way=record.way, happened_on=world.today, content="改过的话"
        )
    assert [each.name for each in refused.value.conditions] == ["is_the_day_of_entry"]
    daily.supplement_record(pk=record.pk, actor=author, at=later, text="补充的话")
    page = browser(world, "a1-lead").get(record.get_absolute_url()).content.decode()
    assert "原来写的话" in page
    assert "补充的话" in page


# --- who reads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [False, True])
def test_a_unit_learns_of_a_contact_only_if_the_campaign_lets_it_and_never_what_was_learned(
    world: World, allowed: bool
):
    record = guidance.recorded(world, content="内部掌握的情况")
    guidance.recorded(world, unit="u2")
    world.campaign.units_see_contacts = allowed
    world.campaign.save(update_fields=["units_see_contacts"])
    VocabularyVersion.rise()
    liaison = browser(world, "u1")
    page = liaison.get(url("daily-records"))
    assert [row.pk for row in page.context["page"].rows] == ([record.pk] if allowed else [])
    assert "内部掌握" not in page.content.decode()
    assert (url("daily-records") in liaison.get(url("workbench")).content.decode()) == allowed
    for address in (record.get_absolute_url(), url("daily-week"), url("daily-coverage")):
        assert liaison.get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("who", "seen"), [("a1-lead", 1), ("a-office", 1), ("office", 1), ("a2-lead", 0), ("b-office", 0)]
)
def test_the_supervising_side_reads_its_own(world: World, who: str, seen: int):
    guidance.recorded(world)
    assert len(browser(world, who).get(url("daily-records")).context["page"].rows) == seen


def test_filters_live_in_the_url(world: World):
    guidance.recorded(world)
    old = world.at - timedelta(days=14)
    guidance.recorded(world, unit="u2", at=old, happened_on=world.today - timedelta(days=14), way=world.ways["papers"])
    client = browser(world, "a1-lead")
    monday = world.today - timedelta(days=world.today.weekday())
    for query, found in {
        "": ["u1", "u2"], f"unit={world.units['u2'].pk}": ["u2"], f"way={world.ways['call'].pk}": ["u1"],
        f"week={monday}": ["u1"], f"week={monday - timedelta(days=14)}": ["u2"], "status=voided": [],
        "week=nonsense": [],
    }.items():  # fmt: skip
        rows = client.get(f"{url('daily-records')}?{query}").context["page"].rows
        assert [row.unit.code for row in rows] == found, query


# --- what follows -----------------------------------------------------------------------------------------------------


def test_a_note_that_asks_for_advice_carries_its_words_there_and_is_settled_by_the_issue(world: World):
    answer = browser(world, "a1-member").post(
        url("daily-record-create"), entry(world, follow_up="advice", follow_up_note="建议建台账")
    )
    record = DailyRecord.objects.get()
    assert answer.url == f"{url('advice-create')}?daily={record.pk}"
    form = browser(world, "a1-member").get(answer.url).context["form"]
    assert (form["content"].value(), form["unit"].value()) == ("建议建台账", record.unit_id)
    guidance.submitted(world, daily_record=record)
    record.refresh_from_db()
    assert record.status == "to_follow"
    guidance.issued(world, daily_record=record)
    record.refresh_from_db()
    assert record.status == "followed_up"


def test_a_note_becomes_a_problem_of_the_visit_in_progress_and_is_settled_by_it(world: World):
    record = guidance.to_follow(world, follow_up="problem", follow_up_note="查摆材料没有按时提交")
    visit = visits.in_progress(world)
    member = browser(world, "a1-member")
    address = f"{url('problem-create', visit.pk)}?daily={record.pk}"
    assert address in member.get(url("inspection", visit.pk)).content.decode()
    assert address in member.get(record.get_absolute_url()).content.decode()
    form = member.get(address).context["form"]
    assert (form["title"].value(), form["fact"].value()) == ("查摆材料没有按时提交", record.content)
    problem = {
        "title": form["title"].value(), "category": world.categories["duty"].pk, "nature": "individual",
        "severity": world.severities["general"].pk, "fact": form["fact"].value(), "basis": "方案第三条",
    }  # fmt: skip
    assert member.post(address, problem).status_code == 302
    record.refresh_from_db()
    assert (record.status, record.taken_into_id) == ("followed_up", visit.pk)


def test_a_note_of_another_unit_cannot_be_taken_into_a_visit(world: World):
    record = guidance.to_follow(world, unit="u2", follow_up="problem", content="另一单位的情况")
    visit = visits.in_progress(world)
    form = browser(world, "a1-member").get(f"{url('problem-create', visit.pk)}?daily={record.pk}").context["form"]
    assert "另一单位" not in str(form["fact"].value())
    with pytest.raises(Unmet):
        daily.follow_up_record(
            pk=record.pk, actor=world.user("a1-member"), at=world.at, outcome="看过", inspection=visit
        )


def test_the_visits_page_shows_what_came_since_the_last_one_and_what_is_still_open(world: World):
    long_ago = world.today - timedelta(days=15)
    guidance.recorded(world, happened_on=long_ago, content="上次检查以前")
    waiting = guidance.to_follow(world, happened_on=long_ago, follow_up="next_visit")
    visits.concluded(world)
    DailyRecord.objects.exclude(pk=waiting.pk).update(happened_on=long_ago)
    advice = guidance.issued(world)
    guidance.recorded(world, unit="u2")
    visit = visits.planned(world, planned_on=world.today + timedelta(days=1))
    since = since_last_visit(world.user("a1-lead"), visit)
    assert [row.pk for row in since.records] == [waiting.pk]
    assert [row.pk for row in since.advice] == [advice.pk]
    assert "上次检查以来" not in browser(world, "u1").get(url("inspection", visit.pk)).content.decode()


# --- the week and the silence -----------------------------------------------------------------------------------------


def test_the_week_on_paper_names_the_units_that_nobody_contacted(world: World):
    guidance.recorded(world, content="本周的一次电话")
    client = browser(world, "a1-lead")
    page = client.get(url("daily-week"))
    assert [unit.code for unit in page.context["silent"]] == ["u1s", "u2"]
    assert "本周的一次电话" in page.content.decode()
    last = world.today - timedelta(days=7 + world.today.weekday())
    assert client.get(f"{url('daily-week')}?week={last}").context["records"] == []


def remind(world: World) -> None:
    world.campaign.contact_within_days = 5
    world.campaign.save(update_fields=["contact_within_days"])
    VocabularyVersion.rise()


def test_the_longest_without_contact_comes_first_and_a_visit_is_a_contact(world: World):
    guidance.recorded(world, unit="u2", happened_on=world.calendar.add(world.today, -6))
    visits.concluded(world, unit="u1")
    remind(world)
    user = world.user("a1-lead")
    lines = coverage(user, world.campaign, Unit.objects.visible_to(user).select_related("team"), world.today)
    assert [(line.unit.code, line.is_silent) for line in lines] == [("u1s", True), ("u2", True), ("u1", False)]
    assert lines[1].idle == 6
    assert (lines[1].total, lines[0].last_contact) == (1, None)


def bulk(world: World, count: int) -> None:
    first = guidance.recorded(world)
    plain = {f.attname: getattr(first, f.attname) for f in DailyRecord._meta.concrete_fields if f.attname != "id"}
    days = (world.today - timedelta(days=number % 20) for number in range(1, count))
    DailyRecord.objects.bulk_create(DailyRecord(**plain | {"happened_on": day}) for day in days)


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-member"])
def test_the_lists_cost_eight_queries(world: World, rows: int, who: str):
    bulk(world, rows)
    client = browser(world, who)
    for name in ("daily-records", "daily-coverage", "daily-week"):
        assert queries(client, url(name)) <= 8, name


def test_the_page_of_a_record_costs_twelve_queries(world: World):
    record = guidance.to_follow(world)
    guidance.drafted(world, daily_record=record)
    for number in range(20):
        daily.supplement_record(pk=record.pk, actor=world.user("a1-member"), at=world.at, text=f"补充{number}")
    assert queries(browser(world, "a1-lead"), record.get_absolute_url()) <= 12

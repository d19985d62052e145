"""工作建议: signed by another person than its writer, answered rather than rectified, ended by the team's reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from rectification.models import RectificationItem
from supervision.core.models import DeadlineChange, Event, IssuedNumber, Notification, NumberSeries, Paper
from supervision.core.notifications import deliver_pending
from supervision.core.papers import is_intact
from supervision.core.refusals import NotAllowed, Unmet
from supervision.models import Advice, TeamMembership
from supervision.services import advice as services
from tests.supervision import guidance, visits
from tests.supervision.test_daily_records import browser, queries, url
from tests.world import World


def move(world: World, who: str, advice: Advice, name: str, **inputs: Any) -> Any:
    answer = browser(world, who).post(url("advice-move", advice.pk, name), inputs)
    advice.refresh_from_db()
    return answer


# --- drafting and signing out -----------------------------------------------------------------------------------------


def test_the_whole_way_by_its_pages(world: World):
    member = browser(world, "a1-member")
    typed = {"unit": world.units["u1"].pk, "title": "建议", "content": "写明做法", "uploads": [world.pdf("参考.pdf")]}
    advice_url = member.post(url("advice-create"), typed).url
    advice = Advice.objects.get()
    assert advice_url == advice.get_absolute_url()
    assert browser(world, "u1").get(advice_url).status_code == 404
    assert move(world, "a1-member", advice, "submit").status_code == 302
    assert move(world, "a1-lead", advice, "issue").status_code == 302
    answered = {"stance": "partly", "text": "先做一半", "uploads": [world.pdf("说明.pdf")]}
    assert move(world, "u1", advice, "answer", **answered).status_code == 302
    page = member.get(advice_url).content.decode()
    assert all(text in page for text in ("部分采纳", "先做一半", "说明.pdf", "参考.pdf"))
    assert move(world, "a1-member-2", advice, "close", remark="请继续落实").status_code == 302
    assert (advice.status, advice.clock, advice.clock_due_on) == ("closed", "none", None)
    assert "请继续落实" in browser(world, "u1").get(advice_url).content.decode()


def test_whoever_submits_does_not_sign_and_the_deputy_signs_the_leaders_own(world: World):
    own = guidance.submitted(world, by="a1-lead")
    with pytest.raises(Unmet) as refused:
        services.issue_advice(pk=own.pk, actor=world.user("a1-lead"), at=world.at)
    assert [each.name for each in refused.value.conditions] == ["signer_is_not_drafter"]
    assert services.issue_advice(pk=own.pk, actor=world.user("a1-deputy"), at=world.at).status == "issued"


def test_the_deputy_signs_for_an_absent_leader_and_for_a_present_one_not(world: World):
    advice = guidance.submitted(world)
    with pytest.raises(NotAllowed):
        services.issue_advice(pk=advice.pk, actor=world.user("a1-deputy"), at=world.at)
    TeamMembership.objects.filter(user=world.users["a1-lead"]).update(absent_from=world.today)
    assert services.issue_advice(pk=advice.pk, actor=world.user("a1-deputy"), at=world.at).status == "issued"


def test_without_a_series_it_goes_out_without_a_number_and_with_one_it_is_counted(world: World):
    assert guidance.issued(world).number == ""
    NumberSeries.objects.create(campaign_id=world.campaign.pk, code="advice", prefix="测督建")
    first, second = guidance.issued(world), guidance.issued(world)
    assert [first.number, second.number] == [f"测督建〔{world.today.year}〕{n}号" for n in (1, 2)]
    services.withdraw_advice(pk=first.pk, actor=world.user("a1-lead"), at=world.at, note=guidance.NOTE)
    assert IssuedNumber.objects.get(text=first.number).voided_at is not None


def test_what_was_signed_is_frozen_and_the_sheet_is_made_of_that_alone(world: World):
    advice = guidance.issued(world, content="签发时的内容")
    assert is_intact(Paper.objects.get(subject_kind="advice", subject_id=advice.pk))
    Advice.objects.filter(pk=advice.pk).update(content="后来改动的内容")
    page = browser(world, "u1").get(url("advice-paper", advice.pk)).content.decode()
    assert "签发时的内容" in page
    assert "后来改动" not in page
    assert browser(world, "a1-lead").get(url("advice-paper", guidance.drafted(world).pk)).status_code == 404


def test_a_source_of_another_unit_and_a_classified_text_are_refused(world: World):
    visit = visits.concluded(world, unit="u2")
    with pytest.raises(Unmet) as refused:
        guidance.drafted(world, inspection=visit, content="机密★十年 内容")
    assert {each.name for each in refused.value.conditions} == {"inspection", "content"}
    with pytest.raises(NotAllowed):
        guidance.drafted(world, unit="u3", by="a1-member")


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_the_units_clock_runs_until_it_answers_then_the_teams_until_it_has_read(world: World):
    advice = guidance.issued(world)
    assert (advice.clock, advice.clock_due_on) == ("unit", world.calendar.add(world.today, 10))
    advice = services.answer_advice(
        pk=advice.pk, actor=world.user("u1-head"), at=world.at, stance="adopted", text="照办"
    )
    assert (advice.clock, advice.clock_due_on) == ("team", world.calendar.add(world.today, 5))
    assert not advice.answers.get().is_late


def test_a_late_answer_says_so_and_asking_for_more_never_shortens_the_time(world: World):
    advice = guidance.issued(world)
    late = world.after(11)
    services.answer_advice(pk=advice.pk, actor=world.user("u1"), at=late, stance="not_now", text="再议")
    assert advice.answers.get().is_late
    services.ask_more(pk=advice.pk, actor=world.user("a1-member"), at=late, note=guidance.NOTE)
    advice.refresh_from_db()
    redo = world.calendar.add(world.campaign.day_of(late), 5)
    assert (advice.due_on, advice.original_due_on) == (redo, world.calendar.add(world.today, 10))
    assert DeadlineChange.objects.get(subject_kind="advice").new_on == redo
    early = guidance.answered(world)
    services.ask_more(pk=early.pk, actor=world.user("a1-member"), at=world.at, note=guidance.NOTE)
    early.refresh_from_db()
    assert early.due_on == early.original_due_on
    assert DeadlineChange.objects.filter(subject_kind="advice", subject_id=early.pk).count() == 0


def test_it_opens_no_item_and_changes_no_figure(world: World):
    before = browser(world, "office").get(reverse("rectification:ledger")).context["page"].count
    guidance.closed(world)
    guidance.issued(world)
    assert not RectificationItem.objects.exists()
    assert browser(world, "office").get(reverse("rectification:ledger")).context["page"].count == before


# --- who reads, who is told -------------------------------------------------------------------------------------------


def test_a_unit_learns_of_nothing_before_the_issue_and_never_of_a_discarded_draft(world: World):
    draft = guidance.submitted(world, title="还没有签发的建议")
    gone = guidance.drafted(world, title="作废的建议")
    services.discard_advice(pk=gone.pk, actor=world.user("a1-member"), at=world.at, note=guidance.NOTE)
    deliver_pending(at=world.at)
    for who in ("u1", "u1-head"):
        assert list(browser(world, who).get(url("advice-list")).context["page"].rows) == []
        assert not Notification.objects.filter(recipient=world.users[who]).exists()
        for each in (draft, gone):
            assert browser(world, who).get(each.get_absolute_url()).status_code == 404


def test_those_whose_move_it_is_are_told(world: World):
    advice = guidance.answered(world)
    services.ask_more(pk=advice.pk, actor=world.user("a1-member"), at=world.at, note=guidance.NOTE)
    deliver_pending(at=world.at)

    def told(verb: str) -> set[str]:
        rows = Notification.objects.filter(event=Event.objects.get(verb=verb), recipient__isnull=False)
        return {row.recipient.username for row in rows}

    assert {"u1", "u1-head"} <= told("advice.issued")
    assert told("advice.answered") == {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}
    assert told("advice.more_asked") == {"u1", "u1-head"}
    assert told("advice.submitted") == set()  # decided before it was delivered


def test_filters_live_in_the_url(world: World):
    guidance.issued(world, title="甲建议")
    guidance.drafted(world, unit="u2", title="乙建议")
    client = browser(world, "a1-lead")
    for query, found in {
        "": ["乙建议", "甲建议"], "status=draft": ["乙建议"], f"unit={world.units['u1'].pk}": ["甲建议"],
        "q=甲": ["甲建议"], "q=U2": ["乙建议"], "status=nonsense": [],
    }.items():  # fmt: skip
        rows = client.get(f"{url('advice-list')}?{query}").context["page"].rows
        assert [row.title for row in rows] == found, query


@pytest.mark.once
@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-member", "u1"])
def test_the_list_costs_eight_queries(world: World, rows: int, who: str):
    first = guidance.issued(world)
    plain = {f.attname: getattr(first, f.attname) for f in Advice._meta.concrete_fields if f.attname != "id"}
    moments = (world.at - timedelta(hours=number) for number in range(1, rows))
    Advice.objects.bulk_create(Advice(**plain | {"created_at": at}) for at in moments)
    assert queries(browser(world, who), url("advice-list")) <= 8


@pytest.mark.once
@pytest.mark.parametrize("who", ["a1-lead", "u1", "office"])
def test_its_page_costs_twelve_queries(world: World, who: str):
    record = guidance.to_follow(world)
    advice = guidance.answered(world, daily_record=record)
    for _again in range(5):
        services.ask_more(pk=advice.pk, actor=world.user("a1-member"), at=world.at, note=guidance.NOTE)
        services.answer_advice(
            pk=advice.pk, actor=world.user("u1"), at=world.at, stance="adopted", text="已补充",
            uploads=[world.received("补充.pdf", str(_again))],
        )  # fmt: skip
    assert queries(browser(world, who), advice.get_absolute_url()) <= 12

"""Which day of a report counts, what is frozen, and how it is returned and read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rectification.enums import ItemStatus, ReportedProgress, ReportStatus
from rectification.models import Measure, RectificationItem, Report
from rectification.services import items as item_services
from rectification.services import report_dates, report_links, report_paper, reports
from supervision.core import papers
from supervision.core.deadlines import Clock
from supervision.core.models import Event, Paper
from supervision.core.refusals import NotAllowed, Unmet
from supervision.enums import ReportClock, Source
from supervision.models import Campaign
from supervision.vocabulary import vocabulary_of
from tests.rectification import report_world
from tests.rectification.report_world import draft, ready_items, sent, signed, verify_all
from tests.world import World

NOTE = "请补充会议记录后重新报送。"


def set_campaign(world: World, **values: object) -> None:
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    for name, value in values.items():
        setattr(campaign, name, value)
    campaign.save()  # raises the vocabulary's version
    for name, value in values.items():
        setattr(world.campaign, name, value)


def unmet(refused: pytest.ExceptionInfo[Unmet]) -> dict[str, tuple[str, ...]]:
    return {condition.name: condition.details for condition in refused.value.conditions}


# --- which day counts ---

COUNTED = [  # setting, filed n working days after the start, signed n working days after, counted
    (ReportClock.FILED_WITH_GRACE, 0, 0, 0),
    (ReportClock.FILED_WITH_GRACE, 0, 1, 0),
    (ReportClock.FILED_WITH_GRACE, 0, 2, 2),
    (ReportClock.FILED_WITH_GRACE, 2, 0, 0),  # signed on paper, entered two days later
    (ReportClock.FILED, 0, 5, 0),
    (ReportClock.FILED, 2, 0, 0),
    (ReportClock.SIGNED, 0, 1, 1),
    (ReportClock.SIGNED, 2, 0, 0),
]


@pytest.mark.parametrize(("setting", "filed", "signed_after", "counted"), COUNTED)
def test_the_campaign_says_which_day_counts(world: World, setting, filed, signed_after, counted):
    set_campaign(world, report_clock=setting)
    vocabulary = vocabulary_of(world.campaign.pk)
    start = vocabulary.calendar.add(world.today, 1)  # a working day

    def day(number: int):
        return vocabulary.calendar.add(start, number)

    answer = report_dates.counted_date(vocabulary, filed_on=day(filed), signed_on=day(signed_after))
    assert answer == day(counted)


def test_filed_in_time_and_signed_the_next_working_day_is_in_time(world: World):
    due_on = world.calendar.add(world.today, 1)
    items = ready_items(world, due_on=due_on)
    last_day, grace = world.after(1), world.after(2)
    report = sent(world, items, at=last_day)
    reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=grace)
    items[0].refresh_from_db()
    assert (items[0].submitted_on, items[0].late) == (due_on, False)


def test_signed_after_the_grace_is_late_for_ever(world: World):
    due_on = world.calendar.add(world.today, 1)
    items = ready_items(world, due_on=due_on)
    report = sent(world, items, at=world.after(1))
    reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.after(3))
    items[0].refresh_from_db()
    assert (items[0].submitted_on, items[0].late) == (world.calendar.add(world.today, 3), True)


def test_the_page_names_what_is_late_today_and_what_would_be_tomorrow(world: World):
    set_campaign(world, report_clock=ReportClock.SIGNED)
    form = report_world.new_form(world)
    late = report_world.make_ready(world, report_world.new_items(world, form, due_on=world.today - timedelta(1)))
    soon = report_world.make_ready(world, report_world.new_items(world, form, due_on=world.today))
    safe = report_world.make_ready(world, report_world.new_items(world, form, due_on=world.today + timedelta(1)))
    report = draft(world, [*late, *soon, *safe])
    told = report_dates.outlook(report, [*late, *soon, *safe], world.at)
    assert told.late_today == tuple(late)
    assert told.late_tomorrow == tuple(soon)
    assert told.cut_off == "今天 24:00 截止"


# --- frozen papers ---


def test_what_was_signed_is_frozen_and_later_changes_do_not_reach_it(world: World):
    items = ready_items(world)
    report = signed(world, items)
    paper = report_paper.version_of(report, 1)
    assert papers.is_intact(paper)
    before = paper.content
    content = paper.data
    assert content["overall"] == "领导重视，责任到人。"
    assert content["items"][0]["evidence"][0]["sha256"] == f"{items[0].pk:064x}"
    assert len(content["annex"]["columns"]) == len(content["annex"]["rows"][0]) == 19
    assert "待核验" in content["annex"]["rows"][0]
    Measure.objects.update(text="改过的措施")
    reports.return_report(pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    report_world.write(world, report, overall="新的情况")
    reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    report = reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    assert report.version == 2
    assert Paper.objects.get(pk=paper.pk).content == before
    assert report_paper.version_of(report, 2).data["overall"] == "新的情况"


def test_the_signer_is_told_what_changed_since_the_last_version(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    reports.return_report(pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    reports.edit_report(
        pk=report.pk, actor=world.user("u1"), at=world.at, title=report.title, overall="新的情况",
        rules_made="制度一项", next_steps="继续巩固", answers={items[1].pk: (ReportedProgress.DONE, "补充了会议记录")},
    )  # fmt: skip
    report = Report.objects.get(pk=report.pk)
    changes = report_paper.changes_since(report, report_paper.version_of(report, 1))
    assert changes == ["总体情况", items[1].number]


# --- returned and read ---


def test_returning_the_report_returns_its_unverified_items_with_what_was_said_of_each(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    RectificationItem.objects.filter(pk=items[0].pk).update(status=ItemStatus.PENDING_CLOSE, clock=Clock.OFFICE)
    report = reports.return_report(
        pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE, notes={items[1].pk: "缺少会议记录原件。"}
    )
    for item in items:
        item.refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    assert items[0].status == ItemStatus.PENDING_CLOSE
    assert (items[1].status, items[1].returns) == (ItemStatus.RETURNED, 1)
    assert items[1].return_note == "缺少会议记录原件。"
    assert Event.objects.filter(verb__startswith="report.returned").count() == 1


def test_a_note_for_an_item_of_another_report_is_refused(world: World):
    report, other = signed(world), ready_items(world)[0]
    with pytest.raises(Unmet) as refused:
        reports.return_report(
            pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE, notes={other.pk: NOTE}
        )
    assert "parts_are_covered" in unmet(refused)


def test_an_item_returned_alone_takes_its_report_with_it_and_leaves_the_others(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    item_services.return_item(pk=items[0].pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    report.refresh_from_db()
    items[1].refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    assert items[1].status == ItemStatus.SUBMITTED
    event = Event.objects.get(verb="report.returned_with_item")
    assert event.actor_id == world.users["a1-member"].pk
    assert Event.objects.filter(verb="item.returned").count() == 1


def test_signing_anew_submits_only_what_came_back(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    item_services.return_item(pk=items[0].pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    report = reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    assert (report.status, report.version) == (ReportStatus.SUBMITTED, 2)
    assert Event.objects.filter(verb="item.submitted", subject_id=items[0].pk).count() == 2
    assert Event.objects.filter(verb="item.submitted", subject_id=items[1].pk).count() == 1


def test_an_accepted_report_is_left_alone_when_an_item_comes_back(world: World):
    report = report_world.approved(world)
    item = report.items.get()
    item.status = ItemStatus.RETURNED
    item.save()
    assert report_links.return_reports_of(item=item, actor=world.user("a1-member"), at=world.at, note=NOTE) == []
    report.refresh_from_db()
    assert report.status == ReportStatus.APPROVED
    again = draft(world, [item])
    assert again.pk != report.pk


def test_a_report_is_approved_only_when_every_item_is_verified(world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    RectificationItem.objects.filter(pk=items[0].pk).update(status=ItemStatus.PENDING_CLOSE, clock=Clock.OFFICE)
    with pytest.raises(Unmet) as refused:
        reports.approve_report(pk=report.pk, actor=world.user("a1-member"), at=world.at)
    assert unmet(refused)["every_item_is_verified"] == (f"{items[1].number}：待核验",)
    RectificationItem.objects.filter(pk=items[1].pk).update(status=ItemStatus.CANCELLED, clock=Clock.NONE)
    reports.approve_report(pk=report.pk, actor=world.user("a1-member"), at=world.at)


def test_nobody_reads_the_report_they_signed_themselves(world: World):
    """One account may hold roles in a unit and in a team."""
    from supervision.models import TeamGrant

    given = TeamGrant.objects.get(user=world.users["a1-member"])
    TeamGrant.objects.create(
        user=world.users["u1-head"], permission=given.permission, content_object=world.teams["a1"], source="test:two"
    )
    report = signed(world)
    verify_all(report)
    for act in (
        lambda: reports.approve_report(pk=report.pk, actor=world.user("u1-head"), at=world.at),
        lambda: reports.return_report(pk=report.pk, actor=world.user("u1-head"), at=world.at, note=NOTE),
    ):
        with pytest.raises(Unmet) as refused:
            act()
        assert "reader_is_not_an_author" in unmet(refused)


@pytest.mark.parametrize(
    ("source", "filer", "others"),
    [
        (Source.TEAM, "a-office", ["office", "office-lead", "b-office"]),
        (Source.PROVINCIAL, "office", ["a-office", "b-office"]),
        (Source.CENTRAL, "office-lead", ["office", "a-office", "b-office"]),
    ],
)
def test_the_office_of_the_source_files_it(world: World, source, filer, others):
    report = report_world.approved(world, ready_items(world, source=source))
    day = world.today if source == Source.CENTRAL else None
    for username in others:
        with pytest.raises(NotAllowed):
            reports.file_report(pk=report.pk, actor=world.user(username), at=world.at, sent_up_on=day)
    report = reports.file_report(pk=report.pk, actor=world.user(filer), at=world.at, sent_up_on=day)
    assert (report.status, report.sent_up_on) == (ReportStatus.FILED, day)


@pytest.mark.parametrize("days", [None, 1])
def test_a_report_on_central_opinions_carries_the_day_it_was_sent_up(world: World, days: int | None):
    report = report_world.approved(world, ready_items(world, source=Source.CENTRAL))
    day = None if days is None else world.today + timedelta(days)
    with pytest.raises(Unmet) as refused:
        reports.file_report(pk=report.pk, actor=world.user("office-lead"), at=world.at, sent_up_on=day)
    assert "date_sent_up_is_given" in unmet(refused)


def test_nothing_moves_in_a_campaign_that_is_over(world: World):
    report = sent(world)
    item = ready_items(world)[0]
    Campaign.objects.filter(pk=world.campaign.pk).update(status="finished")
    with pytest.raises(Unmet):
        reports.sign_report(pk=report.pk, actor=world.user("u1-head"), at=world.at)
    with pytest.raises(Unmet):
        reports.draft_report(pk=item.form_id, actor=world.user("u1"), at=world.at, items=[item.pk])

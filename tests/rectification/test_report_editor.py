"""The report's editor at the deadline: prefilled, what is missing from whom, the paper beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from rectification.enums import MeasureState, ReportedProgress, ReportStatus
from rectification.models import Report
from rectification.services import report_dates, reports
from tests.rectification.report_world import draft, ready_items, signed
from tests.world import World


def sign_in(client: Any, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def address(name: str, report: Report) -> str:
    return reverse(f"rectification:{name}", args=[report.pk])


def typed(client: Any, report: Report, **over: Any) -> dict[str, Any]:
    form = client.get(address("report-edit", report)).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | over


def test_it_is_prefilled_from_measures_and_evidence_and_says_what_is_unfinished(world: World):
    item = ready_items(world)[0]
    item.measures.update(state=MeasureState.DOING, result="")
    report = reports.draft_report(pk=item.form_id, actor=world.user("u1"), at=world.at, items=[item.pk])
    answer = report.answers.get()
    assert answer.text == "1. 建立台账：推进中\n佐证材料：佐证。"
    assert answer.progress == ReportedProgress.ONGOING


def test_what_is_missing_is_named_item_by_item_with_its_person_and_its_place(client, world: World):
    items = ready_items(world, 2)
    report = draft(world, items)
    items[0].measures.update(state=MeasureState.DOING)
    items[1].evidence.update(effective_on=world.today + timedelta(2))
    sign_in(client, world, "u1")
    shown = client.get(address("report-edit", report))
    first, second = shown.context["gaps"]
    assert (first.item, second.item) == (items[0], items[1])
    assert "张某" in first.missing[0].details[0]
    assert first.missing[0].url.endswith("/note-progress/")
    assert second.missing[0].url.endswith("/add-evidence/")
    assert "材料.pdf" in second.early[0]
    assert not shown.context["is_ready"]


def test_save_and_send_in_one_go(client, world: World):
    report = draft(world)
    sign_in(client, world, "u1")
    answer = client.post(address("report-edit", report), typed(client, report, overall="已研究部署", send="1"))
    assert answer.url == report.get_absolute_url()
    report.refresh_from_db()
    assert (report.status, report.overall) == (ReportStatus.PENDING_SIGNOFF, "已研究部署")


def test_what_cannot_be_sent_yet_is_saved_all_the_same(client, world: World):
    items = ready_items(world)
    report = draft(world, items)
    items[0].evidence.update(withdrawn_at=world.at)
    sign_in(client, world, "u1")
    answer = client.post(address("report-edit", report), typed(client, report, overall="已研究部署", send="1"))
    assert answer.url == address("report-edit", report)
    report.refresh_from_db()
    assert (report.status, report.overall) == (ReportStatus.DRAFT, "已研究部署")
    assert "还不能送签" in client.get(answer.url).content.decode()


def test_the_paper_beside_shows_what_is_typed_and_saves_nothing(client, world: World):
    report = draft(world)
    sign_in(client, world, "u1")
    data = typed(client, report, overall="正在输入的总体情况")
    shown = client.post(address("report-preview", report), data)
    assert shown.status_code == 200
    assert "正在输入的总体情况" in shown.content.decode()
    report.refresh_from_db()
    assert report.overall == "领导重视，责任到人。"


def test_the_copy_for_signature_is_the_units_own(client, world: World):
    report = signed(world)
    preview = address("report-preview", report)
    for username, status in (("u1", 200), ("u1-head", 200), ("a1-member", 404), ("a-office", 404), ("u2", 404)):
        sign_in(client, world, username)
        assert client.get(preview).status_code == status, username
    sign_in(client, world, "u1-head")
    assert client.post(preview, {}).status_code == 403


def test_the_newer_state_of_an_item_is_offered_beside_an_older_text(client, world: World):
    item = ready_items(world)[0]
    report = draft(world, [item])
    item.measures.update(result="台账已建立并公示")
    sign_in(client, world, "u1")
    text = client.get(address("report-edit", report)).content.decode()
    assert "事项中有更新的措施、进展和材料" in text
    assert "台账已建立并公示" in text


def test_a_draft_that_is_not_sent_today_is_late_tomorrow_and_a_sent_one_may_be_signed_then(world: World):
    items = ready_items(world, due_on=world.today)
    report = draft(world, items)
    told = report_dates.outlook(report, items, world.at)
    assert (told.late_today, told.late_tomorrow, told.late_unsent) == ((), (), tuple(items))
    sent = reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    assert report_dates.outlook(sent, items, world.at).is_safe

"""The report in the browser: who reads what, and the main job from the draft to the file."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.enums import ItemStatus, ReportStatus
from rectification.models import Report
from rectification.services import reports
from supervision.core.models import Event, StoredFile
from supervision.services import signing
from tests.rectification import report_world
from tests.rectification.report_world import draft, ready_items, sent, signed, verify_all
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

NOTE = "请补充会议记录后重新报送。"
REPORTS = reverse("rectification:reports")


def sign_in(client, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def page(report: Report) -> str:
    return reverse("rectification:report", args=[report.pk])


def move(report: Report, name: str) -> str:
    return reverse("rectification:report-move", args=[report.pk, name])


def test_the_main_job_from_draft_to_file_in_the_browser(client, world: World):
    item = ready_items(world)[0]
    sign_in(client, world, "u1")
    new = reverse("rectification:report-new", args=[item.form_id])
    assert item.label in client.get(new).content.decode()
    answer = client.post(new, {"items": [item.pk]})
    report = Report.objects.get()
    edit = reverse("rectification:report-edit", args=[report.pk])
    assert answer.url == edit
    form = client.get(edit).context["form"]
    data = {
        "title": report.title, "overall": "领导重视", "rules_made": "制度一项", "next_steps": "巩固",
        "seen": form["seen"].value(), f"progress_{item.pk}": "done", f"text_{item.pk}": "已整改",
    }  # fmt: skip
    assert client.post(edit, data).url == edit
    assert client.post(move(report, "send-for-signature")).url == page(report)

    sign_in(client, world, "u1-head")
    assert "本人已审阅，对真实性负责。" in client.get(move(report, "sign")).content.decode()
    assert client.post(move(report, "sign"), {"how": "screen"}).status_code == 400
    assert client.post(move(report, "sign"), {"how": "screen", "confirmed": "on"}).url == page(report)
    item.refresh_from_db()
    assert item.status == ItemStatus.SUBMITTED

    sign_in(client, world, "a1-member")
    assert "领导重视" in client.get(page(report)).content.decode()
    verify_all(report)
    assert client.post(move(report, "approve")).url == page(report)
    sign_in(client, world, "a-office")
    assert client.post(move(report, "file"), {}).url == page(report)
    report.refresh_from_db()
    assert report.status == ReportStatus.FILED


def test_once_more_signed_on_paper(client, world: World):
    report = sent(world)
    sign_in(client, world, "u1")
    data = {
        "how": "paper", "signer": world.users["u1-head"].pk, "paper_name": "李某", "paper_post": "院长",
        "signed_on": world.today.isoformat(), "scan": world.pdf("签批件.pdf"),
    }  # fmt: skip
    assert client.post(move(report, "sign"), data).url == page(report)
    scan = StoredFile.objects.get(original_name="签批件.pdf")
    assert (scan.subject_kind, scan.subject_id) == ("report", report.pk)
    sign_in(client, world, "a1-member")
    signature = signing.latest(report, "report.sign")
    text = client.get(page(report)).content.decode()
    assert reverse("supervision:signature-confirm", args=[signature.pk]) in text
    assert "线下签批（扫描件）" in text
    sign_in(client, world, "u1-head")
    text = client.get(page(report)).content.decode()
    assert reverse("supervision:signature-dispute", args=[signature.pk]) in text


def test_the_liaison_is_offered_paper_alone(client, world: World):
    report = sent(world)
    sign_in(client, world, "u1")
    text = client.get(move(report, "sign")).content.decode()
    assert "线下签批" in text
    assert "本人已审阅" not in text
    assert client.post(move(report, "sign"), {"how": "screen", "confirmed": "on"}).status_code == 400
    report.refresh_from_db()
    assert report.status == ReportStatus.PENDING_SIGNOFF


def test_people_of_another_unit_are_no_choice_on_the_paper_form(client, world: World):
    report = sent(world)
    sign_in(client, world, "u1")
    data = {
        "how": "paper", "signer": world.users["u2-head"].pk, "paper_name": "李某", "signed_on": world.today.isoformat(),
        "scan": world.pdf("签批件.pdf"),
    }  # fmt: skip
    answer = client.post(move(report, "sign"), data)
    assert answer.status_code == 400
    assert "signer" in answer.context["form"].errors
    assert world.users["u2-head"].name not in answer.content.decode()


def test_a_refused_signature_names_every_gap_and_leaves_no_file(client, world: World):
    items = ready_items(world, 2)
    report = sent(world, items)
    items[1].evidence.update(withdrawn_at=world.at)
    sign_in(client, world, "u1-head")
    assert items[1].number in client.get(move(report, "sign")).content.decode()
    answer = client.post(move(report, "sign"), {"how": "screen", "confirmed": "on"})
    assert answer.status_code == 409
    assert f"{items[1].number}：至少一份已生效的佐证材料" in answer.content.decode()
    assert Event.objects.get(verb="move.refused").payload["reasons"] == ["every_item_is_ready"]


def test_the_reader_returns_it_with_a_note_for_each_part(client, world: World):
    items = ready_items(world, 2)
    report = signed(world, items)
    sign_in(client, world, "a1-member")
    data = {"note": NOTE, f"note_{items[0].pk}": "缺会议记录", f"note_{items[1].pk}": " "}
    assert client.post(move(report, "return"), data).url == page(report)
    assert {a.item_id: a.return_note for a in report.answers.all()} == {items[0].pk: "缺会议记录", items[1].pk: ""}
    sign_in(client, world, "u1")
    text = client.get(page(report)).content.decode()
    assert NOTE in text
    assert "缺会议记录" in text


@pytest.mark.parametrize("username", ["u2", "u1s", "u4-head", "a2-lead", "b-office", "nobody", "auditor", "secadmin"])
def test_a_stranger_does_not_learn_that_it_exists(client, world: World, username: str):
    report = signed(world)
    sign_in(client, world, username)
    urls = [
        page(report), reverse("rectification:report-edit", args=[report.pk]),
        reverse("rectification:report-paper", args=[report.pk, 1]), move(report, "sign"), move(report, "approve"),
        reverse("rectification:report-new", args=[report.form_id]),
    ]  # fmt: skip
    for url in urls:
        for answer in (client.get(url), client.post(url, {})):
            assert answer.status_code in (404, 405), url
            assert report.title not in answer.content.decode()
    listed = client.get(REPORTS)
    assert report.title not in listed.content.decode()
    assert listed.context["page"].count == 0


@pytest.mark.parametrize("username", ["office", "a-office", "a1-lead", "a1-sponsor"])
def test_supervisors_do_not_see_a_draft_before_the_first_signature(client, world: World, username: str):
    report = sent(world)
    sign_in(client, world, username)
    assert client.get(page(report)).status_code == 404
    assert client.get(REPORTS).context["page"].count == 0
    assert client.get(reverse("rectification:report-paper", args=[report.pk, 0])).status_code == 404


def test_a_superior_unit_reads_what_was_signed_and_no_draft(client, world: World):
    report = sent(world, ready_items(world, unit="u1s"))
    sign_in(client, world, "u1")
    assert client.get(page(report)).status_code == 404
    reports.sign_report(pk=report.pk, actor=world.user("u1s-head"), at=world.at)
    assert client.get(page(report)).status_code == 200
    assert client.post(move(report, "recall")).status_code == 403


def test_while_the_unit_rewrites_a_returned_report_supervisors_read_the_signed_version(client, world: World):
    report = signed(world)
    reports.return_report(pk=report.pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    report_world.write(world, report, overall="尚未签批的改动")
    reports.send_report_for_signature(pk=report.pk, actor=world.user("u1"), at=world.at)
    reports.give_back_report(pk=report.pk, actor=world.user("u1-head"), at=world.at, note="这一段与事实不符，请核实。")
    for username in ("a1-member", "office"):
        sign_in(client, world, username)
        text = client.get(page(report)).content.decode()
        assert "领导重视，责任到人。" in text
        assert "尚未签批的改动" not in text
        assert "这一段与事实不符" not in text
    sign_in(client, world, "u1")
    text = client.get(page(report)).content.decode()
    assert "尚未签批的改动" in text
    assert "这一段与事实不符" in text


def test_the_page_says_whose_move_it_is_and_what_is_missing(client, world: World):
    items = ready_items(world)
    report = draft(world, items)
    items[0].evidence.update(withdrawn_at=world.at)
    sign_in(client, world, "u1")
    answer = client.get(page(report))
    assert str(answer.context["whose"]) == "联络员"
    assert answer.context["until"] == items[0].clock_due_on
    text = answer.content.decode()
    assert "还差" in text
    assert "至少一份已生效的佐证材料" in text


def test_the_editor_shows_server_time_the_cut_off_and_what_would_be_late(client, world: World):
    items = ready_items(world, due_on=world.today - timedelta(1))
    report = draft(world, items)
    sign_in(client, world, "u1")
    text = client.get(reverse("rectification:report-edit", args=[report.pk])).content.decode()
    assert "服务器时间" in text
    assert re.search(r"[今明]天 24:00 截止", text)
    assert "今天签批也已逾期的事项" in text


def test_a_stale_editor_keeps_what_was_typed_and_says_what_happened(client, world: World):
    report = draft(world)
    item = report.items.get()
    sign_in(client, world, "u1")
    edit = reverse("rectification:report-edit", args=[report.pk])
    seen = client.get(edit).context["form"]["seen"].value()
    report_world.write(world, report, overall="同事的修改")
    data = {
        "title": "标题", "overall": "我的修改", "seen": seen, f"progress_{item.pk}": "done",
        f"text_{item.pk}": "我的文字",
    }  # fmt: skip
    answer = client.post(edit, data)
    assert answer.status_code == 409
    assert "我的修改" in answer.content.decode()
    assert "已被他人修改" in answer.content.decode()


def test_only_the_liaison_opens_the_editor(client, world: World):
    report = draft(world)
    for username in ("u1-head", "u1-deputy"):
        sign_in(client, world, username)
        assert client.get(reverse("rectification:report-edit", args=[report.pk])).status_code == 403
        assert client.get(reverse("rectification:report-new", args=[report.form_id])).status_code == 403


def test_an_item_of_another_unit_cannot_be_slipped_into_a_new_report(client, world: World):
    mine, other = ready_items(world)[0], ready_items(world, unit="u2")[0]
    sign_in(client, world, "u1")
    answer = client.post(reverse("rectification:report-new", args=[mine.form_id]), {"items": [mine.pk, other.pk]})
    assert answer.status_code == 400
    assert other.number not in answer.content.decode()
    assert not Report.objects.exists()


def test_the_paper_view_is_made_from_the_frozen_content_alone(client, world: World):
    report = signed(world)
    Report.objects.filter(pk=report.pk).update(overall="事后改动")
    sign_in(client, world, "a1-member")
    text = client.get(reverse("rectification:report-paper", args=[report.pk, 1])).content.decode()
    assert "领导重视，责任到人。" in text
    assert "事后改动" not in text
    assert client.get(reverse("rectification:report-paper", args=[report.pk, 2])).status_code == 404


@pytest.mark.parametrize("name", ["nonsense", "return-with-item"])
def test_a_system_move_and_an_unknown_one_have_no_page(client, world: World, name: str):
    report = signed(world)
    sign_in(client, world, "a1-member")
    assert client.get(move(report, name)).status_code == 404


# --- cost ---


def cost(client, method: str, url: str, data: dict | None = None) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(url, data or {})
    assert answer.status_code in (200, 302)
    held = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    asked = [each["sql"] for each in queries if not each["sql"].startswith(held)]
    return len(asked), "\n".join(sql[:170] for sql in asked)


@pytest.mark.parametrize(
    ("username", "queries", "count"),
    [
        ("u1", 11, 3), ("u1", 11, 300), ("u1-head", 11, 3), ("a1-member", 11, 3), ("a1-sponsor", 11, 3),
        ("office", 10, 3), ("office", 10, 300),
    ],
)  # fmt: skip
def test_the_page_of_a_report_costs_twelve_queries_at_most(client, world: World, username, queries, count):
    report = signed(world, ready_items(world, count))
    sign_in(client, world, username)
    client.get(page(report))
    found, asked = cost(client, "get", page(report))
    assert found <= 12, asked
    assert found == queries, asked


@pytest.mark.parametrize("count", [3, 300])
def test_the_list_of_reports_costs_eight_queries_at_most(client, world: World, count: int):
    form = report_world.new_form(world)
    Report.objects.bulk_create(
        Report(
            campaign=world.campaign, body=form.body, team=form.team, unit=form.unit, form=form, title=f"报告{n}",
            drafted_by=world.users["u1"], created_at=world.at,
        )
        for n in range(count)
    )  # fmt: skip
    sign_in(client, world, "u1")
    client.get(REPORTS)
    found, asked = cost(client, "get", REPORTS)
    assert found == 8, asked


def test_signing_one_item_costs_fifteen_queries_besides_the_frame(client, world: World):
    """Two chains, a signature and a frozen paper in one act; the frame is session, user, scope and the report found."""
    first, second = (sent(world, ready_items(world)) for _ in range(2))
    sign_in(client, world, "u1-head")
    data = {"how": "screen", "confirmed": "on"}
    cost(client, "post", move(first, "sign"), data)
    found, asked = cost(client, "post", move(second, "sign"), data)
    assert found == 4 + 15, asked


@pytest.mark.parametrize(
    ("name", "username", "arrange", "queries"),
    [
        ("send-for-signature", "u1", draft, 11),
        ("recall", "u1", sent, 10),
        ("approve", "a1-member", report_world.verified, 12),
    ],
)
def test_the_other_moves_cost_fifteen_queries_at_most(client, world: World, name, username, arrange, queries):
    first, second = (arrange(world) for _ in range(2))
    sign_in(client, world, username)
    cost(client, "post", move(first, name))
    found, asked = cost(client, "post", move(second, name))
    assert found <= 15, asked
    assert found == queries, asked

"""送审材料: the team reads before the unit adopts; a team that does not read in time holds nobody up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supervision.core.models import Notification, StoredFile
from supervision.core.notifications import deliver_pending
from supervision.core.refusals import NotAllowed, Unmet
from supervision.models import FiledDraft
from supervision.services import filed_drafts as services
from tests.supervision import guidance
from tests.supervision.test_daily_records import NOISE, browser, queries, url
from tests.world import World


def filing(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "unit": world.units["u1"].pk, "draft_kind": world.draft_kinds["bulletin"].pk, "title": "简报第一期",
        "summary": "反映阶段情况", "adopt_on": (world.today + timedelta(days=9)).isoformat(),
        "uploads": [world.pdf("简报.pdf")],
    }  # fmt: skip
    return facts | given


def names(refused: Any) -> set[str]:
    return {each.name for each in refused.value.conditions}


def test_the_whole_way_by_its_pages(world: World):
    liaison, member = browser(world, "u1"), browser(world, "a1-member")
    page = liaison.post(url("filed-draft-create"), filing(world)).url
    draft = FiledDraft.objects.get()
    assert page == draft.get_absolute_url()
    move = lambda client, name, **inputs: client.post(url("filed-draft-move", draft.pk, name), inputs)  # noqa: E731
    assert (
        move(member, "read", verdict="comments", comments="删去排名", uploads=[world.pdf("批注.pdf")]).status_code
        == 302
    )
    assert "删去排名" in liaison.get(page).content.decode()
    later = (world.today + timedelta(days=12)).isoformat()
    assert (
        move(liaison, "refile", uploads=[world.pdf("修改.pdf", "二")], adopt_on=later, summary="已删").status_code
        == 302
    )
    assert move(member, "read", verdict="no_comment").status_code == 302
    final = {"how_taken": "已采纳", "uploads": [world.pdf("定稿.pdf", "三")]}
    assert move(liaison, "adopt", **final).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.version, draft.adopted_unread, draft.clock) == ("adopted", 3, False, "none")
    shown = member.get(page).content.decode()
    assert all(name in shown for name in ("简报.pdf", "批注.pdf", "修改.pdf", "定稿.pdf", "已采纳"))


def test_it_is_filed_with_a_file_by_the_units_own_people_for_a_day_ahead(world: World):
    assert browser(world, "u1").post(url("filed-draft-create"), filing(world, uploads=[])).status_code == 400
    with pytest.raises(Unmet) as refused:
        guidance.filed(world, adopt_on=world.today - timedelta(days=1), summary="机密★十年")
    assert names(refused) == {"adopt_on", "summary"}
    for stranger in ("u2", "u1-deputy", "a1-lead", "office"):
        with pytest.raises(NotAllowed):
            guidance.filed(world, by=stranger)
    assert browser(world, "a1-lead").get(url("filed-draft-create")).status_code == 403
    assert not FiledDraft.objects.exists()


def test_the_team_has_its_term_but_never_longer_than_the_day_of_adoption(world: World):
    near, far = world.today + timedelta(days=1), world.today + timedelta(days=60)
    assert guidance.filed(world, adopt_on=near).clock_due_on == near
    draft = guidance.filed(world, adopt_on=far)
    assert (draft.clock, draft.clock_due_on) == ("team", world.calendar.add(world.today, 5))


def test_the_days_that_the_team_took_are_not_the_units(world: World):
    draft = guidance.filed(world, adopt_on=world.today)
    late = world.after(3)
    services.read_draft(pk=draft.pk, actor=world.user("a1-member"), at=late, verdict="no_comment")
    draft.refresh_from_db()
    assert draft.versions.get().reading.is_late
    assert (draft.clock, draft.clock_due_on) == ("unit", world.calendar.add(world.campaign.day_of(late), 1))


def test_unread_it_can_be_adopted_only_when_its_day_has_come_and_that_stays_on_record(world: World):
    draft = guidance.filed(world, adopt_on=world.today + timedelta(days=3))
    liaison = world.user("u1")
    with pytest.raises(Unmet) as refused:
        services.adopt_draft(pk=draft.pk, actor=liaison, at=world.at, as_filed=True)
    assert names(refused) == {"is_read_or_its_day_has_come"}
    services.adopt_draft(pk=draft.pk, actor=liaison, at=world.at + timedelta(days=3), as_filed=True)
    draft.refresh_from_db()
    assert draft.adopted_unread
    assert "定稿前未审阅" in browser(world, "a1-lead").get(url("filed-drafts")).content.decode()


def test_comments_want_words_and_adoption_wants_an_answer_to_them(world: World):
    draft = guidance.filed(world)
    member, liaison = world.user("a1-member"), world.user("u1")
    with pytest.raises(Unmet) as refused:
        services.read_draft(pk=draft.pk, actor=member, at=world.at, verdict="comments", comments=" ")
    assert names(refused) == {"comments_are_given"}
    services.read_draft(pk=draft.pk, actor=member, at=world.at, verdict="comments", comments="请补充时限")
    with pytest.raises(Unmet) as refused:
        services.adopt_draft(pk=draft.pk, actor=liaison, at=world.at)
    assert names(refused) == {"final_text_is_given", "comments_are_answered"}
    assert (
        services.adopt_draft(
            pk=draft.pk, actor=liaison, at=world.at, as_filed=True, how_taken="未采纳，理由如下"
        ).status
        == "adopted"
    )


def test_what_was_said_of_the_first_version_still_wants_an_answer_after_the_second(world: World):
    draft = guidance.read(world)
    member, liaison = world.user("a1-member"), world.user("u1")
    services.refile_draft(
        pk=draft.pk, actor=liaison, at=world.at, adopt_on=world.today, uploads=[world.received("修改.pdf", "二")]
    )
    services.read_draft(pk=draft.pk, actor=member, at=world.at, verdict="no_comment")
    with pytest.raises(Unmet) as refused:
        services.adopt_draft(pk=draft.pk, actor=liaison, at=world.at, as_filed=True)
    assert names(refused) == {"comments_are_answered"}


def test_a_refused_form_leaves_no_file_behind(world: World, settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    yesterday = (world.today - timedelta(days=1)).isoformat()
    answer = browser(world, "u1").post(url("filed-draft-create"), filing(world, adopt_on=yesterday))
    assert answer.status_code == 409
    assert "简报第一期" in answer.content.decode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_neighbour_gets_neither_list_nor_page_nor_file_nor_notice(world: World):
    draft = guidance.read(world)
    deliver_pending(at=world.at)
    file = StoredFile.objects.get(subject_kind="draft_version")
    for who in ("u2", "u3", "u4", "a2-lead", "b1-member", "b-office", "nobody"):
        client = browser(world, who)
        assert not list(client.get(url("filed-drafts")).context["page"].rows), who
        for address in (draft.get_absolute_url(), url("file", file.pk)):
            assert client.get(address).status_code == 404, (who, address)
        assert not Notification.objects.filter(recipient=world.users[who]).exists(), who
    for who in ("u1", "u1-head", "a1-member", "a-office", "office"):
        assert browser(world, who).get(url("file", file.pk)).status_code == 200, who


@pytest.mark.once
@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-member", "u1"])
def test_the_list_costs_eight_queries(world: World, rows: int, who: str):
    first = guidance.filed(world)
    plain = {f.attname: getattr(first, f.attname) for f in FiledDraft._meta.concrete_fields if f.attname != "id"}
    moments = (world.at - timedelta(hours=number) for number in range(1, rows))
    FiledDraft.objects.bulk_create(FiledDraft(**plain | {"filed_at": at}) for at in moments)
    assert queries(browser(world, who), url("filed-drafts")) <= 8


@pytest.mark.once
@pytest.mark.parametrize("who", ["a1-lead", "u1"])
def test_its_page_costs_twelve_queries_with_ten_versions(world: World, who: str):
    draft = guidance.read(world)
    for number in range(9):
        services.refile_draft(
            pk=draft.pk, actor=world.user("u1"), at=world.at, adopt_on=world.today,
            uploads=[world.received("修改.pdf", str(number))],
        )  # fmt: skip
        services.read_draft(
            pk=draft.pk, actor=world.user("a1-member"), at=world.at, verdict="comments", comments="再改"
        )
    assert queries(browser(world, who), draft.get_absolute_url()) <= 12


def test_filing_twenty_files_costs_a_query_a_file_and_little_more(world: World):
    client = browser(world, "u1")
    client.get(url("filed-draft-create"))
    uploads = [world.pdf(f"{number}.pdf", str(number)) for number in range(20)]
    with CaptureQueriesContext(connection) as captured:
        assert client.post(url("filed-draft-create"), filing(world, uploads=uploads)).status_code == 302
    told = [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(NOISE)]
    assert len([sql for sql in told if "core_storedfile" not in sql]) <= 15

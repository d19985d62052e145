"""常用视图: a person's own names for their lists, shared by the office alone; each sees the rows of their scope."""

from __future__ import annotations

import pytest
from django.urls import reverse

from supervision.core.models import Event
from supervision.models.shared_view import SharedView
from tests.rectification.report_world import ready_items
from tests.world import World

LEDGER = reverse("rectification:ledger")
VIEWS = reverse("supervision:views", args=["ledger"])
COLUMNS = reverse("supervision:view-columns", args=["ledger"])


def move(key: str, name: str) -> str:
    return reverse("supervision:view-move", args=["ledger", key, name])


@pytest.fixture
def at_desk(client, world: World):
    """Sign in as somebody; the same client sits at another desk afterwards."""

    def sit(username: str):
        client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit


def tabs(client, **query) -> list[tuple[str, bool]]:
    return [(tab.label, tab.is_current) for tab in client.get(LEDGER, query).context["views"].tabs]


def test_a_list_is_kept_as_it_stands_and_opens_again_from_its_tab(at_desk, world: World):
    client = at_desk("u1")
    answer = client.post(VIEWS, {"name": " 我的  逾期 ", "query": "overdue=unit&sort=-due_on&columns=item,due"})
    assert answer.url == f"{LEDGER}?overdue=unit&sort=-due_on&columns=item,due&view=m1"
    page = client.get(answer.url)
    assert [(tab.label, tab.is_current) for tab in page.context["views"].tabs] == [("全部", False), ("我的 逾期", True)]
    assert [column.key for column, _sort in page.context["columns"]] == ["item", "due"]
    assert page.context["sorting"].key == "-due_on"
    assert page.context["form"].cleaned_data["overdue"] == "unit"


def test_what_moved_away_from_its_view_says_so_and_the_same_name_renews_it(at_desk, world: World):
    client = at_desk("u1")
    client.post(VIEWS, {"name": "逾期", "query": "overdue=unit"})
    bar = client.get(LEDGER, {"overdue": "any", "view": "m1"}).context["views"]
    assert (bar.is_changed, bar.name) == (True, "逾期")
    client.post(VIEWS, {"name": "逾期", "query": bar.query})
    assert client.get(LEDGER, {"overdue": "any", "view": "m1"}).context["views"].is_changed is False
    assert tabs(client, view="all") == [("全部", True), ("逾期", False)]


def test_the_start_view_opens_first_and_never_catches_who_clears_a_filter(at_desk, world: World):
    client = at_desk("u1")
    client.post(VIEWS, {"name": "未办结", "query": "group=open"})
    client.post(move("m1", "start"))
    assert client.get(LEDGER).url == f"{LEDGER}?group=open&view=m1"
    assert client.get(LEDGER, {"view": "all"}).status_code == 200
    cleared = client.get(LEDGER, {"overdue": "any"}).content.decode()
    assert 'class="chip-all" href="?view=all"' in cleared
    client.post(move("m1", "delete"))
    assert client.get(LEDGER).status_code == 200


def test_renaming_refuses_a_name_that_is_taken_and_keeps_what_was_typed(at_desk, world: World):
    client = at_desk("u1")
    for name in ("甲", "乙"):
        client.post(VIEWS, {"name": name, "query": ""})
    answer = client.post(move("m1", "rename"), {"name": "乙"})
    assert answer.status_code == 409
    assert 'value="乙"' in answer.content.decode()
    assert client.post(move("m1", "rename"), {"name": ""}).status_code == 400
    assert client.post(move("m1", "rename"), {"name": "丙"}).status_code == 302
    assert [label for label, _current in tabs(client)] == ["全部", "丙", "乙"]


@pytest.mark.parametrize("username", ["a1-lead", "a-office", "u1", "u1-head"])
def test_only_the_provincial_office_shares(at_desk, world: World, username: str):
    client = at_desk(username)
    client.post(VIEWS, {"name": "我的", "query": "group=open"})
    for name in ("share", "unshare"):
        for answer in (client.get(move("m1", name)), client.post(move("m1", name))):
            assert answer.status_code == 404
    assert not SharedView.objects.exists()


def test_a_shared_view_is_everybodys_tab_with_the_rows_of_their_own_scope(at_desk, world: World):
    mine, other = ready_items(world, unit="u1")[0], ready_items(world, unit="u4")[0]
    office = at_desk("office")
    office.post(VIEWS, {"name": "全省未办结", "query": "group=open"})
    assert office.post(move("m1", "share")).status_code == 302
    key = f"s{SharedView.objects.get().pk}"
    client = at_desk("u1")
    assert ("全省未办结", True) in tabs(client, group="open", view=key)
    shown = client.get(LEDGER, {"group": "open", "view": key}).content.decode()
    assert mine.number in shown
    assert other.number not in shown
    assert client.post(move(key, "start")).status_code == 302
    for name in ("rename", "delete", "unshare"):
        assert client.post(move(key, name), {"name": "别的"}).status_code == 404
    event = Event.objects.get(verb="view.shared")
    assert event.actor == world.users["office"]
    assert at_desk("office").post(move(key, "unshare")).status_code == 302
    assert not SharedView.objects.exists()
    assert Event.objects.filter(verb="view.unshared").count() == 1
    assert at_desk("u1").get(LEDGER).status_code == 200  # its start view is gone: the list opens all the same


def test_my_views_are_nobody_elses(at_desk, world: World):
    at_desk("u1").post(VIEWS, {"name": "秘密名称", "query": ""})
    client = at_desk("u1-head")
    assert "秘密名称" not in client.get(LEDGER).content.decode()
    assert client.get(move("m1", "rename")).status_code == 404


def test_chosen_columns_are_remembered_and_nonsense_chooses_nothing(at_desk, world: World):
    client = at_desk("u1")
    answer = client.post(COLUMNS, {"column": ["measures", "due"], "query": "group=open"})
    assert answer.url == f"{LEDGER}?group=open&columns=measures,due"
    keys = [column.key for column, _sort in client.get(LEDGER).context["columns"]]
    assert keys == ["item", "due", "measures"]
    client.post(COLUMNS, {"column": ["x", "password"], "query": ""})
    assert len(client.get(LEDGER).context["columns"]) == 7
    client.post(COLUMNS, {"usual": "1", "column": ["measures"], "query": ""})
    assert len(client.get(LEDGER).context["columns"]) == 7


def test_too_many_views_and_too_long_a_question_are_refused_by_name(at_desk, world: World):
    client = at_desk("u1")
    assert client.post(VIEWS, {"name": "长", "query": "q=" + "a" * 1200}).status_code == 409
    for number in range(20):
        client.post(VIEWS, {"name": f"视图{number}", "query": ""})
    answer = client.post(VIEWS, {"name": "再来一个", "query": ""})
    assert answer.status_code == 409
    assert "最多保存20个视图" in answer.content.decode()
    assert 'value="再来一个"' in answer.content.decode()


def test_an_unknown_list_or_act_does_not_exist(at_desk, world: World):
    client = at_desk("u1")
    assert client.get(reverse("supervision:views", args=["users"])).status_code == 404
    client.post(VIEWS, {"name": "甲", "query": ""})
    assert client.post(move("m1", "explode")).status_code == 404
    assert at_desk("auditor").get(VIEWS).status_code == 404

"""搜索: within the reader's scope, each count the list's own, the words marked, at a fixed cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.models import FeedbackProblem
from rectification.models import Measure, RectificationItem
from supervision.core.words import excerpt, is_called, marked, words_of
from supervision.models import Unit
from tests.architecture.stage import MARK, build
from tests.rectification import item_world
from tests.rectification.report_world import make_ready, new_form, new_items, ready_items, signed
from tests.supervision import visits
from tests.world import World

SEARCH = reverse("supervision:search")


def of_kind(kind: str) -> str:
    return reverse("supervision:search-kind", args=[kind])


def sign_in(client, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def found(client, words: str) -> dict[str, int]:
    """How many of each kind."""
    return {group.finder.key: group.count for group, _url in client.get(SEARCH, {"q": words}).context["groups"]}


def a_case(world: World, unit: str = "u1") -> RectificationItem:
    """One item of 值班台账缺页 with a measure and a signed report."""
    item = ready_items(world, unit=unit, due_on=world.today)[0]
    RectificationItem.objects.filter(pk=item.pk).update(title="值班台账缺页")
    FeedbackProblem.objects.filter(pk=item.problem_id).update(fact="抽查三月交接班登记，缺第十二页和签字")
    Measure.objects.filter(item=item).update(text="补齐台账并由带班领导复核")
    item.refresh_from_db()
    return item


# --- what is found ---


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("台账", {"items": 1, "measures": 1}),
        ("值班台账缺页", {"items": 1}),
        ("班领", {"measures": 1}),  # a part of words, across them
        ("第十二页", {"items": 1}),  # the problem's facts
        ("台账 签字", {"items": 1}),  # two words, in different texts of one row
        ("台账　签字 ", {"items": 1}),  # the spaces of a Chinese keyboard
        ("台账 没有这个", {}),
        ("单位U1 台账", {"items": 1, "measures": 1}),
        ("单位U2 台账", {}),
        ("测督反〔2026〕1号", {"items": 1, "forms": 1}),
        ("6〕1", {"items": 1, "forms": 1}),
        ("单位U1", {"units": 2, "items": 1, "forms": 1}),
        ("单U1", {"units": 1, "items": 1, "forms": 1}),  # short for it
        ("反馈单1", {"forms": 1}),
    ],
)
def test_it_finds_numbers_units_problems_and_measures_by_any_part(client, world: World, words: str, kinds):
    a_case(world)
    sign_in(client, world, "office")
    assert found(client, words) == kinds


def test_a_report_is_found_by_its_title_its_unit_and_the_number_of_its_form(client, world: World):
    report = signed(world, [a_case(world)])
    sign_in(client, world, "a1-lead")
    for words in (report.title, report.form.number, f"{report.form.number} 单位U1"):
        assert found(client, words)["reports"] == 1, words


def test_visits_are_found_by_their_unit_and_problems_of_the_log_by_their_words(client, world: World):
    visit = visits.in_progress(world, purpose="听取专题汇报")
    visits.find_problem(world, visit, title="学习笔记雷同", fact="三人笔记逐字相同")
    sign_in(client, world, "a1-member")
    assert found(client, "逐字相同") == {"problems": 1}
    assert found(client, "单位U1")["inspections"] == 1
    assert found(client, "专题汇报") == {}
    sign_in(client, world, "u1")
    assert found(client, "逐字相同") == {}
    assert found(client, "单位U1")["inspections"] == 1


@pytest.mark.parametrize(("words", "names"), [
    ("太原市院", ["太原市人民检察院"]), ("市院", ["太原市人民检察院", "大同市中级人民法院"]),
    ("大同中院", ["大同市中级人民法院"]), ("检察", ["太原市人民检察院"]), ("院市", []), ("太原法院", []),
])  # fmt: skip
def test_units_are_found_by_how_people_shorten_them(client, world: World, words: str, names: list[str]):
    for code, name in (("u1", "太原市人民检察院"), ("u3", "大同市中级人民法院")):
        Unit.objects.filter(pk=world.units[code].pk).update(name=name)
    assert [name for name in ("太原市人民检察院", "大同市中级人民法院") if is_called(name, words)] == names
    sign_in(client, world, "office")
    assert found(client, words).get("units", 0) == len(names)


# --- counts and lists ---


@pytest.mark.parametrize("username", ["office", "a1-sponsor", "u1", "u4"])
def test_each_count_is_that_of_the_list_behind_it(client, world: World, username: str):
    build(world)
    for unit in ("u1", "u4"):
        signed(world, [a_case(world, unit)] if unit == "u1" else make_ready(world, new_items(world, new_form(world))))
    sign_in(client, world, username)
    for words in ("台账", MARK, "单位U", "测督", "号 单位"):
        for group, url in client.get(SEARCH, {"q": words}).context["groups"]:
            assert client.get(url).context["page"].count == group.count, f"{words} {url}"


def test_a_kind_without_a_list_has_pages_of_its_own(client, world: World):
    items = new_items(world, new_form(world), 60)
    make_ready(world, items)
    sign_in(client, world, "office")
    page = client.get(of_kind("measures"), {"q": "建立台账"})
    assert (len(page.context["hits"]), page.context["page"].count) == (50, 60)
    rest = client.get(of_kind("measures"), {"q": "建立台账", "after": page.context["page"].next})
    assert len(rest.context["hits"]) == 10
    assert client.get(of_kind("items"), {"q": "台账"}).status_code == 404  # that is the ledger
    assert client.get(of_kind("nothing"), {"q": "台账"}).status_code == 404


def test_what_goes_between_counting_and_reading_is_no_error(client, world: World):
    measure = Measure.objects.filter(item=a_case(world))

    def goes(execute, sql, params, many, context):
        if "UNION ALL" in sql and Measure._meta.db_table in sql and "COUNT(" not in sql:  # the rows to be shown
            measure.delete()
        return execute(sql, params, many, context)

    sign_in(client, world, "office")
    with connection.execute_wrapper(goes):
        groups = {group.finder.key: group for group, _ in client.get(SEARCH, {"q": "台账"}).context["groups"]}
    assert (groups["measures"].count, groups["measures"].hits) == (1, [])
    assert len(groups["items"].hits) == 1


# --- scope ---


def test_strangers_find_nothing_not_even_how_much(client, world: World):
    build(world)
    for username in ("u2", "u1s", "a2-lead", "b-office", "u4-head"):  # everybody: architecture/test_scope_matrix.py
        sign_in(client, world, username)
        assert found(client, MARK) == {}, username
        for kind in ("measures", "problems", "units"):
            assert MARK not in client.get(of_kind(kind), {"q": "独角"}).content.decode(), username
    sign_in(client, world, "a1-lead")
    assert set(found(client, MARK)) == {"items", "forms", "problems", "advice"}
    sign_in(client, world, "u1")
    assert set(found(client, MARK)) == {"items", "forms", "advice"}
    # drafts of a form and of advice are the team's: found by the team, not by the unit
    assert found(client, f"{MARK}草稿") == {}


def test_a_draft_plan_is_not_found_by_those_who_may_not_read_it_yet(client, world: World):
    item = item_world.planned(world)
    Measure.objects.filter(item=item).update(text="暗号措施")
    for username, kinds in (("u1", {"measures": 1}), ("a1-lead", {}), ("office", {})):
        sign_in(client, world, username)
        assert found(client, "暗号措施") == kinds, username


def test_accounts_without_business_have_no_box_and_find_nothing(client, world: World):
    build(world)
    for username in ("nobody", "auditor", "sysadmin", "secadmin"):
        sign_in(client, world, username)
        answer = client.get(SEARCH, {"q": MARK})
        assert answer.status_code == 200
        assert answer.context["groups"] == []
        assert 'role="search"' not in answer.content.decode()
        assert client.get(of_kind("measures"), {"q": MARK}).status_code == 404


def test_the_place_one_looks_at_narrows_what_is_found(client, world: World):
    """Somebody of two units who looks at one of them, as in the lists."""
    a_case(world, "u1")
    sign_in(client, world, "u1")  # the unit below u1 is a place of theirs, too
    session = client.session
    session["place"] = f"unit-{world.units['u1s'].pk}"
    session.save()
    assert found(client, "台账") == {}
    assert found(client, "单位U1") == {"units": 1}


# --- what is typed ---


@pytest.mark.parametrize("words", ["%", "%%", "__", "\\\\", "'\"", "'; --", "<b>台账", "(台", "[台账", "*?"])
def test_signs_are_letters_like_others(client, world: World, words: str):
    a_case(world)
    sign_in(client, world, "office")
    answer = client.get(SEARCH, {"q": words})
    assert answer.status_code == (400 if len(words) < 2 else 200)
    assert answer.context["groups"] == []
    assert "<b>台账" not in answer.content.decode()


def test_a_sign_in_a_title_is_found_by_that_sign(client, world: World):
    item = a_case(world)
    for title, words in (("完成率不足50%_左右", "50%_"), (r"路径C:\台账", r":\台"), ("“三会一课”记录'缺'", "录'缺'")):
        RectificationItem.objects.filter(pk=item.pk).update(title=title)
        sign_in(client, world, "office")
        assert found(client, words).get("items") == 1, title


@pytest.mark.parametrize("words", ["台", "a b c", "台账" * 41, "台账\0", "一一 二二 三三 四四 五五 六六 七七"])
def test_too_short_too_long_too_many_or_unreadable_is_refused_with_a_reason(client, world: World, words: str):
    a_case(world)
    sign_in(client, world, "office")
    for url in (SEARCH, of_kind("measures")):
        answer = client.get(url, {"q": words})
        assert answer.status_code == 400
        assert "error-summary" in answer.content.decode()


def test_six_words_are_looked_for_each_counted_once(client, world: World):
    a_case(world)
    sign_in(client, world, "office")
    assert found(client, "值班 台账 缺页 抽查 签字 交接班 台账") == {"items": 1}
    page = client.get(SEARCH, {"q": "值班 台账 缺页 抽查 签字 交接班 登记"}).content.decode()
    assert "最多搜索6个词" in page


def test_nothing_asked_says_what_can_be_asked(client, world: World):
    sign_in(client, world, "u1")
    for query in ({}, {"q": ""}, {"q": "   "}):
        answer = client.get(SEARCH, query)
        assert answer.status_code == 200
        assert "可以搜索什么" in answer.content.decode()
    assert "没有找到" in client.get(SEARCH, {"q": "没有这样的词"}).content.decode()


# --- what is shown ---


def test_what_was_looked_for_is_marked_where_it_stands(client, world: World):
    a_case(world)
    sign_in(client, world, "u1")
    page = client.get(SEARCH, {"q": "台账 签字"}).content.decode()
    assert "值班<mark>台账</mark>缺页" in page
    assert "缺第十二页和<mark>签字</mark>" in page


def test_marks_and_excerpts_keep_the_text():
    text = "一" * 100 + "ABC台账" + "二" * 100
    pieces = excerpt(text, ("abc", "台账"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["ABC", "台账"]
    assert "".join(piece.text for piece in pieces) == "…" + "一" * 28 + "ABC台账" + "二" * 54 + "…"
    assert excerpt(text, ("三",)) == []
    assert "".join(piece.text for piece in marked("a.b*c", (".", "b*"))) == "a.b*c"
    assert words_of(" 甲 乙　甲\t丙\n") == ("甲", "乙", "丙")


def test_every_page_of_somebody_with_a_role_has_the_box(client, world: World):
    sign_in(client, world, "u1")
    for url in (reverse("supervision:workbench"), reverse("rectification:ledger"), reverse("accounts:profile")):
        page = client.get(url).content.decode()
        assert f'method="get" action="{SEARCH}"' in page
        assert "按 / 键" in page


# --- what it costs ---


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("username", ["office", "u1"])
def test_it_costs_eight_queries_however_much_is_found(client, world: World, rows: int, username: str):
    make_ready(world, new_items(world, new_form(world), rows))
    visits.in_progress(world)
    sign_in(client, world, username)
    for url, words, cost in ((SEARCH, "单位", 8), (SEARCH, "台账 单位U1", 8), (of_kind("measures"), "台账", 8)):
        client.get(url, {"q": words})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url, {"q": words}).status_code == 200
        assert len(queries) == cost, "\n".join(each["sql"][:200] for each in queries)

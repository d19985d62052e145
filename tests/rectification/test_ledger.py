"""整改台账: within the reader's scope, the URL says what is asked, the export holds exactly what is shown."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification import ledger, ledger_columns
from rectification.enums import ItemStatus
from rectification.exports import csv_lines, neutral
from rectification.models import Measure, RectificationItem
from supervision.core.deadlines import Clock
from supervision.core.models import Event
from tests.rectification.report_world import make_ready, new_form, new_items, ready_items
from tests.world import World

LEDGER, CSV = reverse("rectification:ledger"), reverse("rectification:ledger-csv")


def sign_in(client, world: World, username: str) -> None:
    client.force_login(world.users[username], backend="django.contrib.auth.backends.ModelBackend")


def shown(client, **filters) -> list[str]:
    """Numbers of all rows, page after page."""
    answer = client.get(LEDGER, filters)
    numbers = [line.row.item.number for line in answer.context["lines"]]
    while cursor := answer.context["page"].next:
        answer = client.get(LEDGER, {**filters, "after": cursor})
        numbers += [line.row.item.number for line in answer.context["lines"]]
    return numbers


def exported(client, **filters) -> list[dict[str, str]]:
    answer = client.get(CSV, filters)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_an_anonymous_visitor_is_sent_to_sign_in(client, world: World):
    for url in (LEDGER, CSV):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize(
    ("username", "units"),
    [
        ("office", {"u1", "u1s", "u2", "u3", "u4"}),
        ("a-office", {"u1", "u1s", "u2", "u3"}),
        ("a1-member", {"u1", "u1s", "u2"}),
        ("a2-sponsor", {"u3"}),
        ("u1", {"u1", "u1s"}),
        ("u1s", {"u1s"}),
        ("u4-head", {"u4"}),
        ("nobody", set()),
        ("auditor", set()),
    ],
)
def test_everyone_sees_their_units_and_no_byte_of_others(client, world: World, username: str, units: set[str]):
    items = {unit: ready_items(world, unit=unit)[0] for unit in world.units}
    sign_in(client, world, username)
    answer = client.get(LEDGER)
    export = b"".join(client.get(CSV).streaming_content).decode() if units else ""
    for unit, item in items.items():
        for text in (answer.content.decode(), export):
            assert (item.form.number in text) == (unit in units and bool(text))
            if unit not in units:
                assert not re.search(rf"{world.units[unit].name}(?!S)", text)  # 单位U1S is another unit than 单位U1


def test_a_filter_on_somebody_elses_unit_shows_nothing_and_says_so(client, world: World):
    ready_items(world, unit="u1")
    ready_items(world, unit="u4")
    sign_in(client, world, "u1")
    for name, row in (("unit", world.units["u4"]), ("body", world.bodies["b"]), ("team", world.teams["b1"])):
        answer = client.get(LEDGER, {name: row.pk})
        assert answer.context["lines"] == []
        assert answer.context["form"].errors
        assert row.name not in answer.content.decode()


def a_mixed_ledger(world: World) -> None:
    form, other = new_form(world, "u1"), new_form(world, "u4", "central")
    past, future = world.today - timedelta(3), world.today + timedelta(30)
    new_items(world, form, 2)
    new_items(world, form, clock_due_on=past)
    new_items(world, form, status=ItemStatus.SUBMITTED, clock_due_on=past, submitted_on=past)
    new_items(world, other, status=ItemStatus.PENDING_CLOSE, clock_due_on=past, submitted_on=future, due_on=future)
    new_items(world, other, status=ItemStatus.CLOSED, submitted_on=future, due_on=past, late=True, is_key=True)
    new_items(world, other, status=ItemStatus.CANCELLED, phase=world.phases["study"])


FILTERS = [
    ({}, 7),
    ({"status": "in_progress"}, 3),
    ({"group": "open"}, 5),
    ({"group": "counted"}, 6),
    ({"group": "completed"}, 2),
    ({"group": "accepted"}, 2),
    ({"group": "on_time"}, 1),
    ({"group": "closed"}, 1),
    ({"clock": "team"}, 1),
    ({"overdue": "any"}, 3),
    ({"overdue": "unit"}, 1),
    ({"overdue": "team"}, 1),
    ({"overdue": "office"}, 1),
    ({"source": "central"}, 3),
    ({"key": "on"}, 1),
    ({"q": "单位U4"}, 3),
    ({"q": "问题1"}, 2),
    ({"source": "central", "group": "open"}, 1),
]


@pytest.mark.parametrize(("filters", "count"), FILTERS)
def test_each_filter_asks_its_question_and_the_export_has_the_same_rows(client, world: World, filters, count):
    a_mixed_ledger(world)
    sign_in(client, world, "office")
    numbers = shown(client, **filters)
    assert len(numbers) == count
    assert client.get(LEDGER, filters).context["page"].count == count
    rows = exported(client, **filters)
    assert len(rows) == count
    assert {row["反馈单号"] for row in rows} == {number.rsplit("-", 1)[0] for number in numbers}


def test_filters_by_place_and_phase(client, world: World):
    a_mixed_ledger(world)
    sign_in(client, world, "office")
    assert len(shown(client, body=world.bodies["b"].pk)) == 3
    assert len(shown(client, team=world.teams["a1"].pk)) == 4
    assert len(shown(client, unit=world.units["u4"].pk)) == 3
    assert len(shown(client, phase=world.phases["study"].pk)) == 1
    assert len(shown(client, category=world.categories["duty"].pk)) == 7


@pytest.mark.once
@pytest.mark.parametrize("sort", [f"{sign}{column}" for column in ledger.SORT_COLUMNS for sign in ("", "-")])
def test_every_sort_walks_all_rows_once_in_its_order(client, world: World, sort: str):
    form = new_form(world)
    for days in (3, 1, 2):
        new_items(world, form, 40, due_on=world.today + timedelta(days))
    sign_in(client, world, "office")
    numbers = shown(client, sort=sort)
    assert len(numbers) == len(set(numbers)) == 120
    values = dict(RectificationItem.objects.values_list("number", sort.lstrip("-")))
    ordered = [values[number] for number in numbers]
    assert ordered == sorted(ordered, reverse=sort.startswith("-"))
    assert [row["整改时限"] for row in exported(client, sort=sort)] == [
        str(day) for day in (RectificationItem.objects.get(number=number).due_on for number in numbers)
    ]


def test_what_is_open_stands_first_by_its_deadline_and_what_is_settled_after_it(client, world: World):
    form, day = new_form(world), timedelta(1)
    for status in (ItemStatus.CLOSED, ItemStatus.CANCELLED, ItemStatus.IN_PROGRESS, ItemStatus.SUBMITTED):
        for days in (-5, 2):
            new_items(world, form, 20, status=status, due_on=world.today + days * day)
    sign_in(client, world, "office")
    numbers = shown(client)  # over several pages
    items = {item.number: item for item in RectificationItem.objects.all()}
    assert len(numbers) == len(set(numbers)) == len(items) == 160
    told = [(items[number].is_settled, items[number].due_on) for number in numbers]
    assert [settled for settled, _due in told] == [False] * 80 + [True] * 80
    assert [due for _settled, due in told[:80]] == [world.today - 5 * day] * 40 + [world.today + 2 * day] * 40
    assert [row["完成状态"] for row in exported(client)] == [items[number].get_status_display() for number in numbers]

    first = items[numbers[0]]  # once settled it leaves the head of the list by itself
    RectificationItem.objects.filter(pk=first.pk).update(status=ItemStatus.CLOSED, clock=Clock.NONE)
    assert first.number in shown(client)[79:]
    assert "未办结的在前，按整改时限排列" in client.get(LEDGER).content.decode()
    other = client.get(LEDGER, {"sort": "number", "group": "open"}).content.decode()
    assert '<a href="?group=open">改为未办结的在前</a>' in other


def test_a_damaged_cursor_and_an_unknown_sort_do_no_harm(client, world: World):
    ready_items(world)
    sign_in(client, world, "office")
    assert client.get(LEDGER, {"after": "x!"}).status_code == 400
    assert client.get(LEDGER, {"sort": "unit__name"}).status_code == 200


def test_filters_stand_in_the_url_and_appear_as_chips(client, world: World):
    ready_items(world)
    sign_in(client, world, "office")
    page = client.get(LEDGER, {"overdue": "team", "sort": "number"}).content.decode()
    assert "逾期：督导组逾期" in page
    assert "?sort=number" in page  # the chip's address: the same list without the filter


def test_the_light_follows_the_running_clock_and_says_why(client, world: World):
    form = new_form(world)
    behind = make_ready(world, new_items(world, form))[0]
    Measure.objects.filter(item=behind).update(due_on=world.today - timedelta(1), state="doing")
    new_items(world, form, status=ItemStatus.SUBMITTED, clock_due_on=world.today - timedelta(7))
    new_items(world, form, status=ItemStatus.CLOSED, late=True)
    sign_in(client, world, "u1")
    lights = [
        (line.row.light.light, line.row.light.reason)
        for line in client.get(LEDGER, {"sort": "number"}).context["lines"]
    ]
    assert [light for light, _reason in lights] == ["yellow", "red", "yellow"]
    assert lights[1][1].startswith("督导组逾期")
    assert [row["亮灯"][:2] for row in exported(client, sort="number")] == ["黄灯", "红灯", "黄灯"]


# --- the export ---


def test_the_export_has_the_nineteen_columns_of_the_paper_ledger(client, world: World):
    item = ready_items(world)[0]
    sign_in(client, world, "u1")
    row = exported(client)[0]
    assert list(row) == [
        "序号", "反馈来源", "反馈单号", "环节", "问题类别", "反馈问题", "具体表现", "整改目标", "整改措施", "责任领导",
        "牵头单位", "责任单位", "责任人", "整改时限", "进展情况", "佐证材料", "完成状态", "亮灯",
        "是否销号（日期/批准人）",
    ]  # fmt: skip
    assert row["反馈单号"] == item.form.number
    assert row["整改措施"] == f"1. 建立台账（张某，{item.due_on}）"
    assert row["佐证材料"] == "佐证（材料.pdf）"
    assert row["完成状态"] == "整改中"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", "\n=", "\u3000＝"])
def test_no_cell_begins_a_formula(client, world: World, sign: str):
    title = f"{sign}cmd|' /C calc'!A0"
    assert neutral(title) == f"'{title}"
    assert neutral("普通文字=1") == "普通文字=1"
    assert neutral("") == ""
    line = list(csv_lines(["标题"], [[title]]))[1]
    assert line.startswith("\"'")


def test_a_formula_in_a_title_leaves_the_export_disarmed(client, world: World):
    new_items(world, new_form(world))
    RectificationItem.objects.update(title="=HYPERLINK(1)")
    sign_in(client, world, "u1")
    assert exported(client)[0]["反馈问题"] == "'=HYPERLINK(1)"


def test_every_export_is_an_event_on_the_readers_own_chain(client, world: World):
    ready_items(world, 2)
    sign_in(client, world, "a1-lead")
    exported(client, status="in_progress")
    event = Event.objects.get(verb="ledger.exported")
    assert (event.subject_kind, event.subject_id, event.actor_id) == ("user", *[world.users["a1-lead"].pk] * 2)
    assert event.payload == {
        "campaign": world.campaign.pk,
        "filters": {"status": "in_progress"},
        "rows": 2,
        "form": "csv",
        "columns": 19,
    }


def test_who_has_no_business_role_exports_nothing(client, world: World):
    sign_in(client, world, "auditor")
    assert client.get(CSV).status_code == 404
    assert not Event.objects.filter(verb="ledger.exported").exists()


# --- cost ---


@pytest.mark.once
@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("username", ["office", "u1"])
def test_a_page_of_the_ledger_costs_eight_queries_however_many_rows(client, world: World, rows: int, username: str):
    make_ready(world, new_items(world, new_form(world), rows))
    sign_in(client, world, username)
    client.get(LEDGER)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(LEDGER, {"group": "open", "overdue": "", "sort": "due_on"}).status_code == 200
    assert len(queries) == 8, "\n".join(each["sql"][:160] for each in queries)


@pytest.mark.once
@pytest.mark.parametrize("rows", [3, 300])
def test_an_export_costs_a_fixed_number_of_queries(client, world: World, rows: int):
    make_ready(world, new_items(world, new_form(world), rows))
    sign_in(client, world, "office")
    exported(client)
    with CaptureQueriesContext(connection) as queries:
        exported(client)
    asked = [each["sql"] for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(asked) == 13, "\n".join(sql[:160] for sql in asked)


def test_no_clock_means_nobody_is_overdue(world: World):
    new_items(world, new_form(world), status=ItemStatus.CLOSED, clock_due_on=world.today - timedelta(9))
    assert not RectificationItem.objects.filter(ledger.overdue(world.today)).exists()
    for clock in (Clock.UNIT, Clock.TEAM, Clock.OFFICE):
        assert not RectificationItem.objects.filter(ledger.overdue(world.today, clock)).exists()


# --- the workbook and the paper ---

XLSX, PAPER = reverse("rectification:ledger-xlsx"), reverse("rectification:ledger-print")


def sheet_of(answer) -> list[list[str]]:
    """The rows of the workbook's only sheet; its head stays, and nothing in it is a formula or a link."""
    held = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = held.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'state="frozen"' in sheet
    rows = re.findall(r"<row .*?</row>", sheet, re.DOTALL)
    return [[html.unescape(text) for text in re.findall(r"<t[^>]*>(.*?)</t>", row, re.DOTALL)] for row in rows]


def test_the_workbook_holds_what_is_shown_in_the_chosen_columns(client, world: World):
    a_mixed_ledger(world)
    sign_in(client, world, "office")
    numbers = shown(client, group="open", sort="-due_on")
    rows = sheet_of(client.get(XLSX, {"group": "open", "sort": "-due_on", "columns": "due,item,clock"}))
    assert rows[0] == ["序号", "编号和反馈问题", "当前计时方和时限", "整改时限"]
    assert [row[1].split(" ")[0] for row in rows[1:]] == numbers
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5"]
    assert Event.objects.get(verb="ledger.exported").payload["form"] == "xlsx"


def test_without_columns_the_workbook_is_the_paper_ledger_and_disarmed(client, world: World):
    new_items(world, new_form(world))
    RectificationItem.objects.update(title='=HYPERLINK("http://x")', goal="长" * 40_000)
    sign_in(client, world, "u1")
    heading, row = sheet_of(client.get(XLSX))
    assert heading == list(exported(client)[0])
    assert row[5] == '\'=HYPERLINK("http://x")'
    assert len(row[7]) == 32_767
    assert row[17].startswith(("灰灯", "绿灯", "蓝灯", "黄灯", "红灯"))


def test_the_paper_prints_the_question_and_is_an_event(client, world: World):
    a_mixed_ledger(world)
    sign_in(client, world, "office")
    answer = client.get(PAPER, {"group": "open"})
    assert len(answer.context["rows"]) == 5
    assert "print-a3" in answer.content.decode()
    assert "print-a4-landscape" in client.get(PAPER, {"paper": "A4", "columns": "item"}).content.decode()
    assert [event.payload["form"] for event in Event.objects.filter(verb="ledger.exported")] == ["print", "print"]


@pytest.mark.once
@pytest.mark.parametrize("rows", [3, 300])
def test_wide_columns_cost_three_queries_more_however_many_rows(client, world: World, rows: int):
    make_ready(world, new_items(world, new_form(world), rows))
    sign_in(client, world, "office")
    columns = ",".join(column.key for column in ledger_columns.CHOICES)
    client.get(LEDGER, {"columns": columns})
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LEDGER, {"columns": columns}).status_code == 200
    assert len(queries) == 11, "\n".join(each["sql"][:160] for each in queries)


def test_a_head_sorts_both_ways_and_the_last_page_is_one_step_away(client, world: World):
    new_items(world, new_form(world), 120)
    sign_in(client, world, "office")
    page = client.get(LEDGER, {"sort": "number"}).content.decode()
    assert 'aria-sort="ascending"' in page
    assert "?sort=-number" in page
    assert "?sort=number&amp;at=last" in page
    last = client.get(LEDGER, {"sort": "number", "at": "last"})
    assert len(last.context["lines"]) == 20
    assert last.context["lines"][-1].row.item.number == shown(client, sort="-number")[0]

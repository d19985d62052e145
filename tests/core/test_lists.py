"""Keyset pages: every row exactly once, forwards and backwards, whatever the ties."""

import base64

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from supervision.core.lists import Sort, Sorting, keyset_page, last_page, list_page


@pytest.fixture
def people(db):
    User.objects.bulk_create(User(username=f"p{n:03}", name=f"同名{n % 3}") for n in range(23))
    return User.objects.filter(username__startswith="p")


def walk(people, sort, size=5):
    seen, after, pages = [], "", []
    while True:
        page = keyset_page(people, sort, after=after, size=size)
        pages.append(page)
        seen += [row.pk for row in page.rows]
        if not page.next:
            return seen, pages
        after = page.next


@pytest.mark.parametrize("column", ["username", "name", "id"])
@pytest.mark.parametrize("descending", [False, True])
def test_walking_forwards_meets_every_row_once_in_order(people, column, descending):
    seen, _pages = walk(people, Sort(column, descending))
    sign = "-" if descending else ""
    assert seen == list(people.order_by(f"{sign}{column}", f"{sign}pk").values_list("pk", flat=True))


def test_walking_back_gives_the_same_pages(people):
    _seen, pages = walk(people, Sort("name"))
    back = keyset_page(people, Sort("name"), before=pages[2].previous, size=5)
    assert [row.pk for row in back.rows] == [row.pk for row in pages[1].rows]
    assert back.next
    assert back.previous


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after(people):
    _seen, pages = walk(people, Sort("username"))
    assert pages[0].previous == ""
    assert pages[-1].next == ""


def test_the_count_is_exact(people):
    assert keyset_page(people, Sort("username"), size=5).count == 23


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "WyJhIl0", "WzEsICJiIl0"])
def test_a_damaged_cursor_is_a_bad_request_and_no_error_of_ours(people, cursor):
    with pytest.raises(SuspiciousOperation):
        keyset_page(people, Sort("id"), after=cursor)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("id", "[null,1]"), ("id", "[1,1e999]"), ("id", "[1e999,1]"), ("id", f"[{10**30},1]"), ("id", f"[1,{10**30}]"),
        ("id", "[1,-1]"), ("username", r'["a\u0000",1]'), ("username", r'["\ud800",1]'), ("id", "[" * 100_000),
        ("created_at", '["0001-01-01T00:00:00+23:00",1]'),
    ],
)  # fmt: skip
def test_a_cursor_that_no_row_has_given_is_a_bad_request(people, column, text):
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    with pytest.raises(SuspiciousOperation):
        keyset_page(people, Sort(column), before=cursor)


def test_any_page_costs_two_queries(people):
    _seen, pages = walk(people, Sort("name"))
    with CaptureQueriesContext(connection) as queries:
        keyset_page(people, Sort("name"), after=pages[1].next, size=5)
    assert len(queries) == 2


# --- what the URL asks for ---


def test_the_last_page_holds_what_walking_there_leaves(people):
    seen, pages = walk(people, Sort("name"))
    last = last_page(people, Sort("name"), size=5)
    assert [row.pk for row in last.rows] == [row.pk for row in pages[-1].rows] == seen[-3:]
    before = keyset_page(people, Sort("name"), before=last.previous, size=5)
    assert [row.pk for row in before.rows] == [row.pk for row in pages[-2].rows]
    assert (last.next, last.count) == ("", 23)


@pytest.mark.parametrize("size", [23, 50])
def test_a_list_of_one_page_has_the_same_first_and_last_page(people, size):
    first, last = keyset_page(people, Sort("id"), size=size), last_page(people, Sort("id"), size=size)
    assert [row.pk for row in last.rows] == [row.pk for row in first.rows]
    assert (last.previous, last.next) == ("", "")


def test_the_last_page_of_nothing_is_empty(people):
    assert last_page(people.none(), Sort("name")).rows == []


def test_the_url_leads_to_the_last_page(people, rf):
    page = list_page(rf.get("/", {"at": "last"}), people, Sort("username", descending=True))
    assert page.rows[-1].username == "p000"


@pytest.mark.parametrize(
    ("asked", "key", "state", "turned"),
    [
        ("", "due_on", "ascending", "-due_on"),
        ("due_on", "due_on", "ascending", "-due_on"),
        ("-due_on", "-due_on", "descending", "due_on"),
        ("number", "number", "", "due_on"),
        ("unit__name", "due_on", "ascending", "-due_on"),
        ("--due_on", "due_on", "ascending", "-due_on"),
    ],
)
def test_only_declared_columns_sort_and_the_head_turns_the_order(rf, asked, key, state, turned):
    sorting = Sorting.asked(rf.get("/", {"sort": asked}), ("due_on", "number"), "due_on")
    assert (sorting.key, sorting.direction("due_on"), sorting.turned("due_on")) == (key, state, turned)

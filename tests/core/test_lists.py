"""Keyset pages: every row exactly once, forwards and backwards, whatever the ties."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from supervision.core.lists import Sort, keyset_page


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


def test_any_page_costs_two_queries(people):
    _seen, pages = walk(people, Sort("name"))
    with CaptureQueriesContext(connection) as queries:
        keyset_page(people, Sort("name"), after=pages[1].next, size=5)
    assert len(queries) == 2

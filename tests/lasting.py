"""One world for all tests that roll back: made once, outside their transactions; each gets its own copy of the objects.

Making it anew cost every second test more than all else. Order (pytest-django puts what rolls back first): tests
without a world, then those that share this one, then those with real transactions, before which it is swept away.
"""

from __future__ import annotations

import copy

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

from tests.world import World, build_world


class Lasting:
    """The world that stands in the database between tests, if any does."""

    world: World | None = None


def commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    real = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(real or (marker and marker.kwargs.get("transaction")))


def asks_a_database(item: pytest.Item) -> bool:
    return "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db") is not None


def shares(item: pytest.Item) -> bool:
    return "world" in getattr(item, "fixturenames", ()) and not commits(item)


def arrange(items: list[pytest.Item]) -> None:
    """Those that share the world after those without one; else everything stays in its place."""
    rolling_back = [number for number, item in enumerate(items) if asks_a_database(item) and not commits(item)]
    ordered = sorted((items[number] for number in rolling_back), key=shares)
    for number, item in zip(rolling_back, ordered, strict=True):
        items[number] = item


def sweep_before(item: pytest.Item) -> None:
    """A test with real transactions finds the empty database that it leaves behind."""
    if Lasting.world is not None and commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            call_command("flush", interactive=False, verbosity=0)
        Lasting.world = None


@pytest.fixture(scope="session")
def _lasting(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker) -> None:
    """Set up before the first test's own transaction begins."""
    if any(shares(item) for item in request.session.items):
        with django_db_blocker.unblock():
            Lasting.world = build_world()


@pytest.fixture
def world(_lasting: None, db: None, request: pytest.FixtureRequest) -> World:
    """The small world of tests/world.py, as fresh as if it were made for this test."""
    if not shares(request.node) or Lasting.world is None:
        return build_world()
    mine = copy.deepcopy(Lasting.world)
    mine.at = timezone.localtime()  # as the officials' clocks show it: its date is the campaign's
    return mine

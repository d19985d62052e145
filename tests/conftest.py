"""Fixtures that every test may use, and what the suite needs of the machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.utils import translation

from supervision import vocabulary
from supervision.core import triggers
from tests import counted, lasting
from tests.lasting import _lasting, world

__all__ = ["_lasting", "world"]


def pytest_collection_finish() -> None:
    """What is imported by now stays: not looking through it again and again saves an eighth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--half", type=int, choices=(1, 2), help="every second file, for two processes side by side")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if half := config.getoption("half"):
        files = sorted({item.path for item in items})
        mine = set(files[half - 1 :: 2])
        config.hook.pytest_deselected(items=[item for item in items if item.path not in mine])
        items[:] = [item for item in items if item.path in mine]
    lasting.arrange(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    lasting.sweep_before(item)


def pytest_sessionstart() -> None:
    counted.watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that made a move leaves the counters as a recount finds them (not where a browser is still asking)."""
    counted.Watch.moved = False
    yield
    if not item.get_closest_marker("browser"):
        assert counted.differences() == {}


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_append_only_triggers() -> Iterator[None]:
    """Tests with real transactions are flushed afterwards; nobody else may empty the append-only tables."""
    plain = flush.Command.handle

    def handle(self: Any, *args: Any, **options: Any) -> Any:
        with triggers.lifted():
            return plain(self, *args, **options)

    flush.Command.handle = handle  # type: ignore[method-assign]
    yield
    flush.Command.handle = plain  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _vocabulary_is_read_anew() -> None:
    """Campaign ids repeat from test to test; what a process keeps of one must not serve the next."""
    vocabulary.forget()


@pytest.fixture(autouse=True)
def _language_is_left_behind() -> Iterator[None]:
    """A page asked for in English leaves its language on the thread; the next test starts in the default one."""
    yield
    translation.deactivate()

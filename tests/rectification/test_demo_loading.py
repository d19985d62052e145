"""Loading the demo: once, whole or not at all, the same each time, and never where it is not allowed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from rectification.demo.desk import Desk
from rectification.demo.stage import play
from supervision.core.models import Event, StoredFile
from supervision.models import Campaign
from supervision.vocabulary import forget

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = "2026-11-24"


@pytest.fixture(autouse=True)
def _no_vocabulary_of_other_tests() -> Iterator[None]:
    forget()
    yield
    forget()


def load() -> str:
    out = StringIO()
    call_command("load_demo", "--today", DAY, stdout=out)
    return out.getvalue()


def files_on_disk() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def trail() -> list[tuple]:
    return list(Event.objects.order_by("pk").values_list("verb", "label", "actor_name", "at", "was", "now", "note"))


def test_a_killed_load_leaves_nothing_and_the_next_one_starts_anew(monkeypatch):
    before, closed = files_on_disk(), []
    close = Desk.close

    def killed(self, *args, **kwargs):
        closed.append(1)
        if len(closed) == 5:
            raise KeyboardInterrupt
        return close(self, *args, **kwargs)

    monkeypatch.setattr(Desk, "close", killed)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert not Campaign.objects.exists()
    assert not User.objects.exists()
    assert not Event.objects.exists()
    assert not StoredFile.objects.exists()
    assert files_on_disk() == before

    monkeypatch.undo()
    forget()
    assert "已装载" in load()
    told = trail()
    assert len(told) > 1000
    assert "已经装载" in load()  # a second start finds it and changes nothing
    assert trail() == told


@pytest.mark.slow
def test_every_load_of_a_day_gives_the_same_moment_by_moment():
    trails = []
    for _ in range(2):
        forget()
        with transaction.atomic():
            load()
            trails.append(trail())
            transaction.set_rollback(True)
    assert trails[0] == trails[1]
    assert len(trails[0]) > 1000


def test_it_is_refused_where_demo_data_are_not_allowed(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示数据"):
        load()
    assert not User.objects.exists()


def test_a_story_that_goes_back_in_time_is_a_fault_of_its_writer():
    def backwards():
        yield datetime(2026, 1, 2, tzinfo=UTC)
        yield datetime(2026, 1, 1, tzinfo=UTC)

    with pytest.raises(ValueError, match="goes back"):
        play([backwards()])


def test_stories_are_played_in_order_of_time_not_of_telling():
    told = []

    def story(name, *days):
        for day in days:
            yield datetime(2026, 1, day, tzinfo=UTC)
            told.append((day, name))

    assert play([story("a", 1, 4, 6), story("b", 2, 4), story("c", 3)]) == 6
    assert told == [(1, "a"), (2, "b"), (3, "c"), (4, "a"), (4, "b"), (6, "a")]


def test_the_day_is_understood_or_refused():
    with pytest.raises((CommandError, ValueError, SystemExit)):
        call_command("load_demo", "--today", "gestern")
    assert date.fromisoformat(DAY)

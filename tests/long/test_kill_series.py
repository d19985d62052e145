"""kill -9 wherever it hurts: in mid-move at many hang points, the worker in mid-delivery, the demo in mid-load.

No sleep flag in the product: the test holds a lock from a connection of its own, so that the other process hangs after
its first writes; that process is killed; the lock is released; nothing of what it did may be there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from feedback.models import FeedbackForm
from feedback.services.forms import issue_form
from rectification.models import RectificationItem
from supervision.core import notifications
from supervision.core.events import is_chain_intact
from supervision.core.models import Dispatch, Event, Notification, NumberCounter, NumberSeries
from supervision.core.transitions import TABLES
from supervision.models import Campaign
from tests.architecture.moves import KINDS, perform, ready
from tests.architecture.test_move_matrix import snapshot
from tests.core.processes import environment_of, wait_until
from tests.feedback.moves import submitted
from tests.rectification.moves import iw
from tests.world import World

pytestmark = pytest.mark.slow

MOVE = """
import django, json, sys
django.setup()
from django.utils import timezone
from accounts.models import User
from tests.long.play import SERVICES
kind, move, pk, actor, inputs = json.loads(sys.argv[1])
SERVICES[kind, move](pk=pk, actor=User.objects.get(pk=actor), at=timezone.now(), **inputs)
print("the move was made")
"""
INPUTS: dict[tuple[str, str], dict[str, Any]] = {
    ("feedback_form", "issue"): {},
    ("feedback_form", "acknowledge"): {"name": "签收人", "post": "联络员"},
    ("rectification_item", "verify"): {},
    ("rectification_item", "close"): {"effect": "制度已建立", "opinion": "同意销号", "ticked": list(iw.TICKED)},
    ("report", "sign"): {},
    ("inspection", "conclude"): {"outcome": "feedback"},
}


# --- what is held -----------------------------------------------------------------------------------------------------


def hold_series(world: World, subject: Any) -> None:
    """The counters of both number series: the move hangs where it takes its number."""
    for series in NumberSeries.objects.filter(campaign_id=world.campaign.pk):
        counter, _new = NumberCounter.objects.get_or_create(series=series, year=world.today.year)
        NumberCounter.objects.select_for_update().get(pk=counter.pk)


def hold_form(world: World, subject: Any) -> None:
    pk = subject.pk if isinstance(subject, FeedbackForm) else subject.form_id
    FeedbackForm.objects.select_for_update().get(pk=pk)


def hold_items(world: World, subject: Any) -> None:
    list(RectificationItem.objects.select_for_update().order_by("pk"))


def hold_subject(world: World, subject: Any) -> None:
    type(subject).objects.select_for_update().get(pk=subject.pk)


def hold_campaign(world: World, subject: Any) -> None:
    """Every new row of the campaign waits for it, at COMMIT: there its foreign key asks whether the campaign stays."""
    Campaign.objects.select_for_update().get(pk=world.campaign.pk)


def hold_events(world: World, subject: Any) -> None:
    """The event is written last: whatever the move writes before it is there already."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_event IN SHARE ROW EXCLUSIVE MODE")


def hold_outbox(world: World, subject: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_dispatch IN SHARE ROW EXCLUSIVE MODE")


SERIES = [
    ("feedback_form", "issue", hold_series),
    ("feedback_form", "issue", hold_events),
    ("feedback_form", "issue", hold_outbox),
    ("feedback_form", "acknowledge", hold_form),
    ("feedback_form", "acknowledge", hold_items),
    ("feedback_form", "acknowledge", hold_events),
    ("report", "sign", hold_form),
    ("report", "sign", hold_items),
    ("report", "sign", hold_events),
    ("rectification_item", "verify", hold_subject),
    ("rectification_item", "verify", hold_events),
    ("rectification_item", "close", hold_series),
    ("rectification_item", "close", hold_events),
    ("inspection", "conclude", hold_subject),
    ("inspection", "conclude", hold_events),
]


# --- the other process ------------------------------------------------------------------------------------------------


HERE = "datname = current_database() AND pid <> pg_backend_pid()"


def count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the activity of its first look
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def others() -> int:
    """How many other connections to the test's database there are."""
    return count(f"SELECT count(*) FROM pg_stat_activity WHERE {HERE}")  # noqa: S608


def waiting() -> int:
    """How many of them hang in a lock."""
    return count(f"SELECT count(*) FROM pg_stat_activity WHERE {HERE} AND wait_event_type = 'Lock'")  # noqa: S608


def hang(process: subprocess.Popen[Any]) -> None:
    """Wait until the process hangs in our lock; one that ended without it proves nothing."""

    def waits() -> bool:
        assert process.poll() is None, "the process ended before it could be killed"
        return waiting() > 0

    wait_until(waits)


def kill(process: subprocess.Popen[Any]) -> None:
    """kill -9 with all its children."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_in_mid_move(
    world: World, data_dir: Path, subject: Any, name: str, hold: Callable[[World, Any], None], actor: User
) -> None:
    """Another process makes the move while `hold` stands in its way, and dies there; then the way is free again."""
    told = json.dumps([subject.kind, name, subject.pk, actor.pk, INPUTS[subject.kind, name]])
    with transaction.atomic():
        hold(world, subject)
        process = subprocess.Popen(
            [sys.executable, "-c", MOVE, told], env=environment_of(data_dir), cwd=settings.BASE_DIR,
            start_new_session=True,
        )  # fmt: skip
        hang(process)
        kill(process)
    wait_until(lambda: not others())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "name", "hold"), SERIES, ids=lambda value: getattr(value, "__name__", value))
def test_a_move_killed_at_its_hang_point_leaves_nothing_and_can_be_made_again(
    world: World, tmp_path: Path, kind: str, name: str, hold: Callable[[World, Any], None]
):
    """Must show 6: snapshot of all tables equal before and after the kill; the move succeeds afterwards."""
    row, subject = ready(world, kind, TABLES[kind][name])
    if hold is hold_series:
        with transaction.atomic():
            hold(world, subject)  # makes the counter of the year
    before, actor = snapshot(), row.actor(world, subject)
    kill_in_mid_move(world, tmp_path, subject, name, hold, actor)
    assert snapshot() == before
    perform(world, row, subject, actor)
    assert KINDS[kind].model.objects.get(pk=subject.pk).status == TABLES[kind][name].target


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_move_killed_in_its_commit_is_made_whole_or_not_at_all(world: World, tmp_path: Path):
    """The database has the COMMIT already and may still carry it out; then nothing of the move may be missing."""
    row, subject = ready(world, "inspection", TABLES["inspection"]["conclude"])
    before, actor = snapshot(), row.actor(world, subject)
    kill_in_mid_move(world, tmp_path, subject, "conclude", hold_campaign, actor)
    if snapshot() == before:
        perform(world, row, subject, actor)
    subject.refresh_from_db()
    assert (subject.status, subject.outcome) == ("concluded", "feedback")
    draft = subject.forms.get()
    assert draft.problems.count() == subject.problems.count() == 1
    assert [event.verb for event in Event.objects.of("inspection", subject.pk)][-1] == "inspection.concluded"
    assert [event.verb for event in Event.objects.of("feedback_form", draft.pk)] == ["form.drafted"]
    assert is_chain_intact("inspection", subject.pk)


# --- the worker -------------------------------------------------------------------------------------------------------


@pytest.fixture
def broker() -> redis.Redis:
    """The real broker of this run; a skip would hide that nothing was shown."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
    try:
        client.flushdb()
    except redis.exceptions.ConnectionError:
        pytest.fail(f"Nobody answers at REDIS_URL={settings.REDIS_URL}; start a redis-server (make test-long does).")
    return client


def start_worker(data_dir: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "-A", "supervision", "worker", "--concurrency", "1", "-l", "warning"]
    return subprocess.Popen(command, env=environment_of(data_dir), cwd=settings.BASE_DIR, start_new_session=True)


def told() -> list[tuple[int, str]]:
    rows = Notification.objects.order_by("event_id", "recipient__username")
    return list(rows.values_list("event_id", "recipient__username"))


def expected() -> list[tuple[int, str]]:
    """Whom the policy names for every event, each once, nobody of their own act."""
    names, found = dict(User.objects.values_list("pk", "username")), set()
    for event in Event.objects.filter(dispatch__isnull=False):
        recipients = notifications.policies()[event.verb](event)
        found |= {(event.pk, names[pk]) for pk in recipients if pk != event.actor_id}
    return sorted(found)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_tells_people_loses_nobody_and_tells_nobody_twice(
    world: World, broker: redis.Redis, tmp_path: Path
):
    """Three die in mid-delivery; the sweep tells everybody once, a later worker with the old queue adds nothing."""
    for _ in range(3):
        form = submitted(world)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_notification IN SHARE ROW EXCLUSIVE MODE")
            worker = start_worker(tmp_path)
            hang(worker)
            kill(worker)
        wait_until(lambda: not others())
        issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert Dispatch.objects.filter(done_at__isnull=True).exists()
    notifications.deliver_pending(at=world.at)
    assert not Dispatch.objects.filter(done_at__isnull=True).exists()
    assert told() == expected()
    assert len(told()) == len(set(told()))
    survivor = start_worker(tmp_path)
    try:
        issue_form(pk=submitted(world).pk, actor=world.user("a1-lead"), at=world.at)
        wait_until(lambda: not broker.llen("celery") and not Dispatch.objects.filter(done_at__isnull=True).exists())
    finally:
        kill(survivor)
    of_issue = Counter(
        Notification.objects.filter(event__verb="form.issued").values_list("recipient__username", flat=True)
    )
    assert of_issue == {"u1": 4, "u1-head": 4}
    assert len(told()) == len(set(told()))


# --- the demo ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """`manage.py …` on a database file of its own, migrated."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.local",
    }

    def manage(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments], env=environment, cwd=settings.BASE_DIR, start_new_session=True
        )

    assert manage("migrate", "-v0").wait() == 0
    return manage


def rows_in(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as line:
        tables = ["supervision_campaign", "accounts_user", "core_event", "rectification_rectificationitem"]
        return {table: line.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608


def test_a_demo_killed_in_mid_load_leaves_no_campaign_and_loads_anew(
    demo: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
):
    """Killed at random moments, then loaded: nothing is half there, and the next load succeeds."""
    database = tmp_path / "demo.sqlite3"
    empty = rows_in(database)
    assert empty["supervision_campaign"] == empty["core_event"] == 0
    for moment in (0, *random.sample(range(1, 45), 3)):  # as many files into the story; the whole has about sixty
        wanted = files_in(tmp_path) + moment
        process = demo("load_demo")
        wait_until(lambda p=process, n=wanted: p.poll() is not None or files_in(tmp_path) >= n)
        assert process.poll() is None, f"the load ended before it stored {moment} files"
        kill(process)
        assert rows_in(database) == empty, f"killed at file {moment}"
    assert demo("load_demo").wait() == 0
    loaded = rows_in(database)
    assert loaded["supervision_campaign"] == 1
    assert loaded["core_event"] > 1000


def files_in(data_dir: Path) -> int:
    """How much evidence the play has stored so far: it tells how far history has got."""
    return sum(path.is_file() for path in (data_dir / "files").rglob("*"))

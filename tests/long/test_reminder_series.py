"""Must show 1 of time and sight: the ledger is exact and every message arrives, whatever is killed in mid-run.

Two beats and a worker of their own processes, a broker and an SMTP server on loopback; 500 reminders are due. Worker,
beat and broker are killed ten times, and the broker is flushed. The ledger holds each reminder
once; the mail server's messages, reduced by their Message-ID, are the expected set.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from accounts.models import User
from feedback.models import FeedbackForm
from supervision.core import embedded
from supervision.core.models import CalendarDay, Delivery, DeliveryState, Reminder, VocabularyVersion
from supervision.core.workdays import load_calendar
from supervision.models import Campaign
from tests.core.processes import environment_of, wait_until
from tests.mail import Sink, smtp_server
from tests.rectification.item_world import new_form
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FORMS = 125
TOLD = ("u1", "u1-head", "a1-lead", "a1-sponsor")  # four working days late
KILLED = ("worker", "beat", "broker", "worker", "worker", "beat-2", "broker", "worker", "beat", "worker")
BETWEEN = 25  # messages from one kill to the next
LEASE_AND_MORE = 180


class Cluster:
    """The processes of a server, each in a group of its own, killed with everything that they started."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        self.folder, self.port = folder, embedded.free_port()
        self.surroundings = {
            **environment_of(folder),
            "REDIS_URL": f"redis://127.0.0.1:{self.port}/0",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "supervision"]
        beat = [*celery, "beat", "--max-interval", "1", "--pidfile", "", "-l", "warning"]
        command = {
            "broker": [
                str(embedded.broker_program()), "--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "yes",
                "--dir", str(self.folder), "--save", "",
            ],
            "worker": [*celery, "worker", "--concurrency", "2", "-l", "warning", "--without-mingle"],
            "beat": beat,
            "beat-2": beat,
        }[name]  # fmt: skip
        self.running[name] = subprocess.Popen(
            command, env=self.surroundings, cwd=settings.BASE_DIR, start_new_session=True, stdout=subprocess.DEVNULL
        )
        if name == "broker":
            wait_until(lambda: embedded.answers_on(self.port))

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def flush(self) -> None:
        redis.Redis(port=self.port).flushall()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    with smtp_server() as (server, port):
        server.takes = 0.05  # long enough that a kill may hit a send
        yield server, port


@pytest.fixture
def cluster(tmp_path: Path, sink: tuple[Sink, int]) -> Iterator[Cluster]:
    """Reminding and sending every second; nothing else of beat's, which would sign for the forms."""
    second, _new = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.exclude(name__in=("remind", "send")).update(enabled=False)
    PeriodicTask.objects.filter(name__in=("remind", "send")).update(interval=second)
    PeriodicTasks.update_changed()
    found = Cluster(tmp_path, sink[1])
    yield found
    found.stop()


def due_forms(world: World) -> list[FeedbackForm]:
    """Issued weeks ago, not signed for, four working days late; today is a working day, whatever the date."""
    if not load_calendar().is_working_day(world.today):
        CalendarDay.objects.update_or_create(day=world.today, defaults={"kind": "make_up"})
    VocabularyVersion.rise()
    Campaign.objects.update(remind_from=0)
    first = new_form(world, at=world.after(-20))
    first.receipt_due_on = load_calendar().add(world.today, -4)
    FeedbackForm.objects.filter(pk=first.pk).delete()
    forms = []
    for number in range(FORMS):
        first.pk, first.number, first.title = None, f"测督反〔2026〕{number}号", f"反馈单{number}"
        first._state.adding = True
        forms.append(type(first)(**{each.attname: getattr(first, each.attname) for each in first._meta.fields}))
    for user in User.objects.filter(username__in=TOLD):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.cn")
    return FeedbackForm.objects.bulk_create(forms)


def test_ten_kills_two_beats_and_a_flushed_broker_lose_nothing_and_repeat_nothing(
    world: World, sink: tuple[Sink, int], cluster: Cluster
):
    server, _port = sink
    forms = due_forms(world)
    for name in ("broker", "worker", "beat", "beat-2"):
        cluster.start(name)
    for number, name in enumerate(KILLED):
        before = len(server.taken)
        wait_until(lambda n=before: len(server.taken) >= n + BETWEEN, LEASE_AND_MORE)
        if number == len(KILLED) // 2:
            cluster.flush()
        cluster.kill(name)
        cluster.start(name)
    wait_until(lambda: not Delivery.objects.filter(state=DeliveryState.WAITING).exists(), LEASE_AND_MORE)
    cluster.stop()

    expected = {(form.pk, username, 4) for form in forms for username in TOLD}
    rows = Reminder.objects.values_list("subject_id", "recipient__username", "rung")
    assert len(rows) == FORMS * len(TOLD) == 500
    assert set(rows) == expected
    deliveries = dict(Delivery.objects.values_list("message_id", "address"))
    assert len(deliveries) == len(expected)
    assert {str(each["Message-ID"]): str(each["To"]) for each in server.taken} == deliveries
    hits = KILLED.count("worker") * 2  # two processes of a worker may both be sending when it dies
    assert len(server.taken) - len(deliveries) <= hits
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}

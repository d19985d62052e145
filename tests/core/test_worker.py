"""The real worker: an act tells people without anybody asking, and a lost queue loses nobody's notice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from feedback.services.forms import issue_form
from supervision.core import notifications
from supervision.core.models import Dispatch, Notification
from tests.core.processes import environment_of, wait_until
from tests.feedback.moves import submitted
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker of its own process on the test's database and broker."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    command = [sys.executable, "-m", "celery", "-A", "supervision", "worker", "--concurrency", "1", "--pool", "solo"]
    process = subprocess.Popen(command, env=environment_of(tmp_path), cwd=settings.BASE_DIR)
    yield process
    process.terminate()
    process.wait()


def told(username: str) -> bool:
    return Notification.objects.filter(recipient__username=username).exists()


def test_the_unit_is_told_of_an_issued_form_by_the_worker(world: World, worker: subprocess.Popen[bytes]):
    form = submitted(world)
    issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    wait_until(lambda: told("u1") and told("u1-head"))
    assert not told("u2")
    assert not told("a1-lead")


def test_a_flushed_queue_loses_nobodys_notice(world: World):
    form = submitted(world)
    issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert Dispatch.objects.filter(done_at__isnull=True).exists()
    notifications.deliver_pending(at=world.at)
    assert told("u1")
    assert notifications.deliver_pending(at=world.at) == 0

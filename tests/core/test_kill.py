"""kill -9 in mid-move and mid-upload leaves no half state.

The recipe needs no sleep flag in the product: the test holds the lock of the number series' counter, so that the move
hangs after its first writes; the process is killed; the lock is released; nothing of the move may be there.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from feedback.enums import FormStatus
from rectification.models import Evidence, RectificationItem
from supervision.core import files
from supervision.core.models import Event, IssuedNumber, NumberCounter, NumberSeries, Paper, StoredFile
from supervision.models import Signature
from tests.core.processes import environment_of, wait_until
from tests.feedback import moves as feedback_moves
from tests.rectification import item_world
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ISSUE = """
import django
django.setup()
from django.utils import timezone
from accounts.models import User
from feedback.services.forms import issue_form
issue_form(pk={form}, actor=User.objects.get(pk={actor}), at=timezone.now())
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_of(tmp_path)


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def test_a_process_killed_in_mid_move_leaves_nothing_of_it(world: World, environment: dict[str, str]):
    form = feedback_moves.submitted(world)
    series = NumberSeries.objects.get(campaign_id=world.campaign.pk, code="feedback_form")
    counter = NumberCounter.objects.create(series=series, year=world.today.year, last=0)
    before = (Event.objects.count(), Paper.objects.count(), Signature.objects.count())
    code = textwrap.dedent(ISSUE).format(form=form.pk, actor=world.users["a1-lead"].pk)
    with transaction.atomic():
        NumberCounter.objects.select_for_update().get(pk=counter.pk)
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR)
        wait_until(waiting_for_locks)
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: not waiting_for_locks())
    form.refresh_from_db()
    assert (form.status, form.number) == (FormStatus.PENDING_SIGNOFF, "")
    assert (Event.objects.count(), Paper.objects.count(), Signature.objects.count()) == before
    assert not RectificationItem.objects.exists()
    assert not IssuedNumber.objects.exists()
    issued = feedback_moves.forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert issued.number.endswith("1号")  # the number was not used up


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The real web server on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "supervision.config.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)

    def answers() -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", port)) == 0

    wait_until(answers)
    yield process, port
    process.kill()
    process.wait()


def upload_request(world: World, item: RectificationItem, cookies: dict[str, str], token: str, size: int) -> bytes:
    """Head and half of the body of a multipart upload of `size` bytes."""
    edge = "edge-of-the-part"
    fields = {"csrfmiddlewaretoken": token, "description": "会议记录", "effective_on": world.today.isoformat()}
    parts = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    parts += (
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.4\n"
    )
    body = parts.encode() + b"0" * size + f"\r\n--{edge}--\r\n".encode()
    url = reverse("rectification:item-move", args=[item.pk, "add-evidence"])
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    head = (
        f"POST {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={edge}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[: len(body) // 2]


def test_a_server_killed_in_mid_upload_leaves_no_row(
    world: World, server: tuple[subprocess.Popen[bytes], int], environment: dict[str, str]
):
    process, port = server
    item = item_world.in_progress(world)
    client = Client()
    client.force_login(world.users["u1"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("rectification:item-move", args=[item.pk, "add-evidence"]))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    before = (Evidence.objects.count(), StoredFile.objects.count(), Event.objects.count())
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(upload_request(world, item, cookies, token, 8_000_000))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (Evidence.objects.count(), StoredFile.objects.count(), Event.objects.count()) == before
    stored = Path(environment["DATA_DIR"]) / "files"
    assert not [path for path in stored.rglob("*") if path.is_file()] if stored.exists() else True


def test_a_file_without_a_row_is_swept_and_a_row_without_a_file_never_comes(world: World):
    """Killed between the rename and the commit: an orphan is allowed, and swept a day later."""
    received = files.receive(SimpleUploadedFile("记录.txt", "会议记录".encode()))
    path = Path(settings.MEDIA_ROOT) / received.storage_name
    assert path.exists()
    assert not StoredFile.objects.exists()
    assert files.sweep(world.at) == 0
    day_before_yesterday = time.time() - 2 * 86_400
    os.utime(path, (day_before_yesterday, day_before_yesterday))
    assert files.sweep(world.at) == 1
    assert not path.exists()

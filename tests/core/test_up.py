"""`manage.py up` as a person starts it: pages, refusals, and nothing left behind. SQLite with the embedded broker in
one run of the suite, PostgreSQL with its Redis in the other. Loading the demo itself is tested with the demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from supervision.core import embedded
from supervision.core.management.commands.up import OURS

ROOT = Path(settings.BASE_DIR)
A_DEMO_PERSON = (
    "from accounts.models import User; User.objects.create_user('office', 'x', name='省教整办', is_demo=True)"
)
SECONDS = 60


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A migrated database with one demo account, so that `up` finds the demo loaded."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "CI")}
    clean |= {
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.local",
        "DATA_DIR": str(tmp_path_factory.mktemp("up")),
    }
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        _fill(clean)
        yield clean
        return
    name = f"up_{uuid.uuid4().hex[:8]}"
    server = psycopg2.connect(host=database["HOST"], port=database["PORT"], user=database["USER"], dbname="postgres")
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name}")
    clean["DATABASE_URL"] = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{name}"
    clean["REDIS_URL"] = f"{settings.REDIS_URL.rpartition('/')[0]}/15"
    _fill(clean)
    yield clean
    server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def _fill(environment: dict[str, str]) -> None:
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", A_DEMO_PERSON]):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)


def up(environment: dict[str, str], port: int, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", *words],
        cwd=ROOT,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """(process, port, what it said until it was ready)"""
    port = embedded.free_port()
    process = up(environment, port)
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        else:
            pytest.fail(said)
        yield process, port, said
    finally:
        process.terminate()
        process.wait(SECONDS)
        process.stdout.close()


def descendants(pid: int) -> set[int]:
    """Everyone below a process, by /proc."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= fresh
    return found


def alive(pids: set[int]) -> set[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return {pid for pid in pids if runs(pid)}


def gone(pids: set[int]) -> bool:
    until = time.monotonic() + 15
    while alive(pids) and time.monotonic() < until:
        time.sleep(0.1)
    return not alive(pids)


def page(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_one_command_serves_the_sign_in_page_and_ends_without_a_trace(surroundings):
    with running(surroundings) as (process, port, said):
        assert page(port, "/")[0] == 200
        assert '"broker": "answers"' in page(port, "/health/ready")[1]
        assert f"http://127.0.0.1:{port}/" in said
        assert "office  省教整办" in said
        assert "dudao-demo" in said
        below = descendants(process.pid)
        assert len(below) >= 2
        second = up(surroundings, embedded.free_port())
        assert "running already" in second.communicate(timeout=SECONDS)[0]
        assert second.returncode == 1
    assert process.returncode == 0
    assert gone(below)


@pytest.mark.once
def test_killed_outright_it_takes_its_children_along(surroundings):
    with running(surroundings) as (process, _port, _said):
        below = descendants(process.pid)
        process.kill()
        process.wait(SECONDS)
        assert gone(below)


@pytest.mark.once
def test_a_child_that_ends_by_itself_stops_everything_and_is_named(surroundings):
    with running(surroundings) as (process, _port, _said):
        below = descendants(process.pid)
        web = next(pid for pid in below if b"waitress" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(web, signal.SIGKILL)
        rest = process.stdout.read()
        assert process.wait(SECONDS) == 1
        assert "The web server ended by itself (signal SIGKILL)" in rest
        assert gone(below)


@pytest.mark.once
def test_a_busy_port_is_named_with_the_mend(surroundings, live_server):
    port = live_server.thread.port
    process = up(surroundings, port)
    assert (
        f"Port {port} is in use. Choose another: make demo PORT={port + 1}" in process.communicate(timeout=SECONDS)[0]
    )
    assert process.returncode == 1


@pytest.mark.once
def test_a_reset_deletes_what_the_demo_made_and_nothing_else(surroundings, tmp_path):
    if "DATABASE_URL" in surroundings:
        process = up(surroundings, embedded.free_port(), "--reset")
        assert "make a new database" in process.communicate(timeout=SECONDS)[0]
        return
    from supervision.core.management.commands.up import Command

    command = Command()
    command.data = tmp_path
    for name in (*OURS, "secret", "kept.txt"):
        (tmp_path / name).mkdir() if name in ("files", "broker", "log", "static") else (tmp_path / name).touch()
    database = {**settings.DATABASES["default"], "NAME": str(tmp_path / "dudao.sqlite3")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DATABASES, "default", database)
        command._reset()
    assert {path.name for path in tmp_path.iterdir()} == {"secret", "kept.txt"}


def test_a_provinces_settings_are_not_for_it(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match=r"docs/operations\.md"):
        call_command("up")


# The pieces


@pytest.fixture
def children(tmp_path):
    household = embedded.Children(tmp_path / "log", tmp_path)
    yield household
    household.stop()


@pytest.mark.once
def test_while_one_is_waited_for_the_others_are_watched(children):
    children.start("broker", [sys.executable, "-c", "print('out of memory')"], os.environ)
    children.start("web server", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    with pytest.raises(embedded.StartError, match=r"The broker ended by itself \(exit code 0\)\.\nout of memory"):
        children.wait_until(lambda: False, "web server")


@pytest.mark.once
def test_a_child_deaf_to_the_polite_signal_is_killed_with_those_it_started(children, monkeypatch):
    monkeypatch.setattr(embedded, "GRACE_SECONDS", 0.5)
    deaf = "import signal, subprocess, time; signal.signal(15, signal.SIG_IGN); subprocess.Popen(['sleep', '60']); "
    child = children.start(
        "deaf", [sys.executable, "-c", f"{deaf} print('up', flush=True); time.sleep(60)"], os.environ
    )
    children.wait_until(lambda: "up" in child.last_lines(), "deaf")
    below = descendants(child.process.pid)
    children.stop()
    assert child.process.returncode == -signal.SIGKILL
    assert gone(below)


@pytest.mark.once
def test_the_broker_asks_for_its_password_and_keeps_what_it_is_told(children, tmp_path):
    import redis

    url = embedded.start_broker(children, tmp_path / "broker")
    assert redis.Redis.from_url(url).set("told", "1")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=int(url.rpartition(":")[2].partition("/")[0])).ping()
    children.stop()
    again = embedded.start_broker(children, tmp_path / "broker")
    assert redis.Redis.from_url(again).get("told") == b"1"


@pytest.mark.once
def test_broker_data_of_another_version_do_not_keep_it_from_starting(children, tmp_path):
    (tmp_path / "broker" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "broker" / "appendonlydir" / "appendonly.aof.manifest").write_text("not ours\n")
    assert embedded.start_broker(children, tmp_path / "broker").startswith("redis://")


@pytest.mark.once
def test_without_any_broker_program_the_mend_is_named(children, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "broker_program", lambda: None)
    with pytest.raises(embedded.StartError, match="apt-get install redis-server"):
        embedded.start_broker(children, tmp_path)


@pytest.mark.once
def test_the_broker_inside_the_wheel_serves_where_none_is_installed(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert embedded.broker_program().endswith("valkey-server")

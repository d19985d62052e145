"""`manage.py up`: database, broker, worker, web server and the demo campaign as one foreground command."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import signal
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from supervision.core import catalogues, embedded, triggers
from supervision.core.middleware import LOADING

OURS = ("dudao.sqlite3", "dudao.sqlite3-wal", "dudao.sqlite3-shm", "files", "broker", "log", "static", LOADING)
PASSWORD = "dudao-demo"  # noqa: S105  (the demo accounts' public password; production refuses to start with them)


class Command(BaseCommand):
    help = "Start everything with the demo campaign; Ctrl-C stops it. PORT and DATA_DIR come from the environment."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete the demo's data first")

    def handle(self, *args: Any, reset: bool = False, **options: Any) -> None:
        """Run until told to stop.

        Raises CommandError with the reason when something cannot start or ends by itself.
        """
        if not settings.DEMO:
            raise CommandError("manage.py up runs the demo. A province's server: docs/operations.md.")
        self.data = Path(settings.DATA_DIR)
        self.port: int = settings.PORT
        self.began = self.lap = time.monotonic()
        self.phases: list[tuple[str, float]] = []
        self.data.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        try:
            with self._alone():
                self._run(reset)
        except KeyboardInterrupt:
            self._say("Stopped.")
        except embedded.StartError as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}".strip()) from None

    def _run(self, reset: bool) -> None:
        if not embedded.port_is_free(self.port):
            raise CommandError(f"Port {self.port} is in use. Choose another: make demo PORT={self.port + 1}")
        if reset:
            self._reset()
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # whitenoise asks for it, though it serves from the sources
        children = embedded.Children(self.data / "log", Path(settings.BASE_DIR))
        try:
            self._start(children)
            while True:
                children.check()
                time.sleep(0.5)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # stopping takes seconds; it is not to be interrupted
            children.stop()

    def _start(self, children: embedded.Children) -> None:
        """Everything in order; the web server early, so that there is a page to look at while the rest is prepared."""
        catalogues.compile_changed(Path(settings.BASE_DIR))
        marker, pending = self.data / LOADING, _migrations_are_pending()
        if pending or marker.exists() or not _is_loaded():
            marker.touch()
            self._say(f"Loading the demo campaign; http://127.0.0.1:{self.port}/ shows when it is ready.")
        connection.close()
        broker = os.environ.get("REDIS_URL") or embedded.start_broker(children, self.data / "broker")
        surroundings = {**os.environ, "DATA_DIR": str(self.data), "REDIS_URL": broker, "PYTHONUNBUFFERED": "1"}
        self._phase("broker")
        listen = f"--listen=0.0.0.0:{self.port}"
        web = [sys.executable, "-m", "waitress", listen, "--threads=8", "supervision.config.wsgi:application"]
        children.start("web server", web, surroundings)
        if pending:
            call_command("migrate", verbosity=0, interactive=False)
        triggers.install()
        connection.close()
        self._phase("database")
        if marker.exists():
            call_command("load_demo", stdout=io.StringIO())
            connection.close()
            marker.unlink()
            self._phase("demo campaign")
        children.wait_until(self._first_page_opens, "web server")
        self._phase("first page")
        # The worker comes last: people wait for the page, and on SQLite its beat would wait for the load.
        worker = [sys.executable, "-m", "celery", "-A", "supervision", "worker", "--loglevel", "WARNING", "-B"]
        worker += ["--scheduler", settings.CELERY_BEAT_SCHEDULER, "--concurrency", "1"]
        children.start("worker", [*worker, "--without-gossip", "--without-mingle"], surroundings)
        self._report()

    def _first_page_opens(self) -> bool:
        """The sign-in page, as a browser would be led to it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", headers={"Accept-Language": "zh-CN"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  (our own address)
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return False
            raise embedded.StartError(f"The first page answers {error.code}: see {self.data / 'log'}.") from None
        except OSError:
            return False

    def _reset(self) -> None:
        """Delete what an earlier start made, and nothing else."""
        usual = self.data / "dudao.sqlite3"
        if settings.DATABASES["default"]["NAME"] != str(usual):
            raise CommandError("demo-reset deletes the embedded database only; with DATABASE_URL, make a new database.")
        for name in OURS:
            path = self.data / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self._say(f"Deleted the demo's data in {self.data}.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `up` a data folder; the lock goes with the process, however it ends."""
        with (self.data / "up.lock").open("w") as lock:
            if not _take(lock):
                raise CommandError(f"The demo is running already from {self.data}. Another one: make demo DATA_DIR=…")
            yield

    def _phase(self, name: str) -> None:
        now = time.monotonic()
        self.phases.append((name, now - self.lap))
        self.lap = now

    def _report(self) -> None:
        people = list(get_user_model().objects.filter(is_demo=True).order_by("pk").values_list("username", "name"))
        connection.close()
        longest = max((len(username) for username, _name in people), default=0)
        cells = [f"{username:<{longest}}  {name}" for username, name in people]
        width = max(map(_width, cells), default=0) + 3
        columns = max(1, shutil.get_terminal_size().columns // width)
        rows = -(-len(cells) // columns)
        self._say(f"\nSign-ins (password {PASSWORD}):")
        for row in range(rows):
            line = cells[row::rows]
            self._say("".join(cell + " " * (width - _width(cell)) for cell in line).rstrip())
        took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.phases)
        self._say(f"\nReady after {time.monotonic() - self.began:.1f} s ({took}).")
        self._say(f"Dudao 督导: http://127.0.0.1:{self.port}/   data and logs: {self.data}   Ctrl-C stops everything.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _migrations_are_pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _is_loaded() -> bool:
    return get_user_model().objects.filter(is_demo=True).exists()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

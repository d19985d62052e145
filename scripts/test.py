"""Run the whole suite: on PostgreSQL with Redis, on SQLite, and the main job in Chromium. Ends with the counts.

    .venv/bin/python scripts/test.py [--long] [--only postgresql|sqlite|browser] [-- pytest arguments]

Needs nothing preinstalled as root on Debian; elsewhere it says what could not be run. With CI=true whatever was
skipped or could not be run counts as failed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import servers

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
LONG_RUN = "## Last long run"
NOTHING_COLLECTED = 5
LANES = 2
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@dataclass
class Part:
    """One run of pytest: which tests, on what, and how it went."""

    name: str
    marks: str
    packages: tuple[str, ...]
    options: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""
    has_ended: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What --only asks for, and what stands before each line."""
        return self.name.split()[0].lower()

    @property
    def slug(self) -> str:
        """Its own in the names of folders, files and databases."""
        return self.label + "".join(re.findall(r"\d", self.name))

    def lose(self, note: str) -> None:
        """It could not be run: a failure where a machine decides, a remark where a person reads."""
        self.note = note
        self.failed += int(CI)

    def count(self, report: Path, code: int, narrowed: bool) -> None:
        """Read the counts; a run that broke off without a report, or without saying why, is one failure.

        A run narrowed to some tests may find none of them in this part; the whole suite may not.
        """
        if report.exists():
            suite = next(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314  (our own pytest wrote it)
            total, failures, errors, self.skipped = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
            )
            self.failed = failures + errors
            self.passed = max(0, total - self.failed - self.skipped)
        if code == NOTHING_COLLECTED and narrowed:
            self.note = "none of these tests"
        elif code and not self.failed:
            self.failed = 1
            self.note = f"pytest ended with {code}"
        self.has_ended = True


def parts(long: bool) -> list[Part]:
    """The gate's tests, or those that it leaves out: what is slow, and what no database decides on PostgreSQL too."""
    on_postgresql = "(slow or once)" if long else "not slow and not once"
    elsewhere = "slow" if long else "not slow"
    servers_needed = ("postgresql", "redis-server", *(("nginx-light",) if long else ()))
    sqlite = f"not postgresql and not browser and {elsewhere}"
    return [  # in the order in which the two lanes take them up; halves, so that both end at about the same time
        Part("PostgreSQL + Redis", f"not browser and {on_postgresql}", servers_needed),
        Part(
            "Chromium",
            f"browser and {elsewhere}",
            ("postgresql", "redis-server", "chromium", "fonts-noto-cjk"),
        ),
        Part("SQLite 1/2", sqlite, ("redis-server",), ("--half=1",)),
        Part("SQLite 2/2", sqlite, ("redis-server",), ("--half=2",)),
    ]


class Run:
    """The servers, the pytest processes and the folder of one launch; everything goes when it is closed."""

    def __init__(self, pytest_arguments: Sequence[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dudao-suite-"))
        self.folder.chmod(0o755)  # PostgreSQL runs as somebody else below it
        self.arguments = list(pytest_arguments)
        self.servers: dict[str, servers.Server] = {}
        self.children: list[subprocess.Popen[str]] = []

    def close(self) -> None:
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        for server in self.servers.values():
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, wanted: Sequence[Part]) -> list[Part]:
        """Install and start what the parts need; returns those that can run, the others carry a note."""
        able = []
        for part in wanted:
            try:
                servers.install(part.packages)
                part.environment = self._environment(part)
                able.append(part)
            except (servers.MissingError, RuntimeError, subprocess.CalledProcessError) as error:
                part.lose(f"not run: {error}")
        return able

    def _environment(self, part: Part) -> dict[str, str]:
        temporary = self.folder / f"tmp-{part.slug}"
        temporary.mkdir()
        redis = self._server("redis", servers.start_redis)
        environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
        environment.pop("DATABASE_URL", None)
        environment["DJANGO_SETTINGS_MODULE"] = "supervision.config.settings.test"
        environment["REDIS_URL"] = f"{redis.url}/{len(list(self.folder.glob('tmp-*')))}"
        if "postgresql" in part.packages:
            database = self._server("postgresql", servers.start_postgresql).url
            environment["DATABASE_URL"] = f"{database}_{part.slug}"  # parts run side by side: test_dudao_<part>
        if "chromium" in part.packages:
            environment["CHROMIUM"] = servers.chromium_program() or ""
        return environment

    def _server(self, name: str, start: Any) -> servers.Server:
        if name not in self.servers:
            self.servers[name] = start(self.folder)
        return self.servers[name]

    def follow(self, waiting: queue.SimpleQueue[Part]) -> None:
        """Run whatever part is next, until none is left."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._run(waiting.get_nowait())

    def _run(self, part: Part) -> None:
        """One part: its output is passed on, its results are counted when it has ended."""
        report = self.folder / f"{part.slug}.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", part.marks]
        child = subprocess.Popen(
            [*command, *part.options, f"--junit-xml={report}", *self.arguments],
            cwd=ROOT,
            env=part.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=servers.die_with_parent,
        )
        self.children.append(child)
        self._follow(part, child, report)

    def _follow(self, part: Part, child: subprocess.Popen[str], report: Path) -> None:
        began = time.monotonic()
        for line in child.stdout or ():
            if line.strip():
                print(f"{part.label:>10} | {line}", end="", flush=True)
        code = child.wait()
        part.seconds = time.monotonic() - began
        part.count(report, code, narrowed=bool(self.arguments))


def run(wanted: list[Part], pytest_arguments: Sequence[str]) -> None:
    """Two lanes side by side, for two cores."""
    launch = Run(pytest_arguments)
    waiting: queue.SimpleQueue[Part] = queue.SimpleQueue()
    able = []
    try:
        able = launch.prepare(wanted)
        for part in able:
            waiting.put(part)
        followers = [threading.Thread(target=launch.follow, args=(waiting,), daemon=True) for _ in range(LANES)]
        for follower in followers:
            follower.start()
        for follower in followers:
            while follower.is_alive():
                follower.join(0.5)  # short waits, so that a signal is heard at once
    finally:
        launch.close()
        for part in able:
            if not part.has_ended:  # its lane broke off: nobody may take that for a part without tests
                part.failed, part.note = max(1, part.failed), "did not end"


def summarise(wanted: Sequence[Part]) -> tuple[int, int]:
    """Print the table and the last line; returns (passed, failed)."""
    print(f"\n{'part':20} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for part in wanted:
        note = f"  {part.note}" if part.note else ""
        print(f"{part.name:20} {part.passed:7} {part.failed:7} {part.skipped:8} {part.seconds:8.0f}{note}")
    passed = sum(part.passed for part in wanted)
    failed = sum(part.failed + (part.skipped if CI else 0) for part in wanted)
    print(f"{passed} passed, {failed} failed", flush=True)
    return passed, failed


def note_long_run(wanted: Sequence[Part]) -> None:
    """Keep the last long run's figures in docs/benchmarks.md, below their heading."""
    figures = "; ".join(f"{p.name} {p.passed} passed, {p.failed} failed in {p.seconds:.0f} s" for p in wanted)
    text = BENCHMARKS.read_text() if BENCHMARKS.exists() else "# Benchmarks\n"
    if LONG_RUN not in text:
        text = f"{text.rstrip()}\n\n{LONG_RUN}\n"
    head, _, tail = text.partition(f"{LONG_RUN}\n")
    day = date.today()  # noqa: DTZ011  (the reader's own calendar day)
    BENCHMARKS.write_text(f"{head}{LONG_RUN}\n- {day.isoformat()}: {figures}.\n{tail.lstrip()}")


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--long", action="store_true", help="what takes longer, in its place; notes the run in docs/benchmarks.md"
    )
    parser.add_argument("--only", choices=("postgresql", "sqlite", "chromium"), help="one part instead of all three")
    parser.add_argument("arguments", nargs="*", help="handed to pytest")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    wanted = [part for part in parts(asked.long) if asked.only in (None, part.label)]
    try:
        run(wanted, asked.arguments)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    _passed, failed = summarise(wanted)
    if asked.long and not asked.only:
        note_long_run(wanted)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

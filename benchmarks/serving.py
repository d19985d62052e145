"""The web server as a province runs it, what its processes cost, and browsers that keep their connection."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User

WORKERS, THREADS = 2, 4
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60
BACKEND = "accounts.backends.AccountBackend"
HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Gunicorn:
    """Started on entering, ended on leaving."""

    def __init__(self, log: Path) -> None:
        self.port, self.log = free_port(), log

    def __enter__(self) -> Gunicorn:
        command = [sys.executable, "-m", "gunicorn", "supervision.config.wsgi:application", "--bind",
                   f"{HOST}:{self.port}", "--workers", str(WORKERS), "--threads", str(THREADS),
                   "--no-control-socket", "--error-logfile", str(self.log)]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"gunicorn did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.2)
        return self

    def __exit__(self, kind: type | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def _answers(self) -> bool:
        try:
            return Browser(self.port).get("/health/live").status == 200
        except OSError:
            return False

    def cpu(self) -> float:
        """Seconds of computing so far, of the web server's processes and of PostgreSQL's together."""
        return _cpu_of(self.process.pid) + _cpu_of(postmaster())

    def workers(self) -> list[int]:
        return _children_of(self.process.pid)

    def forget_peaks(self) -> None:
        """From here on `peak` counts anew."""
        for pid in self.workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """MB that the largest worker held at most, since `forget_peaks`."""
        return max(_status(pid, "VmHWM") for pid in self.workers()) / 1024


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    seconds: float


class Browser:
    """One connection kept open, of one person or of nobody."""

    def __init__(self, port: int, user: User | None = None) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=900)
        self.headers = {"X-Forwarded-Proto": "https", "Host": HOST, "Accept": "text/html"}
        self.token = "b" * 32
        cookies = {settings.CSRF_COOKIE_NAME: self.token}
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, body: str = "") -> Answer:
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}{path}",
                "X-CSRFToken": self.token}  # fmt: skip
        return self._ask("POST", path, body, sent)

    def _ask(self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None) -> Answer:
        began = time.perf_counter()
        for fresh in (False, True):
            try:
                self.connection.request(method, path, body, {**self.headers, **(more or {})})
                answer = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()  # the server closes what was idle for two seconds
                if fresh:
                    raise
        return Answer(answer.status, answer.read(), time.perf_counter() - began)


def signed_in(user: User) -> Client:
    """A client inside this process, signed in, that speaks as behind nginx."""
    client = Client(headers={"x-forwarded-proto": "https", "host": HOST})
    client.force_login(user, backend=BACKEND)
    return client


def postmaster() -> int:
    """The first process of the database server: the parent of our own connection's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return _parent_of(int(cursor.fetchone()[0]))


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def _children_of(parent: int) -> list[int]:
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                if _parent_of(int(each.name)) == parent:
                    found.append(int(each.name))
            except OSError:
                continue  # it has ended meanwhile
    return found


def _cpu_of(parent: int) -> float:
    """Of a process, its living children, and its dead ones whose time it has taken over."""
    own = [int(ticks) for ticks in _stat(parent)[11:15]]
    return (sum(own) + sum(int(ticks) for pid in _children_of(parent) for ticks in _stat(pid)[11:13])) / TICKS


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

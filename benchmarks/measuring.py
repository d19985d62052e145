"""One job beside the hello-world: asked in turns, so that whatever disturbs the machine disturbs both."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.serving import Answer, Browser, Gunicorn, signed_in

TURNS, WARM = 40, 4
SPELL = 4.0  # seconds of a throughput
CONNECTIONS = 8
LINE_END = b"\r\n"
BOOKKEEPING = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")


@dataclass(frozen=True)
class Figures:
    """Of one job: milliseconds, how often as long as hello, computing of web and database, queries."""

    name: str
    p50: float
    p95: float
    ratio: float
    cpu: float
    queries: int | None
    goal: str


def queries_of(user: User, path: str) -> int:
    """Of the warm page, without bookkeeping."""
    client = signed_in(user)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return sum(not BOOKKEEPING.match(query["sql"]) for query in queries)


def beside_hello(
    server: Gunicorn, name: str, goal: str, asks: Iterable[Callable[[], Answer]], queries: int | None = None
) -> Figures:
    """Ask each of the given, a hello before each one."""
    nobody = Browser(server.port)
    hello, job, cpu = [], [], []
    for turn, ask in enumerate(asks):
        hello.append(nobody.get("/hello").seconds)
        before = server.cpu()
        answer = ask()
        if answer.status not in (200, 302):
            raise RuntimeError(f"{name}: {answer.status} {answer.body[:500]!r}")
        if turn >= WARM:
            job.append(answer.seconds)
            cpu.append(server.cpu() - before)
    h = statistics.median(hello[WARM:])
    p50 = statistics.median(job)
    p95 = statistics.quantiles(job, n=20)[-1]
    return Figures(name, p50 * 1000, p95 * 1000, p50 / h, statistics.fmean(cpu) * 1000, queries, goal)


def page(server: Gunicorn, name: str, goal: str, user: User, path: str) -> Figures:
    browser = Browser(server.port, user)
    return beside_hello(server, name, goal, [lambda: browser.get(path)] * (TURNS + WARM), queries_of(user, path))


def throughput(server: Gunicorn, user: User | None, path: str) -> float:
    """Answers a second over eight connections."""
    browsers = [Browser(server.port, user) for _ in range(CONNECTIONS)]
    for browser in browsers:
        browser.get(path)
    ends, answers = time.monotonic() + SPELL, [0] * CONNECTIONS

    def ask(number: int) -> None:
        while time.monotonic() < ends:
            browsers[number].get(path)
            answers[number] += 1

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    began = time.monotonic()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return sum(answers) / (time.monotonic() - began)


@dataclass(frozen=True)
class Export:
    rows: int
    rows_a_second: float
    first_byte: float
    more_memory: float


def export(server: Gunicorn, user: User, path: str, most_seconds: float) -> Export:
    """Read a file as it comes, for so long at most; rows end as CSV ends them, texts inside do not."""
    browser = Browser(server.port, user)
    browser.get("/health/live")
    server.forget_peaks()
    before, began = server.peak(), time.monotonic()
    browser.connection.request("GET", path, headers=browser.headers)
    answer = browser.connection.getresponse()
    lines = answer.read(1).count(LINE_END)
    first_byte = time.monotonic() - began
    while (part := answer.read(65_536)) and time.monotonic() - began < most_seconds:
        lines += part.count(LINE_END)
    seconds = time.monotonic() - began
    browser.connection.close()
    return Export(lines - 1, (lines - 1) / seconds, first_byte, server.peak() - before)

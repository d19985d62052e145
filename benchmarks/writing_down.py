"""A run becomes its section of docs/benchmarks.md, in the place of the last one of the same size."""

from __future__ import annotations

import math
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from benchmarks.jobs import Told

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
CHAPTER = "## The jobs, side by side with a hello-world"
SIZES = ("1k", "10k", "100k", "1m")
GROWTH = "### Growth of computing"
INTRODUCTION = """`make bench SIZE=1k|10k|100k|1m` fills a PostgreSQL of its own (200 units, 35–45 % open; no fsync) and
asks gunicorn with two workers of four threads, in turns with a hello-world that passes the same middleware: h is its
p50 of the same turns. CPU is that of web server and database together, for one answer. Queries are counted warm; those
of a move by `tests/architecture/test_query_budgets.py`."""


def write(size: str, told: Told) -> str:
    """Put the section into the page; returns it."""
    section = f"### SIZE={size}\n{_section(told)}"
    text = PAGE.read_text(encoding="utf-8")
    if CHAPTER not in text:
        text = f"{text.rstrip()}\n\n{CHAPTER}\n{INTRODUCTION}\n"
    head, chapter, rest = text.partition(CHAPTER)
    body, after = _until_next(rest, "\n## ")
    sections = {each: _of(body, f"### SIZE={each}") for each in SIZES}
    sections[size] = section
    kept = [each for each in sections.values() if each]
    introduction = _until_next(body, "\n### ")[0].strip()
    parts = [f"{head}{chapter}\n{introduction}", *kept, f"{GROWTH}\n{_growth(sections)}"]
    PAGE.write_text("\n\n".join(part.strip() for part in parts) + "\n" + after, encoding="utf-8")
    return section


def _until_next(text: str, mark: str) -> tuple[str, str]:
    at = text.find(mark)
    return (text, "") if at < 0 else (text[:at], text[at:])


def _of(text: str, heading: str) -> str:
    """A section with its heading, without what follows."""
    at = text.find(f"{heading}\n")
    return "" if at < 0 else _until_next(text[at:], "\n### ")[0].strip()


def _section(told: Told) -> str:
    rows = [
        f"| {each.name} | {each.p50:.1f} | {each.p95:.1f} | {each.ratio:.1f} h | {each.cpu:.1f} |"
        f" {'' if each.queries is None else each.queries} | {each.goal} |"
        for each in told.pages
    ]
    return "\n".join(
        [
            f"{datetime.now(UTC).date().isoformat()}, {_machine()}; filled in {told.generated:.0f} s.",
            "",
            "| job | p50 ms | p95 ms | ratio | CPU ms | queries | goal |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            *_others(told),
        ]
    )


def _others(told: Told) -> list[str]:
    assert told.csv is not None
    assert told.workbook is not None
    scans = "; ".join(f"{each.name} {each.seconds:.2f} s, {each.reminders:,} written" for each in told.scans)
    return [
        f"- Eight connections: hello {told.hello:.0f}/s, ledger {told.listing:.1f}/s, 1/{told.hello / told.listing:.0f}"
        " (goal ≥ 1/35; the asker computes on the same cores).",
        f"- CSV of the whole ledger: {told.csv.rows_a_second:,.0f} rows/s over {told.csv.rows:,} rows, first byte"
        f" {told.csv.first_byte:.2f} s, {told.csv.more_memory:+.0f} MB (goals ≥ 15,000, ≤ 0.3 s, ≤ +25 MB).",
        f"- Workbook of {told.workbook.rows:,} rows: {told.workbook.rows_a_second:,.0f} rows/s,"
        f" {told.workbook.more_memory:+.0f} MB (goals ≥ 5,000, ≤ +40 MB).",
        f"- Reminders: {scans} (goal: a scan of 1M items ≤ 1 s, a rerun writes nothing).",
        f"- Counters equal a recount, which took {told.recount:.1f} s.",
    ]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        database = cursor.fetchone()[0].split()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, PostgreSQL {database},"
        f" load {load:.1f} over the last five minutes"
    )


def _growth(sections: dict[str, str]) -> str:
    """The exponent of CPU over size, between the smallest and the largest size that were measured."""
    measured = [(10 ** (3 + n), _cpu(sections[size])) for n, size in enumerate(SIZES) if sections[size]]
    (small, first), (large, last) = measured[0], measured[-1]
    if small == large:
        return "One size alone was measured."
    lines = [f"CPU from {small:,} to {large:,} items as a power of the size (goal ≤ 0.05, dashboard ≤ 0.10):"]
    for name in first:
        if name in last and first[name] and last[name]:
            lines.append(f"- {name}: {math.log(last[name] / first[name]) / math.log(large / small):+.3f}")
    return "\n".join(lines)


def _cpu(section: str) -> dict[str, float]:
    """By job, from the table; the far page bears its number, which differs."""
    rows = re.findall(r"^\| ([^|]+) \| [\d.]+ \| [\d.]+ \| [\d.]+ h \| ([\d.]+) \|", section, re.MULTILINE)
    return {re.sub(r"page [\d,]{2,}", "a far page", name): float(cpu) for name, cpu in rows}

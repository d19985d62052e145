"""Each size has one section in docs/benchmarks.md: the newest; what others wrote there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import writing_down
from benchmarks.jobs import Scan, Told
from benchmarks.measuring import Export, Figures


def told(cpu: float) -> Told:
    export = Export(rows=1000, rows_a_second=5000, first_byte=0.1, more_memory=3)
    pages = [Figures("ledger", p50=20, p95=30, ratio=12, cpu=cpu, queries=8, goal="≤ 25 h")]
    scans = [Scan("rerun", 0.1, 0)]
    return Told(pages=pages, scans=scans, hello=900, listing=30, csv=export, workbook=export)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text("# Benchmarks\nBy hand.\n\n## The suite\nSlow.\n", encoding="utf-8")
    monkeypatch.setattr(writing_down, "PAGE", path)
    monkeypatch.setattr(writing_down, "_machine", lambda: "a machine")
    return path


def test_a_run_takes_the_place_of_the_last_one_of_its_size(page: Path):
    writing_down.write("10k", told(cpu=40))
    writing_down.write("1k", told(cpu=20))
    writing_down.write("10k", told(cpu=25))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks\nBy hand.\n\n## The suite\nSlow.\n")
    assert [line for line in text.splitlines() if line.startswith(("## ", "### "))] == [
        "## The suite", writing_down.CHAPTER, "### SIZE=1k", "### SIZE=10k", writing_down.GROWTH,
    ]  # fmt: skip
    assert "| ledger | 20.0 | 30.0 | 12.0 h | 25.0 | 8 |" in text
    assert "| 40.0 |" not in text
    assert "- ledger: +0.097" in text


def test_another_chapter_may_follow(page: Path):
    writing_down.write("1k", told(cpu=20))
    page.write_text(page.read_text(encoding="utf-8") + "\n## Later\nBy hand, too.\n", encoding="utf-8")
    writing_down.write("1k", told(cpu=20))
    text = page.read_text(encoding="utf-8")
    assert text.endswith("\n## Later\nBy hand, too.\n")
    assert text.count("### SIZE=1k") == text.count(writing_down.GROWTH) == 1

"""What happens to whom and when, as data: read by stories.py, written down in history.py.

All numbers are working days. A case names the day its form was issued (or its visit made) in days before today; every
other number counts from there. None: it has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Trouble:
    """A problem as teams find it, and what units do about it (problems.yaml)."""

    title: str
    category: str
    fact: str
    basis: str
    requirement: str
    cause: str
    goal: str
    measures: tuple[str, ...]
    evidence: str
    severity: str = "general"
    deadline: str = "fixed"

    @property
    def is_key(self) -> bool:
        return self.severity == "key"

    @property
    def is_immediate(self) -> bool:
        return self.deadline == "immediate"


@cache
def troubles() -> dict[str, Trouble]:
    rows: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "problems.yaml").read_text(encoding="utf-8"))
    return {key: Trouble(**{**row, "measures": tuple(row["measures"])}) for key, row in rows.items()}


@dataclass(frozen=True)
class Work:
    """What becomes of one problem, in working days after the issue of its form."""

    trouble: str
    planned: int | None = None  # plan handed in; of an immediate one: work begun
    plan_returned: int | None = None
    replanned: int | None = None
    approved: int | None = None
    progress: tuple[int, ...] = ()
    pressed: int | None = None  # 催办 by the team
    done: int | None = None  # measures done, evidence in
    returned: tuple[int, ...] = ()
    verified: int | None = None
    refused: int | None = None  # the office sends it back to the team
    reverified: int | None = None
    closed: int | None = None
    mended: bool = False  # before the team's eyes, during the visit

    @property
    def facts(self) -> Trouble:
        return troubles()[self.trouble]


SCREEN, DELEGATE, PAPER = "screen", "delegate", "paper"


@dataclass(frozen=True)
class Sending:
    """One round of a report: sent to the head, and signed in one of the three ways."""

    sent: int
    signed: int | None = None
    way: str = SCREEN
    given_back: int | None = None


@dataclass(frozen=True)
class Account:
    """A report on some works of the case (their places, from 0)."""

    works: tuple[int, ...]
    drafted: int
    sendings: tuple[Sending, ...] = ()
    returned: int | None = None  # by the team as a whole, not with one of its items
    confirmed: int | None = None  # the team has compared the scan
    approved: int | None = None
    filed: int | None = None
    withdrawn: int | None = None


@dataclass(frozen=True)
class Receipt:
    """How the unit received its form."""

    after: int | None = 1
    way: str = SCREEN
    by_head: bool = False
    deemed: bool = False


@dataclass(frozen=True)
class Case:
    """A visit, its form and everything after it."""

    unit: str
    issued: int  # working days before today
    works: tuple[Work, ...]
    accounts: tuple[Account, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)
    is_central: bool = False  # issued by the province on the central group's feedback, without a visit
    unannounced: bool = False
    late_entry: bool = False
    returned_once: bool = False  # the leader sends the log back for more
    ends: str = "issued"  # draft, pending_signoff, issued, withdrawn, voided, closed
    ends_after: int = 0


@dataclass(frozen=True)
class Visit:
    """A visit without a form: under way, put off, called off, or nothing found. Days before (after: negative) today."""

    unit: str
    registered: int
    day: int
    until: str = "planned"  # planned, approved, in_progress, pending_review, none_found, postponed, resumed, cancelled
    unannounced: bool = False

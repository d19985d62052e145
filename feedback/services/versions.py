"""What a correction changed: two frozen versions of a sheet, field by field, from their content alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

WORD = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)  # a Chinese character, or a whole number or word
SAME, GONE, NEW = "same", "gone", "new"
LEAST = 2  # shorter runs in common make a comparison harder to read, not easier


@dataclass(frozen=True)
class Piece:
    """A run of text that is in both versions, only in the old one, or only in the new one."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldChange:
    """One field that differs: where it stands, and both texts in pieces."""

    place: str
    label: str
    was: list[Piece]
    now: list[Piece]

    @property
    def kind(self) -> str:
        """改, 新增 or 删去."""
        return NEW if not self.was else GONE if not self.now else SAME


def changes_between(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    """Every field of the sheet that differs, in the order of the sheet."""
    head = _differing("", _head_labels(), old, new)
    problems = {row["order"]: row for row in old["problems"]}
    later = {row["order"]: row for row in new["problems"]}
    found = list(head)
    for order in sorted(problems | later):
        place = _("问题%(number)d") % {"number": order}
        found += _differing(place, _problem_labels(), problems.get(order, {}), later.get(order, {}))
    return found


def _head_labels() -> dict[str, str]:
    return {
        "title": _("标题"), "unit": _("单位"), "opening": _("检查情况"), "requirement": _("总体整改要求"),
        "need_to_know": _("知悉范围"), "receipt_due": _("签收期限"),
    }  # fmt: skip


def _problem_labels() -> dict[str, str]:
    return {
        "title": _("反馈问题"), "category": _("问题类别"), "severity": _("严重程度"), "nature": _("性质"),
        "fact": _("具体表现"), "basis": _("依据"), "mend": _("当场整改情况"), "requirement": _("整改要求"),
        "deadline": _("整改时限"),
    }  # fmt: skip


def _differing(place: str, labels: dict[str, str], old: dict[str, Any], new: dict[str, Any]) -> Iterator[FieldChange]:
    for name, label in labels.items():
        was, now = str(old.get(name) or ""), str(new.get(name) or "")
        if was != now:
            yield FieldChange(place, label, *pieces_of(was, now))


def pieces_of(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; what they have in common is marked the same."""
    before, after = WORD.findall(was), WORD.findall(now)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        kept = tag == "equal" and (b - a >= LEAST or a == 0 or b == len(before))
        _add(left, SAME if kept else GONE, "".join(before[a:b]))
        _add(right, SAME if kept else NEW, "".join(after[c:d]))
    return left, right


def _add(pieces: list[Piece], kind: str, text: str) -> None:
    """Runs of one kind that follow each other are one piece."""
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        pieces[-1] = Piece(kind, pieces[-1].text + text)
    else:
        pieces.append(Piece(kind, text))

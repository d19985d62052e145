"""批量催办: several items in one go, each by the rule of the single move and whole in itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from rectification.models.item import RectificationItem
from rectification.services.items import press_item
from rectification.transitions import PRESS
from supervision.core.refusals import Condition, Refusal


@dataclass(frozen=True)
class Kept:
    """An item that is not pressed, and why."""

    item: RectificationItem
    reasons: tuple[Condition, ...]


@dataclass
class Pressing:
    """What was or would be pressed, and what not."""

    pressed: list[RectificationItem] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def outlook(items: Iterable[RectificationItem], actor: User, at: datetime) -> Pressing:
    """Which of these could be pressed now, before anything is done."""
    found = Pressing()
    for item in items:
        if reasons := _refusal_of(item, actor, at):
            found.kept.append(Kept(item, reasons))
        else:
            found.pressed.append(item)
    return found


def _refusal_of(item: RectificationItem, actor: User, at: datetime) -> tuple[Condition, ...]:
    try:
        PRESS.check(item, actor, at=at)
    except Refusal as refusal:
        return refusal.conditions
    return ()


def press_items(*, items: Iterable[RectificationItem], actor: User, at: datetime) -> Pressing:
    """Press each by the single move, in the order of their ids; one that is refused stops no other.

    Each item has its own transaction: what was pressed stays pressed, what was refused is named with its reasons.
    """
    done = Pressing()
    for item in sorted(items, key=lambda each: each.pk):
        try:
            done.pressed.append(press_item(pk=item.pk, actor=actor, at=at))
        except Refusal as refusal:
            done.kept.append(Kept(item, refusal.conditions))
    return done

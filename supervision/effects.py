"""What a change of a campaign's settings will and will not touch: asked before it is saved, answered by every app.

An app registers what it knows of a kind of setting in `apps.ready()`; the page of the change asks all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from supervision.models.campaign import Campaign

ADD, CHANGE, RETIRE, RESTORE, MOVE = "added", "changed", "retired", "restored", "moved"


@dataclass(frozen=True)
class Change:
    """A change that somebody proposes: nothing of it is written yet. `values` holds the fields as they would be."""

    campaign: Campaign
    kind: str
    act: str
    on: date
    row: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def alters(self, *names: str) -> bool:
        """Whether any of these fields would become different (of a new row: is given at all)."""
        return any(name in self.values and getattr(self.row, name, None) != self.values[name] for name in names)

    def value(self, name: str) -> Any:
        """The field as it would be."""
        return self.values[name] if name in self.values else getattr(self.row, name, None)


@dataclass(frozen=True)
class Effect:
    """One sentence: what the change touches, or what it leaves as it is; `url` leads to the rows it counts."""

    sentence: str
    touches: bool
    url: str = ""


Provider = Callable[[Change], Iterable[Effect]]
_PROVIDERS: dict[str, list[Provider]] = {}


def register(kind: str, provider: Provider) -> None:
    """Let `provider` answer for changes of that kind of setting."""
    known = _PROVIDERS.setdefault(kind, [])
    if provider not in known:
        known.append(provider)


def effects_of(change: Change) -> list[Effect]:
    """Everything that anybody has to say of the change: what it touches first."""
    found = [effect for provider in _PROVIDERS.get(change.kind, ()) for effect in provider(change)]
    return sorted(found, key=lambda effect: not effect.touches)


@dataclass(frozen=True)
class OpenDeadline:
    """A deadline that is running and is counted across some day."""

    label: str
    unit: str
    whose: str
    starts_on: date
    due_on: date
    url: str


DeadlineProvider = Callable[[frozenset[int], date], Iterable[OpenDeadline]]
_DEADLINES: list[DeadlineProvider] = []


def register_deadlines(provider: DeadlineProvider) -> None:
    """Let `provider` name the running deadlines of these campaigns that are counted across a day."""
    if provider not in _DEADLINES:
        _DEADLINES.append(provider)


def deadlines_across(campaigns: frozenset[int], day: date) -> list[OpenDeadline]:
    """Running deadlines that begin before the day and end on it or later, the next due first."""
    found = [each for provider in _DEADLINES for each in provider(campaigns, day)]
    return sorted(found, key=lambda each: (each.due_on, each.label))

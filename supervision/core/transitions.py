"""State machines as data: one constant per move, read by services, pages, the API, the docs and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Sentence, Unmet, WrongState

NOTE_MIN_LENGTH = 10  # domain/states.md: returns, refusals, withdrawals, corrections, voidings, reopenings say why


@dataclass(frozen=True)
class Situation:
    """Who asks, when, and with what input."""

    actor: Any  # accounts.User, or None for the system; the kernel does not import accounts
    at: datetime
    on: date
    inputs: Mapping[str, Any] = field(default_factory=dict)


class Allowed(Protocol):
    """Who may: a predicate that also names its roles, for the docs and the test matrix."""

    @property
    def roles(self) -> tuple[str, ...]: ...

    def __call__(self, subject: Any, situation: Situation) -> bool: ...

    def words(self, subject: Any) -> str: ...


@dataclass(frozen=True)
class Guard:
    """A named condition. `test` answers True, or False, or the sentences that say what exactly is missing."""

    name: str
    sentence: Sentence
    test: Callable[[Any, Situation], bool | Iterable[str]]
    needs_input: bool = False  # judged only when the move is made, not when the page asks what is missing

    def unmet(self, subject: Any, situation: Situation) -> Condition | None:
        answer = self.test(subject, situation)
        if isinstance(answer, bool):
            return None if answer else Condition(self.name, self.sentence)
        details = tuple(answer)
        return Condition(self.name, self.sentence, details) if details else None


def guard(
    sentence: Sentence, *, needs_input: bool = False
) -> Callable[[Callable[[Any, Situation], bool | Iterable[str]]], Guard]:
    """Turn a predicate into a Guard of the same name; `sentence` says what must hold, in the reader's words."""

    def wrap(test: Callable[[Any, Situation], bool | Iterable[str]]) -> Guard:
        return Guard(test.__name__, sentence, test, needs_input)

    return wrap


@dataclass(frozen=True)
class Transition:
    """One move. `target` None: the move stays in place. `system`: made by the system alone, never offered."""

    name: str
    verb: str
    label: Sentence
    sources: frozenset[str]
    target: str | None
    allowed: Allowed | None
    guards: tuple[Guard, ...] = ()
    audience: Audience = Audience.UNIT
    needs_note: bool = False
    system: bool = False
    ends: bool = False  # cannot be undone: pages ask once more
    aside: bool = False  # beside the way (taking back, pressing, notes): offered, never as the decisive button

    def check(self, subject: Any, actor: Any, *, at: datetime, **inputs: Any) -> Situation:
        """Raise NotAllowed, WrongState or Unmet (with every unmet condition); else return the situation."""
        situation = Situation(actor, at, subject.campaign.day_of(at), inputs)
        if not self.is_allowed(subject, situation):
            raise NotAllowed.for_roles(self.allowed.words(subject) if self.allowed else "")
        if subject.status not in self.sources:
            raise WrongState.of(str(self.label), subject.get_status_display())
        conditions = self.unmet(subject, situation, with_inputs=True)
        if conditions:
            raise Unmet(tuple(conditions))
        return situation

    def is_allowed(self, subject: Any, situation: Situation) -> bool:
        if self.system:
            return situation.actor is None
        return self.allowed is not None and situation.actor is not None and self.allowed(subject, situation)

    def unmet(self, subject: Any, situation: Situation, *, with_inputs: bool) -> list[Condition]:
        """Every condition that does not hold, in the table's order."""
        found = [
            condition
            for each in self.guards
            if with_inputs or not each.needs_input
            if (condition := each.unmet(subject, situation))
        ]
        if with_inputs and self.needs_note and len(str(situation.inputs.get("note") or "").strip()) < NOTE_MIN_LENGTH:
            sentence = _("请写明情况说明，不少于%(count)d个字。") % {"count": NOTE_MIN_LENGTH}
            found.append(Condition("note", sentence))
        return found


@dataclass(frozen=True)
class Offer:
    """A move that this person may make from this state, with what is still missing."""

    move: Transition
    unmet: tuple[Condition, ...]


class MoveTable:
    """All moves of one kind of object, in the order in which pages show them."""

    def __init__(self, kind: str, title: Sentence, states: Any, moves: Iterable[Transition]) -> None:
        self.kind, self.title, self.states = kind, title, states
        self._moves = {move.name: move for move in moves}
        TABLES[kind] = self

    def __getitem__(self, name: str) -> Transition:
        return self._moves[name]

    def __contains__(self, name: object) -> bool:
        return name in self._moves

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._moves.values())

    def offers(self, subject: Any, actor: Any, *, at: datetime) -> list[Offer]:
        """What `actor` may do now with `subject`; conditions that hang on input are judged when the move is made."""
        situation = Situation(actor, at, subject.campaign.day_of(at))
        return [
            Offer(move, tuple(move.unmet(subject, situation, with_inputs=False)))
            for move in self
            if not move.system and subject.status in move.sources and move.is_allowed(subject, situation)
        ]


TABLES: dict[str, MoveTable] = {}  # kind → table; filled when the apps import their transitions

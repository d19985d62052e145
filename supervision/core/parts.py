"""Parts of pages as plain values: what views hand to the components (templates/components/README.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from supervision.core import events
from supervision.core.models.event import Event
from supervision.core.refusals import Condition, Sentence
from supervision.core.transitions import TABLES, Offer


@dataclass(frozen=True)
class Mend:
    """One unmet condition with the place where it can be mended."""

    sentence: Sentence
    details: tuple[str, ...] = ()
    url: str = ""
    label: Sentence = ""


@dataclass(frozen=True)
class Move:
    """A button for one move. `post` makes it a form of its own; else it leads to the move's page."""

    label: Sentence
    url: str
    name: str = ""
    primary: bool = False
    danger: bool = False
    post: bool = False
    confirm: Sentence = ""
    missing: tuple[Mend, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumbs; the last one has no URL."""

    label: Sentence
    url: str = ""


@dataclass(frozen=True)
class Change:
    """One fact that an act changed."""

    label: Sentence
    was: Any = ""
    now: Any = ""


@dataclass(frozen=True)
class FileLine:
    """A file of a list: its original name and the scoped address that serves it."""

    name: str
    url: str
    size: int | None = None
    note: Sentence = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    what: Sentence
    who: str = ""
    post: str = ""
    on_behalf_of: str = ""
    was: Sentence = ""
    now: Sentence = ""
    changes: tuple[Change, ...] = ()
    note: str = ""
    files: tuple[FileLine, ...] = ()
    tone: str = ""
    recorded_at: datetime | None = None  # shown when the act was entered afterwards (补录)


@dataclass(frozen=True)
class CheckLine:
    """One line of a checklist; `url` leads to where an open one is done."""

    label: Sentence
    done: bool
    note: Sentence = ""
    url: str = ""
    action: Sentence = ""


@dataclass(frozen=True)
class Step:
    """One stage of an object's way: `past`, `current` or `future`, with its day where it has one."""

    label: Sentence
    state: str
    on: date | None = None
    note: Sentence = ""


@dataclass(frozen=True)
class Tab:
    """One view of a list."""

    label: Sentence
    url: str
    is_current: bool = False
    note: Sentence = ""


@dataclass(frozen=True)
class Chip:
    """One active filter with the address of the same list without it."""

    label: Sentence
    value: Sentence
    url: str


def mends(
    conditions: Iterable[Condition], urls: Mapping[str, str] | None = None, labels: Mapping[str, Sentence] | None = None
) -> tuple[Mend, ...]:
    """Unmet conditions as lines; `urls` and `labels` name by guard where each is mended."""
    places, words = urls or {}, labels or {}
    return tuple(
        Mend(each.sentence, each.details, places.get(each.name, ""), words.get(each.name, "")) for each in conditions
    )


def moves(
    offers: Iterable[Offer],
    url_of: Callable[[str], str],
    *,
    primary: str = "",
    mend_urls: Mapping[str, str] | None = None,
) -> tuple[Move, ...]:
    """Offers of a move table as buttons; the named one, else the first ready one that leads on, is primary."""
    found = list(offers)
    onward = (offer.move.name for offer in found if not (offer.unmet or offer.move.aside or _is_grave(offer)))
    chosen = primary or next(onward, "")
    return tuple(
        Move(
            label=offer.move.label,
            url=url_of(offer.move.name),
            name=offer.move.name,
            primary=offer.move.name == chosen,
            danger=_is_grave(offer),
            missing=mends(offer.unmet, mend_urls),
        )
        for offer in found
    )


def _is_grave(offer: Offer) -> bool:
    """Moves that end something or want a reason are never the blue button."""
    return offer.move.ends or offer.move.needs_note


def entry_of(event: Event, *, files: Iterable[FileLine] = (), changes: Iterable[Change] = ()) -> Entry:
    """An event as a line of the timeline, in the reader's language."""
    return Entry(
        at=event.at,
        what=events.verb(event.verb).label,
        who=event.actor_name,
        post=event.actor_post,
        on_behalf_of=event.on_behalf_of,
        was=_state(event.subject_kind, event.was),
        now=_state(event.subject_kind, event.now),
        changes=tuple(changes),
        note=event.note,
        files=tuple(files),
        recorded_at=event.recorded_at if _is_later_day(event) else None,
    )


def _state(kind: str, status: str) -> Sentence:
    """The status as people read it; kinds without a state machine show their own words."""
    if kind not in TABLES or not status:
        return status
    return dict(TABLES[kind].states.choices).get(status, status)


def _is_later_day(event: Event) -> bool:
    """An act entered on a later day than it happened says so; `recorded_at` is null until the row is read back."""
    return isinstance(event.recorded_at, datetime) and event.recorded_at.date() > event.at.date()

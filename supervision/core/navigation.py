"""What the frame around every page shows, registered by the apps: the kernel imports no app above it.

In `apps.ready()`: `navigation.register(NavItem(...))` for the left navigation and
`navigation.register_header(provider)` for the campaign strip in the head of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from supervision.core.refusals import Sentence
from supervision.core.workdays import Calendar

Visible = Callable[[Any], bool]


@dataclass(frozen=True)
class NavItem:
    """One line of the left navigation. `visible(user)` reads nothing but the user and `user.scope`."""

    key: str
    label: Sentence
    url_name: str
    order: int
    visible: Visible
    section: Sentence = ""


@dataclass(frozen=True)
class PhaseMark:
    """One phase 环节 of the strip. Phases may overlap, so each says for itself where today stands."""

    name: str
    starts_on: date
    ends_on: date

    def state(self, on: date) -> str:
        if on < self.starts_on:
            return "future"
        return "current" if on <= self.ends_on else "past"

    def day(self, on: date) -> int:
        """How many of its calendar days have begun, from 0 to `days`."""
        return max(0, min((on - self.starts_on).days + 1, self.days))

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class PlaceMark:
    """One of the units, teams, bodies or offices that a person may look at by itself."""

    key: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class Header:
    """The campaign in the head of every page.

    `days_left` are working days to the end of the current phase (None: say nothing, e.g. a finished campaign);
    `note` replaces that text, e.g. “已结束”.
    """

    short_name: str
    on: date
    phases: Sequence[PhaseMark] = ()
    days_left: int | None = None
    note: Sentence = ""
    url: str = ""
    calendar: Calendar | None = None  # spares the dates of the page a query
    places: Sequence[PlaceMark] = ()  # empty: the person has one place alone, there is nothing to choose
    shows_place: bool = True  # False: the address asks for a place of its own

    @property
    def place(self) -> PlaceMark | None:
        """The place chosen; None: all of them."""
        return next((place for place in self.places if place.is_current), None)


HeaderProvider = Callable[[HttpRequest], Header | None]

_ITEMS: dict[str, NavItem] = {}
_HEADER: list[HeaderProvider] = []


def register(item: NavItem) -> None:
    """Put a line into the left navigation; the same key again replaces it."""
    _ITEMS[item.key] = item


def register_header(provider: HeaderProvider) -> None:
    """The provider of the campaign strip; the one registered last is asked."""
    _HEADER[:] = [provider]


def items() -> list[NavItem]:
    """All lines, in the order in which the navigation shows them."""
    return sorted(_ITEMS.values(), key=lambda item: (item.order, item.key))


def header(request: HttpRequest) -> Header | None:
    return _HEADER[0](request) if _HEADER else None

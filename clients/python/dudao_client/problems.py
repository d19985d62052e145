"""What the server refuses, as exceptions (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Unmet:
    """A condition of a move that does not hold."""

    name: str
    sentence: str
    details: tuple[str, ...] = ()


class Problem(Exception):  # noqa: N818  (named as the RFC names it)
    """The server's answer when it does not do what was asked."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.type = str(body.get("type", "about:blank"))
        self.detail = str(body.get("detail", ""))
        self.errors: dict[str, list[str]] = dict(body.get("errors", {}))
        self.unmet = [Unmet(u["name"], u["sentence"], tuple(u["details"])) for u in body.get("unmet", ())]
        super().__init__(self.words())

    def words(self) -> str:
        """Everything that was said, in one line."""
        fields = [f"{name}: {' '.join(texts)}" for name, texts in self.errors.items()]
        conditions = ["：".join([each.sentence, *each.details]) for each in self.unmet]
        return f"{self.status} {'；'.join([*fields, *conditions] or [self.detail])}"


class Invalid(Problem):
    """400: `errors` by field."""


class NotAllowed(Problem):
    """403: not this person's, or a token for reading."""


class NotFound(Problem):
    """404: not there, or not within this person's scope."""


class Conflict(Problem):
    """409: the state has changed, or conditions are `unmet`; every one is named."""


class Outdated(Problem):
    """412: somebody else has changed the object since it was read; nothing was done."""


KINDS: dict[int, type[Problem]] = {400: Invalid, 403: NotAllowed, 404: NotFound, 409: Conflict, 412: Outdated}


def problem_of(status: int, body: Mapping[str, Any]) -> Problem:
    return KINDS.get(status, Problem)(status, body)

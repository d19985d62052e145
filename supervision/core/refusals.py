"""Why a move is not made. One exception family; core/web.py turns each into its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Sentence = str | Promise


@dataclass(frozen=True)
class Condition:
    """One unmet condition: its stable name, a human sentence and, where it helps, what exactly is missing."""

    name: str
    sentence: Sentence
    details: tuple[str, ...] = ()


@dataclass
class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not an error)
    """A move was asked for and is not made; nothing was written."""

    status: ClassVar[int] = 409
    conditions: tuple[Condition, ...] = field(default=())

    def __str__(self) -> str:
        return "；".join(str(condition.sentence) for condition in self.conditions)


class NotAllowed(Refusal):
    """The person may see the object, but this move is not theirs (403)."""

    status = 403

    @classmethod
    def for_roles(cls, roles: str) -> NotAllowed:
        return cls((Condition("role", _("这一步由%(roles)s办理。") % {"roles": roles}),))


class WrongState(Refusal):
    """The object is in a state from which this move does not start (409)."""

    @classmethod
    def of(cls, label: str, state: str) -> WrongState:
        sentence = _("当前状态为“%(state)s”，不能“%(move)s”。页面可能已经过时，请刷新。")
        return cls((Condition("state", sentence % {"state": state, "move": label}),))


class Unmet(Refusal):
    """At least one condition of the move does not hold; all of them are named (409)."""


@dataclass
class Changed(Refusal):
    """Somebody else has saved meanwhile (409): nothing was overwritten; the refusal says what stands there now."""

    version: int = 0
    by: str = ""
    values: dict[str, Any] = field(default_factory=dict)  # by the field's name, as a page shows it

    @classmethod
    def to(cls, values: dict[str, Any], *, version: int, by: str) -> Changed:
        sentence = _("%(name)s 在您打开之后已经保存过这一处。两边的内容都在，请核对后决定保留哪一份。") % {"name": by}
        return cls((Condition("version", sentence),), version=version, by=by, values=values)

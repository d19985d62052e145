"""Why a scenario is not loaded: every fault with its file, line and reason; nothing was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. `place` names the value, e.g. `bodies[1].teams[2].name`; empty: the file as a whole."""

    file: str
    line: int
    place: str
    reason: str

    def __str__(self) -> str:
        words = {"file": self.file, "line": self.line, "place": self.place, "reason": self.reason}
        if not self.place:
            return _("%(file)s 第%(line)d行：%(reason)s") % words
        return _("%(file)s 第%(line)d行 %(place)s：%(reason)s") % words


class ScenarioRefused(ValueError):  # noqa: N818  (a refusal is an answer, not an error)
    """The file is not taken; `faults` in the order of the lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))

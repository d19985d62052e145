"""What is known to have happened in a campaign, played by the apps above: they register, this app only asks.

An app that knows the history of a scenario keeps it in `<app>/demo/recorded.py`, found as Django finds admin modules.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from supervision.models.campaign import Campaign
from supervision.scenarios.schema import Scenario

History = Callable[[Campaign, Scenario], None]

_HISTORIES: dict[str, History] = {}


def register_history(code: str, play: History) -> None:
    """`play` makes, through the services, what is recorded of the campaign `code`, and finishes it."""
    _HISTORIES[code] = play


def history_of(code: str) -> History | None:
    """The history of a scenario; None when nothing is recorded of it."""
    autodiscover_modules("demo.recorded")
    return _HISTORIES.get(code)

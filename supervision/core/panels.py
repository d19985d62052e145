"""Pages that show several apps are composed of panels: each app registers its own, the page asks the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Facts = Callable[[HttpRequest], dict[str, Any]]


@dataclass(frozen=True)
class Panel:
    """One block of a page. `facts` gives its template's context; `visible` hides it from roles it means nothing to.

    A template that renders nothing has nothing to say: the page leaves it out.
    """

    key: str
    place: str  # the page, e.g. "dashboard"
    order: int
    template: str
    facts: Facts
    visible: Callable[[Any], bool] = lambda user: True

    def render(self, request: HttpRequest) -> SafeString:
        return render_to_string(self.template, {**self.facts(request), "panel": self}, request=request)


_PANELS: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Called from an app's `ready()`; a key is used once (ValueError)."""
    if panel.key in _PANELS and _PANELS[panel.key] != panel:
        raise ValueError(f"Panel {panel.key} is registered twice.")
    _PANELS[panel.key] = panel


def panel_of(key: str) -> Panel | None:
    return _PANELS.get(key)


def render_place(place: str, request: HttpRequest) -> list[tuple[Panel, SafeString]]:
    """The panels of one page that this reader may see and that say something, rendered, in order."""
    found = sorted((p for p in _PANELS.values() if p.place == place), key=lambda p: p.order)
    rendered = [(panel, panel.render(request)) for panel in found if panel.visible(request.user)]
    return [(panel, content) for panel, content in rendered if content.strip()]

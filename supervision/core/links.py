"""Which page shows an object of a kind: one place for notifications, timelines and tables of work.

In `apps.ready()`: `links.register("feedback_form", "feedback:form")`. The page takes the object's id.
"""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

_PAGES: dict[str, str] = {}


def register(kind: str, url_name: str) -> None:
    """Objects of `kind` have the page `url_name`, whose only argument is their id."""
    _PAGES[kind] = url_name


def page_of(kind: str, pk: int) -> str:
    """The address of the object's page; empty for kinds that have none."""
    name = _PAGES.get(kind)
    if name is None:
        return ""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""  # an area whose pages are switched off

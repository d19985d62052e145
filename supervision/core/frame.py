"""The frame around every page: navigation, campaign strip, unread badge. Everything in it is read on first use.

A page that does not render the frame pays nothing for it; an anonymous visitor costs no query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from supervision.core import navigation
from supervision.core.models.notification import Notification
from supervision.core.models.reminder import Reminder
from supervision.core.refusals import Sentence

UNREAD_SHOWN = 99  # beyond it the badge says 99+ and the database need not count on


@dataclass(frozen=True)
class NavLink:
    """A navigation line as the template needs it."""

    key: str
    label: Sentence
    url: str
    section: Sentence
    is_current: bool


@dataclass(frozen=True)
class PhaseStep:
    """A phase of the strip with today's position: `state` is past, current or future."""

    name: str
    state: str
    day: int
    days: int


class Frame:
    """Lazy view of the request for `base.html`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def user(self) -> Any:
        """The signed-in person, or None."""
        user = getattr(self._request, "user", None)  # an error before the middleware has no user
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def header(self) -> navigation.Header | None:
        return navigation.header(self._request) if self.user else None

    @cached_property
    def phases(self) -> list[PhaseStep]:
        if self.header is None:
            return []
        on = self.header.on
        return [PhaseStep(p.name, p.state(on), p.day(on), p.days) for p in self.header.phases]

    @property
    def current_phases(self) -> list[PhaseStep]:
        return [phase for phase in self.phases if phase.state == "current"]

    @cached_property
    def links(self) -> list[NavLink]:
        """What this person may use, in order; the line of the page's own area is the current one."""
        if self.user is None:
            return []
        found = list(self._visible())
        path = self._request.path
        owners = [url for _item, url in found if path == url or (url != "/" and path.startswith(url))]
        current = max(owners, key=len, default="")
        return [NavLink(i.key, i.label, url, i.section, bool(current) and url == current) for i, url in found]

    def _visible(self) -> Iterator[tuple[navigation.NavItem, str]]:
        for item in navigation.items():
            if not item.visible(self.user):
                continue
            try:
                yield item, reverse(item.url_name)
            except NoReverseMatch:
                continue  # an area whose pages are switched off has no line either

    @cached_property
    def sections(self) -> list[tuple[str, list[NavLink]]]:
        return [(label, list(links)) for label, links in groupby(self.links, key=lambda link: str(link.section))]

    @cached_property
    def notifications_url(self) -> str:
        return next((link.url for link in self.links if link.key == "notifications"), "")

    @cached_property
    def unread(self) -> int:
        """Unread notifications and reminders, counted up to one more than the badge shows (one query)."""
        if self.user is None:
            return 0
        mine: dict[str, Any] = {"recipient_id": self.user.pk, "read_at__isnull": True}
        told = Notification.objects.filter(**mine).order_by().values_list("pk")
        reminded = Reminder.objects.filter(**mine).order_by().values_list("pk")
        return told.union(reminded, all=True)[: UNREAD_SHOWN + 1].count()

    @property
    def unread_text(self) -> str:
        return f"{UNREAD_SHOWN}+" if self.unread > UNREAD_SHOWN else str(self.unread)

    @property
    def unread_words(self) -> str:
        """The same for screen readers."""
        return _("（%(count)s条未读）") % {"count": self.unread_text} if self.unread else ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame`."""
    return {"frame": Frame(request)}

"""What the reader is looking at: the campaign they chose, else the newest one that is running; in it one of their
places (a unit, team, body or office of theirs) or all of them.

A place narrows what lists and desk show. It is no right: whatever the person may see and do stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import OBJECT_OF
from supervision.core.desk import Asked
from supervision.models.campaign import Campaign
from supervision.vocabulary import vocabulary_of

CHOSEN = "campaign"  # key in the session
PLACE = "place"  # the same, for the place: "team-3"
NARROWS = ("body", "team", "unit")  # filters of lists, the widest first


def current_campaign(request: HttpRequest) -> Campaign | None:
    """The campaign of this request, read-only; None for accounts without a business role. No query when warm."""
    user = request.user
    if not isinstance(user, User):
        return None
    kept: Campaign | None = getattr(request, "_campaign", None)
    if kept is None:
        kept = request._campaign = _choose(user, request.session.get(CHOSEN))  # type: ignore[attr-defined]
    return kept


def _choose(user: User, chosen: int | None) -> Campaign | None:
    joined = user.scope.joined_campaigns
    if chosen in joined:
        return vocabulary_of(chosen).campaign
    found = [vocabulary_of(pk).campaign for pk in joined]
    return max(found, key=lambda campaign: (campaign.is_running, campaign.pk), default=None)


@dataclass(frozen=True)
class Place:
    """A unit, team, body or the campaign's office in which the person has a role."""

    kind: str
    pk: int
    name: str

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.pk}"

    def as_q(self) -> Q:
        return Q(**{f"{self.kind}_id": self.pk})


def places_of(user: User, campaign_id: int) -> list[Place]:
    """Where the person has a role today, the widest first. No query beyond the scope's."""
    kinds = list(dict.fromkeys(OBJECT_OF.values()))
    found = {
        Place(OBJECT_OF[grant.role], grant.object_id, grant.name)
        for grant in user.scope.grants
        if grant.campaign_id == campaign_id and grant.covers(user.scope.on)
    }
    return sorted(found, key=lambda place: (kinds.index(place.kind), place.pk))


def current_place(request: HttpRequest) -> Place | None:
    """The place chosen among several; None: all of them. A place that was lost is not looked at any more."""
    campaign, user = current_campaign(request), request.user
    chosen = request.session.get(PLACE)
    if campaign is None or not chosen or not isinstance(user, User):
        return None
    places = places_of(user, campaign.pk)
    return next((place for place in places if place.key == chosen), None) if len(places) > 1 else None


def narrow(request: HttpRequest, place: Place) -> None:
    """This request is about one place alone, whatever the reader has chosen: the page of a unit, team or body."""
    request._narrowed_to = place  # type: ignore[attr-defined]


def narrowed_to(request: HttpRequest) -> Place | None:
    place: Place | None = getattr(request, "_narrowed_to", None)
    return place


def asks_for_another_place(request: HttpRequest) -> bool:
    """Does the address itself ask for a body, team or unit, as narrow as the chosen place or narrower?"""
    place = current_place(request)
    if place is None or place.kind not in NARROWS:
        return False
    return any(request.GET.get(name) for name in NARROWS[NARROWS.index(place.kind) :])


def at_place(request: HttpRequest, rows: Any) -> Any:
    """The rows of a list at the chosen place, unless the address asks for another one."""
    if (narrowed := narrowed_to(request)) is not None:
        return rows.filter(narrowed.as_q())
    place = current_place(request)
    return rows if place is None or asks_for_another_place(request) else rows.filter(place.as_q())


def work_asked_for(request: HttpRequest) -> Asked | None:
    """Whose work this request is about, at the place they look at; None for accounts without a business role."""
    campaign, user = current_campaign(request), request.user
    if campaign is None or not isinstance(user, User):
        return None
    at, place = timezone.now(), current_place(request)
    return Asked(user, at, campaign.day_of(at), campaign.pk, place.as_q() if place else Q())

"""Which campaign the reader is looking at: the one they chose, else the newest one that is running."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from supervision.models.campaign import Campaign
from supervision.vocabulary import vocabulary_of

CHOSEN = "campaign"  # key in the session


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

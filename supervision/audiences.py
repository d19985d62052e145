"""Who holds a role around an event today: the recipients of notification policies."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.roles import OBJECT_OF, codename
from supervision.core.models.event import Event
from supervision.models.campaign import CampaignGrant
from supervision.models.organisation import BodyGrant, TeamGrant, UnitGrant

_GRANTS = {"campaign": CampaignGrant, "body": BodyGrant, "team": TeamGrant, "unit": UnitGrant}


def people_of(event: Event, *roles: str) -> list[int]:
    """Ids of the active people who hold any of the roles on the event's campaign, body, team or unit today."""
    today = timezone.localdate()
    current = (Q(valid_from__isnull=True) | Q(valid_from__lte=today)) & (
        Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    )
    found: set[int] = set()
    for kind in {OBJECT_OF[role] for role in roles}:
        model: Any = _GRANTS[kind]
        rows = model.objects.filter(
            current,
            content_object_id=getattr(event, f"{kind}_id"),
            permission__codename__in=[codename(role) for role in roles if OBJECT_OF[role] == kind],
            user__is_active=True,
        )
        found.update(rows.values_list("user_id", flat=True))
    return sorted(found)

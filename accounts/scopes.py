"""The only reader of guardian's tables: one query a request → Scope.

Pages filter by the constants found here (`visible_to`), so a restricted reader's page costs what an officer's does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from accounts.models import Administrator
from accounts.roles import OBJECT_OF

if TYPE_CHECKING:
    from accounts.models import User

GRANT_MODELS = {"campaign": "CampaignGrant", "body": "BodyGrant", "team": "TeamGrant", "unit": "UnitGrant"}
NAMES = {"campaign": "short_name", "body": "short_name", "team": "name", "unit": "name"}
EVERYTHING_IS_HIDDEN = Q(pk__in=[])


@dataclass(frozen=True)
class Grant:
    """One role on one object within its dates (both inclusive; None is open)."""

    role: str
    object_id: int
    campaign_id: int
    valid_from: date | None
    valid_until: date | None
    name: str = ""  # of the object, as pages call it

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True)
class Scope:
    """What one person may see today, and which roles they hold on which day."""

    user_id: int
    administrator: str
    on: date
    grants: tuple[Grant, ...] = field(default=())

    def holds(self, role: str, object_id: int | None, on: date | None = None) -> bool:
        """Does the person hold `role` on that campaign, body, team or unit on that day (default today)?"""
        day = on or self.on
        return any(g.role == role and g.object_id == object_id and g.covers(day) for g in self.grants)

    def has(self, *roles: str) -> bool:
        """Is any of the roles held anywhere today?"""
        return any(g.role in roles and g.covers(self.on) for g in self.grants)

    def ids(self, *roles: str) -> frozenset[int]:
        """The objects on which any of the roles (all of one kind of object) is held today."""
        return frozenset(g.object_id for g in self.grants if g.role in roles and g.covers(self.on))

    def _of(self, kind: str) -> frozenset[int]:
        return self.ids(*(role for role, on in OBJECT_OF.items() if on == kind))

    @cached_property
    def campaigns(self) -> frozenset[int]:
        return self._of("campaign")

    @cached_property
    def bodies(self) -> frozenset[int]:
        return self._of("body")

    @cached_property
    def teams(self) -> frozenset[int]:
        return self._of("team")

    @cached_property
    def units(self) -> frozenset[int]:
        return self._of("unit")

    @cached_property
    def joined_campaigns(self) -> frozenset[int]:
        """Every campaign in which the person holds anything today."""
        return frozenset(g.campaign_id for g in self.grants if g.covers(self.on))

    @property
    def is_auditor(self) -> bool:
        return self.administrator == Administrator.AUDITOR

    def as_q(self, *, unit: Q | None = None, prefix: str = "") -> Q:
        """Rows in this scope by their four scope columns.

        `unit` narrows what a unit's people see of their own unit's rows (drafts stay hidden); None shows them all.
        """
        q = EVERYTHING_IS_HIDDEN
        for column, ids in (("campaign_id", self.campaigns), ("body_id", self.bodies), ("team_id", self.teams)):
            if ids:
                q |= Q(**{f"{prefix}{column}__in": ids})
        if self.units:
            own = Q(**{f"{prefix}unit_id__in": self.units})
            q |= own & unit if unit is not None else own
        return q

    def supervisors_q(self, prefix: str = "") -> Q:
        """Rows visible to the supervising side alone (no unit)."""
        return self.as_q(unit=EVERYTHING_IS_HIDDEN, prefix=prefix)


def read_scope(user: User) -> Scope:
    """Read all grants of one active person in one query. An inactive one holds nothing."""
    today = timezone.localdate()
    if not user.is_active:
        return Scope(user.pk, "", today)
    parts = []
    for kind, model in GRANT_MODELS.items():
        campaign = "content_object_id" if kind == "campaign" else "content_object__campaign_id"
        parts.append(
            apps.get_model("supervision", model)
            .objects.filter(user_id=user.pk)
            .order_by()
            .values_list(
                "permission__codename",
                "content_object_id",
                campaign,
                "valid_from",
                "valid_until",
                f"content_object__{NAMES[kind]}",
            )
        )
    rows = parts[0].union(*parts[1:], all=True)
    grants = tuple(Grant(code.removeprefix("act_as_"), *rest) for code, *rest in rows)
    return Scope(user.pk, user.administrator, today, grants)

"""Who may in the rectification app, where it depends on the item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.roles import Role
from rectification.models.item import RectificationItem
from supervision import rules
from supervision.core.transitions import Situation
from supervision.enums import Document
from supervision.vocabulary import vocabulary_of


@dataclass(frozen=True)
class HandsInPlan:
    """The liaison hands in a plan; that of a key item is handed in by the head (domain/states.md, submit_plan)."""

    roles: tuple[str, ...] = (Role.LIAISON, Role.HEAD)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return rules.holds(situation.actor, self._role(subject), subject, situation.on)

    def words(self, subject: Any) -> str:
        return vocabulary_of(subject.campaign_id).role_word(self._role(subject))

    @staticmethod
    def _role(item: RectificationItem) -> str:
        return Role.HEAD if item.is_key else Role.LIAISON


def is_of_unit(user: User, item: RectificationItem) -> bool:
    """Does the person see the item from the unit's side alone?"""
    scope = user.scope
    supervises = item.campaign_id in scope.campaigns or item.body_id in scope.bodies or item.team_id in scope.teams
    return not supervises


def route_roles(document: Document, item: RectificationItem) -> tuple[str, ...]:
    """The roles of the campaign's route for this item, in order."""
    return vocabulary_of(item.campaign_id).route(document, item.route_source, item.is_key)

"""Who may draft a feedback form, enter it on paper, sign for its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Role
from supervision import rules
from supervision.core.transitions import Situation
from supervision.enums import Source
from supervision.vocabulary import vocabulary_of

OFFICE_PEOPLE = (Role.OFFICE, Role.OFFICE_LEAD)
UNIT_RECEIVERS = (Role.LIAISON, Role.HEAD, Role.RECEIPT_DELEGATE)


def can_draft(user: User, form: Any, on: date) -> bool:
    """The team's people for its own forms, the provincial office for provincial and central ones."""
    if form.source == Source.TEAM:
        return rules.is_team_member(user, form, on)
    return any(rules.holds(user, role, form, on) for role in OFFICE_PEOPLE)


def can_receive(user: User, form: Any, on: date) -> bool:
    """The unit's liaison or head, or whoever the head delegated receipts to on that day."""
    return any(rules.holds(user, role, form, on) for role in UNIT_RECEIVERS)


@dataclass(frozen=True)
class Drafters:
    """Whoever may draft this form."""

    roles: tuple[str, ...] = (*rules.TEAM_PEOPLE, *OFFICE_PEOPLE)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return can_draft(situation.actor, subject, situation.on)

    def words(self, subject: Any) -> str:
        roles = rules.TEAM_PEOPLE if subject.source == Source.TEAM else OFFICE_PEOPLE
        vocabulary = vocabulary_of(subject.campaign_id)
        return "、".join(vocabulary.role_word(role) for role in roles)

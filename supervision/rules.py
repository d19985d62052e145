""" "May I?": typed predicates over the person's scope, used by transitions, templates and the API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from supervision.core.transitions import Situation
from supervision.models.people import TeamMembership
from supervision.models.signing import Endorsement
from supervision.vocabulary import vocabulary_of

TEAM_PEOPLE = (Role.MEMBER, Role.DEPUTY, Role.LEADER)


def holds(user: User, role: str, subject: Any, on: date) -> bool:
    """Does the person hold `role` on the subject's campaign, body, team or unit, whichever the role lives on?"""
    return user.scope.holds(role, getattr(subject, f"{OBJECT_OF[role]}_id"), on)


def may_change_settings(user: User, campaign: Any, on: date) -> bool:
    """The campaign's vocabulary, structure and calendar: the provincial office's lead decides."""
    return holds(user, Role.OFFICE_LEAD, campaign, on)


def may_read_settings(user: User, campaign: Any, on: date) -> bool:
    """The whole provincial office reads the settings with their history."""
    return holds(user, Role.OFFICE, campaign, on) or may_change_settings(user, campaign, on)


def is_team_member(user: User, subject: Any, on: date) -> bool:
    """Leader, deputy or member of the subject's team (the sponsor is not one of its working members)."""
    return any(holds(user, role, subject, on) for role in TEAM_PEOPLE)


def is_supervising(user: User, campaign_id: int | None) -> bool:
    """Does the reader stand on the supervising side anywhere? Units do not learn of drafts and notes."""
    scope = user.scope
    return bool(campaign_id in scope.campaigns or scope.bodies or scope.teams)


def is_unit_liaison(user: User, subject: Any, on: date) -> bool:
    return holds(user, Role.LIAISON, subject, on)


def is_unit_head(user: User, subject: Any, on: date) -> bool:
    return holds(user, Role.HEAD, subject, on)


def can_sign_report(user: User, subject: Any, on: date) -> bool:
    """The unit's head, or whoever the head delegated reports to on that day."""
    return is_unit_head(user, subject, on) or holds(user, Role.REPORT_DELEGATE, subject, on)


def acts_as_leader(user: User, subject: Any, on: date, *, instead_of: int | None = None) -> bool:
    """The leader; the deputy while the leader is recorded absent; then the sponsor.

    `instead_of` names a person who cannot act here (a leader cannot sign a draft of their own): the next one may.
    """
    if holds(user, Role.LEADER, subject, on):
        return True
    if not (holds(user, Role.DEPUTY, subject, on) or holds(user, Role.SPONSOR, subject, on)):
        return False
    present = {role for role, person in _at_hand(user, subject.team_id, on) if person != instead_of}
    if holds(user, Role.DEPUTY, subject, on):
        return Role.LEADER not in present
    return not present & {Role.LEADER, Role.DEPUTY}


def _at_hand(user: User, team_id: int, on: date) -> list[tuple[str, int]]:
    """Leader and deputies whom the team has at hand that day.

    Kept with the account, as its scope is; all teams in which the person may stand in are read at once.
    """
    kept: dict[tuple[int, date], list[tuple[str, int]]] = user.__dict__.setdefault("_at_hand", {})
    if (team_id, on) not in kept:
        teams = user.scope.ids(Role.DEPUTY, Role.SPONSOR) | {team_id}
        kept.update({(team, on): [] for team in teams})
        away = Q(absent_from__lte=on) & (Q(absent_until__isnull=True) | Q(absent_until__gte=on))
        gone = Q(starts_on__gt=on) | Q(ends_on__lt=on)
        rows = TeamMembership.objects.filter(team_id__in=teams, role__in=(Role.LEADER, Role.DEPUTY))
        for team, role, person in rows.exclude(away).exclude(gone).values_list("team_id", "role", "user_id"):
            kept[team, on].append((role, person))
    return kept[team_id, on]


def stands_in_for(user: User, role: str, subject: Any, on: date) -> bool:
    """Does the person, who may act, do it for the leader and not in that role of their own?"""
    return role == Role.LEADER and not holds(user, Role.LEADER, subject, on)


def _as(role: str, user: User, subject: Any, on: date, instead_of: int | None = None) -> bool:
    if role == Role.LEADER:
        return acts_as_leader(user, subject, on, instead_of=instead_of)
    return holds(user, role, subject, on)


@dataclass(frozen=True)
class Anyone:
    """Any holder of one of the roles on the subject. `Role.LEADER` includes whoever acts as leader that day."""

    roles: tuple[str, ...]

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return any(_as(role, situation.actor, subject, situation.on) for role in self.roles)

    def words(self, subject: Any) -> str:
        vocabulary = vocabulary_of(subject.campaign_id)
        return "、".join(vocabulary.role_word(role) for role in self.roles)


def anyone(*roles: str) -> Anyone:
    return Anyone(roles)


@dataclass(frozen=True)
class ThePerson:
    """One named person of the subject, for example its submitter."""

    roles: tuple[str, ...]
    who: Callable[[Any], int | None]
    word: Any

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return situation.actor.pk == self.who(subject)

    def words(self, subject: Any) -> str:
        return str(self.word)


@dataclass(frozen=True)
class ByRoute:
    """Whoever the campaign's approval route names for the subject's next step.

    `signs`: True for the move of the last step, False for the endorsement 核稿 of the steps before it, None for a
    move that belongs to whichever step is next (giving back).
    `author` names whose draft it is: a leader's own goes to the deputy or the sponsor.
    """

    document: str
    signs: bool | None
    roles: tuple[str, ...]  # the default route's, for the docs and the matrix
    author: Callable[[Any], int | None]

    def __call__(self, subject: Any, situation: Situation) -> bool:
        role, is_last = next_step(self.document, subject)
        if self.signs is not None and is_last != self.signs:
            return False
        return _as(role, situation.actor, subject, situation.on, self.author(subject))

    def words(self, subject: Any) -> str:
        return vocabulary_of(subject.campaign_id).role_word(next_step(self.document, subject)[0])


def next_step(document: str, subject: Any) -> tuple[str, bool]:
    """The role of the next step of the subject's route, and whether that step signs."""
    steps = vocabulary_of(subject.campaign_id).route(document, subject.route_source, subject.is_key)
    if len(steps) == 1:
        return steps[0], True
    done = Endorsement.objects.filter(
        subject_kind=subject.kind, subject_id=subject.pk, round=subject.route_round(document)
    ).count()
    done = min(done, len(steps) - 1)
    return steps[done], done == len(steps) - 1

"""Changing an approval route: one to three steps for a document, a source and a weight; the last step signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import OBJECT_OF, Role, codename
from supervision.core.models.version import VocabularyVersion
from supervision.core.refusals import Condition, Unmet
from supervision.effects import CHANGE, Change
from supervision.enums import TEAMS_OWN, Document, Source
from supervision.models.campaign import Campaign, CampaignGrant
from supervision.models.organisation import Body, BodyGrant, Team, TeamGrant
from supervision.models.vocabulary import ApprovalRoute, ApprovalStep
from supervision.services.settings.rows import locked_campaign, note_change
from supervision.vocabulary import vocabulary_of

KIND = "routes"
MOST = 3
ROLES = (Role.DEPUTY, Role.LEADER, Role.SPONSOR, Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)
_GRANTS: dict[str, Any] = {"campaign": CampaignGrant, "body": BodyGrant, "team": TeamGrant}


@dataclass(frozen=True)
class Case:
    """What a route is for. An inspection's weight says whether it is unannounced 暗访."""

    document: str
    source: str
    is_key: bool

    @property
    def weight(self) -> str:
        if self.document == Document.INSPECTION:
            return _("暗访") if self.is_key else _("明查")
        return _("重点") if self.is_key else _("一般")

    @property
    def label(self) -> str:
        words = (Document(self.document).label, Source(self.source).label, self.weight)
        return "·".join(str(word) for word in words)


def cases() -> list[Case]:
    """Every case that can come up: visits and advice are the teams' own, what is central is always key."""
    found = [Case(document, Source.TEAM, key) for document in TEAMS_OWN for key in (False, True)]
    for document in (Document.FEEDBACK_FORM, Document.RECTIFICATION_PLAN, Document.CLOSURE_SHEET):
        found += [Case(document, source, key) for source in (Source.TEAM, Source.PROVINCIAL) for key in (False, True)]
        found.append(Case(document, Source.CENTRAL, True))
    return found


def steps_of(campaign_id: int, case: Case) -> tuple[str, ...]:
    """The roles of the route as it stands; empty where there is none yet."""
    return vocabulary_of(campaign_id).routes.get((case.document, case.source, case.is_key), ())


def proposed_route(campaign: Campaign, case: Case, roles: Sequence[str], on: date) -> Change:
    was = {"case": case, "roles": steps_of(campaign.pk, case)}
    return Change(campaign, KIND, CHANGE, on, row=was, values={"case": case, "roles": tuple(roles)})


def word(campaign: Campaign, role: str) -> str:
    return vocabulary_of(campaign.pk).role_word(role)


def faults(change: Change) -> list[Condition]:
    """Why this route cannot be."""
    case, roles = change.values["case"], change.values["roles"]
    found = [*_shape(roles), *_duties(case, roles)]
    holders = {role: _holders(change.campaign, role, change.on) for role in roles}
    for role in roles:
        if not holders[role]:
            words = {"role": word(change.campaign, role)}
            found.append(Condition("roles", _("现在没有人担任“%(role)s”，到这一步就停住了。") % words))
    return found


def _shape(roles: Sequence[str]) -> Iterator[Condition]:
    if not 1 <= len(roles) <= MOST:
        yield Condition("roles", _("审批路径有一至三步，最后一步签发。"))
    if any(role not in ROLES for role in roles):
        yield Condition("roles", _("有的角色不能参加审批。"))
    if len(set(roles)) < len(roles):
        yield Condition("roles", _("同一角色不能在一条路径里出现两次，各步须由不同的人办理。"))


def _duties(case: Case, roles: Sequence[str]) -> Iterator[Condition]:
    """Separation of duties must stay possible: a key item's verification is confirmed by the leader."""
    if case.document == Document.CLOSURE_SHEET and case.is_key and roles and roles[-1] == Role.LEADER:
        yield Condition("roles", _("重点事项由组长确认核验，销号须由另一人审批，请选择组长以外的角色。"))


def _holders(campaign: Campaign, role: str, on: date) -> set[int]:
    """The campaign's bodies, teams (or the campaign itself) on which somebody holds the role that day."""
    kind = OBJECT_OF[role]
    column = "content_object_id" if kind == "campaign" else "content_object__campaign_id"
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    rows = _GRANTS[kind].objects.filter(
        begun, lasting, permission__codename=codename(role), user__is_active=True, **{column: campaign.pk}
    )
    return set(rows.values_list("content_object_id", flat=True))


def nobody_there(campaign: Campaign, role: str, on: date) -> list[str]:
    """The names of the bodies or teams where nobody holds the role now: there the route would wait."""
    kind = OBJECT_OF[role]
    if kind == "campaign":
        return []
    model: Any = Body if kind == "body" else Team
    there = model.objects.filter(campaign=campaign).exclude(pk__in=_holders(campaign, role, on))
    return [row.name for row in there]


@transaction.atomic
def change_route(*, campaign_id: int, case: Case, roles: Sequence[str], actor: User, at: datetime) -> ApprovalRoute:
    """Give a case its steps anew. What waits for a signature follows the new steps at once."""
    campaign = locked_campaign(campaign_id, actor, at)
    change = proposed_route(campaign, case, roles, campaign.day_of(at))
    if conditions := faults(change):
        raise Unmet(tuple(conditions))
    was = steps_of(campaign_id, case)
    if tuple(roles) == was:
        raise Unmet((Condition("row", _("没有改动任何内容。")),))
    route, _new = ApprovalRoute.objects.get_or_create(
        campaign=campaign, document=case.document, source=case.source, is_key=case.is_key
    )
    route.steps.all().delete()
    ApprovalStep.objects.bulk_create(
        ApprovalStep(route=route, number=number, role=role) for number, role in enumerate(roles, 1)
    )
    VocabularyVersion.rise()
    changes = {"roles": [list(was), list(roles)]}
    note_change(campaign, kind=KIND, act=CHANGE, name=case.label, changes=changes, actor=actor, at=at)
    return route

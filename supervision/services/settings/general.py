"""The campaign's own switches, and its words for roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from supervision.core.refusals import Condition, Unmet
from supervision.effects import CHANGE, Change
from supervision.models.campaign import Campaign
from supervision.services.settings.rows import locked_campaign, note_change, raw

GENERAL, WORDS = "general", "words"
FIELDS = (
    "name", "short_name", "promise", "day_ends_at", "report_clock", "paper_days_back", "paper_excludes_key",
    "delegation_max_days", "one_person_units", "contact_within_days", "units_see_contacts", "talks_kept_offline",
    "remind_from", "mail_timing",
)  # fmt: skip


def proposed_general(campaign: Campaign, values: Mapping[str, Any], on: date) -> Change:
    given = {name: value for name, value in values.items() if name in FIELDS}
    return Change(campaign, GENERAL, CHANGE, on, row=campaign, values=given)


def proposed_words(campaign: Campaign, words: Mapping[str, str], on: date) -> Change:
    """Words as they would be; a role without one has the standard word."""
    given = {role: word.strip() for role, word in words.items() if role in Role.values and word.strip()}
    standard = {role: word for role, word in given.items() if word != str(Role(role).label)}
    return Change(campaign, WORDS, CHANGE, on, row=campaign, values={"role_words": standard})


def faults(change: Change) -> list[Condition]:
    """Two roles with one word cannot be told apart on a page."""
    if change.kind != WORDS:
        return []
    words = change.values["role_words"]
    shown = [words.get(role) or str(Role(role).label) for role in Role.values]
    twice = sorted({word for word in shown if shown.count(word) > 1})
    return [Condition("row", _("“%(word)s”用在了两个角色上，请区分开。") % {"word": word}) for word in twice]


@transaction.atomic
def change_general(*, campaign_id: int, values: Mapping[str, Any], actor: User, at: datetime) -> Campaign:
    campaign = locked_campaign(campaign_id, actor, at)
    return _save(campaign, proposed_general(campaign, values, campaign.day_of(at)), actor, at)


@transaction.atomic
def change_words(*, campaign_id: int, words: Mapping[str, str], actor: User, at: datetime) -> Campaign:
    campaign = locked_campaign(campaign_id, actor, at)
    return _save(campaign, proposed_words(campaign, words, campaign.day_of(at)), actor, at)


def _save(campaign: Campaign, change: Change, actor: User, at: datetime) -> Campaign:
    if conditions := faults(change):
        raise Unmet(tuple(conditions))
    changes = differences(change)
    if not changes:
        raise Unmet((Condition("row", _("没有改动任何内容。")),))
    name = str(campaign)
    for each, value in change.values.items():
        setattr(campaign, each, value)
    campaign.save(update_fields=list(change.values))
    note_change(campaign, kind=change.kind, act=CHANGE, name=name, changes=changes, actor=actor, at=at)
    return campaign


def differences(change: Change) -> dict[str, list[Any]]:
    """What is, and what would be, field by field; of words, role by role."""
    if change.kind != WORDS:
        return {
            name: [raw(getattr(change.row, name)), raw(value)]
            for name, value in change.values.items()
            if change.alters(name)
        }
    was, now = change.row.role_words, change.values["role_words"]
    return {
        role: [was.get(role, ""), now.get(role, "")] for role in sorted({*was, *now}) if was.get(role) != now.get(role)
    }

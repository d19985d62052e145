"""The moves of a campaign, made by the provincial office's lead."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from supervision.core.events import record
from supervision.core.transitions import Transition
from supervision.models.campaign import Campaign
from supervision.transitions import ARCHIVE_CAMPAIGN, FINISH_CAMPAIGN, START_CAMPAIGN


def start_campaign(*, pk: int, actor: User, at: datetime) -> Campaign:
    """From now on business moves are possible and reminders run. Raises Unmet naming every setting that lacks."""
    return _move(START_CAMPAIGN, pk, actor, at)


def finish_campaign(*, pk: int, actor: User, at: datetime) -> Campaign:
    """No business move any more; everything stays readable."""
    return _move(FINISH_CAMPAIGN, pk, actor, at)


def archive_campaign(*, pk: int, actor: User, at: datetime) -> Campaign:
    return _move(ARCHIVE_CAMPAIGN, pk, actor, at)


@transaction.atomic
def _move(move: Transition, pk: int, actor: User, at: datetime) -> Campaign:
    campaign = Campaign.objects.locked(pk)
    move.check(campaign, actor, at=at)
    assert move.target is not None
    was, campaign.status = campaign.status, move.target
    campaign.save(update_fields=["status"])
    record(move.verb, subject=campaign, actor=actor, at=at, was=was, now=campaign.status)
    return campaign

"""What beat does for every running campaign: remind, and write what is to leave the system."""

from __future__ import annotations

import logging
from datetime import datetime

from supervision.enums import CampaignStatus
from supervision.models.campaign import Campaign
from supervision.services.mailing import write_mail
from supervision.services.reminders import remind
from supervision.services.summaries import write_messages

log = logging.getLogger(__name__)


def reminding_round(*, at: datetime) -> int:
    """Each campaign and each step on its own: a campaign that always fails holds up no other, and still shows.

    Returns how many reminders are new. Raises what went wrong first, after everything else was done.
    """
    running = Campaign.objects.filter(status=CampaignStatus.RUNNING).order_by("pk").values_list("pk", flat=True)
    new, faults = 0, []
    for campaign_id in list(running):
        try:
            new += remind(campaign_id=campaign_id, at=at)
            write_mail(campaign_id=campaign_id, at=at)
            write_messages(campaign_id=campaign_id, at=at)
        except Exception as fault:
            log.exception("The reminders of campaign %s failed.", campaign_id)
            faults.append(fault)
    if faults:
        raise faults[0]
    return new

"""Whose move a report is and until when: for the top of its page and for the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from rectification.enums import ReportStatus
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.transitions import SUBMIT
from supervision.core.deadlines import Clock
from supervision.core.refusals import Sentence
from supervision.enums import Source
from supervision.vocabulary import vocabulary_of

OFFICE_OF = {Source.TEAM: Role.BODY_OFFICE, Source.PROVINCIAL: Role.OFFICE, Source.CENTRAL: Role.OFFICE_LEAD}
TEAM_WORD = _("督导组")


def whose_move(report: Report, items: Iterable[RectificationItem]) -> tuple[Sentence, date | None]:
    """Who acts next, and the nearest date of the clock that runs for it; nobody when the report is settled."""
    word = vocabulary_of(report.campaign_id).role_word
    waiting = list(items)
    to_submit = min((item.clock_due_on for item in waiting if item.status in SUBMIT.sources), default=None)
    if report.status in (ReportStatus.DRAFT, ReportStatus.RETURNED):
        return word(Role.LIAISON), to_submit
    if report.status == ReportStatus.PENDING_SIGNOFF:
        return word(Role.HEAD), to_submit
    if report.status == ReportStatus.SUBMITTED:
        return TEAM_WORD, min((item.clock_due_on for item in waiting if item.clock == Clock.TEAM), default=None)
    if report.status == ReportStatus.APPROVED:
        return word(OFFICE_OF[Source(report.source)]), None
    return "", None

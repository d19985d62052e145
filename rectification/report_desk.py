"""Whose move a report is and until when: for the top of its page, and for many at once on everybody's desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from rectification.enums import ItemStatus, ReportStatus
from rectification.ledger import ANSWERED, VERIFIED
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.report import Report
from rectification.transitions import SUBMIT
from supervision.core.deadlines import Clock
from supervision.core.refusals import Sentence
from supervision.enums import SignatureForm, Source
from supervision.models.signing import Signature
from supervision.rules import TEAM_PEOPLE
from supervision.vocabulary import vocabulary_of

OFFICE_OF = {Source.TEAM: Role.BODY_OFFICE, Source.PROVINCIAL: Role.OFFICE, Source.CENTRAL: Role.OFFICE_LEAD}
TEAM_WORD = _("督导组")
SIGNERS = (Role.HEAD, Role.REPORT_DELEGATE)
WRITING = (ReportStatus.DRAFT, ReportStatus.RETURNED)
COVERING = (*WRITING, ReportStatus.PENDING_SIGNOFF)  # the unit's own work on these items goes on in the report


def whose_move(report: Report, items: Iterable[RectificationItem]) -> tuple[Sentence, date | None]:
    """Who acts next, and the nearest date of the clock that runs for it; nobody when the report is settled."""
    word = vocabulary_of(report.campaign_id).role_word
    waiting = list(items)
    to_submit = min((item.clock_due_on for item in waiting if item.status in SUBMIT.sources), default=None)
    if report.status in WRITING:
        return word(Role.LIAISON), to_submit
    if report.status == ReportStatus.PENDING_SIGNOFF:
        return word(Role.HEAD), to_submit
    if report.status == ReportStatus.SUBMITTED:
        return TEAM_WORD, min((item.clock_due_on for item in waiting if item.clock == Clock.TEAM), default=None)
    if report.status == ReportStatus.APPROVED:
        return word(OFFICE_OF[Source(report.source)]), None
    return "", None


def reports_of(user: User, campaign_id: int) -> QuerySet[Any]:
    """Reports whose next move is this person's, with what is still missing counted. One query.

    A signed report comes to the team when all its items are verified (until then each item stands on the desk itself),
    and before that when its scan is to be compared: nothing is verified without.
    """
    scope = user.scope
    approved = Q(status=ReportStatus.APPROVED)
    signed = Q(status=ReportStatus.SUBMITTED, team_id__in=scope.ids(*TEAM_PEOPLE))
    author = Q(drafted_by=user) | Q(sent_by=user) | Q(signer=user)
    mine = (
        Q(status__in=WRITING, unit_id__in=scope.ids(Role.LIAISON))
        | Q(status=ReportStatus.PENDING_SIGNOFF, unit_id__in=scope.ids(*SIGNERS))
        | (signed & (Q(to_compare=True) | (Q(unverified=0) & ~author)))
        | (approved & Q(form__source=Source.TEAM, body_id__in=scope.ids(Role.BODY_OFFICE)))
        | (approved & Q(form__source=Source.PROVINCIAL, campaign_id__in=scope.ids(Role.OFFICE, Role.OFFICE_LEAD)))
        | (approved & Q(form__source=Source.CENTRAL, campaign_id__in=scope.ids(Role.OFFICE_LEAD)))
    )
    return counted(Report.objects.filter(campaign_id=campaign_id)).filter(mine).order_by("due_on", "filed_at", "pk")


def counted(reports: QuerySet[Any]) -> QuerySet[Any]:
    """With the nearest date, the items covered, and what each part still lacks."""
    settled = (*VERIFIED, ItemStatus.CANCELLED)
    measures = Measure.objects.exclude(state__in=ANSWERED)
    bare = RectificationItem.objects.exclude(Exists(Evidence.objects.standing().filter(item=OuterRef("pk"))))
    paper = Signature.objects.filter(subject_kind=Report.kind, subject_id=OuterRef("pk"), form=SignatureForm.PAPER)
    return reports.select_related("unit", "form").annotate(
        to_compare=Exists(paper.filter(confirmed_at__isnull=True, disputed_at__isnull=True)),
        due_on=Min("answers__item__clock_due_on", filter=Q(answers__item__status__in=SUBMIT.sources)),
        covered=Count("answers"),
        unanswered=Count("answers", filter=Q(answers__text="")),
        unverified=Count("answers", filter=~Q(answers__item__status__in=settled)),
        measures_open=_count(measures, "item__answers__report"),
        without_evidence=_count(bare, "answers__report"),
    )


def _count(rows: QuerySet[Any], report: str) -> Coalesce:
    """How many of `rows` belong to the report; `report` is the way from a row to it."""
    mine = rows.filter(**{report: OuterRef("pk")}).order_by().values(report).annotate(n=Count("pk"))
    return Coalesce(Subquery(mine.values("n"), output_field=IntegerField()), 0)


def missing_of(report: Any) -> list[str]:
    """What a report of `counted` still lacks, in the writer's words."""
    found = [str(_("总体情况未写"))] if not report.overall.strip() else []
    for count, words in (
        (report.unanswered, _("%(count)d个事项的整改情况未写")),
        (report.measures_open, _("%(count)d条措施未完成")),
        (report.without_evidence, _("%(count)d个事项没有佐证材料")),
    ):
        if count:
            found.append(words % {"count": count})
    return found

"""The reports on the workbench: 待我签, to read, drafts. Two queries a panel at most."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from rectification.enums import ItemStatus, ReportStatus
from rectification.ledger import ANSWERED, VERIFIED
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.transitions import SUBMIT
from supervision.core.panels import Panel, register_panel
from supervision.current import current_campaign
from supervision.enums import Source
from supervision.rules import TEAM_PEOPLE

SHOWN = 20
LIVE = (ReportStatus.DRAFT, ReportStatus.PENDING_SIGNOFF, ReportStatus.SUBMITTED, ReportStatus.RETURNED)
SIGNERS = (Role.HEAD, Role.REPORT_DELEGATE)
OFFICES = (Role.BODY_OFFICE, Role.OFFICE, Role.OFFICE_LEAD)


def _mine(request: HttpRequest) -> tuple[User, QuerySet[Any]] | None:
    """The reader and the reports of the campaign they look at."""
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return None
    rows = Report.objects.filter(campaign=campaign).select_related("unit", "form")
    return request.user, rows.annotate(
        covered=Count("answers", distinct=True), due_on=Min("answers__item__clock_due_on")
    )


def _to_sign(request: HttpRequest) -> dict[str, Any]:
    """Each sheet as three lines: what, what changed since the last version, what is missing. One query."""
    mine = _mine(request)
    if mine is None:
        return {"sheets": []}
    user, rows = mine
    stands = Q(answers__item__evidence__isnull=False, answers__item__evidence__withdrawn_at__isnull=True)
    waiting = rows.filter(unit_id__in=user.scope.ids(*SIGNERS), status=ReportStatus.PENDING_SIGNOFF).annotate(
        measures_open=Count(
            "answers__item__measures",
            filter=Q(answers__item__measures__isnull=False) & ~Q(answers__item__measures__state__in=ANSWERED),
            distinct=True,
        ),
        with_evidence=Count("answers__item", filter=stands, distinct=True),
    )
    return {"sheets": [_sheet(report) for report in waiting.order_by("filed_at")[:SHOWN]]}


def _sheet(report: Any) -> dict[str, Any]:
    return {"report": report, "what": _what(report), "changed": _changed(report), "missing": _missing(report)}


def _what(report: Any) -> str:
    return _("%(unit)s：%(title)s，共%(count)d个事项") % {
        "unit": report.unit.name, "title": report.title, "count": report.covered,
    }  # fmt: skip


def _changed(report: Any) -> str:
    if not report.version:
        return _("首次报送，没有上一版。")
    if report.return_note:
        return _("第%(version)d版被退回后修改，退回意见：%(note)s") % {
            "version": report.version, "note": report.return_note,
        }  # fmt: skip
    return _("第%(version)d版之后修改。") % {"version": report.version}


def _missing(report: Any) -> str:
    lines = []
    if report.measures_open:
        lines.append(_("%(count)d条措施未完成") % {"count": report.measures_open})
    if report.covered > report.with_evidence:
        lines.append(_("%(count)d个事项没有佐证材料") % {"count": report.covered - report.with_evidence})
    return "；".join(lines) or _("材料齐全。")


def _to_read(request: HttpRequest) -> dict[str, Any]:
    """Signed reports that the team reads, and approved ones that the office files. One query."""
    mine = _mine(request)
    if mine is None:
        return {"reports": []}
    user, rows = mine
    scope = user.scope
    approved = Q(status=ReportStatus.APPROVED)
    wanted = (
        Q(status=ReportStatus.SUBMITTED, team_id__in=scope.ids(*TEAM_PEOPLE))
        | (approved & Q(form__source=Source.TEAM, body_id__in=scope.ids(Role.BODY_OFFICE)))
        | (approved & Q(form__source=Source.PROVINCIAL, campaign_id__in=scope.ids(Role.OFFICE, Role.OFFICE_LEAD)))
        | (approved & Q(form__source=Source.CENTRAL, campaign_id__in=scope.ids(Role.OFFICE_LEAD)))
    )
    settled = (*VERIFIED, ItemStatus.CANCELLED)
    unverified = Count("answers", filter=~Q(answers__item__status__in=settled), distinct=True)
    return {"reports": rows.filter(wanted).annotate(unverified=unverified).order_by("signed_at")[:SHOWN]}


def _drafts(request: HttpRequest) -> dict[str, Any]:
    """What the liaison is writing, and forms with items that no report covers yet. Two queries."""
    mine = _mine(request)
    if mine is None:
        return {"reports": [], "forms": []}
    user, rows = mine
    units = user.scope.ids(Role.LIAISON)
    writing = (ReportStatus.DRAFT, ReportStatus.RETURNED)
    free = RectificationItem.objects.filter(
        unit_id__in=units, status__in=SUBMIT.sources, campaign=current_campaign(request)
    )
    forms = free.exclude(answers__report__status__in=LIVE).values("form_id", "form__number", "form__title")
    return {
        "reports": rows.filter(unit_id__in=units, status__in=writing).order_by("due_on")[:SHOWN],
        "forms": forms.annotate(free=Count("pk"), due_on=Min("clock_due_on")).order_by("due_on")[:SHOWN],
        "on": _today(request),
    }


def _today(request: HttpRequest) -> Any:
    campaign = current_campaign(request)
    return campaign.day_of(timezone.now()) if campaign else None


def _signs(user: Any) -> bool:
    return bool(user.scope.has(*SIGNERS))


def _reads(user: Any) -> bool:
    return bool(user.scope.has(*TEAM_PEOPLE, *OFFICES))


def _writes(user: Any) -> bool:
    return bool(user.scope.has(Role.LIAISON))


TO_SIGN = Panel(
    "reports-to-sign", "workbench", 10, "rectification/panel_reports_to_sign.html", _to_sign, _signs, is_duty=True
)
TO_READ = Panel(
    "reports-to-read", "workbench", 40, "rectification/panel_reports_to_read.html", _to_read, _reads, is_duty=True
)
DRAFTS = Panel(
    "reports-drafts", "workbench", 30, "rectification/panel_reports_drafts.html", _drafts, _writes, is_duty=True
)


def register() -> None:
    """Called from `apps.ready()`."""
    for panel in (TO_SIGN, TO_READ, DRAFTS):
        register_panel(panel)

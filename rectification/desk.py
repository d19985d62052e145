"""Items and reports on everybody's desk: what I must do by when, what waits for others, which dates fall due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from rectification import item_desk, report_desk
from rectification.enums import ItemStatus, ReportStatus
from rectification.ledger import ANSWERED
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.report_desk import missing_of
from rectification.report_transitions import APPROVE, FILE, SEND_FOR_SIGNATURE, SIGN
from rectification.transitions import RECORD_VERIFICATION, START, SUBMIT, SUBMIT_PLAN, VERIFY
from supervision import rules
from supervision.core import desk
from supervision.core.deadlines import Clock
from supervision.core.desk import Asked, DateLine, DutyLine, WaitingLine
from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.vocabulary import vocabulary_of

S = ItemStatus
LOOKED_AT = 500
WAITING_SHOWN = 20
PLAN, CLOSURE = "plan", "closure"  # the sheets of an item in the queue 待我签
WRITE_REPORT = gettext_lazy("起草整改报告")
DATES: dict[str, Sentence] = {
    S.ASSIGNED: gettext_lazy("方案时限"),
    S.PLAN_REVIEW: gettext_lazy("方案审核时限"),
    S.SUBMITTED: gettext_lazy("核验时限"),
    S.PENDING_CLOSE: gettext_lazy("销号时限"),
}
TO_RECTIFY = gettext_lazy("整改时限")


# --- items ------------------------------------------------------------------------------------------------------------


def _item_duties(asked: Asked) -> Iterator[DutyLine]:
    """A line for each item; those that are ready and in no report are one line for each form. One query."""
    ready: dict[int, list[RectificationItem]] = {}
    for item in _mine(asked)[:LOOKED_AT]:
        if item.status in SUBMIT.sources and not item.has_open_measure and item.has_evidence:
            ready.setdefault(item.form_id, []).append(item)
        else:
            yield _item_line(item, asked)
    for items in ready.values():
        yield _report_to_write(items)


def _mine(asked: Asked) -> QuerySet[Any]:
    """With what decides which action comes first. What a report of the unit covers stands in that report's line."""
    measures = Measure.objects.filter(item=OuterRef("pk"))
    standing = Evidence.objects.filter(item=OuterRef("pk"), withdrawn_at__isnull=True, effective_on__lte=asked.on)
    covering = ReportItem.objects.filter(item=OuterRef("pk"), report__status__in=report_desk.COVERING)
    found = item_desk.duties_of(asked.user, asked.on, asked.campaign_id).filter(asked.within)
    return (
        found.annotate(
            has_measure=Exists(measures),
            has_open_measure=Exists(measures.exclude(state__in=ANSWERED)),
            has_evidence=Exists(standing),
        )
        .exclude(Q(status__in=SUBMIT.sources) & Exists(covering))
        .select_related("form")
    )


def _item_line(item: Any, asked: Asked) -> DutyLine:
    duty = item_desk.duty(item)
    sheet = {S.PLAN_REVIEW: PLAN, S.PENDING_CLOSE: CLOSURE}.get(item.status, "")
    action, url = _sheet_action(duty, sheet) if sheet else _item_action(item, asked)
    returned = item.status == S.RETURNED and item.return_note
    return DutyLine(
        kind=item.kind,
        pk=item.pk,
        label=item.label,
        number=item.number,
        url=item.get_absolute_url(),
        unit=item.unit.name,
        action=action,
        action_url=url,
        due_on=item.clock_due_on,
        since=item.submitted_at,
        as_whom=_acting(duty, asked),
        state=item.get_status_display(),
        note=_("补充要求：%(note)s") % {"note": item.return_note} if returned else "",
        is_key=item.is_key,
        sheet=sheet,
    )


def _acting(duty: item_desk.Duty, asked: Asked) -> Sentence:
    if not rules.stands_in_for(asked.user, duty.role, duty.item, asked.on):
        return ""
    return vocabulary_of(asked.campaign_id).acting_word(duty.role)


def _sheet_action(duty: item_desk.Duty, sheet: str) -> tuple[Sentence, str]:
    """A plan is read on its sheet; a close-out is decided in the office's queue, with the evidence beside it."""
    if sheet == CLOSURE:
        return duty.move.label, f"{reverse('rectification:closing-queue')}?item={duty.item.pk}"
    return duty.move.label, reverse(f"rectification:{sheet}-sheet", args=[duty.item.pk])


def _item_action(item: Any, asked: Asked) -> tuple[Sentence, str]:
    """The one thing to do next, and where."""
    move = item_desk.duty(item).move
    if move in (RECORD_VERIFICATION, VERIFY):
        return move.label, _move_url(item, move.name)
    if move in (START, SUBMIT_PLAN):
        return _plan_action(item, asked)
    if item.has_open_measure:
        return _("填报进展"), _move_url(item, "note_progress")
    return _("上传佐证材料"), _move_url(item, "add_evidence")


def _plan_action(item: Any, asked: Asked) -> tuple[Sentence, str]:
    """Fill the plan in first; then begin, or hand it in (of key items the head)."""
    if item.is_immediate:
        return (START.label, _move_url(item, START.name)) if item.has_measure else _write_plan(item)
    hands_in = rules.holds(asked.user, Role.HEAD if item.is_key else Role.LIAISON, item, asked.on)
    is_filled = item.has_measure and item.root_cause.strip() and item.responsible_leader.strip()
    if is_filled and hands_in:
        return SUBMIT_PLAN.label, _move_url(item, SUBMIT_PLAN.name)
    return _write_plan(item)


def _write_plan(item: RectificationItem) -> tuple[Sentence, str]:
    return _("填写整改方案"), _move_url(item, "save_plan")


def _move_url(item: RectificationItem, name: str) -> str:
    return reverse("rectification:item-move", args=[item.pk, name.replace("_", "-")])


def _report_to_write(items: list[RectificationItem]) -> DutyLine:
    first = items[0]
    return DutyLine(
        kind=first.form.kind,
        pk=first.form_id,
        label=first.form.label,
        number=first.form.number,
        url=first.form.get_absolute_url(),
        unit=first.unit.name,
        action=WRITE_REPORT,
        action_url=reverse("rectification:report-new", args=[first.form_id]),
        due_on=first.clock_due_on,
        note=_("%(count)d个事项的措施和佐证材料已齐备，可以写入报告。") % {"count": len(items)},
        is_key=any(item.is_key for item in items),
    )


def _item_waiting(asked: Asked) -> Iterator[WaitingLine]:
    """What others must move, with whom and since when. Two queries, or three where a route has several steps."""
    found = item_desk.waiting_of(asked.user, asked.on, asked.campaign_id).filter(asked.within)
    items = list(found[:WAITING_SHOWN])
    since = _since([item.pk for item in items])
    heads = asked.user.scope.ids(Role.HEAD)
    liaison = vocabulary_of(asked.campaign_id).role_word(Role.LIAISON)
    for item, whose in zip(items, item_desk.whose_moves(items), strict=True):
        is_own = item.unit_id in heads and item.status in item_desk.WITH_UNIT
        yield WaitingLine(
            label=item.label,
            url=item.get_absolute_url(),
            unit=item.unit.name,
            whose=liaison if is_own else whose,
            state=item.get_status_display(),
            since=since.get(item.pk),
            due_on=item.clock_due_on,
        )


def _since(items: Iterable[int]) -> dict[int, Any]:
    """Since when each item is in its state: its last event that led to one."""
    events = Event.objects.filter(subject_kind=RectificationItem.kind, subject_id__in=items).exclude(now="")
    return dict(events.order_by().values_list("subject_id").annotate(at=Max("at")))


def _item_dates(asked: Asked, since: date, until: date) -> Iterator[DateLine]:
    """Whose clock ends on which day: one line a day and state, however many items. One query."""
    rows = RectificationItem.objects.visible_to(asked.user).filter(asked.within, campaign_id=asked.campaign_id)
    running = rows.filter(clock_due_on__range=(since, until)).exclude(clock=Clock.NONE).exclude(status=S.PENDING)
    by_day = running.order_by().values("clock_due_on", "status")
    for row in by_day.annotate(n=Count("pk"), one=Min("pk"), number=Min("number"), unit_name=Min("unit__name")):
        url, label = reverse("rectification:item", args=[row["one"]]), f"{row['number']} {row['unit_name']}"
        if row["n"] > 1:
            url = f"{reverse('rectification:ledger')}?status={row['status']}&sort=clock_due_on"
            label = _("%(count)d个整改事项") % {"count": row["n"]}
        yield DateLine(row["clock_due_on"], DATES.get(row["status"], TO_RECTIFY), label, url, row["n"])


# --- reports ----------------------------------------------------------------------------------------------------------


def _report_duties(asked: Asked) -> Iterator[DutyLine]:
    """Writing, signing, reading, filing. One query."""
    for report in report_desk.reports_of(asked.user, asked.campaign_id).filter(asked.within)[:LOOKED_AT]:
        action, url = _report_action(report)
        signs = report.status == ReportStatus.PENDING_SIGNOFF
        delegated = signs and not rules.is_unit_head(asked.user, report, asked.on)
        yield DutyLine(
            kind=report.kind,
            pk=report.pk,
            label=report.title,
            url=report.get_absolute_url(),
            unit=report.unit.name,
            action=action,
            action_url=url,
            due_on=report.due_on,
            since=report.signed_at or report.filed_at or report.created_at,
            as_whom=Role.REPORT_DELEGATE.label if delegated else "",
            state=report.get_status_display(),
            note=_report_note(report),
            sheet=report.kind if signs or (report.status == ReportStatus.SUBMITTED and not report.to_compare) else "",
        )


def _report_action(report: Any) -> tuple[Sentence, str]:
    if report.status in report_desk.WRITING:
        if missing_of(report):
            return _("继续填写报告"), reverse("rectification:report-edit", args=[report.pk])
        return SEND_FOR_SIGNATURE.label, reverse("rectification:report-move", args=[report.pk, "send-for-signature"])
    if report.status == ReportStatus.APPROVED:
        return FILE.label, reverse("rectification:report-move", args=[report.pk, FILE.name])
    if report.to_compare:
        return _("核对线下签批"), f"{report.get_absolute_url()}#versions"
    move = SIGN if report.status == ReportStatus.PENDING_SIGNOFF else APPROVE
    return move.label, reverse("rectification:report-sheet", args=[report.pk])


def _report_note(report: Any) -> str:
    """What a writer still has to do; for the others the sheet itself says it."""
    if report.status not in report_desk.WRITING:
        return _("请把纸面上的姓名和日期与扫描件核对。") if report.to_compare else ""
    missing = "；".join(missing_of(report))
    lines = [_("还差：%(what)s") % {"what": missing}] if missing else [_("各项已齐备。")]
    if report.return_note:
        lines.append(_("退回意见：%(note)s") % {"note": report.return_note})
    return " ".join(lines)


def _report_waiting(asked: Asked) -> Iterator[WaitingLine]:
    """The unit's own reports on the head's desk. No query for others than its liaison."""
    units = asked.user.scope.ids(Role.LIAISON)
    if not units:
        return
    rows = report_desk.counted(Report.objects.filter(campaign_id=asked.campaign_id, unit_id__in=units))
    head = vocabulary_of(asked.campaign_id).role_word(Role.HEAD)
    for report in rows.filter(asked.within, status=ReportStatus.PENDING_SIGNOFF)[:WAITING_SHOWN]:
        yield WaitingLine(
            label=report.title,
            url=report.get_absolute_url(),
            unit=report.unit.name,
            whose=head,
            state=report.get_status_display(),
            since=report.filed_at,
            due_on=report.due_on,
        )


def register() -> None:
    """Called from `apps.ready()`."""
    desk.register(desk.Provider("items", _item_duties, _item_waiting, _item_dates))
    desk.register(desk.Provider("reports", _report_duties, _report_waiting))

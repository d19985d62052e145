"""Sheets of the queue 待我签: a report to sign or to read, a plan to approve, a close-out to decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rectification.closing_desk import findings_of
from rectification.desk import CLOSURE, PLAN
from rectification.enums import ReportStatus
from rectification.forms.reports import ReportSignForm
from rectification.item_evidence import pieces_of, proof_of
from rectification.item_story import load
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.models.verification import last_verification
from rectification.services import plans, report_dates, report_paper
from rectification.services.report_dates import Outlook
from rectification.transitions import REFUSE_CLOSE, REFUSE_CLOSE_TO_UNIT, RETURN, RETURN_PLAN
from rectification.views.items import ItemMoveView
from rectification.views.reports import ReportMoveView
from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.core.templatetags._dates import day_text
from supervision.core.web import MovePage
from supervision.forms.signing import SCREEN, PaperSignForm
from supervision.views.queue import SheetView, Told


class ScreenSignForm(ReportSignForm):
    """Signing on screen alone; a sheet that was signed on paper is entered on the report's own page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].widget = forms.HiddenInput()
        self.fields["how"].initial = SCREEN


class ReportSheetView(SheetView, ReportMoveView):
    """The head signs what the liaison sent; the team reads what was signed once all its items are verified."""

    sheet = Report.kind
    url_name = "rectification:report-sheet"
    paper = "rectification/_report_body.html"
    deciding = ("sign", "approve")
    returning = ("give-back", "return")
    left_out = PaperSignForm.SLIP
    pages = {
        **ReportMoveView.pages,
        "sign": MovePage(ReportMoveView.pages["sign"].move, ReportMoveView.pages["sign"].service, ScreenSignForm),
    }

    def paper_context(self) -> dict[str, Any]:
        report = self.subject
        return {
            "content": report_paper.draft_content(report),
            "evidence": [(answer, pieces_of(answer.item)) for answer in report.parts],
        }

    def told(self) -> Told:
        report, count = self.subject, len(self.subject.parts)
        words = ngettext(
            "整改报告：%(unit)s，%(title)s，共%(count)d个事项",
            "整改报告：%(unit)s，%(title)s，共%(count)d个事项",
            count,
        )
        what = words % {"unit": report.unit, "title": report.title, "count": count}
        return Told(what, self._changed(), list(self._questions()))

    def _changed(self) -> Sentence:
        report = self.subject
        if not report.version:
            note = self._given_back()
            return (
                _("首次报送；您上次退给联络员的意见：%(note)s") % {"note": note}
                if note
                else _("首次报送，没有上一版。")
            )
        if report.status == ReportStatus.SUBMITTED:
            return _("第%(version)d版，各事项已核验。") % {"version": report.version}
        changes = "、".join(self.changes_of(report)) or _("文字和佐证材料没有改动")
        facts = {"version": report.version, "changes": changes, "note": report.return_note}
        if report.return_note:
            return _("第%(version)d版被退回，退回意见：%(note)s 之后改动：%(changes)s。") % facts
        return _("第%(version)d版之后改动：%(changes)s。") % facts

    def _given_back(self) -> str:
        """What the head wrote when it last went back to the liaison; one query."""
        last = Event.objects.of(Report.kind, self.subject.pk).filter(verb="report.given_back").last()
        return last.note if last else ""

    def _questions(self) -> Iterator[Sentence]:
        report = self.subject
        items = [answer.item for answer in report.parts]
        if key := [item.number for item in items if item.is_key]:
            yield _("重点事项：%(numbers)s") % {"numbers": "、".join(key)}
        if report.status == ReportStatus.PENDING_SIGNOFF:
            yield from _lateness(report_dates.outlook(report, items, self.situation.at))
        if returned := [item.number for item in items if item.returns]:
            yield _("曾被退回的事项：%(numbers)s") % {"numbers": "、".join(returned)}
        files = sum(len(item.evidence.all()) for item in items)
        yield ngettext("佐证材料%(count)d份", "佐证材料%(count)d份", files) % {"count": files}


def _lateness(outlook: Outlook) -> Iterator[Sentence]:
    """What the day of the signature means."""
    for items, words in (
        (outlook.late_today, _("今天签批也已逾期：%(numbers)s")),
        (outlook.late_tomorrow, _("明天签批将逾期：%(numbers)s")),
    ):
        if items:
            yield words % {"numbers": "、".join(item.number for item in items)}
    if not outlook.late_today and not outlook.late_tomorrow:
        yield _("今天或明天签批，各事项都不逾期。")
    else:
        yield outlook.cut_off


class _ItemSheetView(SheetView, ItemMoveView):
    """What both decisions on an item share: the item with what it rests on."""

    paper = "rectification/_beside.html"
    deciding: ClassVar[tuple[str, ...]] = ()
    returning: ClassVar[tuple[str, ...]] = ()

    def paper_context(self) -> dict[str, Any]:
        return self.shown()

    def last_note(self, *verbs: str) -> str:
        """What was asked when it last came back; one query."""
        last = Event.objects.of(RectificationItem.kind, self.subject.pk).filter(verb__in=verbs).last()
        return last.note if last else ""

    def day(self, day: date) -> str:
        return day_text(day, self.situation.on)


class PlanSheetView(_ItemSheetView):
    sheet = PLAN
    url_name = "rectification:plan-sheet"
    pages = ItemMoveView.pages
    deciding = ("approve-plan", "endorse-plan")
    returning = ("return-plan",)

    def opened(self) -> None:
        if plans.is_first_look(self.subject, self.situation.actor, self.situation.at):
            plans.open_plan(pk=self.subject.pk, actor=self.situation.actor, at=self.situation.at)

    def told(self) -> Told:
        item = self.subject
        load(item)
        what = _("整改方案：%(unit)s，%(label)s") % {"unit": item.unit, "label": item.label}
        return Told(what, self._changed(), list(self._questions()))

    def _changed(self) -> Sentence:
        item = self.subject
        if item.plan_round <= 1:
            return _("首次报送。")
        facts = {"round": item.plan_round, "note": self.last_note(RETURN_PLAN.verb)}
        return _("第%(round)d次报送；上次退回意见：%(note)s") % facts

    def _questions(self) -> Iterator[Sentence]:
        item = self.subject
        measures = list(item.measures.all())
        count = len(measures)
        yield ngettext("整改措施%(count)d条", "整改措施%(count)d条", count) % {"count": count}
        if measures:
            last = max(measure.due_on for measure in measures)
            facts = {"last": self.day(last), "due": self.day(item.due_on)}
            yield _("最后一条措施完成时限%(last)s，整改时限%(due)s") % facts
            if passed := sum(measure.due_on < self.situation.on for measure in measures):
                yield _("完成时限已过的措施：%(count)d条") % {"count": passed}
        yield _("责任领导：%(leader)s；责任人：%(person)s") % {
            "leader": item.responsible_leader or _("未填"), "person": item.responsible_person or _("未填"),
        }  # fmt: skip
        if not item.root_cause.strip():
            yield _("没有写原因分析")


class ClosureSheetView(_ItemSheetView):
    sheet = CLOSURE
    url_name = "rectification:closure-sheet"
    pages = ItemMoveView.pages
    paper = "rectification/_closing_proof.html"
    deciding = ("close", "endorse-closure")
    returning = ("refuse-close", "refuse-close-to-unit")

    def paper_context(self) -> dict[str, Any]:
        item = self.subject
        record = last_verification(item)
        return {
            "item": item,
            "proof": proof_of(item.measures.all(), pieces_of(item), record),
            "verification": record,
            "reports": Report.objects.visible_to(self.situation.actor).filter(answers__item=item).order_by("-pk"),
        }

    def told(self) -> Told:
        item = self.subject
        load(item)
        what = _("销号：%(unit)s，%(label)s") % {"unit": item.unit, "label": item.label}
        return Told(what, self._changed(), list(self._questions()))

    def _changed(self) -> Sentence:
        item = self.subject
        if item.close_round <= 1 and not item.returns:
            return _("首次报请销号。")
        note = self.last_note(REFUSE_CLOSE.verb, REFUSE_CLOSE_TO_UNIT.verb, RETURN.verb)
        facts = {"returns": item.returns, "note": note or "—"}
        return _("曾退回单位%(returns)d次；最近一次意见：%(note)s") % facts

    def _questions(self) -> Iterator[Sentence]:
        item = self.subject
        for finding in findings_of(item, self.situation):
            if finding.holds is False:
                yield _("销号条件不满足：%(name)s，%(told)s") % {"name": finding.name, "told": finding.told}
        yield _("曾逾期报送，销号后仍为逾期完成") if item.late else _("按期报送")
        if record := last_verification(item):
            second = record.second_verifier.name if record.second_verifier else "—"
            yield _("%(way)s，%(day)s，核验人：%(first)s、%(second)s") % {
                "way": record.get_way_display(), "day": self.day(record.verified_on),
                "first": record.author.name, "second": second,
            }  # fmt: skip
            if untrue := sum(not result.holds for result in record.seen):
                yield _("核验不属实的措施：%(count)d条") % {"count": untrue}
        files = len(item.evidence.all())
        yield ngettext("佐证材料%(count)d份", "佐证材料%(count)d份", files) % {"count": files}

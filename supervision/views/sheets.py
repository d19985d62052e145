"""Sheets of the queue 待我签: a visit to approve, a finished log to settle, advice to sign."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.core.templatetags._dates import day_text, due_of
from supervision.enums import DeadlineKind, InspectionStatus, MethodKind
from supervision.models.advice import Advice
from supervision.models.inspection import Inspection
from supervision.services import inspections as services
from supervision.views.advice import AdviceMoveView
from supervision.views.inspections import InspectionMoveView
from supervision.views.queue import SheetView, Told
from supervision.views.visit_story import VisitStory, prefetch
from supervision.vocabulary import vocabulary_of


class InspectionSheetView(SheetView, InspectionMoveView):
    sheet = Inspection.kind
    url_name = "supervision:inspection-sheet"
    paper = "supervision/_visit_sheet.html"
    deciding = ("endorse", "approve", "conclude")
    returning = ("return",)

    def opened(self) -> None:
        visit, reader, at = self.subject, self.situation.actor, self.situation.at
        if visit.opened_at is None and services.is_reviewed_by(visit, reader, at):
            services.note_opening(pk=visit.pk, actor=reader, at=at)

    def paper_context(self) -> dict[str, Any]:
        return {"inspection": self.subject, "inside": True, "story": self.log}

    @cached_property
    def log(self) -> VisitStory | None:
        """The whole log; of a plan there is none yet."""
        is_plan = self.subject.status == InspectionStatus.PLANNED
        return None if is_plan else VisitStory(self.subject, self.situation.actor)

    def told(self) -> Told:
        prefetch(self.subject, inside=True)  # read already unless a refused decision brought us here
        if self.subject.status == InspectionStatus.PLANNED:
            return self._plan()
        return self._log()

    def _plan(self) -> Told:
        visit, on = self.subject, self.situation.on
        vocabulary = vocabulary_of(visit.campaign_id)
        facts = {"unit": visit.unit, "day": day_text(visit.planned_on, on, vocabulary.calendar)}
        what = _("暗访计划：%(unit)s，%(day)s") if visit.is_unannounced else _("督导检查计划：%(unit)s，%(day)s")
        asks: list[Sentence] = [due_of(visit.planned_on, on, vocabulary.calendar).text]
        asks.append(_("重点：%(names)s") % {"names": "、".join(str(each) for each in visit.foci.all()) or "—"})
        asks.append(_("方法：%(names)s") % {"names": "、".join(str(each.method) for each in visit.methods.all())})
        if visit.purpose:
            asks.append(_("内容：%(text)s") % {"text": visit.purpose[:80]})
        return Told(what % facts, _("首次报批。"), asks)

    def _log(self) -> Told:
        visit, on = self.subject, self.situation.on
        problems = list(visit.problems.all())
        count = len(problems)
        facts = {"unit": visit.unit, "day": day_text(visit.on, on), "count": count}
        words = ngettext(
            "检查记录：%(unit)s，%(day)s，%(count)d个问题", "检查记录：%(unit)s，%(day)s，%(count)d个问题", count
        )
        return Told(words % facts, self._since_return(), list(self._questions(problems)))

    def _since_return(self) -> Sentence:
        """What the last reader asked for; one query."""
        returns = Event.objects.of(Inspection.kind, self.subject.pk).filter(verb="inspection.returned")
        last = returns.last()
        return _("上次退回后修改，退回意见：%(note)s") % {"note": last.note} if last else _("首次报送。")

    def _questions(self, problems: list[Any]) -> list[Sentence]:
        visit = self.subject
        key = [problem.title for problem in problems if problem.severity.is_key]
        mended = sum(problem.mended_on_spot for problem in problems)
        told = {record.method_id for record in visit.records.all()}
        acts = [row for row in visit.methods.all() if row.method.kind == MethodKind.ACT]
        skipped = [
            f"{row.method}（{row.skip_reason}）" for row in acts if row.method_id not in told and row.skip_reason
        ]
        asks: list[Sentence] = []
        if key:
            asks.append(_("重点问题：%(names)s") % {"names": "；".join(key)})
        if mended:
            asks.append(_("当场整改：%(count)d个") % {"count": mended})
        if skipped:
            asks.append(_("未采用的方法：%(names)s") % {"names": "、".join(skipped)})
        authors = dict.fromkeys(record.author.name for record in visit.records.all())
        asks.append(
            _("检查记录%(count)d条，记录人：%(names)s")
            % {"count": len(visit.records.all()), "names": "、".join(authors) or "—"}
        )
        return asks


class AdviceSheetView(SheetView, AdviceMoveView):
    sheet = Advice.kind
    url_name = "supervision:advice-sheet"
    paper = "supervision/_advice_sheet.html"
    deciding = ("issue", "endorse")
    returning = ("return",)

    def paper_context(self) -> dict[str, Any]:
        return {"advice": self.subject}

    def told(self) -> Told:
        advice = self.subject
        what = _("工作建议：%(unit)s，%(title)s") % {"unit": advice.unit, "title": advice.title}
        last = Event.objects.of(Advice.kind, advice.pk).filter(verb="advice.returned").last()
        changed = _("上次退回后修改，退回意见：%(note)s") % {"note": last.note} if last else _("首次报送审签。")
        due_on = vocabulary_of(advice.campaign_id).due(DeadlineKind.ADVICE_ANSWER, self.situation.on)
        asks: list[Sentence] = [_("今天签发，回复时限：%(day)s") % {"day": day_text(due_on, self.situation.on)}]
        if advice.submitted_by:
            asks.append(_("起草报送：%(name)s") % {"name": advice.submitted_by.name})
        return Told(what, changed, asks)

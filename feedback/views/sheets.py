"""The sheet of a feedback form in the queue 待我签."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.deadlines import full_day, latest_dates, receipt_due_on
from feedback.guards import problems_of
from feedback.models import FeedbackForm
from feedback.transitions import RETURN
from feedback.views.forms import FormMoveView
from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.views.queue import SheetView, Told
from supervision.vocabulary import vocabulary_of


class FormSheetView(SheetView, FormMoveView):
    sheet = FeedbackForm.kind
    url_name = "feedback:form-sheet"
    paper = "feedback/_sheet.html"
    deciding = ("issue", "endorse")
    returning = ("return",)
    folded = ("typed_number", "sealed")

    def paper_context(self) -> dict[str, Any]:
        return self.shown()

    def told(self) -> Told:
        form, count = self.subject, len(problems_of(self.subject))
        words = ngettext(
            "反馈单：%(unit)s，%(title)s，%(count)d个问题", "反馈单：%(unit)s，%(title)s，%(count)d个问题", count
        )
        what = words % {"unit": form.unit, "title": form.title, "count": count}
        return Told(what, self._since_return(), list(self._questions()))

    def _since_return(self) -> Sentence:
        """What was asked when it last came back, and what was changed since; one query."""
        if self.subject.round <= 1:
            return _("首次报送审签。")
        events = list(Event.objects.of(FeedbackForm.kind, self.subject.pk))
        last = next((place for place in range(len(events) - 1, -1, -1) if events[place].verb == RETURN.verb), None)
        if last is None:
            return _("第%(round)d次报送审签。") % {"round": self.subject.round}
        edits = sum(event.verb == "form.edited" for event in events[last:])
        facts = {"round": self.subject.round, "note": events[last].note, "edits": edits}
        return _("第%(round)d次报送；上次退回意见：%(note)s 退回后修改%(edits)d处。") % facts

    def _questions(self) -> list[Sentence]:
        form, on, problems = self.subject, self.situation.on, problems_of(self.subject)
        vocabulary = vocabulary_of(form.campaign_id)
        dates = latest_dates(problems, vocabulary, on)
        asks: list[Sentence] = []
        if key := [problem.title for problem in problems if problem.severity.is_key]:
            asks.append(_("重点问题：%(names)s") % {"names": "；".join(key)})
        if dates:
            asks.append(_("最早的整改时限：%(day)s") % {"day": full_day(min(dates.values()))})
        asks.append(_("今天签发，签收期限：%(day)s") % {"day": full_day(receipt_due_on(vocabulary, on))})
        if form.submitted_by:
            asks.append(_("起草报送：%(name)s") % {"name": form.submitted_by.name})
        return asks

"""The sheet of a feedback form in the queue 待我签."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from feedback.guards import problems_of
from feedback.models import FeedbackForm
from feedback.services.paper import reading_of
from feedback.services.questions import questions_of
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
        return reading_of(self.subject, self.situation.on) or {}

    def told(self) -> Told:
        form = self.subject
        what = _("反馈单：%(unit)s，%(title)s") % {"unit": form.unit, "title": form.title}
        vocabulary = vocabulary_of(form.campaign_id)
        asks: list[Sentence] = [*questions_of(form, problems_of(form), vocabulary, self.situation.on)]
        if form.submitted_by:
            asks.append(_("起草报送：%(name)s") % {"name": form.submitted_by.name})
        return Told(what, self._since_return(), asks)

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

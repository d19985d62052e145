"""Pages of the rectification item: the item itself, its moves, its papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from rectification import transitions as moves
from rectification.closing_desk import queue_url
from rectification.forms.closure import CloseForm
from rectification.forms.evidence import EvidenceForm, OneMeasureForm, ProgressForm
from rectification.forms.plans import PlanForm
from rectification.forms.verification import VerificationForm
from rectification.guards import ends_too_late
from rectification.item_evidence import pieces_of, proof_of
from rectification.item_mends import move_url
from rectification.item_story import Story
from rectification.models.item import RectificationItem
from rectification.models.verification import last_verification
from rectification.services import closure, evidence, items, measures, plans, verification
from rectification.views.closing import TEMPLATE as CLOSING
from rectification.views.closing import closing_context, queue_of
from supervision.core.answers import wants_json
from supervision.core.models.paper import Paper
from supervision.core.refusals import Condition
from supervision.core.web import MoveForm, MovePage, MoveView, NoteForm, ScopedMixin
from supervision.vocabulary import vocabulary_of

DECIDE = "rectification/item_decide.html"  # a decision beside what it rests on
VERIFICATION = "rectification/verification.html"
PLAN = "rectification/item_plan.html"
QUEUE = "queue"  # posted by the queue's forms: the item that comes next, or empty
FOR_MOVES = ("campaign", "body", "team", "unit", "form", "problem", "problem__deadline_rule")
FOR_PAGE = (*FOR_MOVES, "phase", "category", "closure", "closure__decided_by", "submitted_by")


class ItemView(LoginRequiredMixin, ScopedMixin, View):
    """State, light, whose move, until when, what is missing, the offered moves, the whole story."""

    model = RectificationItem
    select_related = FOR_PAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user: Any = request.user
        item: RectificationItem = self.find(request, pk)
        now = timezone.now()
        if plans.is_first_look(item, user, now):
            plans.open_plan(pk=pk, actor=user, at=now)
        story = Story(item, user, now, is_whole="all" in request.GET)
        context = {"item": item, "story": story, "on": story.on, "calendar": story.vocabulary.calendar}
        return render(request, "rectification/item.html", context)


class ItemMoveView(LoginRequiredMixin, MoveView):
    """Every move and edit of an item; evidence and verification stand beside what is decided on them."""

    model = RectificationItem
    select_related = FOR_MOVES
    pages: ClassVar[dict[str, MovePage]] = {
        "start": MovePage(moves.START, plans.start_item),
        "submit-plan": MovePage(moves.SUBMIT_PLAN, plans.submit_plan, template=DECIDE),
        "recall-plan": MovePage(moves.RECALL_PLAN, plans.recall_plan),
        "endorse-plan": MovePage(moves.ENDORSE_PLAN, plans.endorse_plan, template=DECIDE),
        "approve-plan": MovePage(moves.APPROVE_PLAN, plans.approve_plan, template=DECIDE),
        "return-plan": MovePage(moves.RETURN_PLAN, plans.return_plan, NoteForm, DECIDE),
        "note-progress": MovePage(
            moves.NOTE_PROGRESS, items.note_progress, ProgressForm, "rectification/item_progress.html"
        ),
        "press": MovePage(moves.PRESS, items.press_item, done=_("已催办，对方会收到通知。")),
        "record-verification": MovePage(
            moves.RECORD_VERIFICATION, verification.record_verification, VerificationForm, VERIFICATION
        ),
        "verify": MovePage(moves.VERIFY, verification.verify_item, template=DECIDE),
        "return": MovePage(moves.RETURN, items.return_item, NoteForm, DECIDE),
        "endorse-closure": MovePage(moves.ENDORSE_CLOSURE, closure.endorse_closure),
        "close": MovePage(moves.CLOSE, closure.close_item, CloseForm),
        "refuse-close": MovePage(
            moves.REFUSE_CLOSE, closure.refuse_close, NoteForm, DECIDE
        ),
        "refuse-close-to-unit": MovePage(
            moves.REFUSE_CLOSE_TO_UNIT, closure.refuse_close_to_unit, NoteForm, DECIDE
        ),
        "save-plan": MovePage(moves.SAVE_PLAN, plans.save_plan, PlanForm, PLAN, _("已保存。"), _("保存")),
        "update-measure": MovePage(moves.UPDATE_MEASURE, measures.update_measure, OneMeasureForm),
        "add-evidence": MovePage(
            moves.ADD_EVIDENCE, evidence.add_evidence, EvidenceForm, "rectification/evidence.html"
        ),
    }  # fmt: skip

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """A decider who looks at the plan here has opened it, too."""
        user: Any = request.user
        now = timezone.now()
        if plans.is_first_look(self.subject, user, now):
            plans.open_plan(pk=pk, actor=user, at=now)
        return super().get(request, pk, move)

    def post(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """A script that sends one file after the other reads JSON; the page that follows says it once for all."""
        answer = super().post(request, pk, move)
        if not wants_json(request) or answer.status_code != HTTPStatus.FOUND:
            return answer
        told = {each.message: each.level for each in messages.get_messages(request)}
        for text, level in told.items():
            messages.add_message(request, level, text)
        return JsonResponse({"done": True})

    def build_form(self, *data: Any) -> MoveForm:
        """The measure that was named in the address is chosen already."""
        form = super().build_form(*data)
        if not form.is_bound and "measure" in form.fields:
            form.initial.setdefault("measure", self.request.GET.get("measure"))
        return form

    def show(self, request: HttpRequest, form: MoveForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        """A close-out is decided on one page, wherever it was opened; of the queue it keeps the place."""
        if wants_json(request):
            return JsonResponse({"errors": _errors(form, unmet)}, status=status)
        user: Any = request.user
        queue = queue_of(request, str(self.subject.pk)) if QUEUE in request.POST else None
        if self.page.move not in (moves.CLOSE, moves.ENDORSE_CLOSURE) and queue is None:
            return super().show(request, form, unmet=unmet, status=status)
        context = closing_context(self.subject, user, timezone.now(), form=form, unmet=unmet)
        return render(request, CLOSING, {**context, "queue": queue}, status=status)

    def where_to(self, result: Any) -> str:
        """Back to the item; from the queue on to its next one."""
        if QUEUE in self.request.POST:
            asked = self.request.POST[QUEUE]
            return queue_url(int(asked) if asked.isdecimal() else None)
        if self.page.move is moves.SAVE_PLAN and any(
            ends_too_late(result, each.due_on) for each in result.measures.all()
        ):
            return move_url(result, "save_plan")  # the dates that do not fit are marked there
        if self.page.move is moves.UPDATE_MEASURE:
            return f"{super().where_to(result)}#measure-{self.request.POST['measure']}"
        return super().where_to(result)

    def shown(self) -> dict[str, Any]:
        item: RectificationItem = self.subject
        return {
            "item": item,
            "proof": proof_of(item.measures.all(), pieces_of(item), last_verification(item)),
            "verification": last_verification(item),
            "upload_most": settings.UPLOAD_MAX_BYTES,
            "on": item.campaign.day_of(timezone.now()),
            "calendar": vocabulary_of(item.campaign_id).calendar,
        }


def _errors(form: MoveForm, unmet: Iterable[Condition]) -> list[dict[str, str]]:
    """Every error with the field that it belongs to (empty: none)."""
    found = [{"field": name, "text": " ".join(map(str, texts))} for name, texts in form.errors.items()]
    rest = ("；".join([str(each.sentence), *each.details]) for each in unmet)
    return [*found, *({"field": "", "text": text} for text in rest)]


class _PaperView(LoginRequiredMixin, ScopedMixin, View):
    """A frozen paper of an item, made from its canonical content alone."""

    model = RectificationItem
    kind: ClassVar[str]
    template: ClassVar[str]

    def get(self, request: HttpRequest, pk: int, version: int = 1) -> HttpResponse:
        item: RectificationItem = self.find(request, pk)
        paper = Paper.objects.filter(
            subject_kind=item.kind, subject_id=item.pk, kind=self.kind, version=version
        ).first()
        if paper is None:
            raise Http404
        return render(request, self.template, {"item": item, "paper": paper, "content": with_dates(paper.data)})


def with_dates(value: Any, key: str = "") -> Any:
    """A paper's content whose days (texts under keys that end in `_on`) can be written as pages write them."""
    if isinstance(value, dict):
        return {name: with_dates(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [with_dates(each, key) for each in value]
    return date.fromisoformat(value) if key.endswith("_on") and value else value


class ClosureView(_PaperView):
    kind = closure.SHEET_PAPER
    template = "rectification/closure_sheet.html"


class PlanPaperView(_PaperView):
    kind = plans.PLAN_PAPER
    template = "rectification/plan_paper.html"

"""Feedback forms: the list, one form's page, its moves, its paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from feedback import transitions
from feedback.enums import FormStatus
from feedback.forms.drafts import FormFilterForm
from feedback.forms.moves import AcknowledgeForm, CorrectForm, IssueForm, IssueOnPaperForm
from feedback.guards import problems_of
from feedback.models import FeedbackForm
from feedback.services import corrections, forms
from feedback.services import paper as sheets
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, keyset_page
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin
from supervision.current import current_campaign
from supervision.enums import Document
from supervision.timelines import audiences_for, visible_events
from supervision.views.signing import signature_lines
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("created_at", descending=True)


class FormFinder(ScopedMixin):
    model = FeedbackForm
    select_related = ("campaign", "body", "team", "unit", "phase", "submitted_by", "inspection")


class FormListView(View):
    """What the reader may see of the campaign, newest first; filters live in the URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        filters = FormFilterForm(request.GET, user=request.user, campaign=campaign)
        rows = FeedbackForm.objects.visible_to(request.user).filter(campaign=campaign)  # type: ignore[arg-type]
        page = keyset_page(
            filters.narrow(rows).select_related("unit", "team"),
            NEWEST_FIRST,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        may_draft = request.user.scope.has(Role.OFFICE, Role.OFFICE_LEAD)  # type: ignore[union-attr]
        return render(request, "feedback/forms.html", {"page": page, "form": filters, "may_draft": may_draft})


class FormPageView(FormFinder, View):
    """State, whose move, until when, problems with their progress, what is missing, versions, timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, user, now = self.find(request, pk), request.user, timezone.now()
        assert isinstance(user, User)
        on = form.campaign.day_of(now)
        prefetch_related_objects([form], "receipts", "problems__category", "problems__severity")
        context = {
            "form": form,
            "whose": whose_move(form),
            "due_on": form.receipt_due_on if form.status == FormStatus.ISSUED else None,
            "moves": moves_of(form, user, now),
            "signature_lines": signature_lines(user, form, on),
            "events": visible_events(user, form),
            "inside": len(audiences_for(user, form)) > 1,
            "on": on,
            "calendar": vocabulary_of(form.campaign_id).calendar,
        }
        return render(request, "feedback/form.html", context)


def moves_of(form: FeedbackForm, user: User, now: Any) -> tuple[parts.Move, ...]:
    edit = reverse("feedback:form-edit", args=[form.pk])
    mends = dict.fromkeys(("problems_are_complete", "nothing_is_classified"), edit)
    offers = transitions.FORM_MOVES.offers(form, user, at=now)
    return parts.moves(offers, lambda move: move_url(form, move), mend_urls=mends)


def move_url(form: FeedbackForm, move: str) -> str:
    return reverse("feedback:form-move", args=[form.pk, move.replace("_", "-")])


def whose_move(form: FeedbackForm) -> str:
    """Who acts next, in words; empty when nobody has to."""
    vocabulary = vocabulary_of(form.campaign_id)
    if form.status == FormStatus.DRAFT:
        return str(form.team) if form.source == "team" else vocabulary.role_word(Role.OFFICE)
    if form.status == FormStatus.PENDING_SIGNOFF:
        return vocabulary.role_word(rules.next_step(Document.FEEDBACK_FORM, form)[0])
    if form.status == FormStatus.ISSUED:
        return _("%(unit)s签收") % {"unit": form.unit}
    if form.status == FormStatus.ACKNOWLEDGED:
        return _("按各问题的整改进展")
    return ""


class FormMoveView(FormFinder, MoveView):
    pages = {
        "submit": MovePage(transitions.SUBMIT, forms.submit_form),
        "recall": MovePage(transitions.RECALL, forms.recall_form),
        "return": MovePage(transitions.RETURN, forms.return_form, NoteForm),
        "endorse": MovePage(transitions.ENDORSE, forms.endorse_form, template="feedback/sign.html"),
        "issue": MovePage(transitions.ISSUE, forms.issue_form, IssueForm, template="feedback/sign.html"),
        "issue-on-paper": MovePage(
            transitions.ISSUE_ON_PAPER, forms.issue_form_on_paper, IssueOnPaperForm, template="feedback/sign.html"
        ),
        "acknowledge": MovePage(
            transitions.ACKNOWLEDGE, forms.acknowledge_form, AcknowledgeForm, template="feedback/acknowledge.html"
        ),
        "correct": MovePage(transitions.CORRECT, corrections.correct_form, CorrectForm),
        "withdraw": MovePage(transitions.WITHDRAW, forms.withdraw_form, NoteForm),
        "close": MovePage(transitions.CLOSE, forms.close_form),
        "void": MovePage(transitions.VOID, forms.void_form, NoteForm),
        "void-draft": MovePage(transitions.VOID_DRAFT, forms.void_draft, NoteForm),
    }

    def shown(self) -> dict[str, Any]:
        """The sheet as it will be read: nobody signs what they have not seen."""
        return {"sheet": preview(self.subject)}


def preview(form: FeedbackForm) -> dict[str, Any]:
    """The frozen sheet, or, before it is issued, the sheet as it stands."""
    frozen = sheets.paper_of(form)
    return shown(frozen.data if frozen else sheets.content_of(form, problems_of(form), None))


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """The sheet's data with its dates as dates again."""
    problems = [{**each, "due_on": as_date(each["due_on"])} for each in data["problems"]]
    sheet = {**data, "problems": problems}
    for name in ("issued_on", "receipt_due_on"):
        sheet[name] = as_date(data[name])
    for name in ("signature", "inspection"):
        if data[name]:
            sheet[name] = {**data[name], "on": as_date(data[name]["on"])}
    return sheet


def as_date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


class FormPaperView(FormFinder, View):
    """The sheet on paper: made from the frozen JSON alone; a draft is marked as a preview."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.find(request, pk)
        version = request.GET.get("version", "")
        frozen = sheets.paper_of(form, int(version) if version.isdigit() else None)
        if frozen is None and (version or form.number):
            raise Http404
        data = frozen.data if frozen else sheets.content_of(form, problems_of(form), None)
        receipt = form.receipts.filter(version=data["version"]).select_related("signature").first()
        context = {"form": form, "sheet": shown(data), "is_preview": frozen is None, "receipt": receipt}
        return render(request, "feedback/paper.html", context)

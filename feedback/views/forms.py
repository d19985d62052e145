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
from feedback.deadlines import RunningDate, deadline_text, full_day, latest_dates, running_dates
from feedback.enums import FormStatus, Progress
from feedback.forms.drafts import FormFilterForm, supervises
from feedback.forms.moves import AcknowledgeForm, CorrectForm, IssueForm, IssueOnPaperForm
from feedback.guards import problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import OFFICE_PEOPLE
from feedback.services import corrections, forms, standing
from feedback.services import paper as sheets
from feedback.services.consequences import CONSEQUENCES
from feedback.services.questions import questions_of
from feedback.services.versions import changes_between
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.models import StoredFile
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin
from supervision.current import at_place, current_campaign
from supervision.enums import Document, Source
from supervision.models.campaign import Campaign
from supervision.timelines import audiences_for, visible_events
from supervision.views.signing import signature_lines
from supervision.vocabulary import Vocabulary, vocabulary_of

NEWEST_FIRST = Sort("created_at", descending=True)
VERSION_DIGITS = 5
ENDING = "feedback/ending.html"


class FormFinder(ScopedMixin):
    model = FeedbackForm
    select_related = ("campaign", "body", "team", "unit", "phase", "submitted_by", "inspection")


class FormListView(View):
    """What the reader may see of the campaign, newest first; filters live in the URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        user = request.user
        assert isinstance(user, User)
        filters = FormFilterForm(request.GET, user=user, campaign=campaign)
        rows = at_place(request, FeedbackForm.objects.visible_to(user).filter(campaign=campaign))
        page = list_page(
            request,
            standing.with_counts(filters.narrow(rows).select_related("unit", "team")),
            NEWEST_FIRST,
        )
        lines = [(row, standing.standing_of_row(row)) for row in page.rows]
        context = {"page": page, "lines": [(row, how, standing.state_words(row, how)) for row, how in lines]}
        context |= {"form": filters, "may_draft": campaign is not None and may_draft(user, campaign)}
        context["inside"] = campaign is not None and supervises(user, campaign)
        return render(request, "feedback/forms.html", context)


def may_draft(user: User, campaign: Campaign) -> bool:
    """Provincial and central forms are drafted by the campaign's own office."""
    return any(user.scope.holds(role, campaign.pk) for role in OFFICE_PEOPLE)


class FormPageView(FormFinder, View):
    """State, whose move, until when, problems with their progress, what is missing, versions, timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, user, now = self.find(request, pk), request.user, timezone.now()
        assert isinstance(user, User)
        on, vocabulary = form.campaign.day_of(now), vocabulary_of(form.campaign_id)
        problems, signed = problems_of(form), signature_lines(user, form, on)
        prefetch_related_objects([form], "receipts")
        how = standing.standing_of(problems)
        context = {
            "form": form,
            "standing": how,
            "state": standing.state_words(form, how),
            "running": running_now(form, problems, vocabulary),
            "problems": [{"row": row, "deadline": shown_deadline(row, form, vocabulary, on)} for row in problems],
            "whose": whose_move(form),
            "due_on": due_date(form),
            "moves": moves_of(form, user, now),
            "signature_lines": signed,
            "attachments": attachments_of(form, but=[line.signature.scan_id for line in signed]),
            "versions": range(1, form.version + 1) if form.number else (),
            "events": visible_events(user, form),
            "inside": len(audiences_for(user, form)) > 1,
            "on": on,
            "calendar": vocabulary.calendar,
        }
        return render(request, "feedback/form.html", context)


def running_now(form: FeedbackForm, problems: list[FeedbackProblem], vocabulary: Vocabulary) -> list[RunningDate]:
    """The dates that run for the unit since its receipt; none before it and none once everything is settled."""
    if form.status != FormStatus.ACKNOWLEDGED or form.received_on is None:
        return []
    owed = [problem for problem in problems if problem.progress in standing.WITH_UNIT]
    return running_dates(form, owed, vocabulary, form.received_on)


def attachments_of(form: FeedbackForm, but: list[int | None]) -> list[parts.FileLine]:
    """The form's files beside the scans of signatures, which stand with their signatures."""
    rows = StoredFile.objects.filter(subject_kind=form.kind, subject_id=form.pk).exclude(pk__in=filter(None, but))
    return [
        parts.FileLine(row.original_name, reverse("supervision:file", args=[row.pk]), row.size, at=row.uploaded_at)
        for row in rows
    ]


def shown_deadline(problem: FeedbackProblem, form: FeedbackForm, vocabulary: Vocabulary, on: date) -> str:
    """The deadline in words: the date that holds, or, of a draft, the rule with the date it would give today."""
    if form.received_on is not None and problem.due_on is not None and not problem.mended_on_spot:
        return full_day(problem.due_on)
    due = problem.due_on or latest_dates([problem], vocabulary, on).get(problem.pk)
    return deadline_text(problem, vocabulary, due)


def moves_of(form: FeedbackForm, user: User, now: Any) -> tuple[parts.Move, ...]:
    edit = reverse("feedback:form-edit", args=[form.pk])
    mends = dict.fromkeys(("problems_are_complete", "typed_dates_lie_ahead", "nothing_is_classified"), edit)
    mends |= dict.fromkeys(("paper_settled_form_issue", "paper_settled_form_receipt"), "#signatures")
    offers = transitions.FORM_MOVES.offers(form, user, at=now)
    return parts.moves(offers, lambda move: move_url(form, move), mend_urls=mends)


def move_url(form: FeedbackForm, move: str) -> str:
    return reverse("feedback:form-move", args=[form.pk, move.replace("_", "-")])


def whose_move(form: FeedbackForm) -> str:
    """Who acts next, in words; empty when nobody has to."""
    vocabulary = vocabulary_of(form.campaign_id)
    if form.status == FormStatus.DRAFT:
        return str(form.team) if form.source == Source.TEAM else vocabulary.role_word(Role.OFFICE)
    if form.status == FormStatus.PENDING_SIGNOFF:
        return vocabulary.role_word(rules.next_step(Document.FEEDBACK_FORM, form)[0])
    if form.status == FormStatus.ISSUED:
        return _("%(unit)s签收") % {"unit": form.unit}
    if form.status == FormStatus.ACKNOWLEDGED and open_problems(form):
        return "、".join(holders_of(form))
    if form.status == FormStatus.ACKNOWLEDGED:
        return vocabulary.role_word(Role.LEADER)
    return ""


def holders_of(form: FeedbackForm) -> list[str]:
    """Those who hold the problems that are not settled, in the order of the work."""
    stages = {problem.progress for problem in open_problems(form)}
    holders = [str(form.unit)] if stages & set(standing.WITH_UNIT) else []
    holders += [str(form.team)] if Progress.SUBMITTED in stages else []
    return holders + ([_("销号审批人")] if Progress.PENDING_CLOSE in stages else [])


def open_problems(form: FeedbackForm) -> list[FeedbackProblem]:
    return [problem for problem in problems_of(form) if not problem.settled_as]


def due_date(form: FeedbackForm) -> date | None:
    """Until when the next act is due: the receipt, then the unit's earliest deadline (not of what it handed in)."""
    if form.status == FormStatus.ISSUED:
        return form.receipt_due_on
    if form.status == FormStatus.ACKNOWLEDGED:
        owed = [problem for problem in open_problems(form) if problem.progress in standing.WITH_UNIT]
        return min((problem.due_on for problem in owed if problem.due_on), default=None)
    return None


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
        "correct": MovePage(
            transitions.CORRECT, corrections.correct_form, CorrectForm, template="feedback/correct.html"
        ),
        "withdraw": MovePage(transitions.WITHDRAW, forms.withdraw_form, NoteForm, template=ENDING),
        "close": MovePage(transitions.CLOSE, forms.close_form),
        "void": MovePage(transitions.VOID, forms.void_form, NoteForm, template=ENDING),
        "void-draft": MovePage(transitions.VOID_DRAFT, forms.void_draft, NoteForm, template=ENDING),
    }

    def shown(self) -> dict[str, Any]:
        """The sheet as it will be read: nobody signs what they have not seen."""
        form, on = self.subject, self.subject.campaign.day_of(timezone.now())
        problems, vocabulary = problems_of(form), vocabulary_of(form.campaign_id)
        shown = {"on": on, "problems": problems, **(sheets.reading_of(form, on) or {})}
        if form.status == FormStatus.PENDING_SIGNOFF:
            shown["questions"] = questions_of(form, problems, vocabulary, on)
        if self.page.move is transitions.ACKNOWLEDGE and form.issued_on:
            shown |= {"running": running_dates(form, problems, vocabulary, on), **last_correction(form)}
        if self.page.move.name in CONSEQUENCES:
            shown["consequences"] = CONSEQUENCES[self.page.move.name](form, problems, vocabulary, on)
        return shown


def last_correction(form: FeedbackForm) -> dict[str, Any]:
    """What the newest version changed, for whoever must sign for it again; nothing of a first version."""
    if form.version == 1:
        return {}
    return comparison(form, form.version - 1, form.version)


def comparison(form: FeedbackForm, old: int, new: int) -> dict[str, Any]:
    """Two frozen versions side by side; 404 where one of them is none."""
    papers = {paper.version: paper.data for paper in sheets.papers_of(form)}
    if old not in papers or new not in papers:
        raise Http404
    return {
        "old": old,
        "new": new,
        "changes": changes_between(papers[old], papers[new]),
        "correction": papers[new].get("correction", ""),
        "signed": [{"version": each, **papers[each]["signature"]} for each in sorted({old, new})],
    }


class FormVersionsView(FormFinder, View):
    """What a correction changed, field by field; printable."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, context = self.find(request, pk), {}
        if form.version > 1:
            asked = {name: request.GET.get(name, "") for name in ("old", "new")}
            old = version_in(asked["old"]) if asked["old"] else form.version - 1
            context = comparison(form, old, version_in(asked["new"]) if asked["new"] else form.version)
        context |= {"form": form, "versions": range(1, form.version + 1)}
        return render(request, "feedback/versions.html", context)


class FormPaperView(FormFinder, View):
    """The sheet on paper: made from the frozen JSON alone; a draft is marked as a preview."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, version = self.find(request, pk), request.GET.get("version", "")
        on = form.campaign.day_of(timezone.now())
        reading = sheets.reading_of(
            form, on, version_in(version) if version else None, copy=request.GET.get("copy", "")
        )
        if reading is None:
            raise Http404
        context = {"form": form, "versions": range(1, form.version + 1) if form.number else (), **reading}
        return render(request, "feedback/paper.html", context)


def version_in(text: str) -> int:
    """The version asked for in the URL; what is no small number is no version (404)."""
    if not (text.isascii() and text.isdigit() and len(text) < VERSION_DIGITS):
        raise Http404
    return int(text)

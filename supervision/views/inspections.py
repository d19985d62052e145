"""Inspections: the list, registering one, its page, its moves, the printable log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import OuterRef
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.models import User
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.web import MoveForm, MovePage, MoveView, NoteForm, ScopedMixin
from supervision.core.words import saying, words_of
from supervision.current import at_place, current_campaign
from supervision.enums import Document, InspectionStatus
from supervision.forms.inspections import (
    ConcludeForm,
    InspectionFilterForm,
    PostponeForm,
    ResumeForm,
    StartForm,
)
from supervision.models.inspection import Inspection, InspectionQuerySet, counted
from supervision.models.problem import Problem
from supervision.services import inspections as services
from supervision.services.since_visit import since_last_visit
from supervision.timelines import visible_events
from supervision.transitions import (
    APPROVE,
    CANCEL,
    CONCLUDE,
    ENDORSE,
    INSPECTION,
    LOG,
    POSTPONE,
    RECALL,
    RESUME,
    RETURN,
    START,
    SUBMIT,
)
from supervision.views.visit_story import VisitStory, milestones, prefetch
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("planned_on", descending=True)
SETTLED = (InspectionStatus.CONCLUDED, InspectionStatus.CANCELLED)


def is_inside(user: User, subject: Any) -> bool:
    """Does the reader see the row as a supervisor, not as its unit?"""
    scope = user.scope
    return subject.campaign_id in scope.campaigns or subject.body_id in scope.bodies or subject.team_id in scope.teams


class InspectionFinder(LoginRequiredMixin, ScopedMixin):
    model: ClassVar[Any] = Inspection
    select_related: ClassVar[tuple[str, ...]] = ("campaign", "body", "team", "unit", "phase")


class InsideFinder(InspectionFinder):
    """Finds an inspection for the supervising side alone; its unit gets 404."""

    prefetch: ClassVar[tuple[str, ...]] = ()

    def find(self, request: HttpRequest, pk: int) -> Inspection:
        assert isinstance(request.user, User)
        rows = Inspection.objects.filter(request.user.scope.supervisors_q(), pk=pk)
        found = rows.select_related(*self.select_related).prefetch_related(*self.prefetch).first()
        if found is None:
            raise Http404
        return found


# --- the list ---------------------------------------------------------------------------------------------------------


class InspectionListView(LoginRequiredMixin, View):
    """What the reader may see of the campaign, the newest day first; filters live in the URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign = current_campaign(request)
        form = InspectionFilterForm(request.GET, user=request.user, campaign=campaign)
        rows = at_place(request, Inspection.objects.visible_to(request.user).filter(campaign=campaign))
        found = narrowed(rows, form).select_related("unit", "team", "phase").with_endorsed()
        problems = Problem.objects.filter(inspection_id=OuterRef("pk"))
        page = list_page(
            request,
            found.annotate(found=counted(problems, "inspection_id")),
            NEWEST_FIRST,
        )
        context = {
            "page": page,
            "lines": [VisitLine(row, inside=is_inside(request.user, row)) for row in page.rows],
            "form": form,
            "is_narrowed": any(form.data.get(name) for name in form.fields),
            "may_plan": request.user.scope.has(*rules.TEAM_PEOPLE),
        }
        return render(request, "supervision/inspections.html", context)


class VisitLine:
    """A row of the list. Result, problems and whose move it is are for the supervising side."""

    def __init__(self, inspection: Inspection, *, inside: bool) -> None:
        self.inspection, self.inside = inspection, inside
        self.whose = whose_move(inspection) if inside else ""


def narrowed(rows: Any, form: InspectionFilterForm) -> InspectionQuerySet:
    """The rows that fit the filters; a filter that cannot be read finds nothing rather than everything."""
    if not form.is_valid():
        return cast("InspectionQuerySet", rows.none())
    given = form.cleaned_data
    named = {
        "status": given["status"],
        "unit_id": given["unit"],
        "team_id": given["team"],
        "phase_id": given["phase"],
        "day__gte": given["since"],
        "day__lte": given["until"],
    }
    rows = rows.filter(saying(words_of(given["q"]), units=form.units))
    if given["since"] or given["until"]:
        rows = rows.annotate(day=Coalesce("happened_on", "planned_on"))
    narrow: InspectionQuerySet = rows.filter(**{name: value for name, value in named.items() if value})
    return narrow


# --- one inspection ---------------------------------------------------------------------------------------------------


class InspectionView(InspectionFinder, View):
    """State, whose move, what is missing, the offered moves, contents and timeline.

    The unit sees date, form of the visit, methods, foci, team and state: nothing that was found or written.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        inspection = self.find(request, pk)
        assert isinstance(request.user, User)
        user, now = request.user, timezone.now()
        inside = is_inside(user, inspection)
        _note_opening(inspection, user, now, inside=inside)
        story = VisitStory(inspection, user) if inside else None
        moved, filled = milestones(visible_events(user, inspection))
        moves = _moves(inspection, user, now, story) if story else ()
        context = {
            "inspection": inspection,
            "inside": inside,
            "story": story,
            "since_visit": since_last_visit(user, inspection) if inside else None,
            "methods": inspection.methods.all(),
            "whose": whose_move(inspection),
            "moves": moves,
            "may_log": any(move.name == LOG.name and move.is_ready for move in moves),
            "events": moved,
            "filled": filled,
            "on": inspection.campaign.day_of(now),
            "calendar": vocabulary_of(inspection.campaign_id).calendar,
        }
        return render(request, "supervision/inspection.html", context)

    def find(self, request: HttpRequest, pk: int) -> Inspection:
        """With everything that the guards and the page read, each in one query."""
        assert isinstance(request.user, User)
        rows = Inspection.objects.visible_to(request.user).filter(pk=pk).with_counts()
        found = rows.select_related(*self.select_related, "created_by", "submitted_by", "reviewed_by").first()
        if found is None:
            raise Http404
        prefetch(found, inside=is_inside(request.user, found))
        return found


def _note_opening(inspection: Inspection, user: User, now: Any, *, inside: bool) -> None:
    """Whoever is to conclude has the submitted log before them: it cannot be recalled any more."""
    if inside and inspection.opened_at is None and services.is_reviewed_by(inspection, user, now):
        services.note_opening(pk=inspection.pk, actor=user, at=now)


def _moves(inspection: Inspection, user: User, now: Any, story: VisitStory) -> tuple[parts.Move, ...]:
    offers = INSPECTION.offers(inspection, user, at=now)
    decisive = (offer.move.name for offer in offers if offer.move in (SUBMIT, CONCLUDE) and not offer.unmet)
    found = parts.moves(
        offers,
        lambda move: reverse("supervision:inspection-move", args=[inspection.pk, move]),
        primary=next(decisive, ""),
    )
    unmet = {offer.move.name: offer.unmet for offer in offers}
    return tuple(replace(move, missing=story.mends(unmet[move.name])) for move in found)


def whose_move(inspection: Inspection) -> str:
    """Who acts next, in words; empty when nobody has to. Rows of a list come `with_endorsed`."""
    if inspection.status in SETTLED:
        return ""
    vocabulary = vocabulary_of(inspection.campaign_id)
    if inspection.status == InspectionStatus.PLANNED:
        steps = vocabulary.route(Document.INSPECTION, inspection.route_source, inspection.is_key)
        done = getattr(inspection, "endorsed", None)
        role = rules.next_step(Document.INSPECTION, inspection)[0] if done is None else steps[min(done, len(steps) - 1)]
        return vocabulary.role_word(role)
    if inspection.status in (InspectionStatus.PENDING_REVIEW, InspectionStatus.POSTPONED):
        return f"{inspection.team} {vocabulary.role_word('leader')}"
    return str(inspection.team)


class InspectionMoveView(InspectionFinder, MoveView):
    """Each move's page shows what is decided about; the review shows the whole log."""

    template = "supervision/inspection_move.html"
    pages = {
        "endorse": MovePage(ENDORSE, services.endorse_inspection, template=template),
        "approve": MovePage(APPROVE, services.approve_inspection, template=template),
        "start": MovePage(START, services.start_inspection, StartForm, template=template),
        "submit": MovePage(SUBMIT, services.submit_inspection, template="supervision/review.html"),
        "recall": MovePage(RECALL, services.recall_inspection),
        "conclude": MovePage(CONCLUDE, services.conclude_inspection, ConcludeForm, template="supervision/review.html"),
        "return": MovePage(RETURN, services.return_inspection, NoteForm, template="supervision/review.html"),
        "postpone": MovePage(POSTPONE, services.postpone_inspection, PostponeForm, template=template),
        "resume": MovePage(RESUME, services.resume_inspection, ResumeForm, template=template),
        "cancel": MovePage(
            CANCEL, services.cancel_inspection, NoteForm, template=template, button=gettext_lazy("取消本次督导")
        ),
    }

    def find(self, request: HttpRequest, pk: int) -> Any:
        """For reading, with all that guards and page ask; a POST is judged anew under the lock."""
        found = super().find(request, pk)
        assert isinstance(request.user, User)
        if request.method == "GET" and self.page.template != MovePage.template and is_inside(request.user, found):
            prefetch(found, inside=True)
        return found

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        answer = super().get(request, pk, move)
        if self.page.move in (CONCLUDE, RETURN):
            assert isinstance(request.user, User)
            _note_opening(self.subject, request.user, timezone.now(), inside=is_inside(request.user, self.subject))
        return answer

    def show(self, request: HttpRequest, form: MoveForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        """The unit, which may be refused here, sees nothing of what was found or written."""
        assert isinstance(request.user, User)
        self.inside = is_inside(request.user, self.subject)
        if self.inside and self.page.template != MovePage.template:
            prefetch(self.subject, inside=True)
            self.story = VisitStory(self.subject, request.user)
            unmet = self.story.mends(unmet)
        return super().show(request, form, unmet=unmet, status=status)

    def shown(self) -> dict[str, Any]:
        vocabulary = vocabulary_of(self.subject.campaign_id)
        found = {"inside": self.inside, "inspection": self.subject, "calendar": vocabulary.calendar}
        if not hasattr(self, "story"):
            return found
        other = "return" if self.page.move is CONCLUDE else "conclude" if self.page.move is RETURN else ""
        label = {"return": RETURN.label, "conclude": CONCLUDE.label}.get(other, "")
        url = reverse("supervision:inspection-move", args=[self.subject.pk, other]) if other else ""
        return {**found, "story": self.story, "other_url": url, "other_label": label}


class PrintView(InsideFinder, View):
    """The log on paper, for the file; talk records stay out."""

    prefetch = (
        "foci",
        "present",
        "methods__method",
        "records__method",
        "records__author",
        "checklist__point",
        "problems__category",
        "problems__severity",
        "problems__witness",
        "problems__second_witness",
    )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        inspection = self.find(request, pk)
        return render(request, "supervision/inspection_print.html", {"inspection": inspection})

"""Inspections: the list, registering one, its page, its moves, the printable log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, keyset_page
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin, show_refusal
from supervision.current import current_campaign
from supervision.enums import Document, InspectionStatus
from supervision.forms.inspections import (
    ConcludeForm,
    InspectionFilterForm,
    LateEntryForm,
    PlanForm,
    PostponeForm,
    ResumeForm,
    StartForm,
)
from supervision.models.campaign import Campaign
from supervision.models.inspection import Inspection, InspectionMethod
from supervision.services import inspections as services
from supervision.services.planning import create_inspection
from supervision.timelines import visible_events
from supervision.transitions import (
    APPROVE,
    CANCEL,
    CONCLUDE,
    ENDORSE,
    INSPECTION,
    POSTPONE,
    RECALL,
    RESUME,
    RETURN,
    START,
    SUBMIT,
)
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
        rows = Inspection.objects.visible_to(request.user).filter(campaign=campaign)
        page = keyset_page(
            narrowed(rows, form).select_related("unit", "team", "phase"),
            NEWEST_FIRST,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        context = {"page": page, "form": form, "may_plan": request.user.scope.has(*rules.TEAM_PEOPLE)}
        return render(request, "supervision/inspections.html", context)


def narrowed(rows: Any, form: InspectionFilterForm) -> QuerySet[Inspection]:
    """The rows that fit the filters; a filter that cannot be read finds nothing rather than everything."""
    if not form.is_valid():
        return rows.none()
    given = form.cleaned_data
    named = {
        "status": given["status"],
        "unit_id": given["unit"],
        "team_id": given["team"],
        "phase_id": given["phase"],
        "planned_on__gte": given["since"],
        "planned_on__lte": given["until"],
        "unit__name__icontains": given["q"],
    }
    return rows.filter(**{name: value for name, value in named.items() if value})


# --- registering ------------------------------------------------------------------------------------------------------


class InspectionCreateView(LoginRequiredMixin, View):
    """A visit to come. Whoever is in no team is refused."""

    form: ClassVar[type[PlanForm]] = PlanForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            campaign = current_campaign(request)
            if campaign is None or not request.user.scope.has(*rules.TEAM_PEOPLE):
                raise NotAllowed.for_roles(_("督导组成员"))
            self.campaign: Campaign = campaign
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        phase = vocabulary_of(self.campaign.pk).phase_on(self.today)
        initial = {"unit": request.GET.get("unit"), "phase": phase, "planned_on": self.today}
        return self.show(request, self.build_form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build_form(request.POST)
        if not form.is_valid():
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        try:
            inspection = create_inspection(actor=request.user, at=timezone.now(), **form.inputs())
        except Refusal as refusal:
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        messages.success(request, _("已登记：%(label)s") % {"label": inspection.label})
        return redirect(inspection)

    @property
    def today(self) -> Any:
        return self.campaign.day_of(timezone.now())

    def build_form(self, *data: Any, **kwargs: Any) -> PlanForm:
        assert isinstance(self.request.user, User)
        return self.form(*data, user=self.request.user, campaign=self.campaign, **kwargs)

    def show(self, request: HttpRequest, form: PlanForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "afterwards": self.form is LateEntryForm}
        return render(request, "supervision/inspection_new.html", context, status=status)


class LateEntryView(InspectionCreateView):
    """补录: a visit already made."""

    form = LateEntryForm


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
        if inside and inspection.opened_at is None and services.is_reviewed_by(inspection, user, now):
            services.note_opening(pk=pk, actor=user, at=now)
        context = {
            "inspection": inspection,
            "inside": inside,
            "methods": inspection.methods.all(),
            "whose": whose_move(inspection),
            "moves": _moves(inspection, user, now) if inside else (),
            "events": visible_events(user, inspection),
            "on": inspection.campaign.day_of(now),
            "calendar": vocabulary_of(inspection.campaign_id).calendar,
        }
        return render(request, "supervision/inspection.html", context)

    def find(self, request: HttpRequest, pk: int) -> Inspection:
        """With everything that the guards and the page read, each in one query."""
        assert isinstance(request.user, User)
        rows = Inspection.objects.visible_to(request.user).filter(pk=pk)
        found = rows.select_related(*self.select_related, "created_by", "submitted_by", "reviewed_by").first()
        if found is None:
            raise Http404
        _prefetch(found, inside=is_inside(request.user, found))
        return found


def _prefetch(inspection: Inspection, *, inside: bool) -> None:

    methods = Prefetch("methods", InspectionMethod.objects.select_related("method"))
    wanted: list[str | Prefetch[Any]] = ["foci", methods]
    if inside:
        wanted += ["records", "problems"]
    if inspection.status in CONCLUDE.sources:
        wanted.append("checklist")
    prefetch_related_objects([inspection], *wanted)


def _moves(inspection: Inspection, user: User, now: Any) -> tuple[parts.Move, ...]:
    log = reverse("supervision:inspection-log", args=[inspection.pk])
    mends = {"planned_methods_are_answered": f"{log}#records", "problems_are_complete": f"{log}#problems"}
    offers = INSPECTION.offers(inspection, user, at=now)
    decisive = (offer.move.name for offer in offers if offer.move in (SUBMIT, CONCLUDE) and not offer.unmet)
    return parts.moves(
        offers,
        lambda move: reverse("supervision:inspection-move", args=[inspection.pk, move]),
        primary=next(decisive, ""),
        mend_urls=mends,
    )


def whose_move(inspection: Inspection) -> str:
    """Who acts next, in words; empty when nobody has to."""
    if inspection.status in SETTLED:
        return ""
    if inspection.status == InspectionStatus.PLANNED:
        role, _signs = rules.next_step(Document.INSPECTION, inspection)
        return vocabulary_of(inspection.campaign_id).role_word(role)
    if inspection.status in (InspectionStatus.PENDING_REVIEW, InspectionStatus.POSTPONED):
        word = vocabulary_of(inspection.campaign_id).role_word("leader")
        return f"{inspection.team} {word}"
    return str(inspection.team)


class InspectionMoveView(InspectionFinder, MoveView):
    pages = {
        "endorse": MovePage(ENDORSE, services.endorse_inspection),
        "approve": MovePage(APPROVE, services.approve_inspection),
        "start": MovePage(START, services.start_inspection, StartForm),
        "submit": MovePage(SUBMIT, services.submit_inspection),
        "recall": MovePage(RECALL, services.recall_inspection),
        "conclude": MovePage(CONCLUDE, services.conclude_inspection, ConcludeForm),
        "return": MovePage(RETURN, services.return_inspection, NoteForm),
        "postpone": MovePage(POSTPONE, services.postpone_inspection, PostponeForm),
        "resume": MovePage(RESUME, services.resume_inspection, ResumeForm),
        "cancel": MovePage(CANCEL, services.cancel_inspection, NoteForm),
    }


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
    )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        inspection = self.find(request, pk)
        return render(request, "supervision/inspection_print.html", {"inspection": inspection})

"""Drafts filed for reading: the list, filing one, its page for unit and team, its moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from supervision import guidance_transitions as transitions
from supervision.core import parts
from supervision.core.deadlines import Clock
from supervision.core.lists import Sort, list_page
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin, discard_received, show_refusal
from supervision.current import at_place, current_campaign
from supervision.forms.filed_drafts import AdoptForm, FiledDraftFilterForm, FilingForm, ReadForm, RefileForm
from supervision.models.filed_draft import DraftReading, DraftVersion, FiledDraft
from supervision.services import filed_drafts as services
from supervision.timelines import visible_events
from supervision.views.attached import lines_of
from supervision.views.inspections import is_inside
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("filed_at", descending=True)
FILERS = (Role.LIAISON, Role.HEAD)


class FiledDraftListView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign = current_campaign(request)
        form = FiledDraftFilterForm(request.GET, user=request.user, campaign=campaign)
        rows = at_place(request, FiledDraft.objects.visible_to(request.user).filter(campaign=campaign))
        page = list_page(request, form.narrow(rows).select_related("unit", "team", "draft_kind"), NEWEST_FIRST)
        context = {"page": page, "form": form, "may_file": request.user.scope.has(*FILERS)}
        return render(request, "supervision/filed_drafts.html", context)


class FiledDraftCreateView(LoginRequiredMixin, View):
    """The unit's liaison or head files something with its team."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            campaign = current_campaign(request)
            if campaign is None or not request.user.scope.has(*FILERS):
                raise NotAllowed.for_roles(_("联络员、主要负责人"))
            self.campaign = campaign
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.build_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build_form(request.POST, request.FILES)
        if not form.is_valid():
            discard_received(form.cleaned_data)
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        try:
            draft = services.file_draft(actor=request.user, at=timezone.now(), **form.inputs())
        except Refusal as refusal:
            discard_received(form.cleaned_data)
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        messages.success(request, _("已报送督导组审阅。"))
        return redirect(draft)

    def build_form(self, *data: Any) -> FilingForm:
        assert isinstance(self.request.user, User)
        return FilingForm(*data, user=self.request.user, campaign=self.campaign)

    def show(self, request: HttpRequest, form: FilingForm, status: int = 200) -> HttpResponse:
        return render(request, "supervision/filed_draft_new.html", {"form": form}, status=status)


@dataclass(frozen=True)
class VersionLine:
    """One version with its files, and what the team said of it."""

    version: DraftVersion
    files: list[parts.FileLine]
    reading: DraftReading | None
    reading_files: list[parts.FileLine]


class FiledDraftFinder(LoginRequiredMixin, ScopedMixin):
    model: ClassVar[Any] = FiledDraft
    select_related: ClassVar[tuple[str, ...]] = (
        "campaign", "body", "team", "unit", "phase", "draft_kind", "filed_by",
    )  # fmt: skip


def version_lines(draft: FiledDraft) -> list[VersionLine]:
    """The newest first; two queries."""
    versions = list(draft.versions.select_related("filed_by", "reading__reader").order_by("-number"))
    readings = {each.pk: getattr(each, "reading", None) for each in versions}
    files = lines_of(*versions, *(each for each in readings.values() if each is not None))
    return [
        VersionLine(
            version=each,
            files=files[each.kind, each.pk],
            reading=(reading := readings[each.pk]),
            reading_files=files[reading.kind, reading.pk] if reading else [],
        )
        for each in versions
    ]


class FiledDraftView(FiledDraftFinder, View):
    """State, whose move until when, every version with what the team said of it, the timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.find(request, pk)
        assert isinstance(request.user, User)
        now = timezone.now()
        moves = parts.moves(
            transitions.FILED_DRAFT.offers(draft, request.user, at=now),
            lambda name: reverse("supervision:filed-draft-move", args=[draft.pk, name]),
        )
        context = {
            "draft": draft,
            "inside": is_inside(request.user, draft),
            "whose": whose_move(draft),
            "moves": moves,
            "versions": version_lines(draft),
            "events": visible_events(request.user, draft),
            "on": draft.campaign.day_of(now),
            "calendar": vocabulary_of(draft.campaign_id).calendar,
        }
        return render(request, "supervision/filed_draft.html", context)


def whose_move(draft: FiledDraft) -> str:
    """Who acts next, in words; empty when nobody has to."""
    return {Clock.TEAM.value: str(draft.team), Clock.UNIT.value: str(draft.unit)}.get(draft.clock, "")


class FiledDraftMoveView(FiledDraftFinder, MoveView):
    pages = {
        "read": MovePage(transitions.READ, services.read_draft, ReadForm, "supervision/filed_draft_move.html"),
        "adopt": MovePage(transitions.ADOPT, services.adopt_draft, AdoptForm, "supervision/filed_draft_move.html"),
        "refile": MovePage(transitions.REFILE, services.refile_draft, RefileForm, "supervision/filed_draft_move.html"),
        "withdraw": MovePage(transitions.WITHDRAW_DRAFT, services.withdraw_draft, NoteForm),
    }

    def shown(self) -> dict[str, Any]:
        """What is read, decided on or answered stands beside the form."""
        return {"draft": self.subject, "newest": version_lines(self.subject)[0]}

"""The printable kit of a visit 检查包: blank sheets with their heads filled in, taken along to the unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision.core.refusals import NotAllowed
from supervision.current import current_campaign
from supervision.enums import MethodKind
from supervision.forms.kits import BlankKitForm, KitForm
from supervision.models.campaign import Campaign, Phase
from supervision.models.inspection import Inspection
from supervision.models.organisation import Team
from supervision.models.vocabulary import Focus, Method
from supervision.views.inspections import InsideFinder
from supervision.vocabulary import vocabulary_of

LINES_A_PAGE, LINES_AT_LEAST = 20, 5


@dataclass(frozen=True)
class Kit:
    """What the sheets are filled with; a blank kit has no inspection."""

    team: Team
    phase: Phase | None
    foci: tuple[tuple[Focus, tuple[str, ...]], ...]
    acts: tuple[Method, ...]
    inspection: Inspection | None = None

    @property
    def lines(self) -> range:
        """To write on under each method: a page is filled, and three methods share one."""
        return range(max(LINES_AT_LEAST, LINES_A_PAGE // max(1, len(self.acts))))


def kit_of(team: Team, phase: Phase | None, foci: Iterable[Focus], methods: Iterable[Method], **more: Any) -> Kit:
    """The points are those asked in the phase."""
    asked = {None} if phase is None else {None, phase.pk}
    points = {
        focus.pk: tuple(point.text for point in focus.points.all() if point.phase_id in asked)
        for focus in vocabulary_of(team.campaign_id).foci
    }
    pairs = tuple((focus, points.get(focus.pk, ())) for focus in foci)
    return Kit(team, phase, pairs, tuple(each for each in methods if each.kind == MethodKind.ACT), **more)


class KitView(InsideFinder, View):
    """The kit of one visit, for the supervising side: an unannounced one must not be met by its unit here."""

    prefetch = ("foci", "present", "methods__method")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        inspection = self.find(request, pk)
        form = KitForm(request.GET)
        methods = [row.method for row in inspection.methods.all()]
        kit = kit_of(inspection.team, inspection.phase, inspection.foci.all(), methods, inspection=inspection)
        context = {"kit": kit, "form": form, "sheets": form.chosen, "inspection": inspection}
        return render(request, "supervision/kit.html", context)


class BlankKitView(LoginRequiredMixin, View):
    """A kit without unit and date, for a team and a phase. Whoever supervises no team is refused."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign = current_campaign(request)
        teams = _teams_of(request.user, campaign)
        if campaign is None or not teams.exists():
            raise NotAllowed.for_roles(_("督导组成员"))
        vocabulary = vocabulary_of(campaign.pk)
        now = vocabulary.phase_on(campaign.day_of(timezone.now()))
        form = BlankKitForm(request.GET, teams=teams, phases=Phase.objects.filter(campaign=campaign), phase=now)
        form.is_valid()
        team = form.cleaned_data.get("team") or teams.first()
        methods = [row for row in vocabulary.methods if row.body_id in (None, team.body_id)]
        kit = kit_of(team, form.cleaned_data.get("phase"), vocabulary.foci, methods)
        return render(request, "supervision/kit.html", {"kit": kit, "form": form, "sheets": form.chosen})


def _teams_of(user: User, campaign: Campaign | None) -> Any:
    """The teams that the reader belongs to or oversees."""
    scope = user.scope
    seen = Q(campaign_id__in=scope.campaigns) | Q(body_id__in=scope.bodies) | Q(pk__in=scope.teams)
    return Team.objects.filter(seen, campaign=campaign).select_related("body")

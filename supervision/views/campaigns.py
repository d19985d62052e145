"""The campaign's page with its moves, and the choice of the campaign one looks at."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from accounts.models import User
from supervision import rules
from supervision.core import parts
from supervision.core.web import MovePage, MoveView, ScopedMixin
from supervision.current import CHOSEN, PLACE, current_campaign, places_of
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.services import campaigns
from supervision.services.settings import reading
from supervision.timelines import visible_events
from supervision.transitions import ARCHIVE_CAMPAIGN, CAMPAIGN, FINISH_CAMPAIGN, START_CAMPAIGN
from supervision.vocabulary import in_use, vocabulary_of


class CampaignFinder(LoginRequiredMixin, ScopedMixin):
    model: ClassVar[Any] = Campaign
    select_related: ClassVar[tuple[str, ...]] = ()

    def find(self, request: HttpRequest, pk: int) -> Campaign:
        found = Campaign.objects.visible_to(request.user).filter(pk=pk).first()  # type: ignore[arg-type]
        if found is None:
            raise Http404
        return found


class CurrentCampaignView(LoginRequiredMixin, View):
    """The page of the campaign the reader is looking at."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        if campaign is None:
            raise Http404
        return redirect(campaign)


class CampaignView(CampaignFinder, View):
    """Phases, bodies, teams, units, vocabulary and settings: the structure is no secret to the campaign's people.

    Of units and teams a reader sees their own scope's alone.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.find(request, pk)
        assert isinstance(request.user, User)
        now = timezone.now()
        offers = CAMPAIGN.offers(campaign, request.user, at=now)
        units = list(Unit.objects.visible_to(request.user).filter(campaign=campaign).select_related("team", "body"))
        context = {
            "campaign": campaign,
            "vocabulary": vocabulary_of(campaign.pk),
            "categories": in_use(vocabulary_of(campaign.pk).categories),
            "severities": in_use(vocabulary_of(campaign.pk).severities),
            "units": units,
            "teams": _distinct(units, "team"),
            "bodies": _distinct(units, "body"),
            "moves": parts.moves(offers, lambda move: reverse("supervision:campaign-move", args=[campaign.pk, move])),
            "events": [reading.entry(event) for event in visible_events(request.user, campaign)],
            "others": Campaign.objects.visible_to(request.user).exclude(pk=campaign.pk),
            "on": campaign.day_of(now),
            "reads_settings": rules.may_read_settings(request.user, campaign, campaign.day_of(now)),
        }
        return render(request, "supervision/campaign.html", context)


def _distinct(units: list[Unit], name: str) -> list[Body | Team]:
    """The teams or bodies of these units, each once, in their order."""
    found = {each.pk: each for unit in units if (each := getattr(unit, name)) is not None}
    return sorted(found.values(), key=lambda each: (each.order, each.pk))


class ChooseView(CampaignFinder, View):
    """Look at another of one's campaigns; kept in the session."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        request.session[CHOSEN] = self.find(request, pk).pk
        return redirect("supervision:workbench")


class ChoosePlaceView(LoginRequiredMixin, View):
    """Look at one of one's places alone, or at all of them again; kept in the session. No right changes."""

    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign, asked = current_campaign(request), request.POST.get("place", "")
        keys = {place.key for place in places_of(request.user, campaign.pk)} if campaign else set()
        if asked and asked not in keys:
            raise Http404
        request.session[PLACE] = asked
        back = request.POST.get("next", "")
        here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return redirect(back if here else "supervision:workbench")


class CampaignMoveView(CampaignFinder, MoveView):
    """start, finish, archive."""

    pages = {
        "start": MovePage(START_CAMPAIGN, campaigns.start_campaign),
        "finish": MovePage(FINISH_CAMPAIGN, campaigns.finish_campaign),
        "archive": MovePage(ARCHIVE_CAMPAIGN, campaigns.archive_campaign),
    }

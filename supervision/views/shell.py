"""Pages that belong to no single object and are composed of panels: 驾驶舱, its projector, the page about a place."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from accounts.models import User
from supervision.core.panels import panel_of, render_place
from supervision.current import NARROWS, Place, current_campaign, narrow
from supervision.models.organisation import Body, Team, Unit
from supervision.views.unit_lists import UNIT_PAGE
from supervision.vocabulary import vocabulary_of

DASHBOARD = "dashboard"
PK_DIGITS = 19  # a number so long names nothing: the database could not even compare with it


class DashboardView(LoginRequiredMixin, View):
    """A page composed of the panels that the apps registered for it."""

    template = "supervision/dashboard.html"
    places: ClassVar[tuple[str, ...]] = (DASHBOARD,)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def show(self, request: HttpRequest, **more: Any) -> HttpResponse:
        campaign = current_campaign(request)
        panels = [content for place in self.places for _panel, content in render_place(place, request)]
        context: dict[str, Any] = {"campaign": campaign, "panels": panels, **more}
        if campaign is not None:
            now = timezone.now()
            context |= {"on": campaign.day_of(now), "at": now, "calendar": vocabulary_of(campaign.pk).calendar}
        return render(request, self.template, context)


class ProjectorView(DashboardView):
    """The same without anything around it, on a wall: its panels ask for themselves again every minute."""

    template = "supervision/projector.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        request.is_projected = True  # type: ignore[attr-defined]
        return self.show(request)


class PlaceView(DashboardView):
    """Everything about one body, team or unit, from the panels of the dashboard."""

    template = "supervision/place.html"

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        place = get_object_or_404(self.rows(request), pk=pk, campaign=current_campaign(request))
        narrow(request, Place(place.kind, place.pk, str(place)))
        lead = " · ".join(str(getattr(place, kind)) for kind in ("body", "team") if getattr(place, kind, None))
        return self.show(request, place=place, lead=lead)

    def rows(self, request: HttpRequest) -> Any:
        raise NotImplementedError


class UnitSightView(PlaceView):
    places = (DASHBOARD, UNIT_PAGE)

    def rows(self, request: HttpRequest) -> Any:
        return Unit.objects.visible_to(_reader(request)).select_related("body", "team")


class TeamSightView(PlaceView):
    """For whoever supervises: its own people, its body's office, the province."""

    def rows(self, request: HttpRequest) -> Any:
        scope = _reader(request).scope
        seen = Q(campaign_id__in=scope.campaigns) | Q(body_id__in=scope.bodies) | Q(pk__in=scope.teams)
        return Team.objects.filter(seen).select_related("body")


class BodySightView(PlaceView):
    def rows(self, request: HttpRequest) -> Any:
        scope = _reader(request).scope
        return Body.objects.filter(Q(campaign_id__in=scope.campaigns) | Q(pk__in=scope.bodies))


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class PanelView(LoginRequiredMixin, View):
    """One panel for its refresh; `?unit=`, `?team=` or `?body=` narrows it as the page about that place does."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        panel = panel_of(key)
        if panel is None or not panel.visible(request.user):
            raise Http404
        for kind in NARROWS:
            asked = request.GET.get(kind, "")
            if asked.isascii() and asked.isdecimal() and len(asked) < PK_DIGITS:
                narrow(request, Place(kind, int(asked), ""))
        return HttpResponse(panel.render(request))

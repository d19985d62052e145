"""Pages that belong to no single object and are composed of panels: dashboard 驾驶舱, one panel by itself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from supervision.core.panels import panel_of, render_place
from supervision.current import current_campaign
from supervision.vocabulary import vocabulary_of


class DashboardView(LoginRequiredMixin, View):
    """A page composed of the panels that the apps registered for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        panels = [content for _panel, content in render_place("dashboard", request)]
        context: dict[str, Any] = {"campaign": campaign, "panels": panels}
        if campaign is not None:
            context["on"] = campaign.day_of(timezone.now())
            context["calendar"] = vocabulary_of(campaign.pk).calendar
        return render(request, "supervision/dashboard.html", context)


class PanelView(LoginRequiredMixin, View):
    """One panel for its refresh."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        panel = panel_of(key)
        if panel is None or not panel.visible(request.user):
            raise Http404
        return HttpResponse(panel.render(request))

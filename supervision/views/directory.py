"""通讯录: people with post and work telephone; offices and teams, and units, within the reader's reach."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.models import User
from supervision.core.lists import PAGE_SIZE, Sort, keyset_page
from supervision.current import current_campaign
from supervision.forms.people import DirectoryFilterForm
from supervision.services import rosters
from supervision.vocabulary import vocabulary_of

OFFICES, UNITS = "offices", "units"
MOST_PRINTED = 2000  # units on one print


class DirectoryView(LoginRequiredMixin, View):
    """`?part=offices|units&q=`; `all=1` puts every unit on one page, for the printer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = current_campaign(request)
        if campaign is None:
            raise Http404
        assert isinstance(request.user, User)
        form = DirectoryFilterForm(request.GET)
        words = form.cleaned_data["q"].strip() if form.is_valid() else ""
        on, vocabulary = campaign.day_of(timezone.now()), vocabulary_of(campaign.pk)
        part = UNITS if request.GET.get("part") == UNITS else OFFICES
        context: dict[str, Any] = {"form": form, "part": part, "words": words, "campaign": campaign, "page": None}
        if part == UNITS:
            found = rosters.units_of(request.user, campaign, on, words)
            size = MOST_PRINTED if request.GET.get("all") else PAGE_SIZE
            cursors: dict[str, Any] = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
            page = keyset_page(found, Sort("order"), size=size, **cursors)
            context |= {"page": page, "groups": rosters.of_units(page.rows, vocabulary, on)}
        else:
            context["groups"] = rosters.offices(request.user, campaign, vocabulary, on, words)
        return render(request, "supervision/directory.html", context)

"""The search of the top bar: a few rows of each kind, and all rows of a kind that has no list of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.models import User
from supervision.core import search
from supervision.core.lists import Sort, list_page
from supervision.core.search import Asked, Finder
from supervision.current import at_place, current_campaign, current_place
from supervision.forms.search import SearchForm
from supervision.models.campaign import Campaign
from supervision.models.organisation import Unit

NEWEST_FIRST = Sort("id", descending=True)


def asked_of(request: HttpRequest, campaign: Campaign, words: tuple[str, ...]) -> Asked:
    """What the reader looks for, within their scope, their campaign and the place they look at. One query."""
    user = request.user
    assert isinstance(user, User)

    def within(model: Any) -> Any:
        return at_place(request, model.objects.visible_to(user).filter(campaign=campaign))

    units, place = Unit.objects.visible_to(user).filter(campaign=campaign), current_place(request)
    if place is not None:
        units = units.filter(**{"pk" if place.kind == "unit" else f"{place.kind}_id": place.pk})
    return Asked(user, within, words, list(units))


class SearchView(LoginRequiredMixin, View):
    """`?q=`: what was found of each kind, each with the way to all of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign, form = current_campaign(request), SearchForm(request.GET)
        words = form.words
        found = search.everything(asked_of(request, campaign, words)) if campaign and words else []
        context = {
            "campaign": campaign,
            "form": form,
            "words": words,
            "groups": [(group, where(group.finder, request)) for group in found],
        }
        return render(request, "supervision/search.html", context, status=200 if form.is_valid() else 400)


class SearchKindView(LoginRequiredMixin, View):
    """All rows of one kind, page by page; a kind with a list of its own is shown there."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        campaign, finder, form = current_campaign(request), search.finder_of(kind), SearchForm(request.GET)
        if campaign is None or finder is None or finder.list_url_name:
            raise Http404
        context: dict[str, Any] = {"finder": finder, "form": form, "back_url": where_all(request)}
        if words := form.words:
            asked = asked_of(request, campaign, words)
            page = list_page(request, search.telling(finder, finder.rows(asked)), NEWEST_FIRST)
            context |= {"page": page, "hits": search.hits_of(finder, asked, page.rows)}
        return render(request, "supervision/search_kind.html", context, status=200 if form.is_valid() else 400)


def where(finder: Finder, request: HttpRequest) -> str:
    """The address of everything that was found of one kind."""
    own_page = reverse("supervision:search-kind", args=[finder.key])
    return f"{reverse(finder.list_url_name) if finder.list_url_name else own_page}?{_query(request)}"


def where_all(request: HttpRequest) -> str:
    return f"{reverse('supervision:search')}?{_query(request)}"


def _query(request: HttpRequest) -> str:
    return urlencode({"q": request.GET.get("q", "")})

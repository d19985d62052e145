"""What of this app the search finds: units, visits, problems of the log, advice. Called from `apps.ready()`."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from supervision.core import search, words
from supervision.core.search import Asked, Finder
from supervision.models.advice import Advice
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.models.problem import Problem

DAY = Cast(Coalesce("happened_on", "planned_on"), CharField())


def register() -> None:
    words.index(Problem, "title", "fact")
    words.index(Advice, "number", "title")
    search.register(Finder("units", _("单位"), 10, _units, "supervision:unit-sight", {"title": "name"}))
    search.register(
        Finder(
            "inspections", _("督导检查"), 50, _inspections, "supervision:inspection",
            {"number": DAY, "title": "unit__name"}, list_url_name="supervision:inspection-list",
        )
    )  # fmt: skip
    search.register(
        Finder(
            "problems", _("检查中发现的问题"), 60, _problems, "supervision:inspection",
            {"title": "title", "text": "fact", "unit": "unit_id"}, leads_to="inspection_id",
        )
    )  # fmt: skip
    search.register(
        Finder(
            "advice", _("工作建议"), 70, _advice, "supervision:advice",
            {"number": "number", "title": "title", "unit": "unit_id"}, list_url_name="supervision:advice-list",
        )
    )  # fmt: skip


def _units(asked: Asked) -> Any:
    return Unit.objects.visible_to(asked.user).filter(pk__in=words.called(asked.units, *asked.words))


def _inspections(asked: Asked) -> Any:
    """By the unit alone: what a visit was about and what it found is not for everybody who knows of it."""
    return asked.within(Inspection).filter(words.saying(asked.words, units=asked.units))


def _problems(asked: Asked) -> Any:
    return asked.within(Problem).filter(words.saying_itself(asked.words, "title", "fact", units=asked.units))


def _advice(asked: Asked) -> Any:
    return asked.within(Advice).filter(Advice.words_q(asked.words, asked.units))

"""What of this app the search finds. Called from `apps.ready()`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.models import FeedbackForm, FeedbackProblem
from supervision.core import search, words
from supervision.core.search import Asked, Finder


def register() -> None:
    words.index(FeedbackForm, "number", "title")
    words.index(FeedbackProblem, "fact")
    told = {"number": "number", "title": "title", "unit": "unit_id"}
    search.register(
        Finder("forms", _("反馈单"), 30, _forms, "feedback:form", told, list_url_name="feedback:forms")
    )  # fmt: skip


def _forms(asked: Asked) -> Any:
    return asked.within(FeedbackForm).filter(FeedbackForm.words_q(asked.words, asked.units))

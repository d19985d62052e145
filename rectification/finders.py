"""What of this app the search finds: items with their problems, measures, reports. Called from `apps.ready()`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from rectification.ledger import saying_words
from rectification.models.item import Measure, RectificationItem
from rectification.models.report import Report
from supervision.core import search, words
from supervision.core.search import Asked, Finder


def register() -> None:
    words.index(RectificationItem, "number", "title")
    words.index(Measure, "text")
    words.index(Report, "title")
    search.register(
        Finder(
            "items", _("整改事项"), 20, _items, "rectification:item",
            {"number": "number", "title": "title", "unit": "unit_id", "text": "problem__fact"},
            list_url_name="rectification:ledger",
        )
    )  # fmt: skip
    search.register(
        Finder(
            "measures", _("整改措施"), 25, _measures, "rectification:item",
            {"number": "item__number", "title": "item__title", "unit": "item__unit_id", "text": "text"},
            leads_to="item_id",
        )
    )  # fmt: skip
    search.register(
        Finder(
            "reports", _("整改报告"), 40, _reports, "rectification:report",
            {"number": "form__number", "title": "title", "unit": "unit_id"}, list_url_name="rectification:reports",
        )
    )  # fmt: skip


def _items(asked: Asked) -> Any:
    return saying_words(asked.within(RectificationItem), asked.words, asked.units)


def _measures(asked: Asked) -> Any:
    """A draft plan is its unit's own; the name of a unit alone does not find all its measures."""
    mine = Measure.objects.visible_to(asked.user).filter(item__in=asked.within(RectificationItem))
    return mine.filter(words.saying_itself(asked.words, "text", units=asked.units, unit="item__unit_id"))


def _reports(asked: Asked) -> Any:
    return asked.within(Report).filter(Report.words_q(asked.words, asked.units))

"""What a report still lacks, item by item, with the place where each gap is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rectification.guards import evidence_of
from rectification.item_mends import mend_urls
from rectification.models.item import RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.transitions import SUBMIT
from supervision.core import parts
from supervision.core.transitions import Situation


@dataclass(frozen=True)
class ItemGaps:
    """One covered item: what keeps it from being handed in, and evidence that does not count yet."""

    item: RectificationItem
    missing: tuple[parts.Mend, ...]
    early: tuple[str, ...]


def gaps_of(report: Report, at: datetime, on: date) -> list[ItemGaps]:
    """The items that something is to be done for, in the report's order."""
    found = (_gaps(answer, at, on) for answer in report.parts if answer.item.status in SUBMIT.sources)
    return [gaps for gaps in found if gaps.missing or gaps.early]


def _gaps(answer: ReportItem, at: datetime, on: date) -> ItemGaps:
    item = answer.item
    unmet = SUBMIT.unmet(item, Situation(None, at, on), with_inputs=False)
    missing = parts.mends(unmet, mend_urls(item))
    if not answer.text.strip():
        told = parts.Mend(_("整改情况还没有填写"), url=f"#id_text_{item.pk}", label=_("去填写"))
        missing = (told, *missing)
    return ItemGaps(item, missing, tuple(_early(item, on)))


def _early(item: RectificationItem, on: date) -> Iterator[str]:
    for each in evidence_of(item):
        if each.effective_on > on:
            facts = {"name": each.file.original_name, "on": date_format(each.effective_on)}
            yield _("“%(name)s”到%(on)s才生效，此前报送不算数") % facts

"""The office's queue of what awaits its close-out: which items, what the system found, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from rectification.closing_guards import FACTS, requirements_of
from rectification.enums import ItemStatus
from rectification.guards import evidence_of
from rectification.item_desk import duties_of
from rectification.models.item import RectificationItem
from rectification.models.verification import last_verification
from supervision.core.transitions import Situation
from supervision.enums import CloseCheck


def closing_of(user: User, on: date, campaign_id: int) -> QuerySet[RectificationItem]:
    """Items whose close-out is this person's to decide or to endorse, the nearest date first. One query."""
    return duties_of(user, on, campaign_id).filter(status=ItemStatus.PENDING_CLOSE)


def queue_url(pk: int | None = None) -> str:
    """The queue, at one of its items."""
    place = reverse("rectification:closing-queue")
    return f"{place}?item={pk}" if pk else place


@dataclass(frozen=True)
class Queue:
    """Where the reader stands in what awaits their close-out."""

    ids: tuple[int, ...]
    current: int

    @classmethod
    def of(cls, user: User, on: date, campaign_id: int, asked: int | None = None) -> Queue | None:
        """At the item asked for, else at the first one; None when nothing waits."""
        ids = tuple(closing_of(user, on, campaign_id).values_list("pk", flat=True))
        if not ids:
            return None
        return cls(ids, asked if asked in ids else ids[0])

    @property
    def number(self) -> int:
        return self.ids.index(self.current) + 1

    @property
    def total(self) -> int:
        return len(self.ids)

    @property
    def left(self) -> int:
        """How many wait besides this one."""
        return self.total - 1

    @property
    def next_id(self) -> int | None:
        """The one after this, from the last on to the first; None when this is the only one."""
        return self.ids[self.number % self.total] if self.left else None

    @property
    def next_url(self) -> str:
        return queue_url(self.next_id) if self.next_id else ""

    @property
    def previous_url(self) -> str:
        return queue_url(self.ids[self.number - 2]) if self.left else ""


@dataclass(frozen=True)
class Finding:
    """One close-out requirement and what the system found; `holds` None: nothing that it can check."""

    code: str
    name: str
    holds: bool | None
    told: str


def findings_of(item: RectificationItem, situation: Situation) -> list[Finding]:
    """The campaign's requirements for this item, in their order."""
    found = []
    for row in requirements_of(item):
        check = row.check_fact
        holds = FACTS[check](item, situation) if check else None
        found.append(Finding(row.code, row.name, holds, TOLD[check](item, situation) if check else ""))
    return found


def _measures(item: RectificationItem, situation: Situation) -> str:
    measures = list(item.measures.all())
    left = sum(not measure.is_answered for measure in measures)
    if left:
        return ngettext("还有%(left)d条措施没有完成", "还有%(left)d条措施没有完成", left) % {"left": left}
    return ngettext("%(count)d条措施均已完成", "%(count)d条措施均已完成", len(measures)) % {"count": len(measures)}


def _evidence(item: RectificationItem, situation: Situation) -> str:
    pieces = evidence_of(item)
    early = sum(each.effective_on > situation.on for each in pieces)
    told = ngettext("%(count)d份佐证材料", "%(count)d份佐证材料", len(pieces)) % {"count": len(pieces)}
    if early:
        return _("%(told)s，其中%(early)d份未到生效日期") % {"told": told, "early": early}
    return told


def _report(item: RectificationItem, situation: Situation) -> str:
    signature = item.report_signature
    if signature is None:
        return _("没有签批的整改情况报告")
    facts = {"signer": signature, "on": date_format(signature.signed_on), "form": signature.get_form_display()}
    told = _("%(signer)s，%(on)s，%(form)s") % facts
    return told if signature.is_settled else _("%(told)s（扫描件还没有核对）") % {"told": told}


def _verification(item: RectificationItem, situation: Situation) -> str:
    record = last_verification(item)
    if record is None:
        return _("没有核验记录")
    people = "、".join(each.name for each in (record.author, record.second_verifier) if each)
    facts = {"way": record.get_way_display(), "on": date_format(record.verified_on), "people": people}
    return _("%(way)s，%(on)s，%(people)s") % facts


TOLD: dict[str, Callable[[RectificationItem, Situation], str]] = {
    CloseCheck.MEASURES_DONE: _measures,
    CloseCheck.EVIDENCE_EFFECTIVE: _evidence,
    CloseCheck.REPORT_SIGNED: _report,
    CloseCheck.VERIFIED: _verification,
}

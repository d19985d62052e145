"""An item's page: everything it tells, read in a fixed number of queries however long its story is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from rectification.enums import ItemStatus, MeasureState, ReportStatus
from rectification.guards import evidence_of
from rectification.item_chain import ChainLink, Standing, chain_of
from rectification.item_desk import whose_move
from rectification.item_evidence import Proof, pieces_of, proof_of
from rectification.item_mends import mend_urls, move_url
from rectification.lights import Shown, light_of
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.report import Report
from rectification.models.verification import Verification, rounds_of
from rectification.rules import is_of_unit
from rectification.transitions import (
    ADD_EVIDENCE,
    APPROVE_PLAN,
    CLOSE,
    EDITS,
    ENDORSE_CLOSURE,
    ENDORSE_PLAN,
    ITEM_MOVES,
    NOTE_PROGRESS,
    PRESS,
    RECORD_VERIFICATION,
    START,
    SUBMIT,
    SUBMIT_PLAN,
    UPDATE_MEASURE,
    VERIFY,
    WITHDRAW_EVIDENCE,
)
from supervision import rules
from supervision.core import parts
from supervision.core.deadlines import Clock
from supervision.core.models.event import Event
from supervision.core.refusals import Condition, Sentence
from supervision.core.templatetags._dates import day_text
from supervision.core.transitions import Offer, Situation, Transition
from supervision.timelines import visible_events
from supervision.vocabulary import vocabulary_of

NOT_FOR_THIS_ITEM = frozenset({"is_immediate", "wants_a_plan"})  # a start and a plan exclude each other
# What carries an item on is the blue button before any reminder, even where it cannot be undone.
DECISIVE = (START, SUBMIT_PLAN, ENDORSE_PLAN, APPROVE_PLAN, VERIFY, RECORD_VERIFICATION, ENDORSE_CLOSURE, CLOSE)
UNSIGNED = (ReportStatus.DRAFT, ReportStatus.PENDING_SIGNOFF, ReportStatus.RETURNED)
ON_THE_PAGE = tuple(move for move in EDITS if move is not WITHDRAW_EVIDENCE)  # withdrawn beside its own file
# As much as one look takes; `?all` shows the rest.
MEASURES_SHOWN, PIECES_SHOWN, NOTES_SHOWN, EVENTS_SHOWN = 8, 3, 3, 8


def load(item: RectificationItem) -> None:
    """Measures and standing evidence, which guards and page both read: two queries."""
    evidence = Evidence.objects.with_reuse().standing().select_related("file", "measure", "uploaded_by")
    prefetch_related_objects([item], "measures", Prefetch("evidence", evidence))


@dataclass(frozen=True)
class Progress:
    """One line of 进展情况, read from its event."""

    at: datetime
    who: str
    text: str
    files: tuple[parts.FileLine, ...]


class Story:
    """One item as one reader may see it at one moment."""

    def __init__(self, item: RectificationItem, user: User, at: datetime, *, is_whole: bool = False) -> None:
        self.item, self.user, self.at, self.is_whole = item, user, at, is_whole
        self.vocabulary = vocabulary_of(item.campaign_id)
        self.on: date = self.vocabulary.campaign.day_of(at)
        self.is_own = is_of_unit(user, item)
        load(item)
        if item.submitted_at is None and not item.mended_on_spot:
            item.__dict__["_rounds"] = []  # never handed in: there is none to ask for

    @cached_property
    def verifications(self) -> list[Verification]:
        """The unit reads of a verification once it is confirmed."""
        return [each for each in rounds_of(self.item) if each.confirmed_at or not self.is_own]

    @property
    def shows_plan(self) -> bool:
        """A draft is the unit's own until it has been handed in."""
        return self.is_own or self.item.status != ItemStatus.ASSIGNED or self.item.plan_round > 0

    @property
    def measures(self) -> list[Measure]:
        return list(self.item.measures.all()) if self.shows_plan else []

    @cached_property
    def light(self) -> Shown:
        answered = (MeasureState.DONE, MeasureState.NOT_NEEDED)
        late = any(each.due_on < self.on and each.state not in answered for each in self.item.measures.all())
        return light_of(self.item, self.on, self.vocabulary, has_late_measure=late)

    @property
    def whose(self) -> Sentence:
        return whose_move(self.item)

    @property
    def until(self) -> date | None:
        return self.item.clock_due_on if self.item.clock != Clock.NONE else None

    # --- what can be done ---------------------------------------------------------------------------------------------

    @cached_property
    def moves(self) -> tuple[parts.Move, ...]:
        """The moves that the table offers this reader and the unit's own edits."""
        offers = [offer for offer in ITEM_MOVES.offers(self.item, self.user, at=self.at) if self._fits(offer)]
        offers += [Offer(move, ()) for move in ON_THE_PAGE if self._offers(move)]
        ready = (offer.move.name for offer in offers if offer.move in DECISIVE and not offer.unmet)
        report = self._report_move
        primary = report.name if report else next(ready, self._next_work)
        found = parts.moves(offers, lambda name: move_url(self.item, name), primary=primary, mend_urls=self.mend_urls)
        pressed = (replace(each, post=True) if each.name == PRESS.name and each.is_ready else each for each in found)
        return (*([report] if report else ()), *pressed)

    @property
    def _next_work(self) -> str:
        """While the unit works: the move that mends what is missing first."""
        of_guard = {"every_measure_answered": NOTE_PROGRESS, "has_effective_evidence": ADD_EVIDENCE}
        wanted = (of_guard[each.name].name for each in self._unmet if each.name in of_guard)
        return next(wanted, "") if self.may_answer else ""

    @cached_property
    def _report_move(self) -> parts.Move | None:
        """Nothing is missing any more: the item goes on with its report, which the liaison writes."""
        if self._unmet or self.item.status not in SUBMIT.sources or not self.is_own:
            return None
        if report := self.unsigned_report:
            return parts.Move(_("打开报告"), report.get_absolute_url(), "open_report", primary=True)
        if not rules.is_unit_liaison(self.user, self.item, self.on):
            return None
        url = reverse("rectification:report-new", args=[self.item.form_id])
        return parts.Move(_("起草报告"), url, "draft_report", primary=True)

    @staticmethod
    def _fits(offer: Offer) -> bool:
        return not NOT_FOR_THIS_ITEM & {condition.name for condition in offer.unmet}

    def _offers(self, move: Transition) -> bool:
        return self.item.status in move.sources and move.is_allowed(self.item, self._situation)

    @property
    def _situation(self) -> Situation:
        return Situation(self.user, self.at, self.on)

    @cached_property
    def missing(self) -> tuple[parts.Mend, ...]:
        """What the report that hands the item in would still be refused for."""
        return parts.mends(self._unmet, self.mend_urls if self.may_answer else None)

    @cached_property
    def _unmet(self) -> list[Condition]:
        if self.item.status not in SUBMIT.sources:
            return []
        return SUBMIT.unmet(self.item, Situation(None, self.at, self.on), with_inputs=False)

    @property
    def may_update(self) -> bool:
        """May the reader say of each measure how far it is, here and now?"""
        return self._offers(UPDATE_MEASURE)

    @property
    def measure_states(self) -> list[tuple[str, Sentence]]:
        return list(MeasureState.choices)

    @property
    def may_note(self) -> bool:
        return self._offers(NOTE_PROGRESS)

    @property
    def may_answer(self) -> bool:
        """Whose work is missing: the unit's own liaison. The unit above and the head read, they do not fill in."""
        return self.is_own and self._offers(ADD_EVIDENCE)

    @property
    def mend_urls(self) -> dict[str, str]:
        """Without the way to what this reader may not do: a head adds evidence, the liaison tells the progress."""
        urls = mend_urls(self.item)
        if not self._offers(NOTE_PROGRESS):
            del urls["every_measure_answered"]
        return urls

    # --- what is told -------------------------------------------------------------------------------------------------

    @cached_property
    def chain(self) -> list[ChainLink]:
        evidence = evidence_of(self.item) if self.shows_plan else []
        standing = Standing(self.item, self.on, self.measures, evidence, self.reports, self.verifications)
        return chain_of(standing)

    @cached_property
    def _whole_proof(self) -> Proof:
        """Each measure with its evidence and its last result, and where a piece may be withdrawn."""
        may = self.may_answer and self._offers(WITHDRAW_EVIDENCE)
        pieces = pieces_of(self.item, may_withdraw=may) if self.shows_plan else []
        return proof_of(self.measures, pieces, self.verifications[-1] if self.verifications else None)

    @cached_property
    def proof(self) -> Proof:
        """As much of it as one look takes, or all."""
        return self._whole_proof if self.is_whole else self._whole_proof.shortened(MEASURES_SHOWN, PIECES_SHOWN)

    @property
    def evidence_count(self) -> int:
        return self._whole_proof.count

    @cached_property
    def reports(self) -> list[Report]:
        return list(Report.objects.visible_to(self.user).filter(answers__item=self.item).order_by("-pk"))

    @property
    def unsigned_report(self) -> Report | None:
        """The unit's report that already covers the item and waits to be finished or signed."""
        return next((report for report in self.reports if report.status in UNSIGNED), None)

    @cached_property
    def _events(self) -> list[Event]:
        return visible_events(self.user, self.item)

    @property
    def notes(self) -> list[Progress]:
        return [
            Progress(event.at, event.actor_name, event.note, tuple(_files_of(event)))
            for event in self._events
            if event.verb == "item.progress_noted"
        ]

    @property
    def timeline(self) -> list[parts.Entry]:
        """The newest entries, or all."""
        events = self._events if self.is_whole else self._events[:EVENTS_SHOWN]
        return [
            parts.entry_of(event, files=_files_of(event), changes=_changes_of(event, self._day)) for event in events
        ]

    @property
    def events_folded(self) -> int:
        return 0 if self.is_whole else max(0, len(self._events) - EVENTS_SHOWN)

    @property
    def notes_shown(self) -> list[Progress]:
        return self.notes if self.is_whole else self.notes[:NOTES_SHOWN]

    def _day(self, text: str) -> str:
        """A date of an event's payload (ISO text) as pages write it."""
        return day_text(date.fromisoformat(text), self.on, self.vocabulary.calendar)


def _files_of(event: Event) -> Iterator[parts.FileLine]:
    for pk, name, size in event.payload.get("files", ()):
        yield parts.FileLine(name=name, url=reverse("supervision:file", args=[pk]), size=size)


def _changes_of(event: Event, day: Callable[[str], str]) -> Iterator[parts.Change]:
    """A moved deadline, until when a returned item is to be mended, the number of the sheet. `day` writes a date."""
    payload: dict[str, Any] = event.payload
    moved = payload.get("due_on")
    if isinstance(moved, list):
        yield parts.Change(_("整改时限"), *map(day, moved))
    if redo_on := payload.get("redo_on"):
        yield parts.Change(_("重新整改时限"), "", day(redo_on))
    if number := payload.get("number"):
        yield parts.Change(_("销号单编号"), "", number)

"""Evidence as pages show it: each piece with its preview, under the measure that it proves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from rectification.guards import evidence_of
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from rectification.models.verification import MeasureResult, Verification
from supervision.core import parts
from supervision.core.filetypes import INLINE_TYPES, PHOTO_TYPES


@dataclass(frozen=True)
class Piece:
    """One piece of evidence. `view_url`: what a browser can show; `small_url`: a photo for a list; empty: neither."""

    evidence: Evidence
    file: parts.FileLine
    view_url: str = ""
    small_url: str = ""
    withdraw_url: str = ""

    @property
    def kind(self) -> str:
        """The file's type as a word for its tile: PDF, DOCX."""
        return self.file.name.rpartition(".")[2].upper()[:4]


@dataclass(frozen=True)
class MeasureCard:
    """A measure with its evidence and what a verification saw of it."""

    measure: Measure
    pieces: tuple[Piece, ...] = ()
    result: MeasureResult | None = None
    folded: int = 0  # pieces that a short page leaves out


@dataclass(frozen=True)
class Proof:
    """The measures of an item with their evidence; `loose` belongs to all of them."""

    cards: tuple[MeasureCard, ...]
    loose: tuple[Piece, ...]
    folded_cards: int = 0
    folded_loose: int = 0

    @property
    def count(self) -> int:
        return len(self.loose) + sum(len(card.pieces) for card in self.cards)

    def shortened(self, measures: int, pieces: int) -> Proof:
        """The same with at most so many measures and so many pieces of each, saying what was left out."""
        cards = tuple(
            replace(card, pieces=card.pieces[:pieces], folded=max(0, len(card.pieces) - pieces))
            for card in self.cards[:measures]
        )
        folded = max(0, len(self.cards) - measures), max(0, len(self.loose) - pieces)
        return Proof(cards, self.loose[:pieces], *folded)


def piece_of(evidence: Evidence, *, may_withdraw: bool = False) -> Piece:
    url = reverse("rectification:evidence-file", args=[evidence.pk])
    stored = evidence.file
    line = parts.FileLine(
        name=stored.original_name,
        url=url,
        size=stored.size,
        note=evidence.description,
        by=evidence.uploaded_by.name,
        at=evidence.uploaded_at,
    )
    return Piece(
        evidence,
        line,
        view_url=f"{url}?inline" if stored.content_type in INLINE_TYPES else "",
        small_url=f"{url}?small" if stored.content_type in PHOTO_TYPES else "",
        withdraw_url=reverse("rectification:evidence-withdraw", args=[evidence.pk]) if may_withdraw else "",
    )


def pieces_of(item: RectificationItem, *, may_withdraw: bool = False) -> list[Piece]:
    """Every standing piece, the newest first."""
    return [piece_of(each, may_withdraw=may_withdraw) for each in reversed(evidence_of(item))]


def proof_of(measures: Iterable[Measure], pieces: Sequence[Piece], record: Verification | None = None) -> Proof:
    """Each measure beside its own evidence and, with a `record`, what was seen of it."""
    results: Mapping[int, MeasureResult] = {each.measure_id: each for each in (record.seen if record else ())}
    shown = list(measures)
    known = {measure.pk for measure in shown}
    of_measure: dict[int | None, list[Piece]] = defaultdict(list)
    for piece in pieces:
        measure_id = piece.evidence.measure_id
        of_measure[measure_id if measure_id in known else None].append(piece)
    cards = (MeasureCard(each, tuple(of_measure[each.pk]), results.get(each.pk)) for each in shown)
    return Proof(tuple(cards), tuple(of_measure[None]))

"""Drafts filed for reading 送审材料: filed by the unit, read by its team, adopted with the final text on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision import guidance_transitions as transitions
from supervision.core import files
from supervision.core.classified import markings
from supervision.core.deadlines import Clock
from supervision.core.events import record
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import Situation, Transition
from supervision.enums import DeadlineKind, FiledDraftStatus
from supervision.guards import campaign_is_running
from supervision.models.filed_draft import DraftReading, DraftVersion, FiledDraft
from supervision.models.organisation import Unit
from supervision.models.vocabulary import DraftKind
from supervision.vocabulary import vocabulary_of

CLOCK = ("clock", "clock_due_on")


@dataclass(frozen=True)
class Filing:
    """What a unit files."""

    draft_kind: DraftKind
    title: str
    summary: str
    adopt_on: date


@transaction.atomic
def file_draft(
    *, unit: Unit, actor: User, at: datetime, filing: Filing, uploads: Sequence[files.ReceivedFile]
) -> FiledDraft:
    """The unit's liaison or head lets the team read something before it is adopted."""
    vocabulary = vocabulary_of(unit.campaign_id)
    on = unit.campaign.day_of(at)
    draft = FiledDraft(
        phase=vocabulary.phase_on(on) or vocabulary.phases[0], draft_kind=filing.draft_kind, title=filing.title,
        adopt_on=filing.adopt_on, filed_by=actor, filed_at=at,
    )  # fmt: skip
    draft.take_scope_of(unit)
    draft.campaign, draft.unit = unit.campaign, unit
    situation = Situation(actor, at, on)
    if not transitions.UNIT(draft, situation):
        raise NotAllowed.for_roles(transitions.UNIT.words(draft))
    unmet = tuple(_wrong(draft, filing, uploads, situation))
    if unmet:
        raise Unmet(unmet)
    draft.clock_due_on = _read_by(draft, on)
    draft.save(force_insert=True)
    _file_version(draft, filing.summary, uploads, actor, at)
    facts = {"adopt_on": draft.adopt_on.isoformat(), "kind": filing.draft_kind.name}
    record("filed_draft.filed", subject=draft, actor=actor, at=at, now=draft.status, payload=facts)
    return draft


def _wrong(
    draft: FiledDraft, filing: Filing, uploads: Sequence[files.ReceivedFile], situation: Situation
) -> Iterator[Condition]:
    not_running = campaign_is_running.unmet(draft, situation)
    if not_running:
        yield not_running
    if draft.team_id is None:
        yield Condition("unit", _("该单位没有负责的督导组，没有人审阅。"))
    if filing.draft_kind.campaign_id != draft.campaign_id:
        yield Condition("draft_kind", _("材料种类不属于这个专项活动。"))
    if filing.adopt_on < situation.on:
        yield Condition("adopt_on", _("拟定稿日期不能早于今天。"))
    if not uploads:
        yield Condition("uploads", _("请附上送审的材料。"))
    for sentence in markings((filing.title, filing.summary)):
        yield Condition("summary", sentence)


def _read_by(draft: FiledDraft, on: date) -> date:
    """The team's last day to read: its own term, but never later than the day of adoption."""
    return min(draft.adopt_on, vocabulary_of(draft.campaign_id).due(DeadlineKind.READING, on))


@transaction.atomic
def read_draft(
    *, pk: int, actor: User, at: datetime, verdict: str, comments: str = "",
    uploads: Sequence[files.ReceivedFile] = (),
) -> FiledDraft:  # fmt: skip
    """The team says what it thinks of the version before it; from here on the unit has it in hand."""
    draft = _checked(transitions.READ, pk, actor, at, verdict=verdict, comments=comments, files=uploads)
    on = draft.campaign.day_of(at)
    reading = DraftReading.objects.create(
        version=draft.versions.get(number=draft.version), verdict=verdict, comments=comments, reader=actor,
        read_at=at, is_late=draft.clock_due_on is not None and on > draft.clock_due_on,
    )  # fmt: skip
    files.attach_all(uploads, subject=reading, actor=actor, at=at)
    # The days that the team took are not the unit's: it has the next working day at least.
    next_day = vocabulary_of(draft.campaign_id).calendar.add(on, 1)
    draft.clock, draft.clock_due_on = Clock.UNIT, max(draft.adopt_on, next_day)
    return _move(draft, transitions.READ, actor, at, changed=CLOCK, payload={"verdict": verdict})


@transaction.atomic
def refile_draft(
    *, pk: int, actor: User, at: datetime, adopt_on: date, summary: str = "",
    uploads: Sequence[files.ReceivedFile] = (),
) -> FiledDraft:  # fmt: skip
    """Revised after comments and filed again, as the next version."""
    draft = _checked(transitions.REFILE, pk, actor, at, adopt_on=adopt_on, summary=summary, files=uploads)
    draft.version, draft.adopt_on = draft.version + 1, adopt_on
    draft.clock, draft.clock_due_on = Clock.TEAM, _read_by(draft, draft.campaign.day_of(at))
    _file_version(draft, summary, uploads, actor, at)
    facts = {"version": draft.version, "adopt_on": adopt_on.isoformat()}
    return _move(draft, transitions.REFILE, actor, at, changed=["version", "adopt_on", *CLOCK], payload=facts)


@transaction.atomic
def adopt_draft(
    *, pk: int, actor: User, at: datetime, how_taken: str = "", as_filed: bool = False,
    uploads: Sequence[files.ReceivedFile] = (),
) -> FiledDraft:  # fmt: skip
    """The unit has adopted it: the final text is on file, or is the text that was filed."""
    move = transitions.ADOPT
    draft = _checked(move, pk, actor, at, how_taken=how_taken, as_filed=as_filed, files=uploads)
    draft.adopted_unread = draft.status == FiledDraftStatus.TO_READ
    draft.adopted_on, draft.how_taken = draft.campaign.day_of(at), how_taken
    draft.clock, draft.clock_due_on = Clock.NONE, None
    changed = ["adopted_unread", "adopted_on", "how_taken", *CLOCK]
    if uploads:
        draft.version += 1
        changed.append("version")
        _file_version(draft, "", uploads, actor, at, is_final=True)
    return _move(draft, move, actor, at, changed=changed, payload={"unread": draft.adopted_unread})


@transaction.atomic
def withdraw_draft(*, pk: int, actor: User, at: datetime, note: str) -> FiledDraft:
    """The unit does not go on with it."""
    draft = _checked(transitions.WITHDRAW_DRAFT, pk, actor, at, note=note)
    draft.clock, draft.clock_due_on = Clock.NONE, None
    return _move(draft, transitions.WITHDRAW_DRAFT, actor, at, changed=CLOCK, note=note)


def _file_version(
    draft: FiledDraft, summary: str, uploads: Iterable[files.ReceivedFile], actor: User, at: datetime, *,
    is_final: bool = False,
) -> None:  # fmt: skip
    version = DraftVersion.objects.create(
        draft=draft, number=draft.version, summary=summary, is_final=is_final, filed_by=actor, filed_at=at
    )
    files.attach_all(uploads, subject=version, actor=actor, at=at)


def _checked(move: Transition, pk: int, actor: User, at: datetime, **inputs: Any) -> FiledDraft:
    draft = FiledDraft.objects.locked(pk)
    move.check(draft, actor, at=at, **inputs)
    return draft


def _move(
    draft: FiledDraft, move: Transition, actor: User, at: datetime, *, changed: Iterable[str] = (), note: str = "",
    payload: dict[str, Any] | None = None,
) -> FiledDraft:  # fmt: skip
    was, draft.status = draft.status, move.target or draft.status
    draft.save(update_fields=["status", *changed])
    record(move.verb, subject=draft, actor=actor, at=at, was=was, now=draft.status, note=note, payload=payload)
    return draft

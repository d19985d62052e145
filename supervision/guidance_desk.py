"""Guidance on everybody's desk: notes to follow up, advice to sign, answer or read, drafts to read or adopt.

The rules of `guidance_transitions.py`, asked for many rows at once; a test holds the two against each other. One query
for each kind of row, duties, waiting and dates together, and one for a leader's silent units, however much there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from supervision import guidance_transitions as moves
from supervision import rules
from supervision.contacts import silent_units
from supervision.core import desk
from supervision.core.deadlines import Clock
from supervision.core.desk import Asked, DateLine, DutyLine, WaitingLine
from supervision.core.refusals import Sentence
from supervision.core.transitions import Transition
from supervision.enums import AdviceStatus, DailyStatus, Document, FiledDraftStatus, FollowUp
from supervision.models.advice import Advice
from supervision.models.daily import DailyRecord
from supervision.models.filed_draft import FiledDraft
from supervision.models.signing import Endorsement
from supervision.vocabulary import Vocabulary, vocabulary_of

A, F = AdviceStatus, FiledDraftStatus
SHOWN = 20
NAMED = 3  # units that a line names
LOOKED_AT = 500
LEADING = (Role.LEADER, Role.DEPUTY, Role.SPONSOR)
ANSWERERS = (Role.LIAISON, Role.HEAD)


def _asks_nobody(asked: Asked) -> bool:
    return not vocabulary_of(asked.campaign_id).campaign.is_running


# --- notes to follow up -----------------------------------------------------------------------------------------------


def _notes(asked: Asked) -> Iterator[DutyLine]:
    """One's own notes that are to become advice or a problem; what waits for the next visit stands on its page."""
    if not asked.user.scope.has(*rules.TEAM_PEOPLE):
        return
    drafted = Advice.objects.filter(daily_record_id=OuterRef("pk")).exclude(status=A.WITHDRAWN)
    rows = DailyRecord.objects.filter(
        ~Exists(drafted), asked.within, campaign_id=asked.campaign_id, author=asked.user, status=DailyStatus.TO_FOLLOW,
        follow_up__in=(FollowUp.ADVICE, FollowUp.PROBLEM), team_id__in=asked.user.scope.ids(*rules.TEAM_PEOPLE),
    )  # fmt: skip
    for row in rows.select_related("unit").order_by("happened_on", "pk")[:LOOKED_AT]:
        yield DutyLine(
            kind=row.kind,
            pk=row.pk,
            label=row.label,
            url=row.get_absolute_url(),
            unit=row.unit.name,
            action=row.get_follow_up_display(),
            action_url=row.get_absolute_url(),
            since=row.recorded_at,
            state=row.get_status_display(),
            note=row.follow_up_note[:60],
        )


def _silence(asked: Asked) -> Iterator[DutyLine]:
    """A leader's reminder of the units that nobody has called lately."""
    teams = asked.user.scope.ids(Role.LEADER)
    if not teams:
        return
    campaign = vocabulary_of(asked.campaign_id).campaign
    silent = silent_units(campaign, Q(team_id__in=teams), asked.on)
    if silent:
        url, count = reverse("supervision:daily-coverage"), len(silent)
        words = ngettext(
            "%(count)d个单位超过%(limit)d个工作日没有联系", "%(count)d个单位超过%(limit)d个工作日没有联系", count
        )
        yield DutyLine(
            kind="coverage",
            pk=silent[0].pk,
            label=words % {"count": count, "limit": campaign.contact_within_days},
            url=url,
            action=_("查看联系情况"),
            action_url=url,
            unit="、".join(unit.name for unit in silent[:NAMED]),
        )


# --- advice -----------------------------------------------------------------------------------------------------------


def _advice(asked: Asked) -> list[Any]:
    """The advice that the reader has to do with, read once for all answers."""
    if "advice" not in asked.kept:
        parts = list(_advice_of(asked.user, vocabulary_of(asked.campaign_id)))
        asked.kept["advice"] = list(_advice_rows(asked, reduce(or_, parts))) if parts else []
    rows: list[Any] = asked.kept["advice"]
    return rows


def _advice_rows(asked: Asked, mine: Q) -> QuerySet[Any]:
    endorsed = Endorsement.objects.filter(subject_kind=Advice.kind, subject_id=OuterRef("pk"), round=OuterRef("round"))
    counted = endorsed.order_by().values("subject_id").annotate(n=Count("pk")).values("n")
    rows = Advice.objects.filter(mine, asked.within, campaign_id=asked.campaign_id).select_related("unit", "team")
    rows = rows.annotate(endorsed=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
    return rows.order_by("created_at", "pk")[:LOOKED_AT]


def _advice_of(user: User, vocabulary: Vocabulary) -> Iterator[Q]:
    """What the person could act on, handed on or waits for; whose move it is, is judged row by row."""
    scope = user.scope
    if teams := scope.ids(*rules.TEAM_PEOPLE):
        own = Q(status=A.DRAFT, created_by=user) | Q(status=A.PENDING_SIGNOFF, submitted_by=user)
        yield Q(team_id__in=teams) & (own | Q(status__in=(A.ISSUED, A.ANSWERED)))
    if units := scope.ids(*ANSWERERS):
        yield Q(unit_id__in=units, status__in=(A.ISSUED, A.ANSWERED))
    named = {role for key, steps in vocabulary.routes.items() if key[0] == Document.ADVICE for role in steps}
    for role in named | (set(LEADING) if Role.LEADER in named else set()):
        if ids := scope.ids(role):
            yield Q(**{f"{OBJECT_OF[role]}_id__in": ids}, status=A.PENDING_SIGNOFF)


def advice_move(advice: Any, user: User, on: date, vocabulary: Vocabulary) -> Transition | None:
    """The move that the advice waits for, if it is this person's."""
    if advice.status == A.PENDING_SIGNOFF:
        return _signing(advice, user, on, vocabulary)
    move = {A.DRAFT.value: moves.SUBMIT, A.ISSUED.value: moves.ANSWER, A.ANSWERED.value: moves.CLOSE}[advice.status]
    holders = ANSWERERS if move is moves.ANSWER else rules.TEAM_PEOPLE
    return move if any(rules.holds(user, role, advice, on) for role in holders) else None


def _signing(advice: Any, user: User, on: date, vocabulary: Vocabulary) -> Transition | None:
    """Signing, or the step of a longer route before it; never of one's own: separation of duties."""
    if advice.submitted_by_id == user.pk:
        return None
    role, is_last = _step(advice, vocabulary)
    if role == Role.LEADER:
        mine = rules.acts_as_leader(user, advice, on, instead_of=advice.submitted_by_id)
    else:
        mine = rules.holds(user, role, advice, on)
    return (moves.ISSUE if is_last else moves.ENDORSE) if mine else None


def _step(advice: Any, vocabulary: Vocabulary) -> tuple[str, bool]:
    steps = vocabulary.route(Document.ADVICE, advice.route_source, advice.is_key)
    done = min(advice.endorsed, len(steps) - 1)
    return steps[done], done == len(steps) - 1


def _as_whom(advice: Any, move: Transition, user: User, on: date, vocabulary: Vocabulary) -> Sentence:
    if move not in (moves.ISSUE, moves.ENDORSE):
        return ""
    role = _step(advice, vocabulary)[0]
    return vocabulary.acting_word(role) if rules.stands_in_for(user, role, advice, on) else ""


def _advice_duties(asked: Asked) -> Iterator[DutyLine]:
    vocabulary = vocabulary_of(asked.campaign_id)
    for advice in _advice(asked):
        move = advice_move(advice, asked.user, asked.on, vocabulary)
        if move is None:
            continue
        yield DutyLine(
            kind=advice.kind,
            pk=advice.pk,
            label=advice.label,
            number=advice.number,
            url=advice.get_absolute_url(),
            unit=advice.unit.name,
            action=move.label,
            action_url=_place_of(advice, move),
            due_on=advice.clock_due_on,
            since=advice.submitted_at or advice.created_at,
            as_whom=_as_whom(advice, move, asked.user, asked.on, vocabulary),
            state=advice.get_status_display(),
            sheet=advice.kind if move in (moves.ISSUE, moves.ENDORSE) else "",
        )


def _place_of(advice: Advice, move: Transition) -> str:
    """Where the move is made: a draft on its own page, a sheet in the queue 待我签."""
    if move is moves.SUBMIT:
        return advice.get_absolute_url()
    if move in (moves.ISSUE, moves.ENDORSE):
        return reverse("supervision:advice-sheet", args=[advice.pk])
    return reverse("supervision:advice-move", args=[advice.pk, move.name])


# --- drafts filed for reading -----------------------------------------------------------------------------------------


def _drafts(asked: Asked) -> list[FiledDraft]:
    """The live drafts of the reader's teams and units, read once for all answers."""
    if "filed_drafts" not in asked.kept:
        scope = asked.user.scope
        by = {"team_id__in": scope.ids(*rules.TEAM_PEOPLE), "unit_id__in": scope.ids(*ANSWERERS)}
        parts = [Q(**{column: ids}) for column, ids in by.items() if ids]
        rows = FiledDraft.objects.filter(asked.within, campaign_id=asked.campaign_id, status__in=(F.TO_READ, F.READ))
        found = rows.select_related("unit", "team", "draft_kind").order_by("clock_due_on", "pk")
        asked.kept["filed_drafts"] = list(found.filter(reduce(or_, parts))[:LOOKED_AT]) if parts else []
    drafts: list[FiledDraft] = asked.kept["filed_drafts"]
    return drafts


def draft_move(draft: FiledDraft, user: User, on: date) -> Transition | None:
    """To be read by the team; read, and with the unit again."""
    move, holders = (moves.READ, rules.TEAM_PEOPLE) if draft.status == F.TO_READ else (moves.ADOPT, ANSWERERS)
    return move if any(rules.holds(user, role, draft, on) for role in holders) else None


def _draft_duties(asked: Asked) -> Iterator[DutyLine]:
    for draft in _drafts(asked):
        move = draft_move(draft, asked.user, asked.on)
        if move is None:
            continue
        is_read = move is moves.ADOPT
        yield DutyLine(
            kind=draft.kind,
            pk=draft.pk,
            label=draft.title,
            url=draft.get_absolute_url(),
            unit=draft.unit.name,
            action=_("修改或定稿") if is_read else move.label,
            action_url=draft.get_absolute_url()
            if is_read
            else reverse("supervision:filed-draft-move", args=[draft.pk, move.name]),
            due_on=draft.clock_due_on,
            since=draft.filed_at,
            state=draft.get_status_display(),
            note=draft.draft_kind.name,
        )


# --- the desk ---------------------------------------------------------------------------------------------------------


def _duties(asked: Asked) -> Iterator[DutyLine]:
    if _asks_nobody(asked):
        return
    for part in (_notes, _silence, _advice_duties, _draft_duties):
        yield from part(asked)


def _waiting(asked: Asked) -> Iterator[WaitingLine]:
    """What others have: advice with its signer or the unit, answers and drafts with the team."""
    vocabulary = vocabulary_of(asked.campaign_id)
    for advice in _advice(asked):
        is_mine = advice_move(advice, asked.user, asked.on, vocabulary) is not None
        is_others = advice.status == A.PENDING_SIGNOFF and advice.submitted_by_id != asked.user.pk
        if not (is_mine or is_others):
            yield _with(advice, _holder(advice, vocabulary), advice.issued_at or advice.submitted_at)
    for draft in _drafts(asked):
        if draft.status == F.TO_READ and draft_move(draft, asked.user, asked.on) is None:
            yield _with(draft, draft.team.name, draft.filed_at)


def _holder(advice: Any, vocabulary: Vocabulary) -> Sentence:
    if advice.status == A.PENDING_SIGNOFF:
        return vocabulary.role_word(_step(advice, vocabulary)[0])
    return str(advice.team.name if advice.clock == Clock.TEAM else advice.unit.name)


def _with(row: Any, whose: Sentence, since: datetime | None) -> WaitingLine:
    return WaitingLine(
        label=row.label,
        url=row.get_absolute_url(),
        unit=row.unit.name,
        whose=whose,
        state=row.get_status_display(),
        since=since,
        due_on=row.clock_due_on,
    )


def _dates(asked: Asked, since: date, until: date) -> Iterator[DateLine]:
    """Answers and readings that are due, drafts that are to be adopted."""
    for advice in _advice(asked):
        if advice.clock_due_on and since <= advice.clock_due_on <= until:
            what = _("回复时限") if advice.clock == Clock.UNIT else _("审阅回复")
            yield DateLine(advice.clock_due_on, what, advice.unit.name, advice.get_absolute_url())
    for draft in _drafts(asked):
        if since <= draft.adopt_on <= until:
            yield DateLine(draft.adopt_on, _("拟定稿"), draft.unit.name, draft.get_absolute_url())


def register() -> None:
    desk.register(desk.Provider("guidance", _duties, _waiting, _dates))

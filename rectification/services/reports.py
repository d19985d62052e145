"""Rectification reports 整改情况报告: one service for each move, and the two acts at the desk, drafting and editing.

Lock order everywhere: form → report → items by id. `sign_report` is the one act that submits items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from feedback.models.form import FeedbackForm
from rectification import report_transitions as moves
from rectification.enums import ItemStatus, ReportedProgress, ReportStatus
from rectification.models.item import RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.services import items as item_services
from rectification.services import report_paper
from rectification.services.moving import move_items
from rectification.services.report_dates import counted_date
from rectification.transitions import RETURN, SUBMIT
from supervision import rules
from supervision.core.events import read_ahead, record
from supervision.core.models.event import Event
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import Situation, Transition
from supervision.guards import campaign_is_running
from supervision.services import signing
from supervision.services.delegations import principal_of
from supervision.vocabulary import vocabulary_of

LIVE = (ReportStatus.DRAFT, ReportStatus.PENDING_SIGNOFF, ReportStatus.SUBMITTED, ReportStatus.RETURNED)


# --- at the desk ----------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_report(*, pk: int, actor: User, at: datetime, items: Sequence[int]) -> Report:
    """Begin a report on items of the form `pk` that are being put right; answers are prefilled from their measures.

    Raises NotAllowed for anybody but the unit's liaison, Unmet naming every item that cannot be covered.
    """
    form = FeedbackForm.objects.locked(pk)
    if not rules.is_unit_liaison(actor, form, form.campaign.day_of(at)):
        raise NotAllowed.for_roles(vocabulary_of(form.campaign_id).role_word(Role.LIAISON))
    chosen = list(
        RectificationItem.objects.select_for_update(of=("self",))
        .filter(form=form, pk__in=items)
        .order_by("pk")
        .prefetch_related("measures", "notes", "evidence")
    )
    stopped = campaign_is_running.unmet(form, Situation(actor, at, form.campaign.day_of(at)))
    if conditions := (*filter(None, [stopped]), *_hindrances(form, chosen, items)):
        raise Unmet(conditions)
    report = Report(form=form, drafted_by=actor, created_at=at)
    report.take_scope_of(form)
    with translation.override(report_paper.LANGUAGE):
        report.title = _("关于%(number)s反馈问题的整改情况报告") % {"number": form.number}
        answers = [ReportItem(item=item, progress=reached(item), text=prefilled(item)) for item in chosen]
    report.save()
    for answer in answers:
        answer.report = report
    ReportItem.objects.bulk_create(answers)
    record("report.drafted", subject=report, actor=actor, at=at, now=report.status, payload=_numbers(chosen))
    return report


def _hindrances(form: FeedbackForm, chosen: list[RectificationItem], asked: Sequence[int]) -> Iterator[Condition]:
    if not asked or {item.pk for item in chosen} != set(asked):
        yield Condition("items_of_the_form", _("请选择本反馈单的整改事项。"))
    early = [item for item in chosen if item.status not in SUBMIT.sources]
    if early:
        details = tuple(f"{item.number}：{item.get_status_display()}" for item in early)
        yield Condition("items_in_progress", _("只有整改中或已退回的事项可以写入报告。"), details)
    taken = reported(chosen)
    if taken:
        details = tuple(item.number for item in chosen if item.pk in taken)
        yield Condition("items_in_one_report", _("事项已在另一份未办结的报告中。"), details)


def reported(chosen: Sequence[RectificationItem]) -> set[int]:
    """Ids of the items that a report under way covers already."""
    rows = ReportItem.objects.filter(item__in=chosen, report__status__in=LIVE)
    return set(rows.values_list("item_id", flat=True))


def prefilled(item: RectificationItem) -> str:
    """Measure → what came of it, the unit's notes, the evidence: typed once, carried over."""
    lines = [
        _("%(order)d. %(text)s：%(result)s")
        % {
            "order": each.order,
            "text": each.text.rstrip("。；"),  # the colon follows
            "result": each.result or each.not_needed_reason or each.get_state_display(),
        }
        for each in item.measures.all()
    ]
    evidence = dict.fromkeys(each.description for each in item.evidence.all() if each.withdrawn_at is None)
    if evidence:
        lines.append(_("佐证材料：%(names)s。") % {"names": "、".join(evidence)})
    return "\n".join([*lines, *(note.text for note in item.notes.all())])


def reached(item: RectificationItem) -> ReportedProgress:
    """How far the item's measures say it is: what the report begins with."""
    return ReportedProgress.DONE if all(each.is_answered for each in item.measures.all()) else ReportedProgress.ONGOING


@transaction.atomic
def edit_report(
    *,
    pk: int,
    actor: User,
    at: datetime,
    title: str,
    overall: str,
    rules_made: str,
    next_steps: str,
    answers: Mapping[int, tuple[str, str]],
    seen: int | None = None,
) -> Report:
    """Write the report's texts; `answers`: item id → (progress, text). `seen` is the last act the editor had read.

    Raises Unmet when somebody else changed the report since, or when an answer names an item that is not covered.
    """
    report = Report.objects.locked_whole(pk)
    moves.EDIT.check(report, actor, at=at)
    held = {answer.item_id: answer for answer in report.parts}
    conditions = []
    if seen is not None and seen != last_act(report):
        conditions.append(
            Condition("edited_meanwhile", _("您打开之后，报告已被他人修改或办理。请核对最新内容后再保存。"))
        )
    if set(answers) - set(held):
        conditions.append(Condition("items_of_the_report", _("填写的事项不在本报告内。")))
    if conditions:
        raise Unmet(tuple(conditions))
    report.title, report.overall, report.rules_made, report.next_steps = title, overall, rules_made, next_steps
    report.save(update_fields=["title", "overall", "rules_made", "next_steps"])
    for item_id, (progress, text) in answers.items():
        held[item_id].progress, held[item_id].text = progress, text
    ReportItem.objects.bulk_update(held.values(), ["progress", "text"])
    record("report.edited", subject=report, actor=actor, at=at)
    return report


def last_act(report: Report) -> int:
    """The sequence of the newest event of the report: what an editor has seen."""
    newest = Event.objects.of(report.kind, report.pk).values_list("sequence", flat=True).last()
    return newest or 0


# --- the moves ------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_report_for_signature(*, pk: int, actor: User, at: datetime) -> Report:
    """Hand the report to the 主要负责人; `filed_at` is kept, by default it is what counts."""
    report = Report.objects.locked_whole(pk)
    moves.SEND_FOR_SIGNATURE.check(report, actor, at=at)
    report.filed_at, report.sent_by = at, actor
    return _made(moves.SEND_FOR_SIGNATURE, report, actor, at, fields=["filed_at", "sent_by"])


@transaction.atomic
def recall_report(*, pk: int, actor: User, at: datetime) -> Report:
    """Take it back before it is signed; it is no longer handed in."""
    report = Report.objects.locked_whole(pk)
    moves.RECALL.check(report, actor, at=at)
    report.filed_at = None
    return _made(moves.RECALL, report, actor, at, fields=["filed_at"])


@transaction.atomic
def give_back_report(*, pk: int, actor: User, at: datetime, note: str) -> Report:
    """The head gives it back to the liaison, saying why."""
    report = Report.objects.locked_whole(pk)
    moves.GIVE_BACK.check(report, actor, at=at, note=note)
    report.filed_at = None
    return _made(moves.GIVE_BACK, report, actor, at, fields=["filed_at"], note=note)


@transaction.atomic
def sign_report(*, pk: int, actor: User, at: datetime, paper: signing.PaperAct | None = None) -> Report:
    """Sign and submit: the report and all its items together, all or nothing.

    Freezes version n+1 with everything that was shown. Raises Unmet with the unmet guards of every item, by number.
    """
    report = Report.objects.locked_whole(pk)
    situation = moves.SIGN.check(report, actor, at=at, paper=paper)
    signer = signing.signing_person(situation)
    principal = None if paper else principal_of(actor, report.unit_id, situation.on, Role.REPORT_DELEGATE)
    report.version += 1
    report.signed_at, report.signer = at, signer
    report.counted_on = _counted(report, signing.counted_on(situation))
    signature = signing.sign(
        subject=report, act=moves.SIGN_ACT, version=report.version, actor=actor, at=at, paper=paper,
        on_behalf_of=principal,
    )  # fmt: skip
    submitted = _submit_items(report, signer, at)
    report_paper.freeze(report, signature, at)
    facts = {
        "version": report.version,
        "form": signature.form,
        "signed_on": signature.signed_on.isoformat(),
        "counted_on": report.counted_on.isoformat(),
        "one_person": report.is_one_persons,
        **_numbers(submitted),
    }
    return _made(
        moves.SIGN, report, actor, at, fields=["version", "signed_at", "signer", "counted_on"], payload=facts,
        on_behalf_of=signature.on_behalf_of, before=signing.entered(signature, report),
    )  # fmt: skip


def _counted(report: Report, signed_on: date) -> date:
    assert report.filed_at is not None  # pending_signoff is reached by send_for_signature alone
    filed_on = report.campaign.day_of(report.filed_at)
    return counted_date(vocabulary_of(report.campaign_id), filed_on=filed_on, signed_on=signed_on)


def _submit_items(report: Report, signer: User, at: datetime) -> list[RectificationItem]:
    """Submit whatever is not with the team already (a report that was returned may cover verified items)."""
    assert report.counted_on is not None
    waiting = [answer.item for answer in report.parts if answer.item.status in SUBMIT.sources]
    read_ahead([report, *waiting])
    item_services.submit_items(items=waiting, signer=signer, counted_on=report.counted_on, at=at)
    return waiting


@transaction.atomic
def return_report(*, pk: int, actor: User, at: datetime, note: str, notes: Mapping[int, str] | None = None) -> Report:
    """Send the report back with a note, and one per part where it helps (item id → note).

    Its items that are not verified yet go back to the unit with it.
    """
    report = Report.objects.locked_whole(pk)
    notes = notes or {}
    moves.RETURN.check(report, actor, at=at, note=note, notes=notes)
    report.return_note = note
    answers = report.parts
    for answer in answers:
        answer.return_note = notes.get(answer.item_id, "")
    ReportItem.objects.bulk_update(answers, ["return_note"])
    _return_items(answers, actor, at, note)
    return _made(moves.RETURN, report, actor, at, fields=["return_note"], note=note)


def _return_items(answers: Sequence[ReportItem], actor: User, at: datetime, note: str) -> None:
    """Unverified items go back with their report, each with what was said of it alone; as many queries as for one."""
    unverified = [answer for answer in answers if answer.item.status == ItemStatus.SUBMITTED]
    for answer in unverified:
        on = RETURN.check(answer.item, actor, at=at, note=note).on
        item_services.send_back_to_unit(answer.item, on, answer.return_note or note)
    move_items(
        [(answer.item, item_services.redo_facts(answer.item)) for answer in unverified], RETURN, actor=actor, at=at,
        changed=["returns", "return_note"], note=note,
        notes={answer.item_id: answer.return_note for answer in unverified},
    )  # fmt: skip


@transaction.atomic
def approve_report(*, pk: int, actor: User, at: datetime) -> Report:
    """The team accepts the report once every item is verified."""
    report = Report.objects.locked_whole(pk)
    moves.APPROVE.check(report, actor, at=at)
    return _made(moves.APPROVE, report, actor, at)


@transaction.atomic
def file_report(*, pk: int, actor: User, at: datetime, sent_up_on: date | None = None) -> Report:
    """The office keeps it; a report on central opinions carries the day it was sent up."""
    report = Report.objects.locked_whole(pk)
    moves.FILE.check(report, actor, at=at, sent_up_on=sent_up_on)
    report.sent_up_on = sent_up_on
    facts = {"sent_up_on": sent_up_on.isoformat()} if sent_up_on else {}
    return _made(moves.FILE, report, actor, at, fields=["sent_up_on"], payload=facts)


@transaction.atomic
def withdraw_report(*, pk: int, actor: User, at: datetime, note: str) -> Report:
    """Give a draft up; its items may be covered by another report."""
    report = Report.objects.locked_whole(pk)
    moves.WITHDRAW.check(report, actor, at=at, note=note)
    return _made(moves.WITHDRAW, report, actor, at, note=note)


def _made(
    move: Transition, report: Report, actor: User, at: datetime, *, fields: Sequence[str] = (), **told: Any
) -> Report:
    """Write the new state with the fields that came with it, and the event."""
    assert move.target is not None
    was, report.status = report.status, move.target
    report.save(update_fields=["status", *fields])
    record(move.verb, subject=report, actor=actor, at=at, was=was, now=report.status, **told)
    return report


def _numbers(covered: Sequence[RectificationItem]) -> dict[str, list[str]]:
    return {"items": [item.number for item in covered]}

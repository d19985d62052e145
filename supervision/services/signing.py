"""Three equal ways to sign: on screen, on screen by a delegate, on paper with its scan (domain/states.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from supervision import rules
from supervision.core import events, files
from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import NOTE_MIN_LENGTH, Situation
from supervision.enums import SignatureForm
from supervision.models.signing import Signature

Reader = Callable[[User, Any, date], bool]


@dataclass(frozen=True)
class PaperAct:
    """A sheet signed on paper: who signed, post and date as written there, and its scan (already received)."""

    signer: User
    name: str
    post: str
    signed_on: date
    scan: files.ReceivedFile


@dataclass(frozen=True)
class Act:
    """An act that is signed: how its subject is shown and locked, and who reads it next (and compares the scan)."""

    objects: Any  # the subject's manager: `visible_to(user)` and `locked(pk)`
    reader: Reader
    reader_roles: tuple[str, ...]


_ACTS: dict[str, Act] = {}


def register_act(name: str, act: Act) -> None:
    """Declare a signed act ("form.issue", "form.receipt", "report.sign"); called from the apps' ready().

    For example `register_act("report.sign", Act(Report.objects, rules.is_team_member, rules.TEAM_PEOPLE))`.
    """
    _ACTS[name] = act


def act_of(signature: Signature) -> Act:
    return _ACTS[signature.act]


def signing_person(situation: Situation) -> User:
    """Whose signature it is: the paper's signer, else the person at the screen."""
    paper = situation.inputs.get("paper")
    return paper.signer if paper else situation.actor


def counted_on(situation: Situation) -> date:
    """The day the act counts from: the date on paper, else today."""
    paper = situation.inputs.get("paper")
    return paper.signed_on if paper else situation.on


def sign(
    *,
    subject: Any,
    act: str,
    version: int,
    actor: User,
    at: datetime,
    paper: PaperAct | None = None,
    on_behalf_of: User | None = None,
) -> Signature:
    """Write the signature inside the caller's move; the caller's guards have judged it already.

    The caller's event takes `entered(signature, subject)` before it: the person named on a paper is told at once.
    """
    if paper is not None:
        return _sign_on_paper(subject, act, version, actor, at, paper)
    return Signature.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        act=act,
        version=version,
        form=SignatureForm.DELEGATE if on_behalf_of else SignatureForm.SCREEN,
        signer=actor,
        signer_name=actor.name,
        signer_post=actor.post,
        on_behalf_of=on_behalf_of.name if on_behalf_of else "",
        signed_on=subject.campaign.day_of(at),
        entered_by=actor,
        entered_at=at,
    )


def _sign_on_paper(subject: Any, act: str, version: int, actor: User, at: datetime, paper: PaperAct) -> Signature:
    """Enter a paper signature with its scan."""
    return Signature.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        act=act,
        version=version,
        form=SignatureForm.PAPER,
        signer=paper.signer,
        signer_name=paper.name,
        signer_post=paper.post,
        signed_on=paper.signed_on,
        entered_by=actor,
        entered_at=at,
        scan=files.attach(paper.scan, subject=subject, actor=actor, at=at),
    )


def entered(signature: Signature, subject: Any) -> list[events.Fact]:
    """For the event of a move signed on paper: whose signature was entered, so that they may dispute it."""
    if signature.form != SignatureForm.PAPER:
        return []
    payload = {
        "signer": signature.signer_id,
        "name": signature.signer_name,
        "post": signature.signer_post,
        "on": signature.signed_on.isoformat(),
        "act": signature.act,
    }
    return [events.Fact(subject, payload=payload, verb="signature.entered")]


def signatures_of(subject: Any) -> list[Signature]:
    return list(
        Signature.objects.filter(subject_kind=subject.kind, subject_id=subject.pk)
        .select_related("scan", "entered_by", "confirmed_by")
        .order_by("pk")
    )


def latest(subject: Any, act: str) -> Signature | None:
    """The newest signature of that act on the subject."""
    return Signature.objects.filter(subject_kind=subject.kind, subject_id=subject.pk, act=act).order_by("pk").last()


def can_confirm(user: User, signature: Signature, subject: Any, on: date) -> bool:
    return act_of(signature).reader(user, subject, on)


@transaction.atomic
def confirm_paper(*, pk: int, actor: User, at: datetime) -> Signature:
    """The next reader has compared name and date with the scan. Raises NotAllowed for others, Unmet when settled."""
    signature, subject = _locked(pk)
    act = act_of(signature)
    if not act.reader(actor, subject, subject.campaign.day_of(at)):
        raise NotAllowed.for_roles(rules.Anyone(act.reader_roles).words(subject))
    if signature.form != SignatureForm.PAPER or signature.confirmed_at or actor.pk == signature.entered_by_id:
        sentence = _("只有尚未核对的线下签批可以核对，且录入人不能核对自己录入的扫描件。")
        raise Unmet((Condition("paper_unconfirmed", sentence),))
    signature.confirmed_by, signature.confirmed_at = actor, at
    signature.save(update_fields=["confirmed_by", "confirmed_at"])
    events.record("signature.confirmed", subject=subject, actor=actor, at=at, payload={"act": signature.act})
    return signature


@transaction.atomic
def dispute_paper(*, pk: int, actor: User, at: datetime, note: str) -> Signature:
    """The person named on the paper says that they did not sign it. Raises NotAllowed for anybody else."""
    signature, subject = _locked(pk)
    if actor.pk != signature.signer_id:
        raise NotAllowed.for_roles(signature.signer_name)
    if signature.form != SignatureForm.PAPER or signature.disputed_at or len(note.strip()) < NOTE_MIN_LENGTH:
        sentence = _("只能对本人名下尚未提出异议的线下签批提出异议，并说明情况（不少于%(count)d个字）。")
        raise Unmet((Condition("note", sentence % {"count": NOTE_MIN_LENGTH}),))
    signature.disputed_at, signature.dispute_note = at, note
    signature.save(update_fields=["disputed_at", "dispute_note"])
    events.record("signature.disputed", subject=subject, actor=actor, at=at, note=note, payload={"act": signature.act})
    return signature


def _locked(pk: int) -> tuple[Signature, Any]:
    """Lock the subject first, then read its signature: a child changes only under its parent's lock."""
    found = Signature.objects.get(pk=pk)
    subject = act_of(found).objects.locked(found.subject_id)
    return Signature.objects.select_for_update().get(pk=pk), subject


events.register_verb("signature.entered", gettext_lazy("录入线下签批"), Audience.UNIT)
events.register_verb("signature.confirmed", gettext_lazy("核对线下签批"), Audience.UNIT)
events.register_verb("signature.disputed", gettext_lazy("对线下签批提出异议"), Audience.UNIT)

UNIT_READERS = (Role.LIAISON, Role.HEAD)
TEAM_READERS = rules.TEAM_PEOPLE


def is_unit_reader(user: User, subject: Any, on: date) -> bool:
    return any(rules.holds(user, role, subject, on) for role in UNIT_READERS)

"""Conditions of paper signatures, shared by every table that can be signed on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.core.transitions import Guard, Situation, guard
from supervision.enums import SignatureForm, Source
from supervision.models.signing import Signature
from supervision.vocabulary import vocabulary_of


@guard(gettext_lazy("线下签批须符合规定"), needs_input=True)
def paper_is_admissible(subject: Any, situation: Situation) -> Iterator[str]:
    """The date on paper is not in the future and at most N working days back; key items may be excluded."""
    paper = situation.inputs.get("paper")
    if paper is None:
        return
    vocabulary = vocabulary_of(subject.campaign_id)
    campaign = vocabulary.campaign
    if paper.signed_on > situation.on:
        yield _("纸面日期不能晚于今天。")
    elif paper.signed_on < vocabulary.calendar.add(situation.on, -campaign.paper_days_back):
        yield _("纸面日期最多早于今天%(count)d个工作日。") % {"count": campaign.paper_days_back}
    if campaign.paper_excludes_key and (subject.is_key or subject.source == Source.CENTRAL):
        yield _("重点事项和中央反馈事项须在线签批。")


def paper_settled(act: str, subject_of: Any = None) -> Guard:
    """A paper signature of `act` was compared with its scan by the next reader and is not disputed.

    `subject_of` finds the signed object from the move's subject (default: the subject itself).
    """

    def test(subject: Any, situation: Situation) -> Iterator[str]:
        signed = subject_of(subject) if subject_of else subject
        if signed is None or not getattr(signed, "has_paper_signature", True):  # known from the lock: no query
            return
        newest = Signature.objects.filter(subject_kind=signed.kind, subject_id=signed.pk, act=act).order_by("pk").last()
        if newest is None or newest.form != SignatureForm.PAPER:
            return
        if newest.disputed_at:
            yield _("%(name)s对线下签批提出异议，须先核实。") % {"name": newest.signer_name}
        elif newest.confirmed_at is None:
            yield _("请先核对扫描件上的姓名和日期（线下签批：%(name)s）。") % {"name": newest.signer_name}

    return Guard(f"paper_settled_{act.replace('.', '_')}", gettext_lazy("线下签批已核对"), test)

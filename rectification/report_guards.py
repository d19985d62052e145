"""Conditions of the moves of a rectification report (domain/states.md, 整改报告)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rectification.enums import ItemStatus
from rectification.models.report import Report
from supervision import rules
from supervision.core.transitions import Situation, guard
from supervision.enums import Source

VERIFIED = (ItemStatus.PENDING_CLOSE, ItemStatus.CLOSED)


@guard(_("报告的总体情况须填写"))
def overall_is_written(report: Report, situation: Situation) -> bool:
    return bool(report.overall.strip())


@guard(_("每个事项须写明整改情况"))
def every_item_is_answered(report: Report, situation: Situation) -> Iterable[str]:
    """Each covered item has its answer: measure → progress → evidence, in the unit's own words."""
    answers = report.parts
    if not answers:
        return [gettext("报告至少包括一个事项。")]
    return [
        gettext("%(number)s：整改情况还没有填写。") % {"number": answer.item.number}
        for answer in answers
        if not answer.text.strip()
    ]


@guard(_("签批人与起草人不能是同一人，需要另一人办理"))
def signer_is_not_the_drafter(report: Report, situation: Situation) -> bool:
    """Signer ≠ drafter. In a unit with one person the campaign may allow it; then the paper says so."""
    paper = situation.inputs.get("paper")
    signer = paper.signer if paper else situation.actor
    if not paper and not rules.can_sign_report(signer, report, situation.on):
        return True  # a liaison at the screen, about to enter what somebody else signed on paper
    if signer.pk not in (report.drafted_by_id, report.sent_by_id):
        return True
    return report.campaign.one_person_units and rules.is_unit_head(signer, report, situation.on)


@guard(_("纸面签批人须是当日的主要负责人或其受托人"), needs_input=True)
def paper_signer_may_sign(report: Report, situation: Situation) -> bool:
    paper = situation.inputs.get("paper")
    return paper is None or rules.can_sign_report(paper.signer, report, paper.signed_on)


@guard(_("须写明退回意见"), needs_input=True)
def parts_are_covered(report: Report, situation: Situation) -> Iterator[str]:
    """Notes per part may only name items of this report."""
    covered = {answer.item_id for answer in report.parts}
    if set(situation.inputs.get("notes") or {}) - covered:
        yield gettext("退回意见针对的事项不在本报告内。")


@guard(_("审核人不能是报告的起草人或签批人，需要另一人办理"))
def reader_is_not_an_author(report: Report, situation: Situation) -> bool:
    return situation.actor.pk not in report.author_ids


@guard(_("每个事项须已核验"))
def every_item_is_verified(report: Report, situation: Situation) -> Iterable[str]:
    """Verified means waiting for close-out or closed; a cancelled item needs nothing more."""
    return [
        gettext("%(number)s：%(state)s") % {"number": a.item.number, "state": a.item.get_status_display()}
        for a in report.parts
        if a.item.status not in (*VERIFIED, ItemStatus.CANCELLED)
    ]


@guard(_("中央督导反馈事项的报告须填写上报日期"), needs_input=True)
def date_sent_up_is_given(report: Report, situation: Situation) -> Iterator[str]:
    sent_up_on = situation.inputs.get("sent_up_on")
    if report.source == Source.CENTRAL and sent_up_on is None:
        yield gettext("请填写向中央督导组上报的日期。")
    if sent_up_on is not None and sent_up_on > situation.on:
        yield gettext("上报日期不能晚于今天。")

"""Conditions of verification 核验 and close-out 销号: two pairs of eyes, and another person for each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rectification.enums import VerificationWay
from rectification.guards import evidence_of
from rectification.models.item import RectificationItem
from rectification.models.verification import Verification, last_verification
from supervision import rules
from supervision.core.transitions import Situation, guard
from supervision.enums import CloseCheck, SignatureForm
from supervision.models.vocabulary import CloseRequirement
from supervision.vocabulary import vocabulary_of

# --- returning and verifying ------------------------------------------------------------------------------------------


@guard(_("需要另一人办理：报送人不能核验或退回自己报送的事项"))
def is_not_the_submitter(item: RectificationItem, situation: Situation) -> bool:
    return bool(situation.actor.pk != item.submitted_by_id)


@guard(_("核验日期须在报送之后，不晚于今天"), needs_input=True)
def verification_date_fits(item: RectificationItem, situation: Situation) -> bool:
    verified_on = situation.inputs.get("verified_on")
    if verified_on is None or verified_on > situation.on:
        return False
    return item.submitted_on is None or verified_on >= item.submitted_on


@guard(_("每条措施都要有核验结果"), needs_input=True)
def every_measure_has_a_result(item: RectificationItem, situation: Situation) -> Iterator[str]:
    seen = {result.pk for result in situation.inputs.get("results") or ()}
    measures = list(item.measures.all())
    for measure in measures:
        if measure.pk not in seen:
            yield gettext("措施“%(text)s”还没有核验结果。") % {"text": measure.text[:40]}
    if seen - {measure.pk for measure in measures}:
        yield gettext("措施不属于本事项。")


@guard(_("须有第二核验人：本督导组另一名成员"), needs_input=True)
def second_verifier_is_another(item: RectificationItem, situation: Situation) -> Iterator[str]:
    second: User | None = situation.inputs.get("second_verifier")
    if second is None:
        yield gettext("请选择第二核验人。")
        return
    if second.pk == situation.actor.pk:
        yield gettext("第二核验人不能是记录人本人。")
    if second.pk == item.submitted_by_id:
        yield gettext("第二核验人不能是报送人。")
    if not rules.is_team_member(second, item, situation.on):
        yield gettext("%(name)s不是本督导组成员。") % {"name": second.name}


@guard(_("重点事项须现场核验，由组长确认"), needs_input=True)
def key_record_is_fit(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """Said when the record is made, so that nobody drives to the unit twice."""
    if not item.is_key:
        return
    if situation.inputs.get("way") != VerificationWay.ON_SITE:
        yield gettext("请选择“现场核验”。")
    second = situation.inputs.get("second_verifier")
    if second is None or situation.inputs.get("scan") is not None:
        return
    if not any(rules.acts_as_leader(person, item, situation.on) for person in (situation.actor, second)):
        yield gettext("请由组长记录，或请组长作第二核验人，或上传两人签名的扫描件再由组长确认。")


def standing_record(item: RectificationItem) -> Verification | None:
    """The record of the round that the item is in now."""
    last = last_verification(item)
    return last if last is not None and last.round == item.verification_round else None


@guard(_("须有本次报送的核验记录"))
def verification_is_recorded(item: RectificationItem, situation: Situation) -> bool:
    return standing_record(item) is not None


@guard(_("每条措施须核验属实，否则请退回"))
def every_result_holds(item: RectificationItem, situation: Situation) -> Iterable[str]:
    """What the record covers was checked when it was made; nothing can change while the team has the item."""
    record = standing_record(item)
    return [
        gettext("措施“%(text)s”核验不属实。") % {"text": result.measure.text[:40]}
        for result in (record.seen if record else ())
        if not result.holds
    ]


@guard(_("须由第二核验人确认"))
def second_verifier_confirms(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """With their own account, or by the scan that both signed."""
    record = standing_record(item)
    if record is None or record.scan_id is not None or record.second_verifier is None:
        return
    if situation.actor.pk != record.second_verifier_id:
        yield gettext("请%(name)s用本人账号确认，或上传两人签名的扫描件。") % {"name": record.second_verifier.name}


@guard(_("重点事项须现场核验，由组长确认"))
def key_item_is_confirmed_by_leader(item: RectificationItem, situation: Situation) -> Iterator[str]:
    record = standing_record(item)
    if record is None or not item.is_key:
        return
    if record.way != VerificationWay.ON_SITE:
        yield gettext("核验方式须为现场核验。")
    people = (situation.actor,) if record.scan_id else (situation.actor, record.author)
    if not any(rules.acts_as_leader(person, item, situation.on) for person in people):
        yield gettext("请组长确认。")


@guard(_("整改报告的线下签批须已核对，且没有异议"))
def report_paper_is_settled(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """The next reader has compared name and date with the scan (domain/states.md, three ways to sign)."""
    signature = item.report_signature
    if signature is None or signature.form != SignatureForm.PAPER:
        return
    if signature.disputed_at:
        yield gettext("%(name)s对线下签批提出异议，须先核实。") % {"name": signature.signer_name}
    elif signature.confirmed_at is None:
        yield gettext("请先核对报告扫描件上的姓名和日期（线下签批：%(name)s）。") % {"name": signature.signer_name}


# --- closing ----------------------------------------------------------------------------------------------------------


@guard(_("需要另一人办理：报送人和核验人不能审批销号"))
def closer_is_another(item: RectificationItem, situation: Situation) -> bool:
    """Closer ≠ verifier ≠ submitter, and neither of the two verifiers."""
    record = last_verification(item)
    people = {item.submitted_by_id}
    if record is not None:
        people |= {record.author_id, record.second_verifier_id}
    return situation.actor.pk not in people


def requirements_of(item: RectificationItem) -> list[CloseRequirement]:
    """The campaign's close-out requirements that apply; of those mended on the spot only what is asked there too."""
    rows = vocabulary_of(item.campaign_id).close_requirements
    return [row for row in rows if row.on_spot or not item.mended_on_spot or item.submitted_by_id]


def _measures_done(item: RectificationItem, situation: Situation) -> bool:
    measures = list(item.measures.all())
    return bool(measures) and all(measure.is_answered for measure in measures)


def _evidence_effective(item: RectificationItem, situation: Situation) -> bool:
    return any(each.effective_on <= situation.on for each in evidence_of(item))


def _report_signed(item: RectificationItem, situation: Situation) -> bool:
    return item.report_signature is not None and item.report_signature.is_settled


def _verified(item: RectificationItem, situation: Situation) -> bool:
    record = last_verification(item)
    return record is not None and record.confirmed_at is not None and record.second_verifier_id is not None


FACTS: dict[str, Callable[[RectificationItem, Situation], bool]] = {
    CloseCheck.MEASURES_DONE: _measures_done,
    CloseCheck.EVIDENCE_EFFECTIVE: _evidence_effective,
    CloseCheck.REPORT_SIGNED: _report_signed,
    CloseCheck.VERIFIED: _verified,
}


@guard(_("系统核对的销号条件须全部满足"))
def requirements_hold(item: RectificationItem, situation: Situation) -> Iterable[str]:
    return [row.name for row in requirements_of(item) if row.check_fact and not FACTS[row.check_fact](item, situation)]


@guard(_("请逐项核对并勾选销号条件"), needs_input=True)
def requirements_are_ticked(item: RectificationItem, situation: Situation) -> Iterable[str]:
    ticked = set(situation.inputs.get("ticked") or ())
    return [row.name for row in requirements_of(item) if row.code not in ticked]

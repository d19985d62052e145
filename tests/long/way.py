"""The straight way of a form from its draft to its close: what comes next, and who does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rectification.services import reports
from supervision.services.signing import confirm_paper
from tests.long.play import Act, Play


def next_act(play: Play, cards: Any) -> Act | None:
    """The next act of the straight way, or None. `cards` tells who may: the law book, not the product."""
    form = play.form
    if form.status in ("draft", "pending_signoff", "issued"):
        return _of_form(play, cards, form)
    if form.status != "acknowledged":
        return None
    return next(_of_items(play, cards), None) or next(_of_reports(play, cards), None) or _close(play, cards, form)


def _first(
    play: Play, cards: Any, kind: str, move: str, subject: Any, others: frozenset[str] = frozenset()
) -> Act | None:
    """The act by the first person who may and is none of `others`."""
    may = sorted(cards.who_may(kind, move, subject.pk) - others)
    return play.act(kind, move, subject, may[0]) if may else None


def _of_form(play: Play, cards: Any, form: Any) -> Act | None:
    if form.status == "draft":
        by = "a1-member" if play.cast.source == "team" else "office"
        return play.act("feedback_form", "submit", form, by)
    if form.status == "pending_signoff":
        endorse = _first(play, cards, "feedback_form", "endorse", form)
        return endorse or _first(play, cards, "feedback_form", "issue", form)
    return play.act("feedback_form", "acknowledge", form, play.cast.unit)


def _of_items(play: Play, cards: Any) -> Iterator[Act]:
    for item in play.items:
        steps = {
            "assigned": _plan, "plan_review": _decide_plan, "in_progress": _work, "returned": _work,
            "submitted": _verify, "pending_close": _close_item,
        }  # fmt: skip
        if item.status in steps and (act := steps[item.status](play, cards, item)):
            yield act


def _plan(play: Play, cards: Any, item: Any) -> Act | None:
    if not item.measures.exists() or not item.root_cause:
        return play.act("rectification_item", "save_plan", item, play.cast.unit)
    return _first(play, cards, "rectification_item", "start" if item.is_immediate else "submit_plan", item)


def _decide_plan(play: Play, cards: Any, item: Any) -> Act | None:
    endorse = _first(play, cards, "rectification_item", "endorse_plan", item)
    return endorse or _first(play, cards, "rectification_item", "approve_plan", item)


def _work(play: Play, cards: Any, item: Any) -> Act | None:
    if not all(measure.is_answered for measure in item.measures.all()):
        return play.act("rectification_item", "note_progress", item, play.cast.unit)
    if not item.evidence.effective(play.today).exists():
        return play.act("rectification_item", "add_evidence", item, play.cast.unit)
    return None


def _verify(play: Play, cards: Any, item: Any) -> Act | None:
    record = item.verifications.filter(round=item.verification_round).first()
    if record is None or not all(result.holds for result in record.results.all()):
        by = "a1-member" if not item.is_key else "a1-deputy"
        return play.act("rectification_item", "record_verification", item, by)
    return play.act("rectification_item", "verify", item, record.second_verifier.username)


def _close_item(play: Play, cards: Any, item: Any) -> Act | None:
    endorse = _first(play, cards, "rectification_item", "endorse_closure", item)
    return endorse or _first(play, cards, "rectification_item", "close", item)


def _of_reports(play: Play, cards: Any) -> Iterator[Act]:
    for report in play.reports:
        if report.status in ("draft", "returned"):
            is_written = report.overall and all(answer.text for answer in report.answers.all())
            yield play.act("report", "send_for_signature" if is_written else "edit", report, play.cast.unit)
        elif report.status == "pending_signoff":
            if act := _first(play, cards, "report", "sign", report):
                yield act
        elif report.status == "submitted" and all(i.status in ("closed", "cancelled") for i in report.items.all()):
            if act := _first(play, cards, "report", "approve", report):
                yield act
        elif report.status == "approved":
            yield play.act("report", "file", report, sorted(cards.who_may("report", "file", report.pk))[0])


def _close(play: Play, cards: Any, form: Any) -> Act | None:
    if any(item.status not in ("closed", "cancelled") for item in play.items):
        return None
    return _first(play, cards, "feedback_form", "close", form)


# --- what is no row of a table: the next reader compares the scan, the liaison begins a report ------------------------


def housekeeping(play: Play) -> str:
    """Do whatever is waiting beside the moves; what was done, or nothing."""
    signature = play.unconfirmed()
    if signature is not None:
        readers = [play.cast.unit, play.cast.head] if signature.act == "form.issue" else ["a1-member", "a1-member-2"]
        reader = next(name for name in readers if play.world.users[name].pk != signature.entered_by_id)
        confirm_paper(pk=signature.pk, actor=play.world.user(reader), at=play.at)
        return f"{reader} confirms {signature.act} on paper"
    ready = [item.pk for item in play.items if item.pk in play.uncovered() and play.is_finished(item)]
    if ready and play.form.status == "acknowledged":
        liaison = sorted(play.cast.liaisons)[play.today.day % len(play.cast.liaisons)]
        reports.draft_report(pk=play.form_id, actor=play.world.user(liaison), at=play.at, items=ready)
        return f"{liaison} drafts a report on {len(ready)} items"
    return ""

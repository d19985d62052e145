"""The stories of the demo: each reads from top to bottom, `yield` waits for its next moment (see stage.play)."""

from __future__ import annotations

from collections.abc import Iterator

from rectification.demo import forming
from rectification.demo.desk import Desk
from rectification.demo.plot import PAPER, Account, Case, Visit, Work, troubles
from rectification.demo.stage import Stage, Story
from rectification.demo.visiting import Visiting


def tell_work(desk: Desk, number: int, work: Work) -> Story:
    """One item from receipt to close-out."""
    who = f"item {number}"
    yield from _plan(desk, number, work, who)
    for after in work.progress:
        yield (at := desk.at(after, 15, who))
        desk.tell_progress(number, work, at)
    if work.pressed is not None:
        yield (at := desk.at(work.pressed, 17, who))
        desk.press(number, at)
    if work.done is not None:
        yield (at := desk.at(work.done, 9, who))
        desk.finish(number, work, at)
    yield from _returns(desk, number, work, who)
    yield from _settle(desk, number, work, who)


def _plan(desk: Desk, number: int, work: Work, who: str) -> Story:
    if work.planned is not None:
        yield (at := desk.at(work.planned, 10, who))
        desk.plan(number, work, at)
    if work.plan_returned is not None:
        yield (at := desk.at(work.plan_returned, 11, who))
        desk.return_plan(number, at)
    if work.replanned is not None:
        yield (at := desk.at(work.replanned, 10, who))
        desk.plan(number, work, at)
    if work.approved is not None:
        yield (at := desk.at(work.approved, 16, who))
        desk.approve_plan(number, work, at)


def _returns(desk: Desk, number: int, work: Work, who: str) -> Story:
    """Sent back, mended the next day; the report's own story signs it again."""
    for time, after in enumerate(work.returned):
        yield (at := desk.at(after, 15, f"{who} returned"))
        desk.return_item(number, time, at)
        is_last_word = time == len(work.returned) - 1 and work.verified is None
        if not is_last_word:
            yield (at := desk.at(after + 1, 9, f"{who} mended"))
            desk.finish(number, work, at, again=time + 1)


def _settle(desk: Desk, number: int, work: Work, who: str) -> Story:
    for after in (work.verified, work.reverified):
        if after is not None:
            yield (at := desk.at(after, 10, who))
            desk.look(number, work, at)
            yield (at := desk.at(after, 11, who))
            desk.verify(number, work, at)
        if after is not None and after == work.verified and work.refused is not None:
            yield (at := desk.at(work.refused, 15, who))
            desk.refuse(number, work, at)
    if work.closed is not None:
        yield (at := desk.at(work.closed, 16, who))
        desk.close(number, work, at)


def tell_account(desk: Desk, place: int, account: Account) -> Story:
    """One report from its draft to the file."""
    who = f"report {place}"
    yield (at := desk.at(account.drafted, 10, who))
    desk.draft_report(account, at)
    yield from _sendings(desk, account, who)
    for after, hour, act in (
        (account.returned, 15, desk.return_report),
        (account.withdrawn, 17, desk.withdraw_report),
        (account.approved, 14, desk.approve_report),
        (account.filed, 17, desk.file_report),
    ):
        if after is not None:
            yield (at := desk.at(after, hour, who))
            act(account, at)


def _sendings(desk: Desk, account: Account, who: str) -> Story:
    """To the head's desk, perhaps back, and signed."""
    for sending in account.sendings:
        yield (at := desk.at(sending.sent, 14, who))
        desk.send_report(account, at)
        if sending.given_back is not None:
            yield (at := desk.at(sending.given_back, 15, who))
            desk.give_back(account, at)
        if sending.signed is not None:
            yield (at := desk.at(sending.signed, 16, who))
            desk.sign_report(account, sending.way, at)
        if sending.way == PAPER and account.confirmed is not None:
            yield (at := desk.at(account.confirmed, 9, who))
            desk.confirm_scan(account, at)


def tell_case(stage: Stage, case: Case) -> Iterator[Story]:
    """A case's stories: the visit with its form, then each item and each report beside it."""
    desk = Desk(stage, case)
    yield _central_form(desk) if case.is_central else _visited_form(desk)
    for number, work in enumerate(case.works):
        yield tell_work(desk, number, work)
    for place, account in enumerate(case.accounts):
        yield tell_account(desk, place, account)


def _visited_form(desk: Desk) -> Story:
    case = desk.case
    visit = Visiting(desk.stage, desk.unit, f"{case.unit} {case.issued}")
    yield from _visit(desk, visit)
    if case.returned_once:
        yield (at := desk.at(0, 9))
        visit.give_back(at)
        yield (at := desk.at(0, 10))
        visit.submit(at)
    yield (at := desk.at(0, 11))
    visit.conclude(at, found=True)
    yield (at := desk.at(0, 14))
    forming.take_draft(desk, visit.pk, at)
    yield from _form(desk)


def _visit(desk: Desk, visit: Visiting) -> Story:
    """Registered three days ahead, approved, made on the eve of the form; or entered afterwards."""
    case = desk.case
    on_the_day = desk.stage.day(case.issued + 1)
    if case.late_entry:
        on_the_day = desk.stage.day(case.issued + 3)
        yield (at := desk.at(-1, 8))
        visit.register(at, on_the_day, afterwards=True)
    else:
        yield (at := desk.at(-4, 9))
        visit.register(at, on_the_day, unannounced=case.unannounced)
    yield (at := desk.at(-1 if case.late_entry else -4, 16 if not case.late_entry else 9))
    visit.approve(at, unannounced=case.unannounced)
    yield (at := desk.at(-1, 10))
    visit.start(at)
    yield (at := desk.at(-1, 14))
    visit.log(at)
    yield (at := desk.at(-1, 16))
    for work in case.works:
        visit.find(work.facts, at, mended=work.mended)
    visit.add_photo(at)
    yield (at := desk.at(-1, 17))
    visit.submit(at)


def _central_form(desk: Desk) -> Story:
    yield (at := desk.at(0, 9))
    forming.write_central(desk, at)
    yield from _form(desk)


def _form(desk: Desk) -> Story:
    """From the finished draft to wherever the form ends."""
    case = desk.case
    if case.ends == "draft":
        return
    yield (at := desk.at(0, 15))
    forming.submit(desk, at)
    if case.ends == "pending_signoff":
        return
    yield (at := desk.at(0, 16))
    forming.issue(desk, at)
    if case.receipt.after is not None:
        yield (at := desk.at(case.receipt.after, 8))
        forming.receive(desk, at)
    if case.ends in forming.ENDINGS:
        yield (at := desk.at(case.ends_after, 17))
        forming.ENDINGS[case.ends](desk, at)


def tell_visit(stage: Stage, visit: Visit) -> Story:
    """A visit without a form."""
    who = f"visit {visit.unit} {visit.registered}"
    desk = Visiting(stage, stage.units[visit.unit], who)
    day = stage.day(visit.day) if visit.day > 0 else stage.calendar.add(stage.today, -visit.day)
    yield (at := stage.at(visit.registered, 9, who))
    desk.register(at, day, unannounced=visit.unannounced)
    if visit.until == "planned":
        return
    approved = max(1, visit.registered - 1)
    yield (at := stage.at(approved, 16 if approved == visit.registered else 10, who))
    desk.approve(at, unannounced=visit.unannounced)
    if visit.until in PUT_OFF:
        yield from _put_off(stage, visit, desk, who)
    elif visit.until != "approved":
        yield from _go(stage, visit, desk, who)


PUT_OFF = ("postponed", "resumed", "cancelled")


def _put_off(stage: Stage, visit: Visit, desk: Visiting, who: str) -> Story:
    later = stage.calendar.add(stage.today, 5)
    yield (at := stage.at(2, 15, who))
    if visit.until == "cancelled":
        desk.cancel(at)
        return
    desk.postpone(at, later)
    if visit.until == "resumed":
        yield (at := stage.at(1, 10, who))
        desk.resume(at, later)


def _go(stage: Stage, visit: Visit, desk: Visiting, who: str) -> Story:
    yield (at := stage.at(visit.day, 10, who))
    desk.start(at)
    yield (at := stage.at(visit.day, 14, who))
    desk.log(at)
    if visit.until in ("in_progress", "pending_review"):
        yield (at := stage.at(visit.day, 16, who))
        desk.find(troubles()["talks"], at)
        desk.find(troubles()["atmosphere"], at, mended=True)
    if visit.until == "in_progress":
        desk.note(troubles()["schedule"], at)
        return
    yield (at := stage.at(visit.day, 17, who))
    desk.submit(at)
    if visit.until == "none_found":
        yield (at := stage.at(visit.day - 1, 10, who))
        desk.conclude(at, found=False)

"""Rectification items in every state, for the tests of items and for the move matrix.

The form is a row (how it comes about is tested elsewhere); whatever happens to an item goes through services.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from feedback.enums import FormStatus
from feedback.models import FeedbackForm, FeedbackProblem
from rectification.enums import MeasureState, VerificationWay
from rectification.models import RectificationItem
from rectification.services import closure, evidence, items, measures, opening, plans, verification
from supervision.enums import Document, Source
from supervision.models import ApprovalRoute, ApprovalStep
from tests.rectification import report_world
from tests.world import World

NOTE = "请补充会议记录并说明责任落实情况。"
TICKED = ("measures_done", "evidence_effective", "report_signed", "verified")


def new_form(world: World, unit: str = "u1", source: str = Source.TEAM, at: datetime | None = None) -> FeedbackForm:
    """An issued form of the unit, not yet received, without problems."""
    at = at or world.at
    count = FeedbackForm.objects.count() + 1
    form = FeedbackForm(
        phase=world.phases["rectify"], source=source, status=FormStatus.ISSUED, number=f"测督反〔2026〕{count}号",
        title=f"反馈单{count}", requirement="限期整改", created_at=at, issued_at=at,
        issued_on=world.campaign.day_of(at),
        receipt_due_on=world.calendar.add(world.campaign.day_of(at), 1),
    )  # fmt: skip
    form.take_scope_of(world.units[unit])
    form.save()
    return form


def add_problem(world: World, form: FeedbackForm, severity: str = "general", rule: str = "fixed", **given: Any) -> Any:
    """A problem with the latest date of its rule, as issuing gives it."""
    order = form.problems.count() + 1
    chosen = world.rules[rule]
    start = form.receipt_due_on if chosen.counts_from == "receipt" else form.issued_on
    facts = {
        "title": f"问题{order}", "fact": "事实", "basis": "依据", "requirement": "要求", "deadline_rule": chosen,
        "due_on": chosen.term.end(start, world.calendar), **given,
    }  # fmt: skip
    return FeedbackProblem.objects.create(
        form=form, order=order, category=world.categories["duty"], severity=world.severities[severity], **facts
    )


def lead_of(world: World, item: Any) -> str:
    return next(code for code, team in world.teams.items() if team.pk == item.team_id)


def unit_of(world: World, item: Any) -> str:
    return next(code for code, unit in world.units.items() if unit.pk == item.unit_id)


def issued(
    world: World, *, unit: str = "u1", source: str = Source.TEAM, count: int = 1, at: Any = None, **given: Any
) -> FeedbackForm:
    form = new_form(world, unit, source, at)
    for _ in range(count):
        add_problem(world, form, **given)
    with transaction.atomic():
        opening.open_items(form=form, actor=world.user("a1-lead"), at=at or world.at)
    return form


def pending(world: World, **given: Any) -> RectificationItem:
    return issued(world, **given).items.get()


def receive(world: World, form: FeedbackForm, at: datetime) -> None:
    """As feedback does: the receipt makes the dates earlier, then the items are assigned."""
    form.received_on, form.status = world.campaign.day_of(at), FormStatus.ACKNOWLEDGED
    form.save(update_fields=["received_on", "status"])
    for problem in form.problems.select_related("deadline_rule"):
        if problem.deadline_rule and problem.deadline_rule.counts_from == "receipt":
            earlier = problem.deadline_rule.term.end(form.received_on, world.calendar)
            problem.due_on = min(problem.due_on, earlier)
            problem.save(update_fields=["due_on"])
    with transaction.atomic():
        opening.assign_items(form=form, actor=world.user("u1"), at=at)


def assigned(world: World, *, at: Any = None, **given: Any) -> RectificationItem:
    form = issued(world, at=at, **given)
    receive(world, form, at or world.at)
    return form.items.get()


def lines(item: RectificationItem, count: int = 1) -> list[plans.MeasureLine]:
    return [plans.MeasureLine(f"措施{n}", "张某", item.due_on) for n in range(1, count + 1)]


def planned(world: World, *, measures: int = 1, **given: Any) -> RectificationItem:
    """The plan is filled in, not handed in."""
    item = assigned(world, **given)
    return plans.save_plan(
        pk=item.pk, actor=world.user(unit_of(world, item)), at=given.get("at") or world.at,
        measures=lines(item, measures), root_cause="责任不清", responsible_leader="李某", goal="责任到人",
    )  # fmt: skip


def hands_in(world: World, item: RectificationItem) -> Any:
    return world.user(f"{unit_of(world, item)}-head" if item.is_key else unit_of(world, item))


def in_review(world: World, **given: Any) -> RectificationItem:
    item = planned(world, **given)
    return plans.submit_plan(pk=item.pk, actor=hands_in(world, item), at=given.get("at") or world.at)


def decides_plan(world: World, item: RectificationItem) -> Any:
    return world.user("a-office" if item.is_key else f"{lead_of(world, item)}-lead")


def in_progress(world: World, **given: Any) -> RectificationItem:
    at = given.get("at") or world.at
    if given.get("rule") == "immediate":
        item = planned(world, **given)
        return plans.start_item(pk=item.pk, actor=world.user(unit_of(world, item)), at=at)
    item = in_review(world, **given)
    return plans.approve_plan(pk=item.pk, actor=decides_plan(world, item), at=at)


def finish(world: World, item: RectificationItem, at: datetime, text: str = "") -> RectificationItem:
    """Every measure done, one effective file."""
    actor = world.user(unit_of(world, item))
    done = [measures.MeasureUpdate(m.pk, MeasureState.DONE, "已完成") for m in item.measures.all() if not m.is_answered]
    if done:
        items.note_progress(pk=item.pk, actor=actor, at=at, text="措施已完成", measures=done)
    return evidence.add_evidence(
        pk=item.pk, actor=actor, at=at, files=[world.received(text=text or f"{item.pk} {item.returns}")],
        description="会议记录",
    )  # fmt: skip


def finished(world: World, **given: Any) -> RectificationItem:
    at = given.get("at") or world.at
    return finish(world, in_progress(world, **given), at)


def submitted(world: World, *, submit_at: datetime | None = None, **given: Any) -> RectificationItem:
    """Handed in by a report signed by the head."""
    item = finished(world, **given)
    report_world.signed(world, [item], at=submit_at or given.get("at"))
    return RectificationItem.objects.get(pk=item.pk)


def record_inputs(world: World, item: RectificationItem, at: datetime | None = None, **over: Any) -> dict[str, Any]:
    """What a member types; key items on the spot with the leader as second verifier."""
    team = lead_of(world, item)
    return {
        "way": VerificationWay.ON_SITE,
        "verified_on": world.campaign.day_of(at or world.at),
        "place": "单位会议室",
        "opinion": "措施已落实。",
        "results": [verification.SeenMeasure(m.pk, holds=True) for m in item.measures.all()],
        "second_verifier": world.user(f"{team}-lead" if item.is_key else f"{team}-member-2"),
        **over,
    }


def record(world: World, item: RectificationItem, at: datetime | None = None, **over: Any) -> RectificationItem:
    return verification.record_verification(
        pk=item.pk, actor=world.user(f"{lead_of(world, item)}-member"), at=at or world.at,
        **record_inputs(world, item, at, **over),
    )  # fmt: skip


def recorded(world: World, **given: Any) -> RectificationItem:
    return record(world, submitted(world, **given))


def confirms(world: World, item: RectificationItem) -> Any:
    team = lead_of(world, item)
    return world.user(f"{team}-lead" if item.is_key else f"{team}-member-2")


def verified(world: World, **given: Any) -> RectificationItem:
    item = recorded(world, **given)
    return verification.verify_item(pk=item.pk, actor=confirms(world, item), at=world.at)


def closer_of(world: World, item: RectificationItem) -> Any:
    if item.source == Source.CENTRAL:
        return world.user("office-lead")
    if item.source == Source.PROVINCIAL:
        return world.user("office")
    return world.user(f"{lead_of(world, item)}-sponsor" if item.is_key else "a-office")


def close_inputs(world: World, item: RectificationItem) -> dict[str, Any]:
    return {"effect": "制度已建立", "opinion": "同意销号", "ticked": TICKED}


def closed(world: World, **given: Any) -> RectificationItem:
    item = verified(world, **given)
    return closure.close_item(pk=item.pk, actor=closer_of(world, item), at=world.at, **close_inputs(world, item))


def returned(world: World, **given: Any) -> RectificationItem:
    item = submitted(world, **given)
    actor = world.user(f"{lead_of(world, item)}-member")
    return items.return_item(pk=item.pk, actor=actor, at=world.at, note=NOTE)


def longer_route(world: World, document: Document, *roles: str, is_key: bool = False) -> None:
    """The campaign's route for this document gets these steps."""
    route = ApprovalRoute.objects.get(campaign=world.campaign, document=document, source=Source.TEAM, is_key=is_key)
    route.steps.all().delete()
    for number, role in enumerate(roles, 1):
        ApprovalStep.objects.create(route=route, number=number, role=role)


def days(count: int) -> timedelta:
    return timedelta(days=count)

"""The feedback form of a case: drafted, signed, issued, received, ended, each act made through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feedback.guards import CARRY_OVER
from feedback.models import FeedbackForm
from feedback.services import drafts, forms
from rectification.demo.desk import Desk
from rectification.demo.plot import PAPER
from supervision.enums import Nature, Source

REQUIREMENT = "请于规定时限内签收，制定整改措施，逐项整改落实，并报送由主要负责人签批的整改情况报告。"


def take_draft(desk: Desk, inspection: int, at: datetime) -> None:
    """The draft that the concluded visit has made; its requirement and deadlines are added."""
    desk.form = FeedbackForm.objects.values_list("pk", flat=True).get(inspection_id=inspection)
    _head(desk, at)
    rules = {rule.code: rule for rule in desk.stage.words.deadline_rules}
    problems = FeedbackForm.objects.get(pk=desk.form).problems.order_by("order")
    for problem, work in zip(problems, desk.case.works, strict=True):
        if work.mended:
            continue
        drafts.save_problem(
            pk=desk.form,
            actor=desk.member,
            at=at,
            problem_id=problem.pk,
            category=problem.category,
            severity=problem.severity,
            title=problem.title,
            fact=problem.fact,
            basis=problem.basis,
            nature=problem.nature,
            requirement=work.facts.requirement,
            deadline_rule=rules[work.facts.deadline],
        )


def write_central(desk: Desk, at: datetime) -> None:
    """A form of the central group's feedback, drafted by the provincial office; no visit of a team stands behind it."""
    words, unit = desk.stage.words, desk.unit
    form = drafts.draft_form(
        unit=unit,
        phase=desk.stage.phase_on(desk.stage.campaign.day_of(at)),
        source=Source.CENTRAL,
        title=f"关于{unit.name}落实中央督导组反馈意见的交办单",
        actor=desk.stage.people["office"],
        at=at,
        requirement=REQUIREMENT,
    )
    desk.form = form.pk
    for work in desk.case.works:
        drafts.save_problem(
            pk=form.pk,
            actor=desk.stage.people["office"],
            at=at,
            category=next(row for row in words.categories if row.code == work.facts.category),
            severity=next(row for row in words.severities if row.code == work.facts.severity),
            title=work.facts.title,
            fact=work.facts.fact,
            basis=work.facts.basis,
            nature=Nature.INDIVIDUAL,
            requirement=work.facts.requirement,
            deadline_rule=next(row for row in words.deadline_rules if row.code == work.facts.deadline),
        )


def _head(desk: Desk, at: datetime) -> None:
    title = FeedbackForm.objects.values_list("title", flat=True).get(pk=desk.form)
    drafts.edit_draft(pk=desk.form, actor=desk.member, at=at, title=title, requirement=REQUIREMENT)


def submit(desk: Desk, at: datetime) -> None:
    forms.submit_form(pk=desk.form, actor=desk.drafter, at=at)


def issue(desk: Desk, at: datetime) -> None:
    forms.issue_form(pk=desk.form, actor=desk.signer, at=at, beyond_phase=CARRY_OVER)
    desk.know_items()


def receive(desk: Desk, at: datetime) -> None:
    """Sign for it on screen or on paper, or let the receipt period run out."""
    receipt = desk.case.receipt
    if receipt.deemed:
        forms.deem_received(pk=desk.form, at=at)
    elif receipt.way == PAPER:
        forms.acknowledge_form(pk=desk.form, actor=desk.liaison, at=at, paper=desk.sheet(desk.head, "反馈单签收页", at))
    else:
        person = desk.head if receipt.by_head else desk.liaison
        forms.acknowledge_form(pk=desk.form, actor=person, at=at, name=person.name, post=person.post)


def close(desk: Desk, at: datetime) -> None:
    forms.close_form(pk=desk.form, actor=desk.lead, at=at)


def withdraw(desk: Desk, at: datetime) -> None:
    note = "核对发现反馈单中一处事实表述不准确，撤回后重新下发。"
    forms.withdraw_form(pk=desk.form, actor=desk.lead, at=at, note=note)


def void(desk: Desk, at: datetime) -> None:
    note = "经复核该问题应归口其他单位整改，本反馈单作废。"
    forms.void_form(pk=desk.form, actor=desk.stage.people["office-lead"], at=at, note=note)


ENDINGS: dict[str, Callable[[Desk, datetime], None]] = {"closed": close, "withdrawn": withdraw, "voided": void}

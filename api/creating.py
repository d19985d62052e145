"""New objects and the parts of drafts, by the pages' forms and services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from api.moves import check, valid
from api.wire import as_typed, fields_of, files_in, id_in
from feedback import transitions as form_transitions
from feedback.forms.drafts import HeadForm, NewForm, ProblemForm
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import OFFICE_PEOPLE
from feedback.services import drafts
from rectification import report_transitions
from rectification.forms.reports import NewReportForm, ReportForm
from rectification.models import Report
from rectification.services import reports
from supervision import rules
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import discard_received
from supervision.current import current_campaign
from supervision.forms.planning import LateEntryForm, PlanForm
from supervision.forms.problems import ProblemForm as FoundProblemForm
from supervision.forms.records import LogForm, RecordForm
from supervision.models import Campaign, Inspection, Problem, Unit
from supervision.services import inspection_records, planning, problems
from supervision.transitions import LOG
from supervision.vocabulary import vocabulary_of


def campaign_of(request: Any, fields: Mapping[str, Any]) -> Campaign | None:
    """The campaign of the unit that is named, else the one that the person looks at."""
    named = str(fields.get("unit") or "")
    if named.isdecimal() and named.isascii() and len(named) < 19:
        unit = Unit.objects.visible_to(request.user).select_related("campaign").filter(pk=named).first()
        if unit is not None:
            return unit.campaign
    return current_campaign(request._request)


# --- visits -----------------------------------------------------------------------------------------------------------


def new_inspection(request: Any, at: datetime) -> Inspection:
    """A visit to come, or (with `happened_on`) one already made."""
    user, fields = request.user, fields_of(request.data)
    campaign = campaign_of(request, fields)
    if campaign is None or not user.scope.has(*rules.TEAM_PEOPLE):
        raise NotAllowed.for_roles(_("督导组成员"))
    kind = LateEntryForm if "happened_on" in fields else PlanForm
    form = valid(kind(as_typed(fields), user=user, campaign=campaign))
    return planning.create_inspection(actor=user, at=at, **form.inputs())


def save_log(visit: Inspection, request: Any, at: datetime) -> None:
    form = _part(LogForm, visit, request, at)
    inspection_records.save_log(pk=visit.pk, actor=request.user, at=at, **form.inputs())


def save_record(visit: Inspection, request: Any, at: datetime) -> Any:
    form = _part(RecordForm, visit, request, at)
    return inspection_records.save_record(pk=visit.pk, actor=request.user, at=at, **form.inputs())


def save_problem(visit: Inspection, request: Any, at: datetime, row: Problem | None = None) -> Problem:
    check(LOG, visit, request.user, at)
    with transaction.atomic():
        if row is not None:
            Inspection.objects.locked(visit.pk)
            row = get_object_or_404(visit.problems, pk=row.pk)
        form = _part(FoundProblemForm, visit, request, at, row=row)
        named = row.pk if row else None
        try:
            return problems.save_problem(pk=visit.pk, actor=request.user, at=at, problem_id=named, **form.inputs())
        except Refusal:
            discard_received(form.cleaned_data)
            raise


def _part(kind: Any, visit: Inspection, request: Any, at: datetime, row: Any = None) -> Any:
    """A part of the log as it was sent; what is left out of an existing (locked) row stays."""
    check(LOG, visit, request.user, at)
    given: dict[str, Any] = {"subject": visit, "user": request.user, **({"row": row} if row else {})}
    typed = merged(kind(**given), fields_of(request.data)) if row else as_typed(fields_of(request.data))
    return valid(kind(typed, files_in(request), **given))


def merged(shown: Any, fields: Mapping[str, Any]) -> QueryDict:
    """What was sent, over what a page would show: a PATCH names only what changes.

    `shown` is of the locked row, so that nothing that was saved meanwhile is written over by what stood there before.
    """
    held = {name: _held(shown, name) for name in shown.fields}
    return as_typed({**held, **fields})


def _held(shown: Any, name: str) -> Any:
    value = shown[name].value()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [str(getattr(each, "pk", each)) for each in value]
    return str(getattr(value, "pk", value))


# --- feedback forms ---------------------------------------------------------------------------------------------------


def new_form(request: Any, at: datetime) -> FeedbackForm:
    """A provincial or central form; a team's forms come from its visits."""
    user, fields = request.user, fields_of(request.data)
    campaign = campaign_of(request, fields)
    if campaign is None or not any(user.scope.holds(role, campaign.pk) for role in OFFICE_PEOPLE):
        words = vocabulary_of(campaign.pk).role_word(Role.OFFICE) if campaign else str(Role.OFFICE.label)
        raise NotAllowed.for_roles(words)
    form = valid(NewForm(as_typed(fields), user=user, campaign=campaign))
    return drafts.draft_form(actor=user, at=at, **form.cleaned_data)


def edit_form(draft: FeedbackForm, request: Any, at: datetime) -> None:
    check(form_transitions.EDIT, draft, request.user, at)
    with transaction.atomic():
        held = FeedbackForm.objects.locked(draft.pk)
        head = HeadForm(initial={name: getattr(held, name) for name in HeadForm.base_fields})
        form = valid(HeadForm(merged(head, fields_of(request.data))))
        drafts.edit_draft(pk=draft.pk, actor=request.user, at=at, **form.cleaned_data)


def write_problem(draft: FeedbackForm, request: Any, at: datetime, row: FeedbackProblem | None = None) -> Any:
    """One more problem of a draft, or a change of one."""
    check(form_transitions.EDIT, draft, request.user, at)
    with transaction.atomic():
        if row is not None:
            row = get_object_or_404(FeedbackForm.objects.locked(draft.pk).problems, pk=row.pk)
        form = _problem_form(draft, fields_of(request.data), at, row)
        named = row.pk if row else None
        return drafts.save_problem(pk=draft.pk, actor=request.user, at=at, problem_id=named, **form.cleaned_data)


def _problem_form(draft: FeedbackForm, fields: Mapping[str, Any], at: datetime, row: FeedbackProblem | None) -> Any:
    on, vocabulary = draft.campaign.day_of(at), vocabulary_of(draft.campaign_id)
    problem = row or FeedbackProblem(form=draft, order=draft.problems.count() + 1)
    shown = ProblemForm(vocabulary=vocabulary, on=on, problem=problem)
    plain = merged(shown, fields) if row else as_typed(fields)
    typed = QueryDict(mutable=True)
    for name, values in plain.lists():
        typed.setlist(shown.add_prefix(name), values)
    return valid(ProblemForm(typed, vocabulary=vocabulary, on=on, problem=problem))


def remove_problem(draft: FeedbackForm, row: FeedbackProblem, actor: User, at: datetime) -> None:
    check(form_transitions.EDIT, draft, actor, at)
    drafts.remove_problem(pk=draft.pk, problem_id=row.pk, actor=actor, at=at)


# --- reports ----------------------------------------------------------------------------------------------------------


def new_report(form: FeedbackForm, request: Any, at: datetime) -> Report:
    """A report on items of one form."""
    user = request.user
    if not rules.is_unit_liaison(user, form, form.campaign.day_of(at)):
        raise NotAllowed.for_roles(vocabulary_of(form.campaign_id).role_word(Role.LIAISON))
    fields = {name: value for name, value in fields_of(request.data).items() if name != "form"}
    given = valid(NewReportForm(as_typed(fields), subject=form, user=user))
    return reports.draft_report(pk=form.pk, actor=user, at=at, **given.inputs())


def edit_report(report: Report, request: Any, at: datetime) -> None:
    """The texts of a report; `answers` is a list of {item, progress, text}. What is left out stays."""
    check(report_transitions.EDIT, report, request.user, at)
    fields = fields_of(request.data)
    answers = fields.pop("answers", None)
    for each in answers if isinstance(answers, list) else ():
        if isinstance(each, dict):
            item = id_in("answers", each.get("item"))
            fields |= {f"{name}_{item}": each[name] for name in ("progress", "text") if name in each}
    with transaction.atomic():
        held = Report.objects.locked_whole(report.pk)
        first = {name: getattr(held, name) for name in ("title", "overall", "rules_made", "next_steps")}
        shown = ReportForm(initial={**first, "seen": reports.last_act(held)}, subject=held, user=request.user)
        form = valid(ReportForm(merged(shown, fields), subject=held, user=request.user))
        reports.edit_report(pk=held.pk, actor=request.user, at=at, **form.inputs())

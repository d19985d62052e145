"""Writing a report: the editor with its paper beside it, and the paper before it is signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rectification import report_transitions as moves
from rectification.forms.reports import ReportForm
from rectification.models.report import Report
from rectification.report_gaps import gaps_of
from rectification.services import report_dates, report_paper, reports
from rectification.views.reports import ReportFinder, is_of_own_unit
from supervision.core.refusals import NotAllowed, Unmet, WrongState
from supervision.core.transitions import Situation
from supervision.vocabulary import vocabulary_of


class _Writable(ReportFinder):
    def find_mine(self, request: HttpRequest, pk: int) -> Report:
        """Found, and to write it is this person's."""
        report: Report = self.find(request, pk)
        now = timezone.now()
        if not moves.EDIT.is_allowed(report, Situation(request.user, now, report.campaign.day_of(now))):
            assert moves.EDIT.allowed is not None
            raise NotAllowed.for_roles(moves.EDIT.allowed.words(report))
        return report

    def find_writable(self, request: HttpRequest, pk: int) -> Report:
        """Mine, and it can be written now."""
        report = self.find_mine(request, pk)
        if report.status not in moves.EDIT.sources:
            raise WrongState.of(str(moves.EDIT.label), report.get_status_display())
        return report


class ReportEditView(_Writable):
    """The editor: server time, today's cut-off, what is late, what is missing from whom, the paper beside it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.find_writable(request, pk)
        seen = {"title": report.title, "overall": report.overall, "rules_made": report.rules_made}
        initial = {**seen, "next_steps": report.next_steps, "seen": reports.last_act(report)}
        return self._show(request, ReportForm(initial=initial, subject=report, user=request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves and stays; `send` saves and hands it to the head in one go."""
        user: Any = request.user
        report = self.find_writable(request, pk)
        form = ReportForm(request.POST, subject=report, user=user)
        if not form.is_valid():
            return self._show(request, form, status=400)
        try:
            reports.edit_report(pk=pk, actor=user, at=timezone.now(), **form.inputs())
        except Unmet as refusal:
            return self._show(request, form, unmet=refusal.conditions, status=refusal.status)
        if "send" not in request.POST:
            messages.success(request, _("已保存。"))
            return redirect("rectification:report-edit", pk=pk)
        try:
            reports.send_report_for_signature(pk=pk, actor=user, at=timezone.now())
        except Unmet:
            messages.warning(request, _("已保存，但还不能送签：请先补齐下面所列各项。"))
            return redirect("rectification:report-edit", pk=pk)
        messages.success(request, _("已保存并送主要负责人签批。"))
        return redirect(report)

    @staticmethod
    def _show(request: HttpRequest, form: ReportForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        report = form.subject
        now = timezone.now()
        on = report.campaign.day_of(now)
        covered = [answer.item for answer in form.answers]
        prefetch_related_objects(covered, "notes")
        gaps = gaps_of(report, now, on)
        context = {
            "report": report,
            "form": form,
            "unmet": unmet,
            "gaps": gaps,
            "is_ready": not any(each.missing for each in gaps),
            "parts": [(part, reports.prefilled(part["item"])) for part in form.parts()],
            "outlook": report_dates.outlook(report, covered, now),
            "content": report_paper.draft_content(report),
            "on": on,
            "calendar": vocabulary_of(report.campaign_id).calendar,
        }
        return render(request, "rectification/report_edit.html", context, status=status)


class ReportPreviewView(_Writable):
    """The paper as it would be signed now: to print for a signature by hand; POST: as typed, nothing is saved."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report: Report = self.find(request, pk)
        if not is_of_own_unit(request.user, report):
            raise Http404  # a draft is the unit's own
        context = {"report": report, "content": report_paper.draft_content(report)}
        return render(request, "rectification/report_preview.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.find_mine(request, pk)
        if report.status in moves.EDIT.sources:  # else it has just been sent, and stands as it was saved
            self._put_in(report, ReportForm(request.POST, subject=report, user=request.user))
        return render(request, "rectification/report_sheet.html", {"content": report_paper.draft_content(report)})

    @staticmethod
    def _put_in(report: Report, form: ReportForm) -> None:
        """What was typed stands in the report in memory; what is wrong with it is the editor's to say."""
        form.is_valid()
        typed = form.cleaned_data
        for name in ("title", "overall", "rules_made", "next_steps"):
            setattr(report, name, typed.get(name, ""))
        for answer in report.parts:
            answer.text = typed.get(f"text_{answer.item_id}", "")
            answer.progress = typed.get(f"progress_{answer.item_id}", answer.progress)

"""Pages of the rectification report: list, new, editor, the report, its moves, its frozen papers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from feedback.models.form import FeedbackForm
from rectification import report_transitions as moves
from rectification.enums import ReportStatus
from rectification.forms.reports import (
    FileReportForm,
    NewReportForm,
    ReportFilterForm,
    ReportSignForm,
    ReturnReportForm,
    signs_on_screen,
)
from rectification.item_evidence import pieces_of
from rectification.models.report import Report
from rectification.report_desk import whose_move
from rectification.services import report_dates, report_paper, reports
from rectification.views.items import with_dates
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.refusals import NotAllowed, Unmet
from supervision.core.web import MoveForm, MovePage, MoveView, NoteForm, ScopedMixin
from supervision.current import at_place, current_campaign
from supervision.timelines import visible_events
from supervision.views.signing import signature_lines
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("created_at", descending=True)
WRITABLE = moves.EDIT.sources
ENTER_PAPER = _("录入线下签批")


def move_url(report: Report, name: str) -> str:
    return reverse("rectification:report-move", args=[report.pk, name.replace("_", "-")])


class ReportListView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        campaign = current_campaign(request)
        form = ReportFilterForm(request.GET, user=user, campaign=campaign)
        rows = at_place(request, Report.objects.visible_to(user).filter(campaign=campaign))
        rows = form.narrow(rows).select_related("unit", "form").annotate(covered=Count("answers"))
        page = list_page(request, rows, NEWEST_FIRST)
        is_narrowed = any(form.data.get(name) for name in form.fields)
        context: dict[str, Any] = {"form": form, "page": page, "reports": page.rows, "is_narrowed": is_narrowed}
        if campaign is not None:
            context["calendar"] = vocabulary_of(campaign.pk).calendar
        return render(request, "rectification/report_list.html", context)


class NewReportView(LoginRequiredMixin, ScopedMixin, View):
    """The liaison chooses which items of one form the report covers."""

    model = FeedbackForm

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request, pk)
        return self._show(request, NewReportForm(subject=form, user=request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user: Any = request.user
        subject = self._form(request, pk)
        form = NewReportForm(request.POST, subject=subject, user=user)
        if not form.is_valid():
            return self._show(request, form, status=400)
        try:
            report = reports.draft_report(pk=pk, actor=user, at=timezone.now(), **form.inputs())
        except Unmet as refusal:
            return self._show(request, form, unmet=refusal.conditions, status=refusal.status)
        messages.success(request, _("报告草稿已建立，各事项的整改情况已按措施和进展预填。"))
        return redirect("rectification:report-edit", pk=report.pk)

    def _form(self, request: HttpRequest, pk: int) -> FeedbackForm:
        user: Any = request.user
        form: FeedbackForm = self.find(request, pk)
        if not rules.is_unit_liaison(user, form, form.campaign.day_of(timezone.now())):
            raise NotAllowed.for_roles(vocabulary_of(form.campaign_id).role_word("liaison"))
        return form

    @staticmethod
    def _show(request: HttpRequest, form: NewReportForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        context = {"subject": form.subject, "form": form, "unmet": unmet, "candidates": form.coverable()}
        return render(request, "rectification/report_new.html", context, status=status)


class ReportFinder(LoginRequiredMixin, ScopedMixin, View):
    model = Report
    select_related = ("campaign", "body", "team", "unit", "form")


class ReportPageView(ReportFinder):
    """State, whose move, what is missing, moves, versions, timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user: Any = request.user
        now = timezone.now()
        report: Report = self.find(request, pk)
        on = report.campaign.day_of(now)
        is_own = is_of_own_unit(user, report)
        if not is_own:
            report.parts = report.light_parts()  # the signed version is shown instead
        answers = report.parts
        paper = None if is_own or not report.version else report_paper.version_of(report, report.version)
        whose, until = whose_move(report, [answer.item for answer in answers])
        events = visible_events(user, report)
        context = {
            "report": report,
            "answers": answers,
            "is_own": is_own,
            "paper": with_dates(paper.data) if paper else None,
            "may_edit": rules.is_unit_liaison(user, report, on) and report.status in WRITABLE,
            "moves": self._moves(report, user, now),
            "whose": whose,
            "until": until,
            "outlook": report_dates.outlook(report, [a.item for a in answers], now) if is_own else None,
            "versions": range(report.version, 0, -1),
            "signature_lines": signature_lines(user, report, on),
            "events": [each for each in events if is_own or each.verb not in moves.UNIT_INTERNAL],
            "on": on,
            "calendar": vocabulary_of(report.campaign_id).calendar,
        }
        return render(request, "rectification/report.html", context)

    def _moves(self, report: Report, user: Any, now: Any) -> tuple[parts.Move, ...]:
        """What is offered. The liaison's “signature” is the entry of a sheet: it says so and is not the blue button."""
        offers = moves.REPORT_MOVES.offers(report, user, at=now)
        found = parts.moves(offers, lambda name: move_url(report, name), mend_urls=self._mends(report))
        if signs_on_screen(user, report):
            return found
        return tuple(
            replace(each, label=ENTER_PAPER, primary=False) if each.name == moves.SIGN.name else each for each in found
        )

    @staticmethod
    def _mends(report: Report) -> dict[str, str]:
        """Where each unmet condition is mended."""
        edit = reverse("rectification:report-edit", args=[report.pk])
        return {
            "overall_is_written": edit,
            "every_item_is_answered": edit,
            "every_item_is_ready": f"{report.get_absolute_url()}#items",
            "every_item_is_verified": f"{report.get_absolute_url()}#items",
            "paper_settled_report_sign": f"{report.get_absolute_url()}#versions",
        }


def is_of_own_unit(user: Any, report: Report) -> bool:
    """The unit's own people read its drafts; everyone else what was signed (ReportQuerySet.visible_to)."""
    return report.unit_id in user.scope.ids(*Report.READS_DRAFTS)


class ReportPaperView(ReportFinder):
    """One frozen version, made from its canonical content alone."""

    def get(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        report: Report = self.find(request, pk)
        paper = report_paper.version_of(report, version)
        if paper is None:
            raise Http404
        context = {"report": report, "paper": paper, "content": with_dates(paper.data)}
        return render(request, "rectification/report_paper.html", context)


class ReportMoveView(LoginRequiredMixin, MoveView):
    model = Report
    select_related = ("campaign", "body", "team", "unit", "form")
    pages: ClassVar[dict[str, MovePage]] = {
        "send-for-signature": MovePage(moves.SEND_FOR_SIGNATURE, reports.send_report_for_signature),
        "recall": MovePage(moves.RECALL, reports.recall_report),
        "give-back": MovePage(moves.GIVE_BACK, reports.give_back_report, NoteForm),
        "sign": MovePage(moves.SIGN, reports.sign_report, ReportSignForm, "rectification/report_sign.html"),
        "return": MovePage(moves.RETURN, reports.return_report, ReturnReportForm, "rectification/report_return.html"),
        "approve": MovePage(moves.APPROVE, reports.approve_report),
        "file": MovePage(moves.FILE, reports.file_report, FileReportForm),
        "withdraw": MovePage(moves.WITHDRAW, reports.withdraw_report, NoteForm),
    }

    def show(self, request: HttpRequest, form: MoveForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        report: Report = self.subject
        assert self.page is not None  # dispatch answered 404 otherwise
        now = timezone.now()
        context = {
            "subject": report,
            "move": self.page.move,
            "form": form,
            "unmet": unmet,
            "answers": report.parts,
            "outlook": report_dates.outlook(report, [answer.item for answer in report.parts], now),
            "changes": self.changes_of(report),
            "content": report_paper.draft_content(report),
            "evidence": [(answer, pieces_of(answer.item)) for answer in report.parts],
            "notes": [(form[f"note_{item.pk}"], item) for item in getattr(form, "covered", ())],
            "on": report.campaign.day_of(now),
            "calendar": vocabulary_of(report.campaign_id).calendar,
        }
        return render(request, self.page.template, context, status=status)

    def changes_of(self, report: Report) -> list[str]:
        """For the signer: what differs from the last signed version; empty for the first."""
        if report.status != ReportStatus.PENDING_SIGNOFF or not report.version:
            return []
        paper = report_paper.version_of(report, report.version)
        return report_paper.changes_since(report, paper) if paper else []

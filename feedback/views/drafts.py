"""Drafting: the head and the problems of a draft, and the provincial office's new form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.roles import Role
from feedback import transitions
from feedback.deadlines import beyond_phase, deadline_text, latest_dates, working_days_text
from feedback.forms.drafts import HeadForm, NewForm, ProblemForm
from feedback.guards import missing_of, problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import drafts
from feedback.views.forms import FormFinder, may_draft
from supervision.core.refusals import NotAllowed, Refusal, WrongState
from supervision.core.transitions import Situation
from supervision.core.web import show_refusal
from supervision.current import current_campaign
from supervision.vocabulary import vocabulary_of


class DraftFinder(FormFinder):
    """Finds a draft that the reader may edit: 403 for others who see it, 409 once it is no draft any more."""

    def find_draft(self, request: HttpRequest, pk: int) -> FeedbackForm:
        form = self.find(request, pk)
        now = timezone.now()
        situation = Situation(request.user, now, form.campaign.day_of(now))
        if not transitions.EDIT.is_allowed(form, situation):
            raise NotAllowed.for_roles(transitions.DRAFTERS.words(form))
        if form.status not in transitions.EDIT.sources:
            raise WrongState.of(str(transitions.EDIT.label), form.get_status_display())
        return form


class DraftView(DraftFinder, View):
    """The editor: what came from the inspection stands there already; each problem says what it still lacks."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.find_draft(request, pk)
        initial = {"title": draft.title, "requirement": draft.requirement, "need_to_know": draft.need_to_know}
        return self.show(request, draft, HeadForm(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.find_draft(request, pk)
        if "up" in request.POST or "down" in request.POST:
            return self.reorder(request, draft)
        form = HeadForm(request.POST)
        if not form.is_valid():
            return self.show(request, draft, form, status=400)
        drafts.edit_draft(pk=pk, actor=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("已保存。"))
        return redirect("feedback:form-edit", pk=pk)

    def reorder(self, request: HttpRequest, draft: FeedbackForm) -> HttpResponse:
        """One problem a place up or down."""
        order, step = [problem.pk for problem in problems_of(draft)], -1 if "up" in request.POST else 1
        named = request.POST.get("up") or request.POST.get("down")
        place = next((place for place, pk in enumerate(order) if str(pk) == named), None)
        if place is None:
            raise Http404
        if 0 <= place + step < len(order):
            order[place], order[place + step] = order[place + step], order[place]
            drafts.reorder_problems(pk=draft.pk, actor=request.user, at=timezone.now(), order=order)  # type: ignore[arg-type]
        return redirect(f"{reverse('feedback:form-edit', args=[draft.pk])}#problems")

    def show(self, request: HttpRequest, draft: FeedbackForm, form: HeadForm, status: int = 200) -> HttpResponse:
        on, vocabulary = draft.campaign.day_of(timezone.now()), vocabulary_of(draft.campaign_id)
        rows = problems_of(draft)
        dates = latest_dates(rows, vocabulary, on)
        late = {problem.pk for problem in beyond_phase(draft, rows, dates)}
        problems = [
            {
                "row": row,
                "missing": list(missing_of(row)),
                "deadline": deadline_text(row, vocabulary, dates.get(row.pk)),
                "distance": working_days_text(row.typed_due_on, on, vocabulary) if row.typed_due_on else "",
                "is_late": row.pk in late,
            }
            for row in rows
        ]
        context = {"draft": draft, "form": form, "problems": problems}
        return render(request, "feedback/draft.html", context, status=status)


class ProblemView(DraftFinder, View):
    """One problem of a draft: a new one, or an existing one by its id."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.draft = self.find_draft(request, kwargs["pk"])
        self.problem = self.draft.problems.filter(pk=kwargs["problem"]).first() if "problem" in kwargs else None
        if "problem" in kwargs and self.problem is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, problem: int | None = None) -> HttpResponse:
        return self.show(request, self.build_form(initial=self.initial()))

    def post(self, request: HttpRequest, pk: int, problem: int | None = None) -> HttpResponse:
        form = self.build_form(request.POST)
        if not form.is_valid():
            return self.show(request, form, status=400)
        drafts.save_problem(
            pk=pk,
            problem_id=problem,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, _("已保存问题。"))
        return redirect("feedback:form-edit", pk=pk)

    def build_form(self, *data: Any, **kwargs: Any) -> ProblemForm:
        on = self.draft.campaign.day_of(timezone.now())
        return ProblemForm(*data, campaign=self.draft.campaign, on=on, problem=self.problem, **kwargs)

    def initial(self) -> dict[str, Any]:
        if self.problem is None:
            return {}
        return {name: getattr(self.problem, name) for name in ProblemForm.base_fields}

    def show(self, request: HttpRequest, form: ProblemForm, status: int = 200) -> HttpResponse:
        context = {"draft": self.draft, "problem": self.problem, "form": form}
        return render(request, "feedback/problem.html", context, status=status)


class ProblemRemoveView(DraftFinder, View):
    """Asks once more, then takes a problem off the draft."""

    def find_problem(self, request: HttpRequest, pk: int, problem: int) -> FeedbackProblem:
        found = self.find_draft(request, pk).problems.filter(pk=problem).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int, problem: int) -> HttpResponse:
        row = self.find_problem(request, pk, problem)
        context = {
            "title": _("移除问题"),
            "question": _("从反馈单中移除“%(title)s”？") % {"title": row.title},
            "details": [_("督导检查中登记的问题仍然保留。")],
            "danger": True,
            "submit_label": _("移除"),
            "cancel_url": reverse("feedback:form-edit", args=[pk]),
        }
        return render(request, "components/confirm.html", context)

    def post(self, request: HttpRequest, pk: int, problem: int) -> HttpResponse:
        self.find_problem(request, pk, problem)
        drafts.remove_problem(pk=pk, problem_id=problem, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已移除。"))
        return redirect("feedback:form-edit", pk=pk)


class NewFormView(View):
    """The provincial office drafts a provincial or central form."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user, campaign = request.user, current_campaign(request)
        if not isinstance(user, User) or campaign is None:
            raise Http404
        if not may_draft(user, campaign):
            raise NotAllowed.for_roles(vocabulary_of(campaign.pk).role_word(Role.OFFICE))
        self.user, self.campaign = user, campaign
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, NewForm(user=self.user, campaign=self.campaign))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewForm(request.POST, user=self.user, campaign=self.campaign)
        if not form.is_valid():
            return self.show(request, form, status=400)
        try:
            draft = drafts.draft_form(actor=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        return redirect("feedback:problem-new", pk=draft.pk)

    def show(self, request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
        return render(request, "feedback/new.html", {"form": form}, status=status)

"""Problems of an inspection: register, complete, remove, with wordings used before; the check of their facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision import guards
from supervision.core.parts import Mend
from supervision.forms.problems import FILES, FactCheckForm, ProblemForm
from supervision.models.daily import DailyRecord
from supervision.models.problem import Problem
from supervision.models.vocabulary import Category
from supervision.services import problems as services
from supervision.services.inspection_records import photos_of
from supervision.services.phrases import Phrase, phrase, phrases_for
from supervision.views.inspections import InsideFinder
from supervision.views.logs import DeletePartView, FormPartView, LogPartView


class ProblemView(FormPartView):
    """A new problem (`?result=`, `?record=`, `?daily=` take over what was seen) or an existing one."""

    form = ProblemForm
    template = "supervision/problem.html"
    anchor = "problems"

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> Any:
        return super().build_form(request, *data, row=self.row(), **kwargs)

    def row(self) -> Any:
        child = self.kwargs.get("child")
        if child is None:
            return None
        row = self.inspection.problems.filter(pk=child).first()
        if row is None:
            raise Http404
        return row

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        if "child" in self.kwargs:
            return {}
        there = list(self.inspection.present.values_list("pk", flat=True))
        found = self.from_result(request.GET.get("result", "")) | self.from_record(request.GET.get("record", ""))
        assert isinstance(request.user, User)
        found |= self.from_daily()
        if request.user.pk in there:
            there.remove(request.user.pk)
            found["witness"] = request.user.pk
        if len(there) == 1:
            found["second_witness"] = there[0]
        return {"initial": found}

    def from_result(self, chosen: str) -> dict[str, Any]:
        """One tap beside a point of the checklist: its finding becomes the problem."""
        rows = self.inspection.checklist.filter(pk=chosen) if chosen.isdigit() else self.inspection.checklist.none()
        result = rows.select_related("point").first()
        if result is None:
            return {}
        return {
            "title": result.finding[:255] or result.point.text,
            "fact": result.finding,
            "checklist_result": result,
            "category": result.point.focus.categories.first(),
        }

    def from_record(self, chosen: str) -> dict[str, Any]:
        """The record that it comes from: the named one, or the only one."""
        rows = list(self.inspection.records.values_list("pk", flat=True))
        if chosen.isdigit() and int(chosen) in rows:
            return {"record": int(chosen)}
        return {"record": rows[0]} if len(rows) == 1 else {}

    def daily_record(self) -> DailyRecord | None:
        """`?daily=`: a daily record of this unit that is to become a problem."""
        chosen = self.request.GET.get("daily", "")
        if "child" in self.kwargs or not chosen.isdigit():
            return None
        assert isinstance(self.request.user, User)
        rows = DailyRecord.objects.visible_to(self.request.user).filter(unit_id=self.inspection.unit_id)
        return rows.filter(pk=chosen).first()

    def from_daily(self) -> dict[str, Any]:
        """What was noted between two visits is not typed again."""
        row = self.daily_record()
        if row is None:
            return {}
        words = row.follow_up_note or row.content
        return {"title": words.splitlines()[0][:255], "fact": row.content}

    def title(self) -> str:
        return _("修改问题") if "child" in self.kwargs else _("登记问题")

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        """Without a script, choosing a phrase sends the whole form and brings it back with the wording filled in."""
        if "phrase" in request.POST:
            self.check(request)
            return self.show(request, self.with_phrase(request))
        return super().post(request, pk, **kwargs)

    def with_phrase(self, request: HttpRequest) -> Any:
        typed = {name: request.POST.get(name) for name in ProblemForm.base_fields if name not in FILES}
        assert isinstance(request.user, User)
        chosen = request.POST["phrase"]
        found = phrase(self.inspection, request.user, int(chosen)) if chosen.isdigit() else None
        if found is not None:
            typed |= {"title": found.title, "basis": found.basis or typed["basis"]}
        form = self.form(subject=self.inspection, user=request.user)
        form.initial = typed
        return form

    def write(self, form: Any, common: dict[str, Any]) -> None:
        source = self.daily_record()
        problem = services.save_problem(
            **common,
            problem_id=self.kwargs.get("child"),
            daily_record_id=source.pk if source else None,
            **form.inputs(),
        )
        has_photo = bool(photos_of(Problem.kind, [problem.pk])) if problem.mended_on_spot else True
        missing = list(guards.missing_of(problem, has_photo=has_photo))
        if missing:
            facts = {"title": problem.title, "missing": "、".join(missing)}
            messages.warning(self.request, _("“%(title)s”报送前还需补充：%(missing)s") % facts)

    def back(self) -> str:
        """After “save and one more”, an empty form."""
        if self.request.method == "POST" and "again" in self.request.POST:
            return reverse("supervision:problem-create", args=[self.inspection.pk])
        return super().back()

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        assert isinstance(request.user, User)
        row = self.row()
        photos = photos_of(Problem.kind, [row.pk]).get(row.pk, []) if row else []
        context = {
            "inspection": self.inspection,
            "form": form,
            "title": self.title(),
            "cancel_url": super().back(),
            "problem": row,
            "photos": photos,
            "mends": list(mends_of(row, photos)) if row and not form.is_bound else (),
            "phrases": offered(self.inspection, request.user, form["category"].value()),
        }
        return render(request, self.template, context, status=status)


def mends_of(problem: Problem, photos: list[Any]) -> Iterator[Mend]:
    """What the problem still lacks, each leading to its field."""
    for field, word in guards.missing_fields(problem, has_photo=bool(photos)):
        yield Mend(word, url=f"#id_{field}", label=_("去填写"))


def offered(inspection: Any, user: User, category: Any) -> list[Phrase]:
    pk = str(getattr(category, "pk", category) or "")
    found = Category.objects.filter(campaign_id=inspection.campaign_id, pk=pk).first() if pk.isdigit() else None
    return phrases_for(inspection, user, found)


class PhrasesView(LogPartView):
    """The wordings for a category, when another one is chosen."""

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.check(request)
        assert isinstance(request.user, User)
        found = offered(self.inspection, request.user, request.GET.get("category"))
        return render(request, "supervision/_phrases.html", {"phrases": found})

    def title(self) -> str:
        return _("常用表述")


class ProblemDeleteView(DeletePartView):
    anchor = "problems"

    def title(self) -> str:
        return _("删除问题")

    def write(self, form: Any, common: dict[str, Any]) -> None:
        services.delete_problem(**common, problem_id=self.kwargs["child"])


class FactCheckView(FormPartView):
    """事实核对 for all problems of a visit at once."""

    form = FactCheckForm
    template = "supervision/fact_check.html"
    anchor = "problems"
    prefetch = ("problems__category", "present")

    def title(self) -> str:
        return _("事实核对")

    def write(self, form: Any, common: dict[str, Any]) -> None:
        services.check_facts(**common, **form.inputs())


class FactCheckSheetView(InsideFinder, View):
    """The sheet that the unit signs, with every problem as it stands."""

    prefetch = ("problems", "present")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        inspection = self.find(request, pk)
        return render(request, "supervision/fact_check_sheet.html", {"inspection": inspection})

"""Problems of an inspection: register, complete, remove."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from supervision.forms.problems import ProblemForm
from supervision.services import problems as services
from supervision.views.logs import DeletePartView, FormPartView


class ProblemView(FormPartView):
    """A new problem (`?result=` takes over a checklist finding) or an existing one."""

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
        chosen = request.GET.get("result", "")
        if "child" in self.kwargs or not chosen.isdigit():
            return {}
        result = self.inspection.checklist.filter(pk=chosen).select_related("point").first()
        if result is None:
            return {}
        category = result.point.focus.categories.first()
        return {
            "initial": {
                "title": result.finding[:255] or result.point.text,
                "fact": result.finding,
                "checklist_result": result,
                "category": category,
            }
        }

    def title(self) -> str:
        return _("修改问题") if "child" in self.kwargs else _("登记问题")

    def write(self, form: Any, common: dict[str, Any]) -> None:
        services.save_problem(**common, problem_id=self.kwargs.get("child"), **form.inputs())


class ProblemDeleteView(DeletePartView):
    anchor = "problems"

    def title(self) -> str:
        return _("删除问题")

    def write(self, form: Any, common: dict[str, Any]) -> None:
        services.delete_problem(**common, problem_id=self.kwargs["child"])

"""The checklist of a visit: one form for all points of its foci; one tap makes a finding a problem."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core.refusals import Changed
from supervision.forms.records import PointForm
from supervision.models.inspection import ChecklistResult
from supervision.models.vocabulary import ChecklistPoint
from supervision.services import inspection_records as services
from supervision.views.logs import FormPartView, LogPartView, show_both


class ChecklistView(LogPartView):
    """督导要点 of the foci in this phase. A button beside each point saves all and opens a problem on it."""

    anchor = "checklist"
    template = "supervision/checklist.html"

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> list[PointForm]:
        rows = {row.point_id: row for row in self.inspection.checklist.all()}
        points: list[ChecklistPoint] = services.points_of(self.inspection)
        return [PointForm(*data, point=point, row=rows.get(point.pk), prefix=f"point-{point.pk}") for point in points]

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        forms = self.build_form(request, request.POST)
        if [form for form in forms if not form.is_valid()]:  # every line is judged, so that all faults show at once
            return self.show(request, forms, status=400)
        tapped = request.POST.get("make_problem", "")
        results = [form.result(tapped=str(form.point.pk) == tapped) for form in forms]
        assert isinstance(request.user, User)
        try:
            services.save_checklist(pk=pk, actor=request.user, at=timezone.now(), results=results)
        except Changed as refusal:
            self.show_conflict(forms, refusal)
            return self.show(request, forms, status=refusal.status)
        result = self.inspection.checklist.filter(point_id=int(tapped)).first() if tapped.isdigit() else None
        if result is not None:
            return redirect(f"{reverse('supervision:problem-create', args=[pk])}?result={result.pk}")
        messages.success(request, _("已保存。"))
        return redirect(self.back())

    def show_conflict(self, forms: list[PointForm], refusal: Changed) -> None:
        """Both texts beside the first line that somebody else has saved meanwhile."""
        versions = dict(self.inspection.checklist.values_list("point_id", "version"))
        for form in forms:
            if form.cleaned_data["version"] != versions.get(form.point.pk, 0):
                show_both(form, refusal)
                return

    def title(self) -> str:
        return _("督导要点")


class PointView(FormPartView):
    """One point of the checklist, edited in place on the log; a button beside it makes the finding a problem."""

    anchor = "checklist"

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> PointForm:
        child = self.kwargs["child"]
        point = next((each for each in services.points_of(self.inspection) if each.pk == child), None)
        if point is None:
            raise Http404
        row = self.inspection.checklist.filter(point=point).first()
        return PointForm(*data[:1], point=point, row=row)

    def write(self, form: PointForm, common: dict[str, Any]) -> ChecklistResult | None:
        tapped = "make_problem" in self.request.POST
        services.save_checklist(**common, results=[form.result(tapped=tapped)])
        return self.inspection.checklist.filter(point=form.point).first()

    def saved_fields(self, written: Any) -> dict[str, Any]:
        return {"version": written.version if written else 0}

    def after(self, request: HttpRequest, written: Any) -> HttpResponse:
        if "make_problem" in request.POST and written is not None:
            return redirect(f"{reverse('supervision:problem-create', args=[self.inspection.pk])}?result={written.pk}")
        return super().after(request, written)

    def title(self) -> str:
        return _("督导要点")

"""The checklist of a visit: one form for all points of its foci; one tap makes a finding a problem."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.forms.records import PointForm
from supervision.models.vocabulary import ChecklistPoint
from supervision.services import inspection_records as services
from supervision.views.logs import LogPartView


class ChecklistView(LogPartView):
    """督导要点 of the foci in this phase. A button beside each point saves all and opens a problem on it."""

    anchor = "checklist"
    template = "supervision/checklist.html"

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> list[PointForm]:
        rows = {row.point_id: row for row in self.inspection.checklist.all()}
        points: list[ChecklistPoint] = services.points_of(self.inspection)
        return [PointForm(*data, point=point, row=rows.get(point.pk)) for point in points]

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        forms = self.build_form(request, request.POST)
        if [form for form in forms if not form.is_valid()]:  # every line is judged, so that all faults show at once
            return self.show(request, forms, status=400)
        tapped = request.POST.get("make_problem", "")
        results = [form.result(tapped=str(form.point.pk) == tapped) for form in forms]
        services.save_checklist(pk=pk, actor=request.user, at=timezone.now(), results=results)  # type: ignore[arg-type]
        result = self.inspection.checklist.filter(point_id=int(tapped)).first() if tapped.isdigit() else None
        if result is not None:
            return redirect(f"{reverse('supervision:problem-create', args=[pk])}?result={result.pk}")
        messages.success(request, _("已保存。"))
        return redirect(self.back())

    def title(self) -> str:
        return _("督导要点")

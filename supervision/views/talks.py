"""Talk records: the team's alone. For everybody else they do not exist."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.forms.records import TalkForm
from supervision.models.inspection import Inspection, TalkRecord
from supervision.rules import TEAM_PEOPLE
from supervision.services import inspection_records as services
from supervision.views.logs import FormPartView, may_log


class TalkView(FormPartView):
    """A new talk record; an existing one is shown to the team, and changed while the log is open."""

    form = TalkForm
    template = "supervision/talk.html"
    anchor = "talks"

    def find(self, request: HttpRequest, pk: int) -> Inspection:
        inspection = super().find(request, pk)
        assert isinstance(request.user, User)
        if inspection.team_id not in request.user.scope.ids(*TEAM_PEOPLE):
            raise Http404
        return inspection

    def check(self, request: HttpRequest) -> None:
        if "child" not in self.kwargs:
            super().check(request)

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> Any:
        return super().build_form(request, *data, row=self.row(request), **kwargs)

    def row(self, request: HttpRequest) -> TalkRecord | None:
        child = self.kwargs.get("child")
        if child is None:
            return None
        assert isinstance(request.user, User)
        row = TalkRecord.objects.visible_to(request.user).filter(inspection=self.inspection, pk=child).first()
        if row is None:
            raise Http404
        return row

    def title(self) -> str:
        return _("谈话记录")

    def write(self, form: Any, common: dict[str, Any]) -> Any:
        return services.save_talk(**common, talk_id=self.kwargs.get("child"), **form.inputs())

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        assert isinstance(request.user, User)
        context = {
            "inspection": self.inspection,
            "form": form,
            "talk": self.row(request),
            "may_write": may_log(self.inspection, request.user, timezone.now()),
            "title": self.title(),
            "cancel_url": self.back(),
        }
        return render(request, self.template, context, status=status)

"""Registering a visit: the form, what it remembers of the last one, and what it says about the chosen day."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision import rules
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import show_refusal
from supervision.current import current_campaign
from supervision.enums import InspectionStatus
from supervision.forms.planning import LateEntryForm, PlanForm
from supervision.models.campaign import Campaign
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.services.planning import create_inspection
from supervision.vocabulary import vocabulary_of

RECENT = 3  # earlier visits to the unit that the form names


class PlanningView(LoginRequiredMixin, View):
    """For people of a team alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            campaign = current_campaign(request)
            if campaign is None or not request.user.scope.has(*rules.TEAM_PEOPLE):
                raise NotAllowed.for_roles(_("督导组成员"))
            self.campaign: Campaign = campaign
        return super().dispatch(request, *args, **kwargs)

    @property
    def today(self) -> date:
        return self.campaign.day_of(timezone.now())

    @property
    def our_units(self) -> QuerySet[Unit]:
        assert isinstance(self.request.user, User)
        teams = self.request.user.scope.ids(*rules.TEAM_PEOPLE)
        return Unit.objects.filter(campaign=self.campaign, team_id__in=teams)

    def notes(self, unit: Any, day: Any, phase: Any) -> dict[str, Any]:
        """What is worth knowing before registering: about the day, and the unit's visits of that day and before."""
        found = self.our_units.filter(pk=unit).first() if str(unit or "").isdigit() else None
        on = _as_date(day)
        calendar = vocabulary_of(self.campaign.pk).calendar
        visits = list(_recent(found)) if found else []
        return {
            "notes_unit": found,
            "notes_day": on,
            "day_off": on is not None and not calendar.is_working_day(on),
            "other_phase": self._other_phase(on, phase),
            "same_day": [visit for visit in visits if on is not None and visit.on == on],
            "recent": [visit for visit in visits if visit.on != on][:RECENT],
            "calendar": calendar,
            "on": self.today,
        }

    def _other_phase(self, on: date | None, phase: Any) -> Any:
        """The phase that runs on the day, when another one was chosen."""
        running = vocabulary_of(self.campaign.pk).phase_on(on) if on else None
        return running if running and str(phase or "").isdigit() and running.pk != int(phase) else None


def _as_date(text: Any) -> date | None:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def _recent(unit: Unit) -> QuerySet[Inspection]:
    """The unit's visits, the newest first; what was called off is of no use here."""
    rows = Inspection.objects.filter(unit=unit).exclude(status=InspectionStatus.CANCELLED)
    return rows.select_related("unit").order_by("-planned_on", "-pk")[:20]


class InspectionCreateView(PlanningView):
    """A visit to come. Whoever is in no team is refused."""

    form: ClassVar[type[PlanForm]] = PlanForm

    def get(self, request: HttpRequest) -> HttpResponse:
        day = _as_date(request.GET.get("on")) or self.today
        initial = {
            "unit": request.GET.get("unit") or self._only_unit(),
            "phase": vocabulary_of(self.campaign.pk).phase_on(day),
            "planned_on": day,
            **self._as_last_time(),
        }
        if self.form is LateEntryForm:
            initial["happened_on"] = day if day <= self.today and request.GET.get("on") else None
        return self.show(request, self.build_form(initial=initial))

    def _only_unit(self) -> int | None:
        units = list(self.our_units.values_list("pk", flat=True)[:2])
        return units[0] if len(units) == 1 else None

    def _as_last_time(self) -> dict[str, Any]:
        """Foci and methods of the team's last visit, to be changed; the first time nothing is ticked."""
        assert isinstance(self.request.user, User)
        teams = self.request.user.scope.ids(*rules.TEAM_PEOPLE)
        last = Inspection.objects.filter(campaign=self.campaign, team_id__in=teams).order_by("-pk").first()
        if last is None:
            return {}
        methods = list(last.methods.values_list("method_id", flat=True))
        return {"foci": list(last.foci.values_list("pk", flat=True)), "methods": methods}

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build_form(request.POST)
        if not form.is_valid():
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        try:
            inspection = create_inspection(actor=request.user, at=timezone.now(), **form.inputs())
        except Refusal as refusal:
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        messages.success(request, _("已登记：%(label)s") % {"label": inspection.label})
        return redirect(inspection)

    def build_form(self, *data: Any, **kwargs: Any) -> PlanForm:
        assert isinstance(self.request.user, User)
        return self.form(*data, user=self.request.user, campaign=self.campaign, **kwargs)

    def show(self, request: HttpRequest, form: PlanForm, status: int = 200) -> HttpResponse:
        phase = form["phase"].value()
        context = {
            "form": form,
            "afterwards": self.form is LateEntryForm,
            "as_last_time": not form.is_bound and bool(form.initial.get("methods")),
            **self.notes(form["unit"].value(), form.day_field.value(), getattr(phase, "pk", phase)),
        }
        return render(request, "supervision/inspection_new.html", context, status=status)


class LateEntryView(InspectionCreateView):
    """补录: a visit already made."""

    form = LateEntryForm


class PlanNotesView(PlanningView):
    """The notes beside the form, read anew when unit, day or phase are changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        day = given.get("planned_on") or given.get("happened_on")
        context = self.notes(given.get("unit"), day, given.get("phase"))
        return render(request, "supervision/_plan_notes.html", context)

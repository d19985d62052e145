"""Daily records: the list, the minute's entry, one record, the week on paper, which unit nobody has called lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts.models import User
from supervision import guidance_transitions as transitions
from supervision import rules
from supervision.contacts import coverage
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin, discard_received, show_refusal
from supervision.current import at_place, current_campaign
from supervision.enums import DailyStatus, FollowUp, InspectionStatus
from supervision.forms.daily import (
    AskFollowUpForm,
    CorrectForm,
    DailyFilterForm,
    DailyForm,
    FollowUpForm,
    SupplementForm,
    monday_of,
)
from supervision.models.campaign import Campaign
from supervision.models.daily import DailyRecord
from supervision.models.inspection import Inspection
from supervision.services import daily as services
from supervision.services.since_visit import AHEAD
from supervision.timelines import visible_events
from supervision.views.attached import files_of
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("happened_on", descending=True)
ON_PAPER = 500  # records of one printed week at most


def _campaign_of(request: HttpRequest) -> Campaign:
    """The campaign that the reader looks at. Accounts without business have no such page."""
    campaign = current_campaign(request)
    if campaign is None:
        raise Http404
    return campaign


class DailyListView(LoginRequiredMixin, View):
    """What the teams have noted; a unit reads, where the campaign lets it, that there was contact and nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        user, campaign = request.user, current_campaign(request)
        on = campaign.day_of(timezone.now()) if campaign else timezone.localdate()
        form = DailyFilterForm(request.GET, user=user, campaign=campaign, on=on)
        inside = campaign is not None and rules.is_supervising(user, campaign.pk)
        rows = DailyRecord.objects.visible_to(user) if inside else DailyRecord.objects.contacts_for(user)
        shown = form.narrow(at_place(request, rows.filter(campaign=campaign)))
        page = list_page(request, shown.select_related("unit", "team", "way", "author"), NEWEST_FIRST)
        context = {"page": page, "form": form, "inside": inside, "may_write": user.scope.has(*rules.TEAM_PEOPLE)}
        return render(request, "supervision/daily_records.html", context)


class DailyCreateView(LoginRequiredMixin, View):
    """A minute's entry: unit, way, a few words. Whoever is in no team is refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            campaign = current_campaign(request)
            if campaign is None or not request.user.scope.has(*rules.TEAM_PEOPLE):
                raise NotAllowed.for_roles(_("督导组成员"))
            self.campaign = campaign
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        initial: dict[str, Any] = {"happened_on": self.campaign.day_of(timezone.now())}
        if request.GET.get("unit", "").isdigit():
            initial["units"] = [int(request.GET["unit"])]
        form = self.build_form(initial=initial)
        only = list(form.fields["units"].queryset[:2])  # type: ignore[attr-defined]
        if len(only) == 1:
            form.initial["units"] = [only[0].pk]
        return self.show(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build_form(request.POST, request.FILES)
        if not form.is_valid():
            discard_received(form.cleaned_data)
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        try:
            records = services.create_daily_records(actor=request.user, at=timezone.now(), **form.inputs())
        except Refusal as refusal:
            discard_received(form.cleaned_data)
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        count = len(records)
        messages.success(request, ngettext("已记录%(count)d条。", "已记录%(count)d条。", count) % {"count": count})
        return redirect(self.where_to(records))

    def where_to(self, records: list[DailyRecord]) -> str:
        """What asks for more leads there at once; the rest back to the list."""
        if len(records) == 1 and records[0].follow_up == FollowUp.ADVICE:
            return f"{reverse('supervision:advice-create')}?daily={records[0].pk}"
        if len(records) == 1 and records[0].follow_up:
            return records[0].get_absolute_url()
        return reverse("supervision:daily-records")

    def build_form(self, *data: Any, **kwargs: Any) -> DailyForm:
        assert isinstance(self.request.user, User)
        return DailyForm(*data, user=self.request.user, campaign=self.campaign, **kwargs)

    def show(self, request: HttpRequest, form: DailyForm, status: int = 200) -> HttpResponse:
        rare = ("happened_on", "counterpart", "focus", "file")
        context = {"form": form, "shows_more": any(form.errors.get(name) for name in rare)}
        return render(request, "supervision/daily_record_new.html", context, status=status)


class DailyFinder(LoginRequiredMixin, ScopedMixin):
    model: ClassVar[Any] = DailyRecord
    select_related: ClassVar[tuple[str, ...]] = (
        "campaign", "body", "team", "unit", "phase", "way", "focus", "author", "taken_into__unit",
    )  # fmt: skip


class DailyView(DailyFinder, View):
    """One record: what was learned, what follows, where to go next."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.find(request, pk)
        assert isinstance(request.user, User)
        now = timezone.now()
        is_team = rules.is_team_member(request.user, record, record.campaign.day_of(now))
        context = {
            "record": record,
            "moves": self._moves(record, request.user, now, is_team=is_team),
            "files": files_of(record),
            "additions": record.additions.select_related("author"),
            "advice": record.advice.all(),
            "events": visible_events(request.user, record),
            "on": record.campaign.day_of(now),
            "calendar": vocabulary_of(record.campaign_id).calendar,
        }
        return render(request, "supervision/daily_record.html", context)

    def _moves(self, record: DailyRecord, user: User, now: Any, *, is_team: bool) -> tuple[parts.Move, ...]:
        """On the day of the entry it is corrected, later supplemented: never both are offered."""
        offers = transitions.DAILY_RECORD.offers(record, user, at=now)
        is_its_day = any(offer.move is transitions.CORRECT and not offer.unmet for offer in offers)
        hidden = transitions.SUPPLEMENT if is_its_day else transitions.CORRECT
        is_open = record.status == DailyStatus.TO_FOLLOW and is_team
        onward = tuple(self._onward(record)) if is_open else ()
        moves = parts.moves(
            [offer for offer in offers if offer.move is not hidden],
            lambda name: reverse("supervision:daily-record-move", args=[record.pk, name.replace("_", "-")]),
            primary="none" if onward else "",
        )
        return (*onward, *moves)

    def _onward(self, record: DailyRecord) -> Iterator[parts.Move]:
        """Where what was noted goes next: advice, or a problem of a visit."""
        if record.follow_up == FollowUp.ADVICE and not record.advice.exists():
            url = f"{reverse('supervision:advice-create')}?daily={record.pk}"
            yield parts.Move(_("起草工作建议"), url, primary=True)
        if record.follow_up == FollowUp.PROBLEM:
            yield self._to_problem(record)

    def _to_problem(self, record: DailyRecord) -> parts.Move:
        """A problem belongs to a visit: the one in progress, else the one that is planned, else one to be planned."""
        visits = Inspection.objects.filter(unit_id=record.unit_id, status__in=AHEAD).order_by("planned_on", "pk")
        found = list(visits.only("pk", "status"))
        begun = next((visit for visit in found if visit.status == InspectionStatus.IN_PROGRESS), None)
        if begun is not None:
            url = f"{reverse('supervision:problem-create', args=[begun.pk])}?daily={record.pk}"
            return parts.Move(_("登记为问题"), url, primary=True)
        if found:
            return parts.Move(
                _("在已安排的督导检查中登记"), reverse("supervision:inspection", args=[found[0].pk]), primary=True
            )
        url = f"{reverse('supervision:inspection-create')}?unit={record.unit_id}"
        return parts.Move(_("安排督导检查"), url, primary=True)


class DailyMoveView(DailyFinder, MoveView):
    pages = {
        "correct": MovePage(transitions.CORRECT, services.correct_record, CorrectForm, done=gettext_lazy("已更正。")),
        "supplement": MovePage(transitions.SUPPLEMENT, services.supplement_record, SupplementForm),
        "ask-follow-up": MovePage(transitions.ASK_FOLLOW_UP, services.ask_follow_up, AskFollowUpForm),
        "follow-up": MovePage(transitions.FOLLOW_UP, services.follow_up_record, FollowUpForm),
        "void": MovePage(transitions.VOID_RECORD, services.void_record, NoteForm),
    }


class InsideView(LoginRequiredMixin, View):
    """A page of the supervising side; units get 404."""

    campaign: Campaign

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            self.campaign = _campaign_of(request)
            if not rules.is_supervising(request.user, self.campaign.pk):
                raise Http404
        return super().dispatch(request, *args, **kwargs)

    def filter_form(self, request: HttpRequest, on: Any) -> DailyFilterForm:
        assert isinstance(request.user, User)
        return DailyFilterForm(request.GET, user=request.user, campaign=self.campaign, on=on)


class WeekView(InsideView):
    """One week on paper, by unit; also which units nobody contacted."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        on = self.campaign.day_of(timezone.now())
        form = self.filter_form(request, on)
        monday = form.monday or monday_of(on)
        week = (monday, monday + timedelta(days=6))
        rows = DailyRecord.objects.visible_to(request.user).valid().filter(campaign=self.campaign)
        found = form.narrow(rows.filter(happened_on__range=week)).select_related("unit", "team", "way", "author")
        records = list(found.order_by("unit__order", "unit_id", "happened_on", "pk")[:ON_PAPER])
        told = {record.unit_id for record in records}
        asked = [unit for unit in form.units if self._is_asked(unit, form)]
        context = {
            "records": records,
            "silent": [unit for unit in asked if unit.pk not in told],
            "since": week[0],
            "until": week[1],
            "campaign": self.campaign,
            "team": next((unit.team for unit in asked if unit.team and form.data.get("team")), None),
            "count": len(told),
        }
        return render(request, "supervision/daily_week.html", context)

    def _is_asked(self, unit: Any, form: DailyFilterForm) -> bool:
        """Of the chosen team or unit, and of some team."""
        given = form.cleaned_data if form.is_valid() else {}
        fits_team = not given.get("team") or str(unit.team_id) == given["team"]
        fits_unit = not given.get("unit") or str(unit.pk) == given["unit"]
        return unit.team_id is not None and fits_team and fits_unit


class CoverageView(InsideView):
    """联系情况: every unit with its counts, the longest without contact first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        on = self.campaign.day_of(timezone.now())
        form = self.filter_form(request, on)
        for name in ("unit", "way", "week", "status"):
            del form.fields[name]
        chosen = form.cleaned_data.get("team") if form.is_valid() else ""
        units = [unit for unit in form.units if not chosen or str(unit.team_id) == chosen]
        lines = coverage(request.user, self.campaign, units, on)
        context = {
            "lines": lines,
            "form": form,
            "silent": sum(line.is_silent for line in lines),
            "limit": self.campaign.contact_within_days,
            "may_write": request.user.scope.has(*rules.TEAM_PEOPLE),
            "on": on,
            "calendar": vocabulary_of(self.campaign.pk).calendar,
        }
        return render(request, "supervision/daily_coverage.html", context)

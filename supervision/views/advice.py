"""Advice: the list, writing it, its page for team and unit, its moves, the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.models import User
from supervision import guidance_transitions as transitions
from supervision import rules
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.refusals import NotAllowed, Refusal
from supervision.core.web import MovePage, MoveView, NoteForm, ScopedMixin, discard_received, show_refusal
from supervision.current import at_place, current_campaign
from supervision.enums import AdviceStatus, Document
from supervision.forms.advice import AdviceFilterForm, AdviceForm, AnswerForm, CloseForm, EditForm
from supervision.models.advice import Advice, AdviceAnswer
from supervision.models.daily import DailyRecord
from supervision.services import advice as services
from supervision.services import advice_paper
from supervision.timelines import visible_events
from supervision.views.attached import lines_of
from supervision.views.inspections import is_inside
from supervision.vocabulary import vocabulary_of

NEWEST_FIRST = Sort("created_at", descending=True)


class AdviceListView(LoginRequiredMixin, View):
    """The supervising side sees drafts too, a unit what was issued to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        campaign = current_campaign(request)
        form = AdviceFilterForm(request.GET, user=request.user, campaign=campaign)
        rows = at_place(request, Advice.objects.visible_to(request.user).filter(campaign=campaign))
        page = list_page(request, form.narrow(rows).select_related("unit", "team"), NEWEST_FIRST)
        context = {"page": page, "form": form, "may_write": request.user.scope.has(*rules.TEAM_PEOPLE)}
        return render(request, "supervision/advice_list.html", context)


class AdviceCreateView(LoginRequiredMixin, View):
    """`?daily=` carries a daily record's words over, `?inspection=` a visit, `?unit=` a unit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            campaign = current_campaign(request)
            if campaign is None or not request.user.scope.has(*rules.TEAM_PEOPLE):
                raise NotAllowed.for_roles(_("督导组成员"))
            self.campaign = campaign
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.build_form(initial=self.initial(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build_form(request.POST, request.FILES)
        if not form.is_valid():
            discard_received(form.cleaned_data)
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        try:
            advice = services.draft_advice(actor=request.user, at=timezone.now(), **form.inputs())
        except Refusal as refusal:
            discard_received(form.cleaned_data)
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        messages.success(request, _("草稿已保存。核对后请报送审签。"))
        return redirect(advice)

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """What was typed before is not typed again."""
        assert isinstance(request.user, User)
        given = {name: request.GET[name] for name in ("unit", "inspection") if request.GET.get(name, "").isdigit()}
        chosen = request.GET.get("daily", "")
        record = DailyRecord.objects.visible_to(request.user).filter(pk=chosen).first() if chosen.isdigit() else None
        if record is None:
            return given
        content = record.follow_up_note or record.content
        return {**given, "unit": record.unit_id, "daily_record": record.pk, "content": content}

    def build_form(self, *data: Any, **kwargs: Any) -> AdviceForm:
        assert isinstance(self.request.user, User)
        return AdviceForm(*data, user=self.request.user, campaign=self.campaign, **kwargs)

    def show(self, request: HttpRequest, form: AdviceForm, status: int = 200) -> HttpResponse:
        return render(request, "supervision/advice_new.html", {"form": form}, status=status)


@dataclass(frozen=True)
class AnswerLine:
    """One answer with its files."""

    answer: AdviceAnswer
    files: list[parts.FileLine]


class AdviceFinder(LoginRequiredMixin, ScopedMixin):
    model: ClassVar[Any] = Advice
    select_related: ClassVar[tuple[str, ...]] = (
        "campaign", "body", "team", "unit", "phase", "inspection__unit", "daily_record__unit", "created_by",
        "submitted_by", "signer",
    )  # fmt: skip


class AdviceView(AdviceFinder, View):
    """State, whose move until when, the advice, the answers, the timeline; the unit sees who signed, not who wrote."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        advice = self.find(request, pk)
        assert isinstance(request.user, User)
        now = timezone.now()
        answers = list(advice.answers.select_related("author").order_by("-pk"))
        files = lines_of(advice, *answers)
        moves = parts.moves(
            transitions.ADVICE.offers(advice, request.user, at=now),
            lambda name: reverse("supervision:advice-move", args=[advice.pk, name.replace("_", "-")]),
        )
        context = {
            "advice": advice,
            "inside": is_inside(request.user, advice),
            "whose": whose_move(advice),
            "moves": moves,
            "files": files[advice.kind, advice.pk],
            "answers": [AnswerLine(each, files[each.kind, each.pk]) for each in answers],
            "events": visible_events(request.user, advice),
            "on": advice.campaign.day_of(now),
            "calendar": vocabulary_of(advice.campaign_id).calendar,
        }
        return render(request, "supervision/advice.html", context)


def whose_move(advice: Advice) -> str:
    """Who acts next, in words; empty when nobody has to."""
    if advice.status == AdviceStatus.PENDING_SIGNOFF:
        role, _signs = rules.next_step(Document.ADVICE, advice)
        return f"{advice.team} {vocabulary_of(advice.campaign_id).role_word(role)}"
    if advice.status in (AdviceStatus.DRAFT, AdviceStatus.ANSWERED):
        return str(advice.team)
    return str(advice.unit) if advice.status == AdviceStatus.ISSUED else ""


class AdviceMoveView(AdviceFinder, MoveView):
    pages = {
        "edit": MovePage(
            transitions.EDIT,
            services.edit_advice,
            EditForm,
            done=gettext_lazy("草稿已保存。"),
            button=gettext_lazy("保存"),
        ),
        "submit": MovePage(transitions.SUBMIT, services.submit_advice, template="supervision/advice_move.html"),
        "recall": MovePage(transitions.RECALL, services.recall_advice),
        "endorse": MovePage(transitions.ENDORSE, services.endorse_advice, template="supervision/advice_move.html"),
        "issue": MovePage(transitions.ISSUE, services.issue_advice, template="supervision/advice_move.html"),
        "return": MovePage(transitions.RETURN, services.return_advice, NoteForm, "supervision/advice_move.html"),
        "answer": MovePage(transitions.ANSWER, services.answer_advice, AnswerForm, "supervision/advice_move.html"),
        "close": MovePage(transitions.CLOSE, services.close_advice, CloseForm, "supervision/advice_move.html"),
        "ask-more": MovePage(transitions.ASK_MORE, services.ask_more, NoteForm, "supervision/advice_move.html"),
        "withdraw": MovePage(transitions.WITHDRAW, services.withdraw_advice, NoteForm),
        "discard": MovePage(transitions.DISCARD, services.discard_advice, NoteForm),
    }

    def shown(self) -> dict[str, Any]:
        """Whoever decides has the text before them, and the last answer."""
        return {"advice": self.subject, "last_answer": self.subject.answers.last()}


class AdvicePaperView(AdviceFinder, View):
    """The sheet as it was signed, to print; from the frozen content alone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        advice = self.find(request, pk)
        sheet = advice_paper.read(advice)
        if sheet is None:
            raise Http404
        return render(request, "supervision/advice_paper.html", {"advice": advice, "sheet": sheet})

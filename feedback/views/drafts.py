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
from feedback.forms.drafts import AttachmentForm, NewForm
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import attachments, drafts, writing
from feedback.services import paper as sheets
from feedback.views.editor import Editor
from feedback.views.forms import FormFinder, may_draft
from supervision.core.refusals import NotAllowed, Refusal, Unmet, WrongState
from supervision.core.transitions import Situation
from supervision.core.web import discard_received, show_refusal
from supervision.current import current_campaign
from supervision.vocabulary import vocabulary_of

DIGITS = 19  # a primary key has fewer


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
    """The editor with its paper beside it. Every button saves first, so nothing typed is lost by what comes next."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(request, Editor(self.find_draft(request, pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.find_draft(request, pk)
        editor, upload = Editor(draft, request.POST), AttachmentForm(request.POST, request.FILES)
        if not (editor.is_valid() and upload.is_valid()):
            return self.show(request, editor, upload=upload, status=400)
        try:
            self.save(request, editor)
            attach_upload(request, pk, upload)
        except Unmet as refusal:
            discard_received(upload.cleaned_data)
            editor = Editor(self.find_draft(request, pk), request.POST)
            editor.is_valid()
            return self.show(request, editor, refusal=refusal, status=refusal.status)
        return redirect(self.then(request, draft))

    def save(self, request: HttpRequest, editor: Editor) -> None:
        """`over`: the page showed what somebody else had saved, so that it was read before it is replaced."""
        over = request.GET.get("over", "")
        writing.save_draft(
            pk=editor.draft.pk,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            typed=editor.typed(),
            over=number_in(over) if over else None,
        )

    def then(self, request: HttpRequest, draft: FeedbackForm) -> str:
        """What the button that saved does next."""
        asked, editor = request.POST, reverse("feedback:form-edit", args=[draft.pk])
        if "submit" in asked:
            return reverse("feedback:form-move", args=[draft.pk, "submit"])
        if "preview" in asked:
            return reverse("feedback:form-paper", args=[draft.pk])
        if "remove" in asked:
            return reverse("feedback:problem-remove", args=[draft.pk, number_in(asked["remove"])])
        if "detach" in asked:
            return f"{editor}#{self.detach(request, draft)}"
        if "up" in asked or "down" in asked:
            return f"{editor}#{self.reorder(request, draft)}"
        if "take" in asked:
            return f"{editor}#{self.take_in(request, draft)}"
        messages.success(request, _("已保存。"))
        return f"{editor}#new" if "add" in asked else editor

    def reorder(self, request: HttpRequest, draft: FeedbackForm) -> str:
        """One problem a place up or down; where it stands on the page."""
        step = -1 if "up" in request.POST else 1
        order = list(draft.problems.values_list("pk", flat=True))
        named = number_in(request.POST.get("up") or request.POST.get("down") or "")
        if named not in order:
            raise Http404
        place = order.index(named)
        if 0 <= place + step < len(order):
            order[place], order[place + step] = order[place + step], order[place]
            drafts.reorder_problems(pk=draft.pk, actor=request.user, at=timezone.now(), order=order)  # type: ignore[arg-type]
        return f"problem-{named}"

    def take_in(self, request: HttpRequest, draft: FeedbackForm) -> str:
        """A problem of the inspection that was left out comes back; where it stands on the page."""
        origin = number_in(request.POST["take"])
        if not writing.left_out(draft).filter(pk=origin).exists():
            raise Http404
        taken = writing.take_in(pk=draft.pk, origin_id=origin, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return f"problem-{taken.pk}"

    def detach(self, request: HttpRequest, draft: FeedbackForm) -> str:
        named = number_in(request.POST["detach"])
        if not draft.attachments.filter(pk=named).exists():
            raise Http404
        attachments.remove_attachment(pk=draft.pk, attachment_id=named, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return "attachments"

    def show(self, request: HttpRequest, editor: Editor, *, upload: AttachmentForm | None = None,
             refusal: Unmet | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
        draft = editor.draft
        context = {
            "draft": draft,
            "editor": editor,
            "upload": upload or AttachmentForm(),
            "refusal": refusal,
            "disputed": editor.disputed() if refusal else [],
            "gone": [words for texts in editor.gone().values() for words in texts] if refusal else [],
            "revision": draft.revision,
            "left_out": list(writing.left_out(draft)),
            "attachments": sheets.attachments_of(draft),
            "rows": editor.rows(),
            "further": editor.row(editor.new),
            **editor.sheet(),
        }
        return render(request, "feedback/draft.html", context, status=status)


class DraftPreviewView(DraftFinder, View):
    """The paper of what stands on the page at this moment, with what each deadline amounts to; saves nothing."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        editor = Editor(self.find_draft(request, pk), request.POST)
        context = {"rows": editor.rows(), "further": editor.row(editor.new), "live": True, **editor.sheet()}
        return render(request, "feedback/_preview.html", context)


def attach_upload(request: HttpRequest, pk: int, upload: AttachmentForm) -> None:
    if received := upload.cleaned_data["attachment"]:
        attachments.attach_file(pk=pk, actor=request.user, at=timezone.now(), received=received)  # type: ignore[arg-type]


def number_in(text: str) -> int:
    """The id that a button carries; what is no number is nothing (404)."""
    if not (text.isascii() and text.isdigit() and len(text) < DIGITS):
        raise Http404
    return int(text)


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
        return redirect(f"{reverse('feedback:form-edit', args=[draft.pk])}#new")

    def show(self, request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
        return render(request, "feedback/new.html", {"form": form}, status=status)

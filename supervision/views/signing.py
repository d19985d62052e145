"""Paper signatures: the next reader compares the scan, the person named may dispute it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision.core import links
from supervision.core.refusals import Refusal
from supervision.core.web import NoteForm
from supervision.enums import SignatureForm
from supervision.models.signing import Signature
from supervision.services import signing


@dataclass(frozen=True)
class SignatureLine:
    """One signature as a page shows it; a URL is empty where the step is not this reader's."""

    signature: Signature
    scan_url: str
    confirm_url: str
    dispute_url: str


def signature_lines(user: User, subject: Any, on: Any) -> list[SignatureLine]:
    """For `templates/supervision/_signatures.html`; one query."""
    return [_line(user, signature, subject, on) for signature in signing.signatures_of(subject)]


def _line(user: User, signature: Signature, subject: Any, on: Any) -> SignatureLine:
    waits = signature.form == SignatureForm.PAPER and signature.disputed_at is None
    confirms = (
        waits
        and signature.confirmed_at is None
        and user.pk != signature.entered_by_id
        and signing.can_confirm(user, signature, subject, on)
    )
    return SignatureLine(
        signature=signature,
        scan_url=reverse("supervision:file", args=[signature.scan_id]) if signature.scan_id else "",
        confirm_url=reverse("supervision:signature-confirm", args=[signature.pk]) if confirms else "",
        dispute_url=(
            reverse("supervision:signature-dispute", args=[signature.pk])
            if waits and user.pk == signature.signer_id
            else ""
        ),
    )


class _SignatureView(View):
    """Found only through its subject: whoever may not see the paper's object gets 404."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.signature = Signature.objects.filter(pk=kwargs["pk"], form=SignatureForm.PAPER).first()
        if self.signature is None:
            raise Http404
        visible = signing.act_of(self.signature).objects.visible_to(request.user)
        self.subject = visible.filter(pk=self.signature.subject_id).first()
        if self.subject is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> HttpResponse:
        return redirect(links.page_of(self.subject.kind, self.subject.pk) or "/")

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        status = context.pop("status", 200)
        given = {"signature": self.signature, "subject": self.subject, **context}
        return render(request, template, given, status=status)


class ConfirmPaperView(_SignatureView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(request, "supervision/signature_confirm.html")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        signing.confirm_paper(pk=pk, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已核对扫描件。"))
        return self.back()


class DisputePaperView(_SignatureView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(subject=self.subject, user=request.user)
        return self.show(request, "supervision/signature_dispute.html", form=form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST, subject=self.subject, user=request.user)
        if not form.is_valid():
            return self.show(request, "supervision/signature_dispute.html", form=form, status=400)
        try:
            signing.dispute_paper(pk=pk, actor=request.user, at=timezone.now(), **form.inputs())  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error("note", str(refusal))
            return self.show(request, "supervision/signature_dispute.html", form=form, status=refusal.status)
        messages.success(request, _("已提出异议。办理机关会核实。"))
        return self.back()

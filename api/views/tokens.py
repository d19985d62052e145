"""访问令牌: the person's own tokens, under their account. A token is shown once, when it is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from api import tokens
from api.forms import WRITE, TokenForm
from api.models import PersonalToken
from supervision.core.refusals import Unmet
from supervision.core.web import show_refusal

SHOWN = 50  # the newest; older ones have run out long ago


class TokensView(View):
    """What was made, when it was last used, until when it holds; a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.show(request, form, status=400)
        assert isinstance(request.user, User)
        given = form.cleaned_data
        try:
            token, text = tokens.create_token(
                actor=request.user, at=timezone.now(), name=given["name"], may_write=given["access"] == WRITE,
                days=given["days"],
            )  # fmt: skip
        except Unmet as refusal:
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        return render(request, "api/token_made.html", {"token": token, "text": text})

    def show(self, request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
        now = timezone.now()
        assert isinstance(request.user, User)
        rows = PersonalToken.objects.filter(user=request.user)[:SHOWN]
        context = {"form": form, "tokens": [(row, row.is_valid(now)) for row in rows]}
        return render(request, "api/tokens.html", context, status=status)


class TokenRevokeView(View):
    """Asks once more; whatever uses the token stops at its next request."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        token = PersonalToken.objects.filter(user=request.user, pk=pk, revoked_at__isnull=True).first()
        if token is None:
            raise Http404
        context = {
            "title": _("吊销访问令牌"),
            "question": _("吊销“%(name)s”？") % {"name": token.name},
            "details": [_("使用它的程序下一次请求就会被拒绝，吊销后不能恢复。")],
            "danger": True,
            "submit_label": _("吊销"),
            "cancel_url": reverse("api:tokens"),
        }
        return render(request, "components/confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        if not tokens.revoke_token(pk=pk, actor=request.user, at=timezone.now()):
            raise Http404
        messages.success(request, _("令牌已吊销。"))
        return redirect("api:tokens")

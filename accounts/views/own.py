"""A person's own account: who I am here, which roles I hold, my password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services
from accounts.forms import OwnPasswordForm
from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from accounts.views.sign_in import home_of


@dataclass(frozen=True)
class HeldRole:
    """A role in words: what, on which campaign, body, team or unit, from when to when."""

    role: str
    where: str
    valid_from: date | None
    valid_until: date | None


class ProfileView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "accounts/profile.html", {"account": request.user, "roles": roles_of(request.user)})


def roles_of(user: Any) -> list[HeldRole]:
    """What the person holds now or will hold; at most one query for each kind of object."""
    grants = [g for g in user.scope.grants if g.valid_until is None or g.valid_until >= user.scope.on]
    names: dict[tuple[str, int], str] = {}
    for kind in dict.fromkeys(OBJECT_OF[g.role] for g in grants):
        ids = {g.object_id for g in grants if OBJECT_OF[g.role] == kind}
        found = apps.get_model("supervision", kind).objects.in_bulk(ids)
        names.update({(kind, pk): str(each) for pk, each in found.items()})
    return [
        HeldRole(str(Role(g.role).label), names.get((OBJECT_OF[g.role], g.object_id), ""), g.valid_from, g.valid_until)
        for g in grants
    ]


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordView(View):
    """Change one's own password; the session at hand goes on, all others end."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, OwnPasswordForm(user=own_account(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OwnPasswordForm(request.POST, user=own_account(request))
        if not form.is_valid():
            return self._show(request, form, status=400)
        account = services.change_own_password(
            password=form.cleaned_data["new"], actor=own_account(request), at=timezone.now()
        )
        update_session_auth_hash(request, account)
        messages.success(request, _("密码已修改，其他设备上的登录已失效。"))
        return redirect(home_of(account))

    def _show(self, request: HttpRequest, form: OwnPasswordForm, status: int = 200) -> HttpResponse:
        back = "" if own_account(request).must_change_password else reverse("accounts:profile")
        return render(request, "accounts/password.html", {"form": form, "cancel_url": back}, status=status)


def own_account(request: HttpRequest) -> User:
    """The signed-in person, for type checkers too."""
    assert isinstance(request.user, User)
    return request.user

"""A person's own account: who I am here, which roles I hold, my password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services, sessions
from accounts.forms import OwnContactForm, OwnPasswordForm, OwnRemindingForm
from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from accounts.views.sign_in import home_of
from supervision.core.parts import Crumb
from supervision.core.refusals import Unmet


@dataclass(frozen=True)
class HeldRole:
    """A role in words: what, on which campaign, body, team or unit, from when to when."""

    role: str
    where: str
    valid_from: date | None
    valid_until: date | None


class ProfileView(View):
    """Who I am here, which roles I hold, where I am signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "account": request.user,
            "roles": roles_of(request.user),
            "places": sessions.places_of(own_account(request), request.session.session_key),
        }
        return render(request, "accounts/profile.html", context)


class ContactView(View):
    """My own telephones."""

    title = gettext_lazy("修改电话")
    done = gettext_lazy("电话已保存。")
    form_class: type[ModelForm[User]] = OwnContactForm
    change: Callable[..., User] = staticmethod(services.change_own_contact)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, self.form_class(instance=own_account(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=400)
        try:
            self.change(actor=own_account(request), at=timezone.now(), **form.cleaned_data)
        except Unmet as refusal:
            form.add_error(None, str(refusal))
            return self._show(request, form, status=refusal.status)
        messages.success(request, self.done)
        return redirect("accounts:profile")

    def _show(self, request: HttpRequest, form: ModelForm[User], status: int = 200) -> HttpResponse:
        profile = reverse("accounts:profile")
        context = {
            "title": self.title,
            "form": form,
            "cancel_url": profile,
            "crumbs": [Crumb(_("我的账号"), profile), Crumb(self.title)],
        }
        return render(request, "components/form_page.html", context, status=status)


class RemindingView(ContactView):
    """Where my reminders are mailed."""

    title = gettext_lazy("提醒方式")
    done = gettext_lazy("提醒方式已保存。")
    form_class = OwnRemindingForm
    change = staticmethod(services.change_own_reminding)


class SessionEndView(View):
    """End one of my sessions, or all but this one. Nobody ends another's: not found."""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        given: dict[str, Any] = {"actor": own_account(request), "at": timezone.now()}
        if pk is None:
            count = sessions.end_others(current_key=request.session.session_key, **given)
            messages.success(request, _("已结束其他%(count)d处登录。") % {"count": count})
        elif sessions.end_session(pk=pk, **given):
            messages.success(request, _("已结束这处登录，那台设备下一次操作就要重新登录。"))
        else:
            raise Http404
        return redirect("accounts:profile")


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
        given: dict[str, Any] = {"actor": own_account(request), "at": timezone.now()}
        account = services.change_own_password(password=form.cleaned_data["new"], **given)
        key = request.session.session_key
        sessions.end_others(current_key=key, **given)
        update_session_auth_hash(request, account)
        sessions.renamed(key, request)
        messages.success(request, _("密码已修改，其他设备上的登录和访问令牌已失效。"))
        return redirect(home_of(account))

    def _show(self, request: HttpRequest, form: OwnPasswordForm, status: int = 200) -> HttpResponse:
        back = "" if own_account(request).must_change_password else reverse("accounts:profile")
        return render(request, "accounts/password.html", {"form": form, "cancel_url": back}, status=status)


def own_account(request: HttpRequest) -> User:
    """The signed-in person, for type checkers too."""
    assert isinstance(request.user, User)
    return request.user

"""The system administrator's pages: accounts are made, disabled, enabled, unlocked. No rights are given here.

For everybody else these pages do not exist (404).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import services
from accounts.forms import AccountEditForm, AccountFilterForm, AccountForm, ReasonForm
from accounts.models import User
from accounts.passwords import generate_password
from accounts.views.own import own_account
from supervision.core import parts
from supervision.core.lists import Sort, list_page
from supervision.core.models.event import Event
from supervision.core.refusals import Unmet

MANAGEMENT = (
    "account.created",
    "account.changed",
    "account.disabled",
    "account.enabled",
    "account.unlocked",
    "account.password_reset",
)


class SystemAdministratorView(View):
    """LoginRequiredMiddleware has asked visitors to sign in before this."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not services.is_system_administrator(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class AccountListView(SystemAdministratorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = AccountFilterForm(request.GET)
        locked = locked_usernames(timezone.now())
        found = filtered(form, locked)
        page = list_page(request, found, Sort("username"))
        for account in page.rows:
            account.is_locked = account.username in locked
        new = parts.Move(_("新建账号"), reverse("accounts:account-new"), primary=True)
        return render(request, "accounts/account_list.html", {"form": form, "page": page, "moves": [new]})


def filtered(form: AccountFilterForm, locked: set[str]) -> QuerySet[User]:
    """Accounts that match the filters; an unreadable filter shows nothing rather than everything."""
    if not form.is_valid():
        return User.objects.none()
    found = User.objects.all()
    if words := form.cleaned_data["q"].strip():
        found = found.filter(Q(username__icontains=words) | Q(name__icontains=words) | Q(post__icontains=words))
    narrow = {
        "enabled": Q(is_active=True),
        "disabled": Q(is_active=False),
        "locked": Q(username__in=locked),
    }.get(form.cleaned_data["state"])
    return found.filter(narrow) if narrow is not None else found


def locked_usernames(at: datetime) -> set[str]:
    """Names with so many recent failures that they cannot sign in now (one query)."""
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    recent = AccessAttempt.objects.filter(attempt_time__gte=since).order_by().values("username")
    failed = recent.annotate(failures=Sum("failures_since_start"))
    return set(failed.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True))


class AccountCreateView(SystemAdministratorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, AccountForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AccountForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=400)
        secret = generate_password()
        try:
            account = services.create_account(
                **form.cleaned_data, password=secret, actor=own_account(request), at=timezone.now()
            )
        except IntegrityError:  # somebody else took the name between the check and the act
            form.add_error("username", _("这个用户名已经有人使用。"))
            return self._show(request, form, status=409)
        return show_secret(request, account, secret, _("账号已建立"))

    def _show(self, request: HttpRequest, form: AccountForm, status: int = 200) -> HttpResponse:
        given = {"form": form, "cancel_url": reverse("accounts:account-list")}
        return render(request, "accounts/account_new.html", given, status=status)


def show_secret(request: HttpRequest, account: User, secret: str, title: str) -> HttpResponse:
    """The new password, this once: it is in no event, no session and no log."""
    given = {"account": account, "secret": secret, "title": title}
    response = render(request, "accounts/secret.html", given)
    response["Cache-Control"] = "no-store"
    return response


class AccountView(SystemAdministratorView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = get_object_or_404(User, pk=pk)
        locked = account.username in locked_usernames(timezone.now())
        history = Event.objects.of("user", pk).filter(verb__in=MANAGEMENT).order_by("-sequence")[:50]
        given = {
            "account": account,
            "is_locked": locked,
            "events": [_entry(event) for event in history],
            "moves": () if account.pk == request.user.pk else moves_of(account, locked),
        }
        return render(request, "accounts/account.html", given)


def _entry(event: Event) -> parts.Entry:
    """With what was and what is, where something was corrected."""
    changes = event.payload.get("changes", {}) if event.verb == "account.changed" else {}
    told = [parts.Change(_label(name), was, now) for name, (was, now) in changes.items()]
    return parts.entry_of(event, changes=told)


def _label(name: str) -> str:
    field: Any = User._meta.get_field(name)
    return str(field.verbose_name)


class AccountEditView(SystemAdministratorView):
    """Correct a name, a post or a telephone; the user name stays."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = get_object_or_404(User, pk=pk)
        return self._show(request, account, AccountEditForm(instance=account))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account, form = get_object_or_404(User, pk=pk), AccountEditForm(request.POST)
        if not form.is_valid():
            return self._show(request, account, form, status=400)
        given: dict[str, Any] = {"actor": own_account(request), "at": timezone.now()}
        try:
            services.change_account(account_id=pk, **given, **form.cleaned_data)
        except Unmet as refusal:
            form.add_error(None, str(refusal))
            return self._show(request, account, form, status=refusal.status)
        messages.success(request, _("已保存。已定稿的文书和办理记录保留原来的姓名和职务。"))
        return redirect("accounts:account", pk=pk)

    def _show(self, request: HttpRequest, account: User, form: AccountEditForm, status: int = 200) -> HttpResponse:
        page = reverse("accounts:account", args=[account.pk])
        context = {
            "title": _("修改资料"),
            "lead": account.username,
            "form": form,
            "cancel_url": page,
            "crumbs": [
                parts.Crumb(_("账号管理"), reverse("accounts:account-list")),
                parts.Crumb(account.username, page),
                parts.Crumb(_("修改资料")),
            ],
        }
        return render(request, "components/form_page.html", context, status=status)


@dataclass(frozen=True)
class AccountMove:
    """One act on an account as a page: its words and its service."""

    label: str | Promise
    question: str | Promise
    service: Callable[..., User]
    danger: bool = False
    gives_password: bool = False


MOVES: dict[str, AccountMove] = {
    "disable": AccountMove(
        gettext_lazy("停用"),
        gettext_lazy("停用后不能再登录，正在使用的也会立即退出。账号名下的记录都保留。"),
        services.disable_account,
        danger=True,
    ),
    "enable": AccountMove(gettext_lazy("启用"), gettext_lazy("启用后可以用原来的密码登录。"), services.enable_account),
    "unlock": AccountMove(
        gettext_lazy("解除锁定"), gettext_lazy("清除登录失败的次数，本人可以马上再登录。"), services.unlock_account
    ),
    "reset-password": AccountMove(
        gettext_lazy("重置密码"),
        gettext_lazy(
            "系统生成一个新密码，只显示一次；原密码、正在使用的登录和访问令牌立即失效，本人下次登录须修改密码。"
        ),
        services.reset_password,
        gives_password=True,
    ),
}


def moves_of(account: User, locked: bool) -> tuple[parts.Move, ...]:
    """What makes sense for the account as it stands."""
    names = ["enable"] if not account.is_active else (["unlock"] if locked else []) + ["reset-password", "disable"]
    edit = parts.Move(_("修改资料"), reverse("accounts:account-edit", args=[account.pk]))
    return edit, *(
        parts.Move(
            label=MOVES[name].label,
            url=reverse("accounts:account-move", args=[account.pk, name]),
            name=name,
            primary=name in ("enable", "unlock"),
            danger=MOVES[name].danger,
        )
        for name in names
    )


class AccountMoveView(SystemAdministratorView):
    """GET asks for the reason, POST acts."""

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        return self._show(request, get_object_or_404(User, pk=pk), _move(move), ReasonForm())

    def post(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        account, asked, form = get_object_or_404(User, pk=pk), _move(move), ReasonForm(request.POST)
        if not form.is_valid():
            return self._show(request, account, asked, form, status=400)
        secret = generate_password() if asked.gives_password else ""
        inputs = {"note": form.cleaned_data["note"], **({"password": secret} if secret else {})}
        try:
            account = asked.service(account_id=pk, actor=own_account(request), at=timezone.now(), **inputs)
        except Unmet as refusal:
            for condition in refusal.conditions:
                form.add_error(None, str(condition.sentence))
            return self._show(request, account, asked, form, status=refusal.status)
        if secret:
            return show_secret(request, account, secret, _("密码已重置"))
        messages.success(request, _("已办理：%(move)s") % {"move": asked.label})
        return redirect("accounts:account", pk=pk)

    def _show(
        self, request: HttpRequest, account: User, move: AccountMove, form: ReasonForm, status: int = 200
    ) -> HttpResponse:
        given = {"account": account, "move": move, "form": form}
        return render(request, "accounts/account_move.html", given, status=status)


def _move(name: str) -> AccountMove:
    if name not in MOVES:
        raise Http404
    return MOVES[name]

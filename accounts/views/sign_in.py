"""Signing in and out, and the choice of language, which also works before signing in."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views import View

from accounts import services
from accounts.forms import SignInForm

LOCKED_MINUTES = round(settings.AXES_COOLOFF_TIME * 60)
TOO_MANY = 429


class SignInView(LoginView):
    """Name and password. `next` leads to our own pages alone; the session gets a new id."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._is_locked():
            return locked_out(request)  # no hashing, no count: the lock ends when it was said to end
        return super().post(request, *args, **kwargs)

    def _is_locked(self) -> bool:
        typed = services.normal_username(self.request.POST.get("username", ""))
        return bool(AxesProxyHandler.is_locked(self.request, {"username": typed}))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        with transaction.atomic():  # nobody is signed in without a trace
            login(self.request, user)
            services.note_sign_in(actor=user, at=timezone.now())
        response = redirect("accounts:password") if user.must_change_password else redirect(self.get_success_url())
        return _remember_language(response, user.language)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        typed = form.cleaned_data.get("username")
        if typed and form.non_field_errors():  # both were typed and did not fit
            locked = bool(getattr(self.request, "axes_locked_out", False))
            services.note_failed_sign_in(username=typed, at=timezone.now(), locked=locked)
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user)


def home_of(user: Any) -> str:
    """Where a person's work is; a system administrator has none but the accounts."""
    name = "accounts:account-list" if services.is_system_administrator(user) else settings.LOGIN_REDIRECT_URL
    return str(redirect(name).url)


def locked_out(request: HttpRequest, *_axes: Any) -> HttpResponse:
    """Too many failures (also called by axes). The same page for names that exist and names that do not."""
    return render(
        request, "accounts/locked.html", {"minutes": LOCKED_MINUTES, "contact": settings.HELP_CONTACT}, status=TOO_MANY
    )


@method_decorator(login_not_required, name="dispatch")
class SignInHelpView(View):
    """Locked out, forgotten, no account: what to do and whom to call. Says nothing about any account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "contact": settings.HELP_CONTACT,
            "minutes": LOCKED_MINUTES,
            "failures": settings.AXES_FAILURE_LIMIT,
            "hours": settings.SESSION_COOKIE_AGE // 3600,
        }
        return render(request, "accounts/sign_in_help.html", context)


@method_decorator(login_not_required, name="dispatch")
class SignOutView(View):
    """By POST alone, so that no link or image signs anybody out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            services.note_sign_out(actor=request.user, at=timezone.now())
        logout(request)
        return redirect("accounts:sign-in")


class SessionView(View):
    """A fresh protection token for a page left open over a sign-in (static/js/outbox.js)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"token": get_token(request)})


@method_decorator(login_not_required, name="dispatch")
class LanguageView(View):
    """Switch the language, remember it on the account, and go back to the page."""

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        back = request.POST.get("next", "")
        here = {request.get_host()}
        if not url_has_allowed_host_and_scheme(back, allowed_hosts=here, require_https=request.is_secure()):
            back = "/"
        response = redirect(back)
        if language not in dict(settings.LANGUAGES) or not check_for_language(language):
            return response
        if request.user.is_authenticated:
            services.choose_language(actor=request.user, language=language)
        return _remember_language(response, language)


def _remember_language(response: HttpResponse, language: str) -> HttpResponse:
    """The cookie that LocaleMiddleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response

"""Signing in, one's own account, and the system administrator's accounts."""

from django.urls import path

from accounts.views.administration import (
    AccountCreateView,
    AccountEditView,
    AccountListView,
    AccountMoveView,
    AccountView,
)
from accounts.views.own import ContactView, PasswordView, ProfileView, RemindingView, SessionEndView
from accounts.views.sign_in import LanguageView, SessionView, SignInHelpView, SignInView, SignOutView

app_name = "accounts"

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="sign-in"),
    path("sign-in/help/", SignInHelpView.as_view(), name="sign-in-help"),
    path("sign-out/", SignOutView.as_view(), name="sign-out"),
    path("session/", SessionView.as_view(), name="session"),
    path("language/", LanguageView.as_view(), name="language"),
    path("me/", ProfileView.as_view(), name="profile"),
    path("me/password/", PasswordView.as_view(), name="password"),
    path("me/contact/", ContactView.as_view(), name="contact"),
    path("me/reminders/", RemindingView.as_view(), name="reminding"),
    path("me/sessions/end/", SessionEndView.as_view(), name="session-end-others"),
    path("me/sessions/<int:pk>/end/", SessionEndView.as_view(), name="session-end"),
    path("accounts/", AccountListView.as_view(), name="account-list"),
    path("accounts/new/", AccountCreateView.as_view(), name="account-new"),
    path("accounts/<int:pk>/", AccountView.as_view(), name="account"),
    path("accounts/<int:pk>/edit/", AccountEditView.as_view(), name="account-edit"),
    path("accounts/<int:pk>/<slug:move>/", AccountMoveView.as_view(), name="account-move"),
]

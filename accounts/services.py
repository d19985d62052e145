"""Acts on accounts. A system administrator creates, disables and unlocks and gives no rights; everyone keeps their own
password. Every act leaves an event; no event ever holds a secret.

`actor` is the system administrator, or None for the system itself (loaders, the operator's command line).
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from axes.utils import reset as forget_failures
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sessions
from accounts.models import AccountState, Administrator, User
from accounts.signals import password_set
from supervision.core.events import record, register_verb
from supervision.core.refusals import Condition, NotAllowed, Unmet

ENABLED, DISABLED = AccountState.ENABLED.value, AccountState.DISABLED.value

for _verb, _label in {
    "account.created": gettext_lazy("新建账号"),
    "account.disabled": gettext_lazy("停用账号"),
    "account.enabled": gettext_lazy("启用账号"),
    "account.unlocked": gettext_lazy("解除登录锁定"),
    "account.password_reset": gettext_lazy("重置密码"),
    "account.changed": gettext_lazy("修改账号资料"),
    "account.password_changed": gettext_lazy("修改本人密码"),
    "account.signed_in": gettext_lazy("登录"),
    "account.signed_out": gettext_lazy("退出登录"),
    "account.sign_in_failed": gettext_lazy("登录失败"),
    "account.locked": gettext_lazy("连续登录失败，账号锁定"),
}.items():
    register_verb(_verb, _label)


def normal_username(typed: str) -> str:
    """One spelling for every way to type a name.

    Upper, then lower: databases compare without case by folding up, and a spelling that only they find equal (dotless
    ı and i) must not count its failed sign-ins apart.
    """
    return unicodedata.normalize("NFKC", typed).strip().upper().lower()


def create_account(
    *,
    username: str,
    name: str,
    password: str,
    actor: User | None,
    at: datetime,
    post: str = "",
    phone: str = "",
    work_phone: str = "",
    must_change_password: bool = True,
) -> User:
    """Make an account without any right. Rights are the security administrator's."""
    _check_manages(actor)
    account = User(
        username=normal_username(username),
        name=name,
        post=post,
        phone=phone,
        work_phone=work_phone,
        password=make_password(password),  # hashing takes long: before the transaction, never in it
        must_change_password=must_change_password,
    )
    with transaction.atomic():
        account.save(force_insert=True)
        record("account.created", subject=account, actor=actor, at=at, now=ENABLED, payload={"username": username})
    return account


@transaction.atomic
def disable_account(*, account_id: int, actor: User | None, at: datetime, note: str = "") -> User:
    """Nobody signs in with it any more; whoever is signed in is out at the next request."""
    account = _locked(account_id, actor)
    if not account.is_active:
        raise Unmet((Condition("enabled", _("账号已经停用。")),))
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all_of(account.pk)
    record("account.disabled", subject=account, actor=actor, at=at, was=ENABLED, now=DISABLED, note=note)
    return account


@transaction.atomic
def enable_account(*, account_id: int, actor: User | None, at: datetime, note: str = "") -> User:
    account = _locked(account_id, actor)
    if account.is_active:
        raise Unmet((Condition("disabled", _("账号正在启用。")),))
    account.is_active = True
    account.save(update_fields=["is_active"])
    record("account.enabled", subject=account, actor=actor, at=at, was=DISABLED, now=ENABLED, note=note)
    return account


@transaction.atomic
def unlock_account(*, account_id: int, actor: User | None, at: datetime, note: str = "") -> User:
    """Forget the failed sign-ins, so that the person need not wait for the lock to end."""
    account = _locked(account_id, actor)
    forgotten = forget_failures(username=account.username)
    if not forgotten:
        raise Unmet((Condition("locked", _("账号没有登录失败的记录，不需要解锁。")),))
    record("account.unlocked", subject=account, actor=actor, at=at, note=note)
    return account


def reset_password(*, account_id: int, password: str, actor: User | None, at: datetime, note: str = "") -> User:
    """Give a password that must be changed at the next sign-in; every open session and access token ends."""
    hashed = make_password(password)
    with transaction.atomic():
        account = _locked(account_id, actor)
        account.password, account.must_change_password = hashed, True
        account.save(update_fields=["password", "must_change_password"])
        sessions.end_all_of(account.pk)
        record("account.password_reset", subject=account, actor=actor, at=at, note=note)
        password_set.send(User, account=account, actor=actor, at=at)
    return account


def change_own_password(*, password: str, actor: User, at: datetime) -> User:
    """The person's own choice. Access tokens end, and sessions elsewhere; the caller renews the one at hand."""
    hashed = make_password(password)
    with transaction.atomic():
        account = User.objects.select_for_update().get(pk=actor.pk)
        account.password, account.must_change_password = hashed, False
        account.save(update_fields=["password", "must_change_password"])
        record("account.password_changed", subject=account, actor=account, at=at)
        password_set.send(User, account=account, actor=account, at=at)
    return account


CONTACT = ("name", "post", "phone", "work_phone")


@transaction.atomic
def change_account(*, account_id: int, actor: User | None, at: datetime, **given: str) -> User:
    """Name, post and telephones, by a system administrator. Papers and timelines keep what stood on them."""
    return _change(_locked(account_id, actor), {name: given[name] for name in CONTACT if name in given}, actor, at)


@transaction.atomic
def change_own_contact(*, actor: User, at: datetime, phone: str, work_phone: str) -> User:
    """The person's own telephones; name and post are the system administrator's."""
    return _change(_lock(actor.pk), {"phone": phone, "work_phone": work_phone}, actor, at)


@transaction.atomic
def change_own_reminding(*, actor: User, at: datetime, email: str, mail_timing: str) -> User:
    """Where the person's reminders are mailed, and how many of them."""
    return _change(_lock(actor.pk), {"email": email, "mail_timing": mail_timing}, actor, at)


def _change(account: User, given: dict[str, str], actor: User | None, at: datetime) -> User:
    changes = {
        name: [getattr(account, name), value] for name, value in given.items() if getattr(account, name) != value
    }
    if not changes:
        raise Unmet((Condition("unchanged", _("没有改动任何内容。")),))
    for name, value in given.items():
        setattr(account, name, value)
    account.save(update_fields=list(given))
    record("account.changed", subject=account, actor=actor, at=at, payload={"changes": changes})
    return account


@transaction.atomic
def note_sign_in(*, actor: User, at: datetime) -> None:
    record("account.signed_in", subject=_lock(actor.pk), actor=actor, at=at)


@transaction.atomic
def note_sign_out(*, actor: User, at: datetime) -> None:
    record("account.signed_out", subject=_lock(actor.pk), actor=actor, at=at)


@transaction.atomic
def note_failed_sign_in(*, username: str, at: datetime, locked: bool) -> None:
    """A wrong password for an account that exists; names nobody has are counted by the lock alone."""
    account = User.objects.select_for_update().filter(username=normal_username(username)).first()
    if account is None:
        return
    record("account.sign_in_failed", subject=account, actor=None, at=at)
    if locked:
        record("account.locked", subject=account, actor=None, at=at)


def choose_language(*, actor: User, language: str) -> None:
    """A preference, not an act: no event."""
    User.objects.filter(pk=actor.pk).update(language=language)


def _locked(account_id: int, actor: User | None) -> User:
    """The account under lock, once it is sure that this administrator may act on it."""
    _check_manages(actor)
    if actor is not None and actor.pk == account_id:
        raise Unmet((Condition("another_person", _("不能办理自己的账号，须由另一名系统管理员办理。")),))
    return _lock(account_id)


def _lock(account_id: int) -> User:
    return User.objects.select_for_update().get(pk=account_id)


def _check_manages(actor: Any) -> None:
    if actor is not None and not is_system_administrator(actor):
        raise NotAllowed.for_roles(str(Administrator.SYSTEM.label))


def is_system_administrator(user: Any) -> bool:
    """Works for anonymous visitors too."""
    return bool(user.is_active and getattr(user, "administrator", "") == Administrator.SYSTEM)

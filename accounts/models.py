"""Who signs in. Rights come from grants on Campaign, Body, Team and Unit (accounts/grants.py), never from here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.delivery import MailTiming

if TYPE_CHECKING:
    from accounts.scopes import Scope


class Administrator(models.TextChoices):
    """The three administrators 三员. One field, so that one person can never hold two of them."""

    NONE = "", _("不是管理员")
    SYSTEM = "system_admin", _("系统管理员")
    SECURITY = "security_admin", _("安全管理员")
    AUDITOR = "auditor", _("安全审计员")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Make an account; without a password nobody can sign in with it until one is set."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class AccountState(models.TextChoices):
    """What the account's events say of `is_active`."""

    ENABLED = "enabled", _("已启用")
    DISABLED = "disabled", _("已停用")


class User(AbstractBaseUser):
    """A person's account. `name` and `post` 职务 are what papers and timelines show."""

    username = models.CharField(_("用户名"), max_length=64, unique=True)
    name = models.CharField(_("姓名"), max_length=64)
    post = models.CharField(_("职务"), max_length=128, blank=True)
    phone = models.CharField(_("电话"), max_length=32, blank=True)
    work_phone = models.CharField(_("办公电话"), max_length=32, blank=True)  # shown in the directory 通讯录
    email = models.EmailField(_("电子邮箱"), blank=True)
    mail_timing = models.CharField(_("邮件提醒"), max_length=8, choices=MailTiming, default=MailTiming.AT_ONCE)
    administrator = models.CharField(_("三员角色"), max_length=16, choices=Administrator, default="", blank=True)
    language = models.CharField(_("界面语言"), max_length=8, default="zh-hans")
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("首次登录须改密码"), default=False)
    is_demo = models.BooleanField(default=False)
    list_habits = models.JSONField(default=dict, blank=True)  # list → columns, kept views, start; read with the account
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # Guardian's contract; rights are never given to groups here.
    is_superuser = False
    is_staff = False

    class Meta:
        verbose_name = _("账号")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_administrator_known", condition=models.Q(administrator__in=[*Administrator.values])
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def scope(self) -> Scope:
        """What this person may see and do, read once a request (one query)."""
        from accounts.scopes import read_scope  # models are the lower layer; the scope is read on demand

        return read_scope(self)


class SignedIn(models.Model):
    """A session of a person: on which machine, since when, when last used (accounts/sessions.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    agent = models.CharField(max_length=255, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("登录")
        indexes = [models.Index(name="signed_in_by_user", fields=["user", "seen_at"])]

"""Shapes of what people type about accounts. No rule, no save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import normal_username

password_help = lazy(password_validators_help_text_html, str)


class SignInForm(AuthenticationForm):
    """Name and password. One answer for a wrong password, an unknown name and a disabled account."""

    error_messages = {"invalid_login": _("用户名或密码不正确。"), "inactive": _("用户名或密码不正确。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")

    def clean_username(self) -> str:
        return normal_username(self.cleaned_data["username"])


class OwnPasswordForm(forms.Form):
    """Changing one's own password: the present one, and the new one twice."""

    present = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=128,
        help_text=password_help(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一次新密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise ValidationError(_("密码不正确。"))
        return present

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        new, again = cleaned.get("new"), cleaned.get("again")
        if new and again and new != again:
            self.add_error("again", _("两次输入的新密码不一致。"))
        if new and new == cleaned.get("present"):
            self.add_error("new", _("新密码不能与现在的密码相同。"))
        return cleaned


POST_HELP = _("文书和办理记录上显示，例如“办公室副主任”。")
WORK_PHONE_HELP = _("通讯录里显示，例如“0351-1234567”。可不填。")
PHONE = RegexValidator(r"^[0-9+()（）*#,，、转 -]*\Z", _("电话只能用数字、空格和“-+()转”，例如“0351-1234567转8”。"))


class AccountForm(forms.ModelForm):
    """A new account. The system makes its first password; rights are given elsewhere."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=64,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,63}\Z", _("请用小写字母、数字、点、横线，2至64位。"))],
        help_text=_("登录时使用，小写字母、数字、点、横线；建好后不能改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    class Meta:
        model = User
        fields = ["username", "name", "post", "work_phone", "phone"]
        help_texts = {"post": POST_HELP, "work_phone": WORK_PHONE_HELP}

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("这个用户名已经有人使用。"))
        return username


class AccountEditForm(forms.ModelForm):
    """What a system administrator corrects. The user name stays."""

    work_phone = forms.CharField(
        label=_("办公电话"), required=False, max_length=32, validators=[PHONE], help_text=WORK_PHONE_HELP
    )
    phone = forms.CharField(label=_("电话"), required=False, max_length=32, validators=[PHONE])

    class Meta:
        model = User
        fields = ["name", "post", "work_phone", "phone"]
        help_texts = {"post": POST_HELP}


class OwnContactForm(forms.ModelForm):
    """A person's own telephones."""

    work_phone = forms.CharField(
        label=_("办公电话"), required=False, max_length=32, validators=[PHONE], help_text=WORK_PHONE_HELP
    )
    phone = forms.CharField(
        label=_("电话"),
        required=False,
        max_length=32,
        validators=[PHONE],
        help_text=_("只有系统管理员能看到，用于核对身份。"),
    )

    class Meta:
        model = User
        fields = ["work_phone", "phone"]


class OwnRemindingForm(forms.ModelForm):
    """Where a person's reminders are mailed, and how many of them."""

    class Meta:
        model = User
        fields = ["email", "mail_timing"]
        widgets = {"mail_timing": forms.RadioSelect}
        help_texts = {
            "email": _("不填就不发邮件。系统内的提醒总在“通知”里。"),
            "mail_timing": _("专项活动规定发得更少的，以专项活动的规定为准。休息日不发。"),
        }


class AccountFilterForm(forms.Form):
    """The list's filters; they live in the URL."""

    q = forms.CharField(label=_("姓名、职务或用户名"), required=False, max_length=64)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("enabled", _("启用")), ("disabled", _("停用")), ("locked", _("登录锁定"))],
    )


class ReasonForm(forms.Form):
    """Why an account is disabled, enabled, unlocked or given a new password."""

    note = forms.CharField(
        label=_("原因"),
        required=False,
        max_length=500,
        help_text=_("记入审计记录，例如“调离”“本人电话申请，已核对身份”。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

"""事件推送: the office's webhooks, their secret once, and the log of every push."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core import events, parts
from supervision.core.hooks import explained
from supervision.core.lists import Sort, list_page
from supervision.core.models.delivery import DeliveryState
from supervision.core.models.hook import Hook, HookDelivery
from supervision.core.refusals import Unmet
from supervision.forms.hooks import HookForm, HookLogForm
from supervision.services.settings import hooks
from supervision.views.events import kind_word
from supervision.views.settings import SettingsView


def _count(state: str) -> Coalesce:
    """How many pushes of a hook are in this state, by the index of that state: those that arrived are not read."""
    found = HookDelivery.objects.filter(hook=OuterRef("pk"), state=state).order_by().values("hook")
    return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)


def _account(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class HooksView(SettingsView):
    """All webhooks of the campaign, with what waits and what failed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        counts = {"waiting": _count(DeliveryState.WAITING), "failed": _count(DeliveryState.FAILED)}
        rows = list(Hook.objects.filter(campaign_id=pk).annotate(**counts))
        may_add = self.is_open and len(rows) < hooks.MOST
        new = parts.Move(_("新增推送地址"), self.url("hook-new"), primary=True)
        context = {
            **self.base(),
            "crumbs": self.crumbs((_("事件推送"), "")),
            "rows": rows,
            "moves": [new] if may_add else [],
        }
        return render(request, "supervision/hooks.html", context)


class OneHookView(SettingsView):
    """A page of one webhook; another campaign's is not found."""

    def hook(self) -> Hook:
        return get_object_or_404(Hook, campaign_id=self.campaign.pk, pk=self.kwargs["row"])

    def steps(self, title: str) -> list[parts.Crumb]:
        return self.crumbs((_("事件推送"), self.url("hooks")), (title, ""))

    def show_secret(self, request: HttpRequest, hook: Hook, secret: str) -> HttpResponse:
        """The only time that it is shown: the answer to the POST itself."""
        context = {**self.base(), "hook": hook, "secret": secret, "crumbs": self.steps(_("签名密钥"))}
        return render(request, "supervision/hook_secret.html", context)


class HookView(OneHookView):
    """A new webhook, or one to be changed."""

    changes = True

    def get(self, request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
        return self._show(request, HookForm(instance=self.hook() if row else None))

    def post(self, request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
        form = HookForm(request.POST, instance=self.hook() if row else None)
        if not form.is_valid():
            return self._show(request, form, status=400)
        user = _account(request)
        try:
            hook, secret = hooks.save_hook(campaign_id=pk, pk=row, values=form.values(), actor=user, at=self.now)
        except Unmet as refusal:
            for each in refusal.conditions:
                form.add_error(form.field_of(each.name), str(each.sentence))
            return self._show(request, form, status=refusal.status)
        if secret:
            return self.show_secret(request, hook, secret)
        messages.success(request, _("已保存。"))
        return redirect(self.url("hooks"))

    def _show(self, request: HttpRequest, form: HookForm, status: int = 200) -> HttpResponse:
        title = _("修改推送地址") if form.instance.pk else _("新增推送地址")
        context = {"title": title, "form": form, "cancel_url": self.url("hooks"), "crumbs": self.steps(title)}
        return render(request, "components/form_page.html", context, status=status)


class HookSecretView(OneHookView):
    """Asks once more, then shows the new secret."""

    changes = True

    def get(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        title = _("更换签名密钥")
        context = {
            "title": title,
            "question": _("更换“%(name)s”的签名密钥？") % {"name": self.hook().name},
            "details": [
                _("原来的密钥立即失效：对方换上新的之前，会把推送当作伪造的拒收。"),
                _("被拒收的会自动重试，一天多以内换好就不会丢。"),
            ],
            "danger": True,
            "submit_label": _("更换并显示"),
            "cancel_url": self.url("hooks"),
            "crumbs": self.steps(title),
        }
        return render(request, "components/confirm.html", context)

    def post(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        hook, user = self.hook(), _account(request)
        return self.show_secret(request, hook, hooks.renew_secret(hook=hook, actor=user, at=self.now))


class HookSwitchView(OneHookView):
    """Pause or resume."""

    changes = True
    is_on = False

    def post(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        hooks.switch_hook(hook=self.hook(), is_on=self.is_on, actor=_account(request), at=self.now)
        said = _("已恢复，暂停期间的陆续补推。") if self.is_on else _("已暂停，其间发生的先留着，恢复后补推。")
        messages.success(request, said)
        return redirect(self.url("hooks"))


class HookTestView(OneHookView):
    """A signed test message at once, with what the other side answered."""

    changes = True

    def post(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        arrived, answer = hooks.try_hook(hook=self.hook(), actor=_account(request), at=self.now)
        if arrived:
            messages.success(request, _("测试消息已送达：%(answer)s。") % {"answer": answer})
        else:
            messages.error(request, _("没有送达：%(answer)s") % {"answer": answer})
        return redirect(self.url("hooks"))


class HookLogView(OneHookView):
    """Every push of one webhook, the newest first: state, tries, the last answer."""

    def get(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        hook, form = self.hook(), HookLogForm(request.GET)
        found = HookDelivery.objects.filter(hook=hook).select_related("event")
        if not form.is_valid():
            found = found.none()
        elif state := form.cleaned_data["state"]:
            found = found.filter(state=state)
        page = list_page(request, found, Sort("id", descending=True))
        for each in page.rows:
            each.what = events.verb(each.event.verb).label
            each.kind = kind_word(each.event.subject_kind)
            each.fault = explained(each.last_error)
        context = {
            **self.base(),
            "crumbs": self.steps(_("推送记录")),
            "hook": hook,
            "form": form,
            "page": page,
            "failed": DeliveryState.FAILED,
            "waiting": DeliveryState.WAITING,
        }
        return render(request, "supervision/hook_log.html", context)


class HookResendView(OneHookView):
    """The same event once more."""

    changes = True

    def post(self, request: HttpRequest, pk: int, row: int, delivery: int) -> HttpResponse:
        found = get_object_or_404(HookDelivery.objects.select_related("hook"), hook=self.hook(), pk=delivery)
        hooks.resend(delivery=found, actor=_account(request), at=self.now)
        messages.success(request, _("已重新排入推送。"))
        return redirect(self.url("hook-log", row))

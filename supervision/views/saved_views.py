"""常用视图 in the browser: the tabs above a list, keeping the list as it stands, and the page that orders them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from supervision.core.lists import LISTS, said
from supervision.core.parts import Crumb, Tab
from supervision.core.refusals import Unmet
from supervision.core.web import show_refusal
from supervision.current import current_campaign
from supervision.models.campaign import Campaign
from supervision.services import saved_views
from supervision.vocabulary import Vocabulary, vocabulary_of

ALL = "all"  # ?view=all: everything, whatever the list starts with


@dataclass(frozen=True)
class ViewBar:
    """What stands above a list: its views as tabs, and what it takes to keep the list as it stands."""

    tabs: list[Tab]
    list_key: str
    query: str
    name: str  # of the own view that is open: keeping under it renews it
    is_changed: bool


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("视图名称"), max_length=30)


def way_to_start(request: HttpRequest, list_key: str) -> str:
    """Where a list without a question leads: to the person's start view. Empty: nowhere, show what is asked."""
    user: Any = request.user
    start = saved_views.habits_of(user, list_key).get("start", "")
    campaign = current_campaign(request)
    if not start or "view" in request.GET or campaign is None:
        return ""
    if request.GET:
        asked = request.GET.copy()
        asked["view"] = ALL  # taking a filter away must not lead to the start view
        request.GET = asked  # type: ignore[assignment]
        return ""
    found = [each for each in saved_views.views_of(user, vocabulary_of(campaign.pk), list_key) if each.is_start]
    return _address(request.path, found[0]) if found else ""


def _address(path: str, view: saved_views.KeptView) -> str:
    return f"{path}?{'&'.join(filter(None, (view.query, f'view={view.key}')))}"


def bar_of(request: HttpRequest, vocabulary: Vocabulary, list_key: str) -> ViewBar:
    """The views of the list as tabs; the open one says so, and whether the list has moved away from it."""
    user: Any = request.user
    views = saved_views.views_of(user, vocabulary, list_key)
    asked, query = request.GET.get("view", ALL), said(request, "view", "tick")
    open_one = next((each for each in views if each.key == asked), None)
    changed = open_one is not None and open_one.query != query
    tabs = [Tab(_("全部"), f"{request.path}?view={ALL}" if views else request.path, open_one is None and not query)]
    for each in views:
        note = _("共享") if each.is_shared else ""
        tabs.append(Tab(each.name, _address(request.path, each), each is open_one and not changed, note))
    name = open_one.name if open_one and not open_one.is_shared else ""
    return ViewBar(tabs, list_key, query, name, changed)


class ListPart(LoginRequiredMixin, View):
    """Knows the list whose views are meant; an unknown list does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.key: str = kwargs.pop("list")
        if self.key not in LISTS:
            raise Http404
        if request.user.is_authenticated and current_campaign(request) is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def list_url(self) -> str:
        return reverse(LISTS[self.key].url_name)

    @property
    def campaign(self) -> Campaign:
        campaign = current_campaign(self.request)
        assert campaign is not None
        return campaign

    @property
    def views_url(self) -> str:
        return reverse("supervision:views", args=[self.key])

    def views(self) -> list[saved_views.KeptView]:
        user: Any = self.request.user
        return saved_views.views_of(user, vocabulary_of(self.campaign.pk), self.key)

    def crumbs(self, *last: Crumb) -> list[Crumb]:
        return [
            Crumb(LISTS[self.key].label, self.list_url),
            Crumb(_("常用视图"), self.views_url if last else ""),
            *last,
        ]


class ViewsView(ListPart):
    """The views of one list: GET orders them, POST keeps the list as it stands under a name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, NameForm(), status=200)

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        form = NameForm(request.POST)
        query = request.POST.get("query", "")
        if not form.is_valid():
            return self.show(request, form, status=400)
        try:
            key = saved_views.keep_view(list_key=self.key, actor=user, name=form.cleaned_data["name"], query=query)
        except Unmet as refusal:
            show_refusal(form, refusal)
            return self.show(request, form, status=refusal.status)
        messages.success(request, _("已存为常用视图。"))
        return redirect(f"{self.list_url}?{'&'.join(filter(None, (query, f'view={key}')))}")

    def show(self, request: HttpRequest, form: forms.Form, *, status: int) -> HttpResponse:
        user: Any = request.user
        context = {
            "form": form,
            "query": request.POST.get("query", ""),
            "listed": LISTS[self.key],
            "list_key": self.key,
            "list_url": self.list_url,
            "views": [(each, _address(self.list_url, each)) for each in self.views()],
            "may_share": saved_views.may_share(user, self.campaign),
            "crumbs": self.crumbs(),
        }
        return render(request, "supervision/saved_views.html", context, status=status)


class ColumnsView(ListPart):
    """POST: the columns the person wants from now on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        chosen = [] if "usual" in request.POST else request.POST.getlist("column")
        saved_views.choose_columns(list_key=self.key, actor=user, columns=chosen)
        named = f"columns={','.join(chosen)}" if chosen else ""
        kept = request.POST.get("query", "")[: saved_views.QUERY_LENGTH]
        query = "&".join(filter(None, (kept, named)))
        return redirect(f"{self.list_url}?{query}" if query else self.list_url)


class ViewMoveView(ListPart):
    """One act on one view: rename, delete, share and unshare have a page; starting with it is a button."""

    PAGES = ("rename", "delete", "share", "unshare")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.move = kwargs.pop("move")
        if self.move not in (*self.PAGES, "start", "unstart"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        if self.move not in self.PAGES:
            return redirect(self.views_url)
        view = self.find(key)
        return self.show(request, view, NameForm(initial={"name": view.name}))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        view = self.find(key)
        form = NameForm(request.POST)
        if self.move == "rename" and not form.is_valid():
            return self.show(request, view, form, status=400)
        try:
            self.make(view, form)
        except Unmet as refusal:
            if self.move != "rename":
                raise
            show_refusal(form, refusal)
            return self.show(request, view, form, status=409)
        messages.success(request, _("已保存。"))
        return redirect(self.views_url)

    def find(self, key: str) -> saved_views.KeptView:
        """Own views may be renamed, deleted and shared; a shared one is only taken back, by the office."""
        user: Any = self.request.user
        found = next((each for each in self.views() if each.key == key), None)
        if found is None:
            raise Http404
        fits = self.move in ("start", "unstart") or found.is_shared == (self.move == "unshare")
        if not fits or (self.move in ("share", "unshare") and not saved_views.may_share(user, self.campaign)):
            raise Http404
        return found

    def make(self, view: saved_views.KeptView, form: NameForm) -> None:
        user: Any = self.request.user
        mine: dict[str, Any] = {"list_key": self.key, "actor": user}
        if self.move == "rename":
            saved_views.rename_view(key=view.key, name=form.cleaned_data["name"], **mine)
        elif self.move == "delete":
            saved_views.delete_view(key=view.key, **mine)
        elif self.move == "share":
            saved_views.share_view(key=view.key, at=timezone.now(), campaign=self.campaign, **mine)
        elif self.move == "unshare":
            saved_views.unshare_view(pk=int(view.key[1:]), actor=user, at=timezone.now(), campaign=self.campaign)
        else:
            saved_views.start_with(key=view.key if self.move == "start" else "", **mine)

    def show(
        self, request: HttpRequest, view: saved_views.KeptView, form: forms.Form, status: int = 200
    ) -> HttpResponse:
        titles = {
            "rename": _("重命名视图"),
            "delete": _("删除视图"),
            "share": _("共享视图"),
            "unshare": _("停止共享视图"),
        }
        questions = {
            "rename": "",
            "delete": _("删除“%(name)s”？只删除这个视图，不影响任何数据。"),
            "share": _("把“%(name)s”共享给本专项活动的所有人？每个人只看到自己范围内的数据。"),
            "unshare": _("停止共享“%(name)s”？所有人的这个视图都会消失。"),
        }
        title = titles[self.move]
        context = {
            "title": title,
            "question": questions[self.move] % {"name": view.name} if questions[self.move] else "",
            "form": form if self.move == "rename" else None,
            "submit_label": title,
            "danger": self.move in ("delete", "unshare"),
            "cancel_url": self.views_url,
            "crumbs": self.crumbs(Crumb(title)),
        }
        return render(request, "components/confirm.html", context, status=status)

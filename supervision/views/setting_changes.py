"""Changing one setting: first the form, then what the change will and will not touch, and only then it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from supervision.core.models.number import NumberSeries
from supervision.core.models.version import VocabularyVersion
from supervision.core.refusals import Condition, Sentence, Unmet
from supervision.core.web import show_refusal
from supervision.effects import ADD, CHANGE, MOVE, RESTORE, RETIRE, Change, effects_of
from supervision.forms.settings import GeneralForm, RouteForm, SeriesForm, WordsForm, row_form
from supervision.services.settings import general, reading, routes, rows, series
from supervision.services.settings.kinds import Kind, order_faults
from supervision.views.settings import SettingsView, kind_of

CONFIRM, BACK = "confirm", "edit"  # values of `step`: save what was previewed; go back to the form


class ProposalView(SettingsView):
    """GET shows the form; POST shows what it would touch; POST with `step=confirm` saves what was shown.

    A confirmation carries the vocabulary's version: after somebody else's change it is shown anew.
    """

    changes = True
    title: Sentence = ""
    back: str = ""
    trail: tuple[tuple[Sentence, str], ...] = ()

    def prepare(self, **kwargs: Any) -> None:
        """Find what is changed and say where it stands."""
        raise NotImplementedError

    def build_form(self, data: Any = None) -> forms.BaseForm:
        raise NotImplementedError

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        """The change, why it cannot be, and what differs."""
        raise NotImplementedError

    def save(self, form: Any) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        return self.show(self.build_form())

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        form, step = self.build_form(request.POST), request.POST.get("step", "")
        if not form.is_valid() or step == BACK:
            return self.show(form, status=200 if form.is_valid() else 400)
        change, conditions, changes = self.propose(form)
        if not changes and change.act == CHANGE and not conditions:
            conditions = [Condition("row", _("没有改动任何内容。"))]
        if conditions:
            show_refusal(form, Unmet(tuple(conditions)))  # type: ignore[arg-type]
            return self.show(form, status=409)
        is_fresh = request.POST.get("seen") == str(VocabularyVersion.current())
        if step != CONFIRM or not is_fresh:
            return self.preview(form, change, changes, is_anew=step == CONFIRM)
        try:
            self.save(form)
        except Unmet as refusal:
            show_refusal(form, refusal)  # type: ignore[arg-type]
            return self.show(form, status=refusal.status)
        messages.success(request, _("已保存：%(title)s") % {"title": self.title})
        return redirect(self.back)

    def show(self, form: forms.BaseForm, status: int = 200) -> HttpResponse:
        return render(self.request, "supervision/setting_form.html", {**self.frame(), "form": form}, status=status)

    def preview(
        self, form: forms.BaseForm | None, change: Change, changes: Mapping[str, Any], *, is_anew: bool = False
    ) -> HttpResponse:
        effects = effects_of(change)
        context = {
            **self.frame(),
            "form": form,
            "hidden": [bound.as_hidden() for bound in form] if form else [],
            "differences": reading.differences(change.kind, changes, self.campaign.pk),
            "touched": [each for each in effects if each.touches],
            "untouched": [each for each in effects if not each.touches],
            "seen": VocabularyVersion.current(),
            "is_anew": is_anew,
        }
        return render(self.request, "supervision/setting_preview.html", context)

    def frame(self) -> dict[str, Any]:
        return {**self.base(), "title": self.title, "crumbs": self.crumbs(*self.trail), "back": self.back}


class RowMixin:
    """One row of a kind, or a new one."""

    kind: Kind
    row: Any = None

    def find_row(self: Any, kind: str, row: int | None = None) -> None:
        self.kind = kind_of(kind)
        self.back = self.url("setting-rows", kind)
        if row is not None:
            self.row = get_object_or_404(self.kind.model, campaign=self.campaign, pk=row)


class RowChangeView(RowMixin, ProposalView):
    """Add a row or change it."""

    def prepare(self, kind: str = "", row: int | None = None, **kwargs: Any) -> None:
        self.find_row(kind, row)
        if row is None and not self.kind.adds:
            raise Http404
        words = {"kind": self.kind.title, "name": self.kind.name_of(self.row)}
        self.title = _("修改%(kind)s“%(name)s”") % words if self.row else _("新增%(kind)s") % words
        self.trail = ((self.kind.title, self.back), (self.title, ""))

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return row_form(self.kind, self.campaign, self.row, data)

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        act = CHANGE if self.row else ADD
        change = rows.proposed(self.campaign, self.kind, act, at=self.now, row=self.row, values=form.cleaned_data)
        return change, self.kind.unmet(change), rows.differences(change)

    def save(self, form: Any) -> None:
        given: dict[str, Any] = {"campaign_id": self.campaign.pk, "kind": self.kind, "values": form.cleaned_data}
        given |= {"actor": self.request.user, "at": self.now}
        if self.row:
            rows.change_row(pk=self.row.pk, **given)
        else:
            rows.add_row(**given)


class RowActView(RowMixin, ProposalView):
    """Retire, restore, move. Moves of words are made at once; lights are previewed, their order decides."""

    acts = {"retire": RETIRE, "restore": RESTORE, "up": MOVE, "down": MOVE}

    def prepare(self, kind: str = "", row: int | None = None, act: str = "", **kwargs: Any) -> None:
        self.find_row(kind, row)
        if act not in self.acts or not (self.kind.moves if self.acts[act] == MOVE else self.kind.retires):
            raise Http404
        self.act = act
        titles = {
            "retire": _("停用%(kind)s“%(name)s”"),
            "restore": _("恢复使用%(kind)s“%(name)s”"),
            "up": _("上移%(kind)s“%(name)s”"),
            "down": _("下移%(kind)s“%(name)s”"),
        }
        self.title = titles[act] % {"kind": self.kind.title, "name": self.kind.name_of(self.row)}
        self.trail = ((self.kind.title, self.back), (self.title, ""))

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        change, conditions, changes = self.propose(None)
        if conditions:
            raise Unmet(tuple(conditions))
        return self.preview(None, change, changes)

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        change, conditions, changes = self.propose(None)
        if conditions:
            raise Unmet(tuple(conditions))
        needs_look = self.acts[self.act] != MOVE or self.kind.code == "lights"
        if needs_look and request.POST.get("seen") != str(VocabularyVersion.current()):
            return self.preview(None, change, changes, is_anew="seen" in request.POST)
        self.save(None)
        messages.success(request, _("已保存：%(title)s") % {"title": self.title})
        return redirect(self.back)

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        act, values = self.acts[self.act], {}
        if act == MOVE:
            values = {"order": rows.moved(self.kind, self.row, up=self.act == "up")}
        change = rows.proposed(self.campaign, self.kind, act, at=self.now, row=self.row, values=values)
        conditions = self.kind.unmet(change)
        if self.kind.code == "lights" and act == MOVE:
            order = [each.condition for each in values["order"]]
            conditions += [Condition("row", sentence) for sentence in order_faults(order)]
        return change, conditions, {}

    def save(self, form: Any) -> None:
        given: dict[str, Any] = {"campaign_id": self.campaign.pk, "kind": self.kind, "pk": self.row.pk}
        given |= {"actor": self.request.user, "at": self.now}
        if self.acts[self.act] == MOVE:
            rows.move_row(up=self.act == "up", **given)
        elif self.act == "retire":
            rows.retire_row(**given)
        else:
            rows.restore_row(**given)


class RouteView(ProposalView):
    """The steps of one case."""

    def prepare(self, document: str = "", source: str = "", weight: int = 0, **kwargs: Any) -> None:
        self.case = routes.Case(document, source, bool(weight))
        if self.case not in routes.cases():
            raise Http404
        self.back = self.url("setting-routes")
        self.title = _("修改审批路径“%(case)s”") % {"case": self.case.label}
        self.trail = ((reading.TITLES[routes.KIND], self.back), (self.title, ""))

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return RouteForm(data, campaign=self.campaign, case=self.case)

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        change = routes.proposed_route(self.campaign, self.case, form.roles, self.on)
        was, now = change.row["roles"], change.values["roles"]
        return change, routes.faults(change), {"roles": [was, now]} if was != now else {}

    def save(self, form: Any) -> None:
        given: dict[str, Any] = {"actor": self.request.user, "at": self.now}
        routes.change_route(campaign_id=self.campaign.pk, case=self.case, roles=form.roles, **given)


class NumberView(ProposalView):
    """A number series, or a new one."""

    row: NumberSeries | None = None

    def prepare(self, row: int | None = None, **kwargs: Any) -> None:
        self.back = self.url("setting-numbers")
        if row is not None:
            self.row = get_object_or_404(NumberSeries, campaign_id=self.campaign.pk, pk=row)
        named = {"name": series.label_of(self.row)} if self.row else {}
        self.title = _("修改编号“%(name)s”") % named if self.row else _("新增编号系列")
        self.trail = ((reading.TITLES[series.KIND], self.back), (self.title, ""))

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return SeriesForm(data, campaign=self.campaign, row=self.row, year=self.on.year)

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        change = series.proposed_series(self.campaign, self.row, form.cleaned_data, self.on)
        return change, series.faults(change), series.differences(change)

    def save(self, form: Any) -> None:
        pk = self.row.pk if self.row else None
        given: dict[str, Any] = {"actor": self.request.user, "at": self.now}
        series.save_series(campaign_id=self.campaign.pk, pk=pk, values=form.cleaned_data, **given)


class GeneralView(ProposalView):
    def prepare(self, **kwargs: Any) -> None:
        self.back, self.title = self.url("settings"), str(reading.TITLES[general.GENERAL])
        self.trail = ((self.title, ""),)

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return GeneralForm(data, instance=type(self.campaign).objects.get(pk=self.campaign.pk))

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        change = general.proposed_general(self.campaign, form.cleaned_data, self.on)
        return change, general.faults(change), general.differences(change)

    def save(self, form: Any) -> None:
        given: dict[str, Any] = {"actor": self.request.user, "at": self.now}
        general.change_general(campaign_id=self.campaign.pk, values=form.cleaned_data, **given)


class WordsView(ProposalView):
    def prepare(self, **kwargs: Any) -> None:
        self.back, self.title = self.url("settings"), str(reading.TITLES[general.WORDS])
        self.trail = ((self.title, ""),)

    def build_form(self, data: Any = None) -> forms.BaseForm:
        return WordsForm(data, campaign=self.campaign)

    def propose(self, form: Any) -> tuple[Change, list[Condition], Mapping[str, Any]]:
        change = general.proposed_words(self.campaign, form.cleaned_data, self.on)
        return change, general.faults(change), general.differences(change)

    def save(self, form: Any) -> None:
        given: dict[str, Any] = {"actor": self.request.user, "at": self.now}
        general.change_words(campaign_id=self.campaign.pk, words=form.cleaned_data, **given)

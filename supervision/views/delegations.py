"""授权委托: a unit's head or liaison grants and revokes delegations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.roles import Role
from supervision.core.refusals import Refusal
from supervision.core.web import discard_received
from supervision.forms.people import DelegationForm
from supervision.models.organisation import Unit
from supervision.models.people import Delegation
from supervision.services import delegations


def own_units(request: HttpRequest) -> Any:
    """The units for which the reader is head or liaison."""
    return Unit.objects.filter(pk__in=request.user.scope.ids(Role.HEAD, Role.LIAISON))  # type: ignore[union-attr]


class DelegationsView(View):
    """All delegations of one's own units, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        units = list(own_units(request).select_related("campaign"))
        rows = Delegation.objects.filter(unit__in=units).select_related("unit", "principal", "delegate", "letter")
        on = timezone.localdate()
        return render(request, "supervision/delegations.html", {"rows": rows.order_by("-pk"), "units": units, "on": on})


class DelegationNewView(View):
    """Grant a delegation for one's own unit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.unit = own_units(request).select_related("campaign").filter(pk=kwargs["unit_id"]).first()
        if self.unit is None:
            raise Http404
        self.on = self.unit.campaign.day_of(timezone.now())
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        return self.show(request, DelegationForm(unit=self.unit, on=self.on))

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        form = DelegationForm(request.POST, request.FILES, unit=self.unit, on=self.on)
        if not form.is_valid():
            return self.show(request, form, 400)
        try:
            delegations.delegate(unit_id=unit_id, actor=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            discard_received(form.cleaned_data)
            for condition in refusal.conditions:
                form.add_error(condition.name if condition.name in form.fields else None, str(condition.sentence))
            return self.show(request, form, refusal.status)
        messages.success(request, _("已登记授权委托。"))
        return redirect("supervision:delegations")

    def show(self, request: HttpRequest, form: DelegationForm, status: int = 200) -> HttpResponse:
        return render(request, "supervision/delegation_new.html", {"form": form, "unit": self.unit}, status=status)


class DelegationRevokeView(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = Delegation.objects.filter(unit__in=own_units(request)).select_related("unit", "delegate")
        row = found.filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        self.row = row
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = {
            "title": _("撤销委托"),
            "question": _("撤销对%(name)s的委托？") % {"name": self.row.delegate.name},
            "details": [_("立即生效；委托期间已办理的签收和签批保留。")],
            "danger": True,
            "submit_label": _("撤销委托"),
        }
        return render(request, "components/confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delegations.revoke_delegation(pk=pk, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已撤销委托。"))
        return redirect("supervision:delegations")

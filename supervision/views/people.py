"""The security administrator's pages: which account holds which role. No business data is shown here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Administrator, User
from accounts.roles import OBJECT_OF, Role
from supervision.core.lists import Sort, list_page
from supervision.core.parts import Crumb
from supervision.core.refusals import Refusal
from supervision.forms.people import AppointForm, PeopleFilterForm
from supervision.models.people import BodyStaff, OfficeStaff, TeamMembership, UnitStaff
from supervision.services import people


class SecurityAdminView(View):
    """Pages of the security administrator alone; everybody else is refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.scope.administrator != Administrator.SECURITY:  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PeopleView(SecurityAdminView):
    """Accounts by name, with a search box."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = PeopleFilterForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        found = User.objects.filter(administrator="")
        if words:
            found = found.filter(Q(username__icontains=words) | Q(name__icontains=words))
        page = list_page(request, found, Sort("username"))
        return render(request, "supervision/people.html", {"page": page, "form": form})


def appointments_of(user: User) -> list[dict[str, Any]]:
    """Every appointment of a person, current first, as the page shows it."""
    rows: list[dict[str, Any]] = [
        *({"kind": "office", "row": r, "role": r.role, "on": r.campaign}
          for r in OfficeStaff.objects.filter(user=user).select_related("campaign")),
        *({"kind": "body", "row": r, "role": Role.BODY_OFFICE, "on": r.body}
          for r in BodyStaff.objects.filter(user=user).select_related("body")),
        *({"kind": "team", "row": r, "role": r.role, "on": r.team}
          for r in TeamMembership.objects.filter(user=user).select_related("team")),
        *({"kind": "unit", "row": r, "role": r.role, "on": r.unit}
          for r in UnitStaff.objects.filter(user=user).select_related("unit")),
    ]  # fmt: skip
    today = timezone.localdate()
    for each in rows:
        each["label"] = Role(str(each["role"])).label
        each["is_alive"] = each["row"].ends_on is None or each["row"].ends_on > today
    return sorted(rows, key=lambda each: not each["is_alive"])


class PersonView(SecurityAdminView):
    """One person's appointments; a new one is added below."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(request, pk, AppointForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AppointForm(request.POST)
        if not form.is_valid():
            return self.show(request, pk, form, status=400)
        try:
            appoint(get_object_or_404(User, pk=pk), form.cleaned_data, actor=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.show(request, pk, form, status=refusal.status)
        messages.success(request, _("已授予角色，对方下一次操作即生效。"))
        return redirect("supervision:person", pk=pk)

    def show(self, request: HttpRequest, pk: int, form: AppointForm, status: int = 200) -> HttpResponse:
        person = get_object_or_404(User, pk=pk, administrator="")
        context = {"person": person, "appointments": appointments_of(person), "form": form}
        return render(request, "supervision/person.html", context, status=status)


def appoint(user: User, given: dict[str, Any], *, actor: Any) -> None:
    """Call the service that fits the role's object."""
    common = {"user": user, "actor": actor, "at": timezone.now(),
              "starts_on": given["starts_on"], "ends_on": given["ends_on"]}  # fmt: skip
    role, target = given["role"], given["object"]
    kind = OBJECT_OF[role]
    if kind == "campaign":
        people.appoint_office(campaign=target, role=role, **common)
    elif kind == "body":
        people.appoint_body(body=target, **common)
    elif kind == "team":
        people.appoint_team(team=target, role=role, **common)
    else:
        people.appoint_unit(unit=target, role=role, **common)


class AppointmentEndView(SecurityAdminView):
    """Asks once more, then takes the role away."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        row = self.find(kind, pk)
        named = next(each for each in appointments_of(row.user) if each["kind"] == kind and each["row"].pk == pk)
        page = reverse("supervision:person", args=[row.user_id])
        context = {
            "title": _("撤销角色"),
            "question": _("撤销%(name)s在%(on)s的“%(role)s”角色？")
            % {"name": row.user.name, "on": named["on"], "role": named["label"]},
            "crumbs": [
                Crumb(_("人员与角色"), reverse("supervision:people")),
                Crumb(row.user.name, page),
                Crumb(_("撤销角色")),
            ],
            "cancel_url": page,
            "details": [_("对方下一次操作即不能再看到相关内容；已办理的事项和签字保留。")],
            "danger": True,
            "submit_label": _("撤销角色"),
        }
        return render(request, "components/confirm.html", context)

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        row = self.find(kind, pk)
        people.end_appointment(kind=kind, pk=pk, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已撤销角色。"))
        return redirect("supervision:person", pk=row.user_id)

    @staticmethod
    def find(kind: str, pk: int) -> Any:
        if kind not in people.KINDS:
            raise Http404
        return get_object_or_404(people.KINDS[kind]._default_manager.select_related("user"), pk=pk)

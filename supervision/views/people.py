"""The security administrator's pages: which account holds which role. No business data is shown here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Q, QuerySet, Value
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
from supervision.core.refusals import Refusal, Unmet
from supervision.core.web import show_refusal
from supervision.forms.people import AbsenceForm, AppointForm, PeopleFilterForm, SuccessorForm
from supervision.models.people import BodyStaff, OfficeStaff, TeamMembership, UnitStaff
from supervision.services import people, replacing
from supervision.services.rosters import present


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
        found = self.filtered(form.cleaned_data) if form.is_valid() else User.objects.none()
        page = list_page(request, found, Sort("username"))
        roles = roles_of([person.pk for person in page.rows])
        for person in page.rows:
            person.roles = roles.get(person.pk, [])
        return render(request, "supervision/people.html", {"page": page, "form": form})

    def filtered(self, asked: dict[str, Any]) -> QuerySet[User]:
        found = User.objects.filter(administrator="")
        if words := asked["q"].strip():
            found = found.filter(Q(username__icontains=words) | Q(name__icontains=words) | Q(post__icontains=words))
        today = present(timezone.localdate())
        kind, _sep, pk = asked["place"].partition(":")
        if kind:
            rows: Any = people.KINDS[kind]._default_manager
            found = found.filter(pk__in=rows.filter(today, **{kind: pk}).values("user_id"))
        if asked["free"]:
            for model in people.KINDS.values():
                found = found.exclude(pk__in=model._default_manager.filter(today).values("user_id"))
        return found


def roles_of(ids: list[int]) -> dict[int, list[str]]:
    """What each of these people holds today, in words; one query."""
    today = present(timezone.localdate())
    body_office = Value(str(Role.BODY_OFFICE), CharField())
    asked: list[QuerySet[Any, Any]] = [
        OfficeStaff.objects.filter(today, user__in=ids).values_list("user_id", "role", "campaign__short_name"),
        BodyStaff.objects.filter(today, user__in=ids).values_list("user_id", body_office, "body__short_name"),
        TeamMembership.objects.filter(today, user__in=ids).values_list("user_id", "role", "team__name"),
        UnitStaff.objects.filter(today, user__in=ids).values_list("user_id", "role", "unit__name"),
    ]
    found: dict[int, list[str]] = {}
    for user_id, role, name in asked[0].order_by().union(*(each.order_by() for each in asked[1:]), all=True):
        found.setdefault(user_id, []).append(_("%(where)s %(role)s") % {"where": name, "role": Role(role).label})
    return found


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
        each["may_be_absent"] = each["kind"] == "team" and each["role"] in replacing.ABSENT
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
        return self.show(request, kind, pk, SuccessorForm())

    def show(self, request: HttpRequest, kind: str, pk: int, form: SuccessorForm, status: int = 200) -> HttpResponse:
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
            "form": form,
            "danger": True,
            "submit_label": _("撤销角色"),
        }
        return render(request, "components/confirm.html", context, status=status)

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        row, form = self.find(kind, pk), SuccessorForm(request.POST)
        if not form.is_valid():
            return self.show(request, kind, pk, form, status=400)
        given: dict[str, Any] = {"kind": kind, "pk": pk, "actor": request.user, "at": timezone.now()}
        successor = form.cleaned_data["successor"]
        try:
            if successor is None:
                people.end_appointment(**given)
            else:
                replacing.replace_appointment(successor=successor, **given)
        except Unmet as refusal:
            form.add_error(None, str(refusal))
            return self.show(request, kind, pk, form, status=refusal.status)
        if successor is None:
            messages.success(request, _("已撤销角色。"))
        else:
            messages.success(request, _("已撤销角色，由%(name)s接任。") % {"name": successor.name})
        return redirect("supervision:person", pk=row.user_id)

    @staticmethod
    def find(kind: str, pk: int) -> Any:
        if kind not in people.KINDS:
            raise Http404
        return get_object_or_404(people.KINDS[kind]._default_manager.select_related("user"), pk=pk)


class AbsenceView(SecurityAdminView):
    """A leader away: from when, until when; the deputy acts, then the sponsor."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.find(pk)
        return self.show(request, row, AbsenceForm(initial={n: getattr(row, n) for n in AbsenceForm.base_fields}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.find(pk), AbsenceForm(request.POST)
        if not form.is_valid():
            return self.show(request, row, form, status=400)
        given: dict[str, Any] = {"pk": pk, "actor": request.user, "at": timezone.now()}
        try:
            row = replacing.record_absence(**given, **form.cleaned_data)
        except Unmet as refusal:
            show_refusal(form, refusal)
            return self.show(request, row, form, status=refusal.status)
        messages.success(request, _("已登记离岗。") if row.absent_from else _("已登记返岗。"))
        return redirect("supervision:person", pk=row.user_id)

    def find(self, pk: int) -> TeamMembership:
        return get_object_or_404(TeamMembership.objects.select_related("user", "team"), pk=pk)

    def show(self, request: HttpRequest, row: TeamMembership, form: AbsenceForm, status: int = 200) -> HttpResponse:
        page = reverse("supervision:person", args=[row.user_id])
        words = {"name": row.user.name, "team": row.team.name}
        context = {
            "title": _("登记离岗"),
            "lead": _("%(name)s（%(team)s）。组长离岗期间由副组长代行；副组长也不在的，由牵头领导代行。") % words,
            "form": form,
            "cancel_url": page,
            "crumbs": [
                Crumb(_("人员与角色"), reverse("supervision:people")),
                Crumb(row.user.name, page),
                Crumb(_("登记离岗")),
            ],
        }
        return render(request, "components/form_page.html", context, status=status)

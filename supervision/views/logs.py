"""The log of an inspection: the overview, records, photos. Each part is a form of its own, under the move `log`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from supervision import guards, rules
from supervision.core.answers import saved, wants_json, with_errors
from supervision.core.models.file import StoredFile
from supervision.core.parts import FileLine
from supervision.core.refusals import Changed, NotAllowed, Unmet, WrongState
from supervision.core.transitions import Situation
from supervision.core.web import MoveForm, discard_received, show_refusal
from supervision.forms.records import LogForm, PhotoForm, RecordForm
from supervision.models.inspection import Inspection, LogEntry
from supervision.models.problem import Problem
from supervision.services import inspection_records as services
from supervision.transitions import LOG
from supervision.views.inspections import InsideFinder
from supervision.views.workspace import workspace_of
from supervision.vocabulary import vocabulary_of


def may_log(inspection: Inspection, user: User, at: Any) -> bool:
    """Would the move `log` be made now?"""
    situation = Situation(user, at, inspection.campaign.day_of(at))
    return (
        inspection.status in LOG.sources
        and LOG.is_allowed(inspection, situation)
        and not LOG.unmet(inspection, situation, with_inputs=False)
    )


class LogPartView(InsideFinder, View, ABC):
    """One part of the log on a page of its own. GET is refused to whoever could not save."""

    form: ClassVar[type[MoveForm]] = MoveForm
    template: ClassVar[str] = "supervision/log_part.html"
    anchor: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.inspection = self.find(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(request, self.build_form(request, **self.initial(request)))

    def check(self, request: HttpRequest) -> None:
        """The refusal that saving would meet, before anybody types."""
        at = timezone.now()
        situation = Situation(request.user, at, self.inspection.campaign.day_of(at))
        if not LOG.is_allowed(self.inspection, situation):
            raise NotAllowed.for_roles(LOG.allowed.words(self.inspection) if LOG.allowed else "")
        if self.inspection.status not in LOG.sources:
            raise WrongState.of(str(LOG.label), self.inspection.get_status_display())

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """Further arguments for the form of a GET."""
        return {}

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> Any:
        return self.form(*data, subject=self.inspection, user=request.user, **kwargs)

    def back(self) -> str:
        return f"{reverse('supervision:inspection-log', args=[self.inspection.pk])}#{self.anchor}"

    @abstractmethod
    def title(self) -> str:
        """The heading of the page."""

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        context = {"inspection": self.inspection, "form": form, "title": self.title(), "cancel_url": self.back()}
        return render(request, self.template, context, status=status)


class FormPartView(LogPartView):
    """A part that is one form: POST calls one service."""

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        form = self.build_form(request, request.POST, request.FILES)
        if not form.is_valid():
            discard_received(form.cleaned_data)
            return with_errors([form]) if wants_json(request) else self.show(request, form, status=400)
        try:
            written = self.write(form, {"pk": pk, "actor": request.user, "at": timezone.now()})
        except Unmet as refusal:
            discard_received(form.cleaned_data)
            show_refusal(form, refusal)
            return with_errors([form]) if wants_json(request) else self.show(request, form, status=refusal.status)
        except Changed as refusal:
            if wants_json(request):
                raise
            show_both(form, refusal)
            return self.show(request, form, status=refusal.status)
        except (NotAllowed, WrongState):
            discard_received(form.cleaned_data)
            raise
        if wants_json(request):
            return saved(**self.saved_fields(written))
        return self.after(request, written)

    def after(self, request: HttpRequest, written: Any) -> HttpResponse:
        """Where a saved page leads."""
        messages.success(request, _("已保存。"))
        return redirect(self.back())

    def saved_fields(self, written: Any) -> dict[str, Any]:
        """What a page that saves by itself is to know of the saved row."""
        return {"version": written.version} if isinstance(written, LogEntry) else {}

    @abstractmethod
    def write(self, form: Any, common: dict[str, Any]) -> Any:
        """Call the service with what was typed; `common` holds the inspection's id, the actor and the moment."""


def show_both(form: Any, refusal: Changed) -> None:
    """A conflict without a script: the other side's text above one's own, which is saved over it when sent again."""
    show_refusal(form, refusal)
    theirs = [f"{form.fields[name].label}：{text}" for name, text in refusal.values.items() if name in form.fields]
    form.add_error(None, _("%(name)s 的内容：%(text)s") % {"name": refusal.by, "text": "；".join(theirs)})
    form.add_error(None, _("再次保存，就用您的内容代替它。"))
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(refusal.version)


class LogView(FormPartView):
    """The whole log. Its own form holds the overall impression and the reasons for skipped methods."""

    form = LogForm
    template = "supervision/log.html"
    anchor = "summary"
    prefetch = (
        "methods__method",
        "records__method",
        "records__author",
        "problems__category",
        "problems__severity",
        "checklist__point",
        "present",
    )

    def check(self, request: HttpRequest) -> None:
        """Everybody inside may read; whoever may not write sees no form."""

    def title(self) -> str:
        return _("检查记录")

    def write(self, form: Any, common: dict[str, Any]) -> Any:
        return services.save_log(**common, **form.inputs())

    def saved_fields(self, written: Any) -> dict[str, Any]:
        return {"version": written.log_version}

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        inspection = self.inspection
        assert isinstance(request.user, User)
        problems = list(inspection.problems.all())
        photos = services.photos_of(Problem.kind, [problem.pk for problem in problems])
        context = {
            "inspection": inspection,
            "form": form,
            "may_write": may_log(inspection, request.user, timezone.now()),
            **workspace_of(inspection, request.user),
            "problems": [ProblemLine(problem, photos.get(problem.pk, [])) for problem in problems],
            "sees_talks": inspection.team_id in request.user.scope.ids(*rules.TEAM_PEOPLE),
            "photos": photo_lines(services.photos_of(Inspection.kind, [inspection.pk]).get(inspection.pk, [])),
            "calendar": vocabulary_of(inspection.campaign_id).calendar,
        }
        return render(request, self.template, context, status=status)


class ProblemLine:
    """A problem of the log with its photos and what it still lacks."""

    def __init__(self, problem: Problem, photos: list[StoredFile]) -> None:
        self.problem, self.photos = problem, photo_lines(photos)
        self.missing = list(guards.missing_of(problem, has_photo=bool(photos)))


def photo_lines(photos: list[StoredFile]) -> list[FileLine]:
    return [
        FileLine(
            name=photo.original_name,
            url=reverse("supervision:file", args=[photo.pk]),
            size=photo.size,
            by=photo.uploaded_by.name,
            at=photo.uploaded_at,
        )
        for photo in photos
    ]


class RecordView(FormPartView):
    """A new record, or one's own one."""

    form = RecordForm
    anchor = "records"

    def build_form(self, request: HttpRequest, *data: Any, **kwargs: Any) -> Any:
        return super().build_form(request, *data, row=self.row(), **kwargs)

    def row(self) -> Any:
        child = self.kwargs.get("child")
        if child is None:
            return None
        row = self.inspection.records.filter(pk=child).first()
        if row is None:
            raise Http404
        return row

    def check(self, request: HttpRequest) -> None:
        super().check(request)
        row = self.row()
        if row is not None and row.author_id != request.user.pk:
            raise NotAllowed.for_roles(row.author.name)

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """`?method=` chooses the method beforehand."""
        method = request.GET.get("method", "")
        return {"initial": {"method": method}} if method.isdigit() and "child" not in self.kwargs else {}

    def title(self) -> str:
        return _("修改检查记录") if "child" in self.kwargs else _("新增检查记录")

    def write(self, form: Any, common: dict[str, Any]) -> Any:
        return services.save_record(**common, record_id=self.kwargs.get("child"), **form.inputs())


class DeletePartView(FormPartView):
    """Asks once more, then removes one's own row."""

    template = "components/confirm.html"

    def show(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "title": self.title(),
            "question": _("确定删除吗？删除后不能恢复，办理记录中会保留一笔。"),
            "danger": True,
            "submit_label": _("删除"),
            "cancel_url": self.back(),
            "form": form,
        }
        return render(request, self.template, context, status=status)


class RecordDeleteView(DeletePartView):
    anchor = "records"

    def title(self) -> str:
        return _("删除检查记录")

    def write(self, form: Any, common: dict[str, Any]) -> None:
        services.delete_record(**common, record_id=self.kwargs["child"])


class PhotoView(FormPartView):
    form = PhotoForm
    anchor = "photos"

    def title(self) -> str:
        return _("上传现场照片")

    def write(self, form: Any, common: dict[str, Any]) -> list[StoredFile]:
        photos = form.cleaned_data["photo"]
        for photo in photos:
            services.check_photo(photo)
        key = form.cleaned_data["client_key"] if len(photos) == 1 else None
        kept = [services.add_photo(**common, photo=photo, client_key=key) for photo in photos]
        discard_received({"again": photos})  # a resent photo has its row already; those with a row stay
        return kept

    def saved_fields(self, written: Any) -> dict[str, Any]:
        return {"url": reverse("supervision:file", args=[written[0].pk])}

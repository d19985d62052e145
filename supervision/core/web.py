"""What pages share: objects found by scope, one view for every move, refusals turned into answers in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from supervision.core import events, files
from supervision.core.answers import refused, wants_json
from supervision.core.models.version import steady
from supervision.core.refusals import Condition, NotAllowed, Refusal, Unmet, WrongState
from supervision.core.transitions import NOTE_MIN_LENGTH, Situation, Transition


class RefusalMiddleware:
    """Whatever refusal no view has turned into a form error becomes a readable 403 or 409 here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with steady():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if wants_json(request):
            return refused(exception)
        context = {"refusal": exception, "back_url": page_above(request.path)}
        return render(request, "components/refused.html", context, status=exception.status)


def page_above(path: str) -> str:
    """The page of the object whose move was refused: its address is the move's without the last word."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    return above if is_valid_path(above) else ""


class MoveForm(forms.Form):
    """The input of one move. Knows its subject and its reader, so that choices are scoped; holds no rule.

    `formsets`: attributes that hold formsets of the same prefix, so that every door finds their rows and errors.
    """

    formsets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, subject: Any, user: Any, **kwargs: Any) -> None:
        self.subject, self.user = subject, user
        super().__init__(*args, **kwargs)

    def inputs(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return dict(self.cleaned_data)

    def put_beside(self, condition: Condition) -> bool:
        """Put a refusal's condition beside the fields it concerns, where no field bears its name; False: nowhere."""
        return False


class NoteForm(MoveForm):
    """A move that must say why."""

    note = forms.CharField(
        label=gettext_lazy("情况说明"),
        help_text=format_lazy(gettext_lazy("不少于{count}个字，记入办理记录。"), count=NOTE_MIN_LENGTH),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


def date_input() -> forms.DateInput:
    """The browser's own date picker; ISO text where it has none."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """A service's refusal beside the fields that its conditions name."""
    for condition in refusal.conditions:
        field = condition.name if condition.name in form.fields else None
        form.add_error(field, "；".join([str(condition.sentence), *condition.details]))


def beside_their_fields(form: forms.Form, refusal: Refusal) -> list[Condition]:
    """Conditions that a field bears the name of, or that the form can place, stand there; the others are returned."""
    rest = []
    for condition in refusal.conditions:
        if condition.name in form.fields:
            form.add_error(condition.name, "；".join([str(condition.sentence), *condition.details]))
        elif not (isinstance(form, MoveForm) and form.put_beside(condition)):
            rest.append(condition)
    return rest


class UploadField(forms.FileField):
    """A file that is checked, stripped and stored before the service runs; cleaned to a ReceivedFile."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return files.receive(upload) if upload else None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadsField(UploadField):
    """Several files at once; cleaned to a list of ReceivedFile. One wrong file refuses all of them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if not given:
            super().clean(None, initial)
            return []
        kept: list[Any] = []
        try:
            for each in given:
                kept.append(super().clean(each, initial))
        except Exception:
            discard_received({"": kept})
            raise
        return kept


@dataclass(frozen=True)
class MovePage:
    """How one move is made in the browser: its row in the table, its service, its form."""

    move: Transition
    service: Callable[..., Any]
    form: type[MoveForm] = MoveForm
    template: str = "components/move_page.html"
    done: Any = ""  # the sentence shown afterwards; empty: “已办理：<label>”
    button: Any = ""  # what the button says; empty: the move's label


class ScopedMixin:
    """Finds the object among what the reader may see; a stranger gets 404."""

    model: ClassVar[Any]
    select_related: ClassVar[tuple[str, ...]] = ("campaign", "body", "team", "unit")

    def find(self, request: HttpRequest, pk: int) -> Any:
        found = self.model.objects.visible_to(request.user).select_related(*self.select_related).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class MoveView(ScopedMixin, View):
    """`<objects>/<pk>/<move>/`: GET asks for input and shows what is missing, POST makes the move."""

    pages: ClassVar[Mapping[str, MovePage]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["move"] not in self.pages:
            raise Http404
        self.page = self.pages[kwargs["move"]]
        self.subject = self.find(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        now = timezone.now()
        row = self.page.move
        situation = Situation(request.user, now, self.subject.campaign.day_of(now))
        if not row.is_allowed(self.subject, situation):
            raise NotAllowed.for_roles(row.allowed.words(self.subject) if row.allowed else "")
        if self.subject.status not in row.sources:
            raise WrongState.of(str(row.label), self.subject.get_status_display())
        unmet = row.unmet(self.subject, situation, with_inputs=False)
        return self.show(request, self.build_form(), unmet=unmet)

    def post(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        form = self.build_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(request, form, status=400)
        at = timezone.now()
        try:
            result = perform(self.page, self.subject, form, actor=request.user, at=at)
        except Refusal as refusal:
            if not isinstance(refusal, Unmet):
                raise
            rest = beside_their_fields(form, refusal)
            return self.show(request, form, unmet=rest, status=refusal.status)
        messages.success(request, str(self.page.done) or _("已办理：%(move)s") % {"move": self.page.move.label})
        return redirect(self.where_to(result))

    def build_form(self, *data: Any) -> MoveForm:
        return self.page.form(*data, subject=self.subject, user=self.request.user)

    def where_to(self, result: Any) -> str:
        """After the move: the object's own page, unless the service returned another object with a page."""
        target = result if hasattr(result, "get_absolute_url") else self.subject
        return str(target.get_absolute_url())

    def show(self, request: HttpRequest, form: MoveForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        context = {"subject": self.subject, "move": self.page.move, "form": form, "unmet": unmet}
        context |= {"button": self.page.button, **self.shown()}
        return render(request, self.page.template, context, status=status)

    def shown(self) -> dict[str, Any]:
        """What a move's own template shows besides; nothing unless a subclass says."""
        return {}


def perform(page: MovePage, subject: Any, form: MoveForm, *, actor: Any, at: datetime) -> Any:
    """Make one move by its service; a refusal is remembered and leaves no file behind. Pages and API come here."""
    try:
        return page.service(pk=subject.pk, actor=actor, at=at, **form.inputs())
    except Refusal as refusal:
        discard_received(form.cleaned_data)
        remember_refusal(page.move, subject, refusal, actor=actor, at=at)
        raise


def remember_refusal(move: Transition, subject: Any, refusal: Refusal, *, actor: Any, at: datetime) -> None:
    reasons = [condition.name for condition in refusal.conditions]
    events.record_refusal(move_verb=move.verb, subject=subject, actor=actor, at=at, reasons=reasons)


def discard_received(cleaned: Mapping[str, Any]) -> None:
    """Remove the stored files of a form whose move was refused."""
    for value in cleaned.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, files.ReceivedFile):
                files.discard(each)

"""待我签: every paper that waits for this person's signature or decision, one after another, the nearest date first.

A sheet is decided by the very views of its object's own page (`MoveView` with its `pages`): the same form, the same
service, the same refusal. What is added here is how it is shown, the one sentence to confirm, and what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from supervision.core import desk
from supervision.core.desk import DutyLine
from supervision.core.refusals import Sentence
from supervision.core.transitions import Situation
from supervision.core.web import MoveForm, MovePage, MoveView
from supervision.current import work_asked_for
from supervision.vocabulary import vocabulary_of

SKIPPED = "signing_skipped"  # in the session: the day, and the sheets put off on it
CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Queue:
    """The sheets of one reader; those put off today come again when the others are done."""

    lines: tuple[DutyLine, ...]
    skipped: frozenset[str]

    @property
    def left(self) -> list[DutyLine]:
        return [line for line in self.lines if key_of(line.sheet, line.pk) not in self.skipped]

    @property
    def put_off(self) -> list[DutyLine]:
        return [line for line in self.lines if key_of(line.sheet, line.pk) in self.skipped]

    def line(self, sheet: str, pk: int) -> DutyLine | None:
        return next((line for line in self.lines if (line.sheet, line.pk) == (sheet, pk)), None)


def key_of(sheet: str, pk: int) -> str:
    return f"{sheet}-{pk}"


def queue_of(request: HttpRequest) -> Queue:
    asked = work_asked_for(request)
    if asked is None:
        return Queue((), frozenset())
    kept = request.session.get(SKIPPED) or {}
    skipped = kept.get("keys", ()) if kept.get("on") == asked.on.isoformat() else ()
    return Queue(tuple(line for line in desk.duties_of(asked) if line.sheet), frozenset(skipped))


def put_off(request: HttpRequest, key: str) -> None:
    """The sheet comes again when the others are done, at the latest tomorrow."""
    asked = work_asked_for(request)
    if asked is not None:
        keys = sorted(queue_of(request).skipped | {key})
        request.session[SKIPPED] = {"on": asked.on.isoformat(), "keys": keys}


class SigningView(LoginRequiredMixin, View):
    """The way in: leads to the first sheet; at the end says that there is none, or which were put off."""

    def get(self, request: HttpRequest) -> HttpResponse:
        queue = queue_of(request)
        if queue.left:
            return redirect(queue.left[0].action_url)
        return render(request, "supervision/signing_done.html", {"put_off": queue.put_off})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Once more from the start."""
        request.session.pop(SKIPPED, None)
        return redirect("supervision:signing")


class ConfirmedForm(MoveForm):
    """The one sentence that is confirmed with every signature."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("本人已审阅，对真实性负责。"),
        error_messages={"required": gettext_lazy("请确认本人已审阅，并对真实性负责。")},
    )

    def inputs(self) -> dict[str, Any]:
        return {name: value for name, value in super().inputs().items() if name != CONFIRMED}


def confirming(page: MovePage) -> MovePage:
    """The same page whose form asks for the confirmation as well."""
    if CONFIRMED in page.form.base_fields:
        return page
    return replace(page, form=type(f"Confirmed{page.form.__name__}", (ConfirmedForm, page.form), {}))


@dataclass(frozen=True)
class Told:
    """The three lines of a sheet: what it is, what changed since the last version, what its reader will ask."""

    what: Sentence
    changed: Sentence
    asks: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """A decision that this reader may make: its page's name, its words, where it is sent."""

    name: str
    label: Sentence
    url: str


class SheetView(MoveView):
    """One sheet of the queue. Stands before an object's MoveView; subclasses say what is decided and what is shown.

    `deciding` and `returning` name pages of the object's own view: the first one open to the reader decides, all that
    are open give back. `folded` are fields that are rarely needed, `left_out` those of the paper way, which has the
    object's own page.
    """

    sheet: ClassVar[str]
    url_name: ClassVar[str]
    paper: ClassVar[str]
    deciding: ClassVar[tuple[str, ...]]
    returning: ClassVar[tuple[str, ...]]
    folded: ClassVar[tuple[str, ...]] = ()
    left_out: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.pages = {
            name: confirming(page) if name in cls.deciding else page
            for name, page in cls.pages.items()
            if name in (*cls.deciding, *cls.returning)
        }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("move"):
            return super().dispatch(request, *args, **kwargs)
        self.page = self.pages[self.deciding[0]]  # what is decided here, for whatever of the object's view asks
        self.subject = self.find(request, kwargs["pk"])
        return View.dispatch(self, request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, move: str = "") -> HttpResponse:
        if move:  # the address of a decision, opened again
            return redirect(reverse(self.url_name, args=[pk]))
        if self.line is None:
            messages.info(request, _("“%(label)s”现在不需要您签批。") % {"label": self.subject.label})
            return redirect("supervision:signing")
        self.opened()
        return self.show_sheet(request, None)

    def post(self, request: HttpRequest, pk: int, move: str = "") -> HttpResponse:
        if move:
            return super().post(request, pk, move)
        put_off(request, key_of(self.sheet, pk))
        return redirect("supervision:signing")

    def show(self, request: HttpRequest, form: MoveForm, *, unmet: Any = (), status: int = 200) -> HttpResponse:
        return self.show_sheet(request, form, unmet=unmet, status=status)

    def where_to(self, result: Any) -> str:
        return reverse("supervision:signing")

    # --- what subclasses say ------------------------------------------------------------------------------------------

    def told(self) -> Told:
        raise NotImplementedError

    def paper_context(self) -> dict[str, Any]:
        """What the paper's template reads."""
        return {}

    def opened(self) -> None:
        """Looking at the sheet is opening it: where that ends the time of recalling, it is noted."""

    # --- the page -----------------------------------------------------------------------------------------------------

    @cached_property
    def queue(self) -> Queue:
        return queue_of(self.request)

    @property
    def line(self) -> DutyLine | None:
        return self.queue.line(self.sheet, self.subject.pk)

    @cached_property
    def situation(self) -> Situation:
        now = timezone.now()
        return Situation(self.request.user, now, self.subject.campaign.day_of(now))

    def open_to_reader(self, names: tuple[str, ...]) -> list[Choice]:
        return [
            Choice(name, page.button or page.move.label, reverse(f"{self.url_name}-move", args=[self.subject.pk, name]))
            for name in names
            if (page := self.pages[name]) and self.subject.status in page.move.sources
            if page.move.is_allowed(self.subject, self.situation)
        ]

    def show_sheet(
        self, request: HttpRequest, sent: MoveForm | None, *, unmet: Any = (), status: int = 200
    ) -> HttpResponse:
        """`sent` is the form that came back with errors: the decision's or the giving back's."""
        decision = next(iter(self.open_to_reader(self.deciding)), None)
        backs = self.open_to_reader(self.returning)
        sent_name = self.kwargs.get("move", "")
        context = {
            "subject": self.subject,
            "told": self.told(),
            "sheet_template": self.paper,
            "line": self.line,
            "left": len(self.queue.left),
            "put_off": len(self.queue.put_off),
            "decision": decision,
            "form": self._form_of(decision, sent if decision and sent_name == decision.name else None),
            "missing": self._missing(decision),
            "unmet": unmet,
            "backs": backs,
            "back_form": self._form_of(backs[0] if backs else None, sent if sent_name in self.returning else None),
            "sent": sent,
            "skip_url": reverse(self.url_name, args=[self.subject.pk]),
            "on": self.situation.on,
            "calendar": vocabulary_of(self.subject.campaign_id).calendar,
            **self.paper_context(),
        }
        return render(request, "supervision/sheet.html", self._with_fields(context), status=status)

    def _form_of(self, choice: Choice | None, sent: MoveForm | None) -> MoveForm | None:
        if choice is None or sent is not None:
            return sent
        return self.pages[choice.name].form(subject=self.subject, user=self.request.user)

    def _missing(self, decision: Choice | None) -> list[Any]:
        if decision is None:
            return []
        return self.pages[decision.name].move.unmet(self.subject, self.situation, with_inputs=False)

    def _with_fields(self, context: dict[str, Any]) -> dict[str, Any]:
        """The decision's fields: open ones, folded ones; those of the paper way stay away."""
        form = context["form"]
        if form is not None:  # the sentence stands beside the button, outside the form's other fields
            form.fields[CONFIRMED].widget.attrs["form"] = "decide"
        shown = (
            [field for field in form.visible_fields() if field.name not in (CONFIRMED, *self.left_out)] if form else []
        )
        return context | {
            "open_fields": [field for field in shown if field.name not in self.folded],
            "folded_fields": [field for field in shown if field.name in self.folded],
            "folded_open": any(field.errors for field in shown if field.name in self.folded),
        }

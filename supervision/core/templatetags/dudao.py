"""The component library: `{% load dudao %}`. Every tag is described in templates/components/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from supervision.core.lists import COUNT_LIMIT, LAST, Page, Sorting
from supervision.core.models.event import Event
from supervision.core.parts import CheckLine, Entry, FileLine, Mend, Move, Step, entry_of
from supervision.core.refusals import Sentence
from supervision.core.templatetags import _dates, _forms

register = template.Library()

# Which look a status has; words not named here are neutral. Lights have colours of their own and no tone.
TONES: dict[str, str] = {
    **dict.fromkeys(
        ("pending", "pending_signoff", "pending_review", "plan_review", "submitted", "pending_close"), "wait"
    ),
    **dict.fromkeys(("to_follow", "answered", "to_read"), "wait"),
    **dict.fromkeys(("issued", "assigned", "in_progress", "running", "acknowledged", "approved", "read"), "run"),
    **dict.fromkeys(("closed", "concluded", "filed", "finished", "archived", "followed_up", "adopted"), "done"),
    **dict.fromkeys(("returned", "postponed"), "warn"),
    **dict.fromkeys(("cancelled", "withdrawn", "voided"), "void"),
}


# --- dates ----------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None, plain: bool = False) -> str:
    """A day with weekday and 调休 or 放假; `plain` leaves the weekday out (no calendar is read)."""
    if not value:
        return "—"
    on, today = _dates.as_day(value), _dates.today_of(context)
    text = _dates.short_day_text(on, today) if plain else _dates.day_text(on, today, _dates.calendar_of(context))
    return format_html('<time class="day" datetime="{}">{}</time>', on.isoformat(), text)


@register.simple_tag
def weekday(value: date) -> str:
    """The name of a day of the week in one or three letters: 一, Mon."""
    return _dates.WEEKDAYS_ZH[value.weekday()] if _dates.is_chinese() else _dates.WEEKDAYS_EN[value.weekday()]


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None) -> str:
    """A moment: 9月26日 14:30 (local time)."""
    if not value:
        return "—"
    local = timezone.localtime(value)
    text = f"{_dates.short_day_text(local.date(), _dates.today_of(context))} {local:%H:%M}"
    return format_html('<time class="day" datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.simple_tag(takes_context=True)
def due(context: Context, value: date | None, done: bool = False, near: int = 3, plain: bool = False) -> str:
    """A deadline: the day, and beside it how many working days are left or overdue; `done` says the day alone."""
    if not value:
        return "—"
    on = _dates.as_day(value)
    shown = day(context, on, plain=plain)
    if done:
        return shown
    told = _dates.due_of(on, _dates.today_of(context), _dates.calendar_of(context), near)
    return format_html(
        '<span class="due due-{}">{} <span class="due-left">{}</span></span>', told.state, shown, told.text
    )


@register.filter
def html_lang(code: str | None) -> str:
    """Django's language code as an HTML `lang`: the script decides which glyphs a browser picks."""
    return "zh-Hans" if (code or "zh-hans").startswith("zh") else str(code)


# --- words with a look ----------------------------------------------------------------------------------------------


@register.inclusion_tag("components/light.html")
def light(code: str, word: Sentence, why: Sentence = "") -> dict[str, Any]:
    return {"code": code or "grey", "word": word, "why": why}


@register.simple_tag
def badge(word: Sentence, tone: str = "neutral") -> str:
    """A status word in a frame; tones: neutral, wait, run, done, warn, void."""
    return format_html('<span class="status status-{}">{}</span>', tone or "neutral", word) if word else ""


@register.inclusion_tag("components/long_text.html")
def long_text(text: str, most: int = 240) -> dict[str, Any]:
    """A text with its line breaks; a long one is folded behind its beginning."""
    return {"text": text, "begin": text[:most] if len(text) > most + 40 else ""}


@register.simple_tag
def state(thing: Any) -> str:
    """The status of an object with `status` and `get_status_display()`."""
    return badge(thing.get_status_display(), TONES.get(thing.status, "neutral"))


@register.filter
def tone(status: str) -> str:
    """The look of a status, for {% badge word status|tone %}."""
    return TONES.get(status, "neutral")


@register.inclusion_tag("components/person.html")
def person(name: str, post: str = "", on_behalf_of: str = "") -> dict[str, str]:
    return {"name": name, "post": post, "on_behalf_of": on_behalf_of}


# --- the frame of a page --------------------------------------------------------------------------------------------


@register.simple_tag
def crumb(label: Sentence, url: str = "") -> str:
    """One step of the breadcrumbs, for the block of that name; the last has no URL."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.inclusion_tag("components/page_head.html", takes_context=True)
def page_head(
    context: Context,
    title: Sentence,
    number: str = "",
    state: Sentence = "",
    tone: str = "neutral",
    whose: Sentence = "",
    due_on: date | None = None,
    moves: Iterable[Move] = (),
    lead: Sentence = "",
) -> dict[str, Any]:
    """The h1 with what the first principle asks: state, whose move, until when, what I can do."""
    given = {"title": title, "number": number, "state": state, "tone": tone, "whose": whose, "lead": lead}
    return {**_carried(context), **given, "due_on": due_on, "moves": tuple(moves or ())}


@register.inclusion_tag("components/moves.html", takes_context=True)
def moves(context: Context, moves: Iterable[Move], missing: bool = True) -> dict[str, Any]:
    """The reader's moves as buttons; those that cannot be made yet say what is missing."""
    offered = list(moves or ())
    ready = sorted((move for move in offered if move.is_ready), key=lambda move: not move.primary)
    blocked = [move for move in offered if not move.is_ready]
    return {**_carried(context), "ready": ready, "blocked": blocked, "shows_missing": missing}


@register.inclusion_tag("components/unmet.html")
def unmet(mends: Iterable[Mend], title: Sentence = "") -> dict[str, Any]:
    """What is still missing; takes Mend or the kernel's Condition."""
    return {"mends": list(mends or ()), "title": title}


@register.inclusion_tag("components/empty.html")
def empty_state(title: Sentence, text: Sentence = "", url: str = "", label: Sentence = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/error_state.html")
def error_state(title: Sentence, text: Sentence = "", url: str = "", label: Sentence = "") -> dict[str, Any]:
    """A part of the page that could not be shown: what happened, that nothing is lost, what to do."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/checklist.html")
def checklist(lines: Iterable[CheckLine], label: Sentence = "") -> dict[str, Any]:
    """What is done and what is still open, each with its word and the way to mend it."""
    held = list(lines)
    return {"lines": held, "label": label, "done": sum(line.done for line in held), "total": len(held)}


@register.inclusion_tag("components/steps.html", takes_context=True)
def steps(context: Context, stages: Iterable[Step], label: Sentence = "") -> dict[str, Any]:
    """The way of an object from its beginning to its end, and where it stands."""
    return {**_carried(context), "stages": list(stages), "label": label}


@register.inclusion_tag("components/figure.html")
def figure(label: Sentence, value: Any, url: str = "", unit: Sentence = "", note: Sentence = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "unit": unit, "note": note}


@register.inclusion_tag("components/share.html")
def share(done: int, total: int, label: Sentence = "") -> dict[str, Any]:
    """A part of a whole as a bar with its numbers; no rate of nothing."""
    return {"done": done, "total": total, "label": label, "percent": round(100 * done / total) if total else None}


@register.simple_block_tag
def fact(content: str, label: Sentence) -> str:
    """A row of <dl class="facts">."""
    return format_html('<div class="fact"><dt>{}</dt><dd>{}</dd></div>', label, content if content.strip() else "—")


@register.simple_block_tag
def section(
    content: str,
    title: Sentence,
    id: str = "",  # noqa: A002  (the parameter is named like the attribute it becomes)
    count: Any = None,
    fold: bool = False,
) -> str:
    given = {"content": content, "title": title, "id": id, "count": count, "fold": fold}
    return render_to_string("components/section.html", given)


@register.simple_block_tag
def table(
    content: str,
    caption: Sentence,
    wide: bool = False,
    shown: bool = False,
    tight: bool = False,
    broad: bool = False,
    dense: bool = False,
) -> str:
    looks = {"wide": wide, "shown": shown, "tight": tight, "broad": broad, "dense": dense}
    given = {"content": content, "caption": caption, **looks}
    return render_to_string("components/table.html", given)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: Sentence = "") -> str:
    given = {"content": content, "tone": tone, "title": title}
    return render_to_string("components/notice.html", given)


@register.simple_block_tag
def actions(content: str) -> str:
    """The action bar at the foot of a form; it stays in sight on long forms."""
    return format_html('<div class="actions">{}</div>', content)


@register.simple_block_tag
def sheet(content: str, head: Sentence = "", number: str = "", title: Sentence = "", issued: bool = True) -> str:
    given = {"content": content, "head": head, "number": number, "title": title, "issued": issued}
    return render_to_string("components/sheet.html", given)


# --- lists ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm, common: str = "") -> dict[str, Any]:
    """The filter form of a list (GET) and, below it, what is set as chips.

    `common`: names of the fields that stand in the first line; the others wait under 更多条件.
    """
    for each in form:
        _forms.name_the_blank(each, _("全部"))
    request = context.get("request")
    first, more = _forms.common_first(form, common.split())
    return {
        "form": form,
        "first": first,
        "more": more,
        "more_open": any(each.errors for each in more),
        "kept": _forms.kept_pairs(request, form),
        "chips": _forms.chips_of(request, form),
        "all_url": _forms.without(request, *(form.add_prefix(name) for name in form.fields)) if request else "?",
    }


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page) -> dict[str, Any]:
    """The pages around a keyset page; filters and sort of the URL stay."""
    request = context.get("request")
    count = f"{COUNT_LIMIT:,}+" if page.count is None else f"{page.count:,}"
    given = {"count": count if page.counted else "", "shown": len(page.rows), "is_all": page.count == len(page.rows)}
    if request is None:
        return given
    return {
        **given,
        "first_url": _forms.without(request),
        "previous_url": _forms.with_cursor(request, "before", page.previous),
        "next_url": _forms.with_cursor(request, "after", page.next),
        "last_url": _forms.with_cursor(request, "at", LAST) if page.next and page.has_last else "",
    }


@register.inclusion_tag("components/tabs.html", takes_context=True)
def list_tabs(context: Context, bar: Any) -> dict[str, Any]:
    """The views of a list as tabs (a `ViewBar`), and keeping the list as it stands."""
    return {**_carried(context), "csrf_token": context.get("csrf_token", ""), "bar": bar}


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(
    context: Context, label: Sentence, column: str = "", sorting: Sorting | None = None, css: str = ""
) -> dict[str, Any]:
    """A head cell that sorts by its column; without a declared column it is a plain one."""
    request = context.get("request")
    if sorting is None or request is None or column not in sorting.columns:
        return {"label": label, "css": css}
    url = _forms.with_cursor(request, "sort", sorting.turned(column))
    return {"label": label, "css": css, "url": url, "direction": sorting.direction(column)}


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(
    context: Context, events: Iterable[Event | Entry], files: Mapping[int, Iterable[FileLine]] | None = None
) -> dict[str, Any]:
    """Events or entries, in the order given; `files` holds the files of an event by its id."""
    held = files or {}
    lines = [e if isinstance(e, Entry) else entry_of(e, files=held.get(e.pk, ())) for e in events]
    return {**_carried(context), **_entered_later(lines)}


@register.inclusion_tag("components/file_list.html", takes_context=True)
def file_list(context: Context, files: Iterable[FileLine], empty: Sentence = "") -> dict[str, Any]:
    return {**_carried(context), "files": list(files or ()), "empty": empty}


# --- forms ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/form_errors.html")
def form_errors(*parts: forms.BaseForm | BaseFormSet[Any] | list[Any] | None) -> dict[str, Any]:
    """The error summary of all forms and formsets of the page; a list of forms counts as its forms."""
    faults = _forms.faults_of(each for part in parts for each in (part if isinstance(part, list) else [part]))
    return {"faults": faults, "has_targets": any(fault.target for fault in faults)}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: Sentence = "", bare: bool = False) -> dict[str, Any]:
    """One field; `bare` hides the label from sight (table cells), never from screen readers."""
    if not bound:
        raise template.TemplateSyntaxError("{% field %}: the form has no such field.")
    kind = _forms.input_kind(bound)
    _forms.name_the_blank(bound, _("请选择"))
    given = {"kind": kind, "label": label or bound.label, "bare": bare, "required": _forms.is_wanted(bound)}
    return {"bound": bound, "widget": _forms.widget_html(bound), **given}


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """All fields of a form, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("components/formset.html")
def formset(formset: BaseFormSet[Any], add: Sentence = "", row: Sentence = "") -> dict[str, Any]:
    """All rows of a formset with its management form; `add` labels the button that adds a row (JavaScript only)."""
    return {"formset": formset, "add": add, "row": row or _("条目")}


def _entered_later(lines: list[Entry]) -> dict[str, Any]:
    """History entered in one go says so once below the line, not in every entry."""
    later = [line for line in lines if line.recorded_at]
    at_once = len(later) > 1 and len({timezone.localtime(line.recorded_at).date() for line in later}) == 1
    if not at_once:
        return {"entries": lines}
    entries = [replace(line, recorded_at=None) for line in lines]
    return {"entries": entries, "entered_later": len(later), "entered_at": later[0].recorded_at}


def _carried(context: Context) -> dict[str, Any]:
    """What the dates inside a component need of the page."""
    return {name: context[name] for name in ("request", "frame", "calendar", "on", "today") if name in context}

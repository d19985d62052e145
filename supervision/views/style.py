"""The living style page, for development alone: every component in its states, with the call that made it beside it.

What is shown is made from the call that is printed, so that the two cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from supervision.core import parts
from supervision.core.lists import Page, Sorting
from supervision.core.web import date_input

SAMPLES: tuple[tuple[str, str], ...] = (
    (
        "moves",
        "{% moves moves %}",
    ),
    (
        "light",
        '{% light "green" words.green %} {% light "blue" words.blue %} {% light "yellow" words.yellow words.why %} '
        '{% light "red" words.red words.why %} {% light "grey" words.grey %}',
    ),
    (
        "badge",
        '{% badge words.closed "neutral" %} {% badge words.closed "wait" %} {% badge words.closed "run" %} '
        '{% badge words.closed "done" %} {% badge words.returned "warn" %} {% badge words.closed "void" %}',
    ),
    ("day, moment", "{% day today %}　{% day today plain=True %}　{% moment now %}　{% day none %}"),
    ("weekday, long_text", "{% weekday today %} {% long_text words.story %}"),
    ("due", "{% due late %}　{% due today %}　{% due soon %}　{% due far %}　{% due late done=True %}"),
    (
        "notice",
        '{% notice "info" words.note %}<p>{{ words.why }}</p>{% endnotice %}{% notice "warn" %}<p>{{ words.why }}</p>'
        '{% endnotice %}{% notice "stop" %}<p>{{ words.why }}</p>{% endnotice %}',
    ),
    ("unmet", "{% unmet mends words.note %}"),
    ("steps", "{% steps steps words.state %}"),
    ("checklist", "{% checklist lines words.evidence %}"),
    ("share", "{% share 4 10 words.done %}　{% share 10 10 %}　{% share 0 0 %}"),
    (
        "figure",
        '<div class="figures">{% figure words.closed 12 url="#figure" note=words.why %}'
        "{% figure words.returned 3 %}</div>",
    ),
    (
        "section, fact",
        '{% section words.item count=2 fold=True %}<dl class="facts">{% fact words.unit %}{{ words.long }}{% endfact %}'
        "{% fact words.state %}{% endfact %}</dl>{% endsection %}",
    ),
    (
        "sort_head, table, pager",
        "{% table words.ledger %}<thead><tr>{% sort_head words.due 'due_on' sorting %}"
        "{% sort_head words.number 'number' sorting %}{% sort_head words.state %}</tr></thead><tbody><tr>"
        '<td data-label="{{ words.due }}">{% due late plain=True %}</td><th scope="row" '
        'data-label="{{ words.number }}"><a href="#table">〔2026〕1号-1</a></th><td data-label="{{ words.state }}">'
        '{% badge words.returned "warn" %}</td>'
        "</tr></tbody>{% endtable %}{% pager page %}",
    ),
    ("filters", '{% filters filters common="q state" %}'),
    ("empty_state", '{% empty_state words.none words.why "#empty_state" words.back %}'),
    ("error_state", '{% error_state words.failed words.why "#error_state" words.back %}'),
    ("form_errors, field", "{% form_errors wrong %}{% for each in wrong %}{% field each %}{% endfor %}"),
    ("fields, actions", '{% fields form %}{% actions %}<button type="button" class="btn btn-quiet">'
     "{{ words.save }}</button>"
     '<a class="btn btn-link" href="#fields">{{ words.cancel }}</a>{% endactions %}'),
    ("file_list", "{% file_list files %}{% file_list nothing words.none %}"),
    ("timeline", "{% timeline entries %}"),
    (
        "sheet",
        '{% sheet head=words.ledger number="〔2026〕1号" title=words.item %}<p class="indent">{{ words.long }}</p>'
        '<p class="sheet-sign">{{ words.unit }}</p>{% endsheet %}',
    ),
)  # fmt: skip


class SampleForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("编号"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), choices=[("", ""), ("a", gettext_lazy("已销号"))])
    on = forms.DateField(label=gettext_lazy("整改时限"), widget=date_input())
    key = forms.BooleanField(label=gettext_lazy("只看重点"))
    note = forms.CharField(label=gettext_lazy("情况说明"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


class FilterForm(SampleForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


@dataclass(frozen=True)
class Sample:
    name: str
    call: str
    shown: str


class StyleView(LoginRequiredMixin, View):
    """`?say=success`, `info`, `warning` or `error` shows that toast."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tone = request.GET.get("say", "")
        if tone in ("success", "info", "warning", "error"):
            getattr(messages, tone)(request, _("已保存。"))
        given = _samples(request)
        shown = [
            Sample(name, call, Template("{% load dudao %}" + call).render(RequestContext(request, given)))
            for name, call in SAMPLES
        ]
        return render(request, "supervision/style.html", {"samples": shown})


def _samples(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "words": _words(),
        "now": timezone.now(),
        "today": today,
        "late": today - timedelta(days=9),
        "soon": today + timedelta(days=2),
        "far": today + timedelta(days=30),
        "none": None,
        "sorting": Sorting(("due_on", "number"), "due_on"),
        "page": Page(rows=[1], next="a", previous="b", count=None, has_last=True),
        "form": SampleForm(),
        "filters": FilterForm({"state": "a", "q": "1"}),
        "wrong": SampleForm({"on": "x"}),
        **_parts(today),
    }


def _words() -> dict[str, str]:
    unit = _("单位")
    return {
        "item": _("整改事项"),
        "ledger": _("整改台账"),
        "returned": _("已退回"),
        "closed": _("已销号"),
        "unit": unit,
        "state": _("状态"),
        "number": _("编号"),
        "due": _("整改时限"),
        "green": _("绿灯"),
        "blue": _("蓝灯"),
        "yellow": _("黄灯"),
        "red": _("红灯"),
        "grey": _("灰灯"),
        "why": _("可以去掉一些条件再试。"),
        "note": _("情况说明"),
        "evidence": _("佐证材料"),
        "done": _("已完成"),
        "none": _("没有符合条件的整改事项"),
        "failed": _("服务器没有完成这一步。请稍后再试，页面上的内容还在。"),
        "back": _("返回"),
        "save": _("保存"),
        "cancel": _("取消"),
        "long": unit * 20,
        "story": unit * 300,
    }


def _parts(today: date) -> dict[str, Any]:
    now = timezone.now()
    return {
        "moves": [
            parts.Move(_("催办"), "#press", primary=True),
            parts.Move(_("填报进展"), "#note"),
            parts.Move(_("退回整改"), "#return", danger=True),
            parts.Move(_("销号"), "#close", missing=(parts.Mend(_("佐证材料"), url="#mend", label=_("去办理")),)),
        ],
        "mends": [parts.Mend(_("佐证材料"), ("1.pdf",), "#mend", _("去办理")), parts.Mend(_("整改时限"))],
        "lines": [
            parts.CheckLine(_("整改措施"), done=True),
            parts.CheckLine(_("佐证材料"), done=False, note="0/2", url="#checklist"),
        ],
        "steps": [
            parts.Step(_("交办"), "past", today),
            parts.Step(_("整改事项"), "current", note=_("单位")),
            parts.Step(_("销号"), "future"),
        ],
        "files": [parts.FileLine("1.pdf", "#file", 120_000, by=_("单位"), at=now)],
        "nothing": [],
        "entries": [
            parts.Entry(
                now, _("退回整改"), who=_("单位"), note=_("情况说明"), tone="warn", was=_("已销号"), now=_("已退回")
            ),
            parts.Entry(now - timedelta(days=1), _("交办"), changes=(parts.Change(_("整改时限"), "1", "2"),)),
        ],
    }

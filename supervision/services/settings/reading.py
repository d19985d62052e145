"""The settings as pages show them: values in words, differences, the history of changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from supervision.core import events
from supervision.core.models.channel import Channel
from supervision.core.models.event import Event
from supervision.core.models.hook import Hook
from supervision.core.parts import Change as Difference
from supervision.core.parts import Entry, entry_of
from supervision.core.refusals import Sentence
from supervision.enums import CountsFrom, DeadlineKind, Document, Source
from supervision.models.campaign import Campaign
from supervision.models.organisation import Team, Unit
from supervision.services.settings import general, routes, series
from supervision.services.settings.kinds import KINDS, STEPS, Kind
from supervision.vocabulary import vocabulary_of

NOTHING = "—"
TITLES: dict[str, Sentence] = {
    **{kind.code: kind.title for kind in KINDS.values()},
    routes.KIND: gettext_lazy("审批路径"),
    series.KIND: gettext_lazy("编号（代字）"),
    general.WORDS: gettext_lazy("角色称谓"),
    general.GENERAL: gettext_lazy("一般设置"),
    "channels": gettext_lazy("发送渠道"),
    "hooks": gettext_lazy("事件推送"),
    "teams": gettext_lazy("督导组"),
    "units": gettext_lazy("被督导单位"),
}
DOCUMENTS, SOURCES = Document.choices, Source.choices
ORGANISATION: dict[str, Any] = {
    general.GENERAL: Campaign,
    "channels": Channel,
    "hooks": Hook,
    "teams": Team,
    "units": Unit,
}
_SERIES_LABELS: dict[str, Sentence] = {
    "prefix": gettext_lazy("代字"),
    "pattern": gettext_lazy("编号格式"),
    "next": gettext_lazy("本年下一个号"),
}


def _model_of(kind: str) -> Any:
    if kind in ORGANISATION:
        return ORGANISATION[kind]
    return KINDS[kind].model if kind in KINDS else None


def label(kind: str, name: str) -> Sentence:
    """How a field of a kind of setting is called."""
    if name == "order":
        return _("顺序")
    if kind == routes.KIND:
        return _("步骤")
    if kind == series.KIND:
        return _SERIES_LABELS.get(name, name)
    if kind == general.WORDS:
        return Role(name).label if name in Role.values else name
    return str(_model_of(kind)._meta.get_field(name).verbose_name)


def shown(kind: str, name: str, value: Any, campaign_id: int) -> Sentence:
    """A value in the reader's words; events keep it raw."""
    if kind == routes.KIND:
        word = vocabulary_of(campaign_id).role_word
        return " → ".join(word(role) for role in value) if value else NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, list):
        return "、".join(str(events.verb(each).label) for each in value)
    model = _model_of(kind)
    if model is not None and name != "order":
        return str(dict(model._meta.get_field(name).flatchoices).get(value, value))
    return str(value)


def cell(kind: Kind, row: Any, name: str) -> Sentence:
    """A field of a row as its table shows it. Steps of the procedure count from where the procedure says."""
    if kind.code == "deadlines" and name == "counts_from" and row.code in STEPS:
        began = {DeadlineKind.RECEIPT: CountsFrom.ISSUE.label, DeadlineKind.PLAN: CountsFrom.RECEIPT.label}
        return began.get(row.code) or _("进入这一步之日")
    return shown(kind.code, name, getattr(row, name), row.campaign_id)


def differences(kind: str, changes: Mapping[str, Any], campaign_id: int) -> tuple[Difference, ...]:
    """Field by field: what was and what is, or would be."""
    return tuple(
        Difference(label(kind, name), shown(kind, name, was, campaign_id), shown(kind, name, now, campaign_id))
        for name, (was, now) in changes.items()
    )


def entry(event: Event) -> Entry:
    """An event of the campaign's history; of a changed setting with what was and what is."""
    payload = event.payload
    if not event.verb.startswith("settings.") or payload.get("kind") not in TITLES:
        return entry_of(event)
    line = entry_of(event, changes=differences(payload["kind"], payload.get("changes", {}), event.subject_id))
    words = {"act": line.what, "kind": TITLES[payload["kind"]], "name": payload.get("name", "")}
    return replace(line, what=_("%(act)s：%(kind)s“%(name)s”") % words)

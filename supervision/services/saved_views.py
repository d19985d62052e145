"""常用视图: a person keeps a list's filters, order and columns under a name; the office may offer one to all.

Kept views and chosen columns lie in the person's own account and are read with it; shared ones lie in the campaign and
are kept with its vocabulary: no list costs a query more. A view is the address of a list, nothing else: whoever opens
it sees the rows of their own scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from supervision.core import events
from supervision.core.lists import LISTS
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.models.campaign import Campaign
from supervision.models.shared_view import SharedView
from supervision.vocabulary import Vocabulary

events.register_verb("view.shared", gettext_lazy("共享常用视图"))
events.register_verb("view.unshared", gettext_lazy("停止共享视图"))

OFFICE = (Role.OFFICE, Role.OFFICE_LEAD)
MOST = 20  # kept views a list and person
QUERY_LENGTH = 1000


@dataclass(frozen=True)
class KeptView:
    """A view as the reader may choose it; `key` names it in addresses."""

    key: str
    name: str
    query: str
    is_shared: bool
    is_start: bool


def habits_of(user: User, list_key: str) -> dict[str, Any]:
    found = user.list_habits.get(list_key, {})
    return found if isinstance(found, dict) else {}


def columns_of(user: User, list_key: str) -> list[str]:
    """The columns the person chose last; empty: the usual ones."""
    return list(habits_of(user, list_key).get("columns", []))


def views_of(user: User, vocabulary: Vocabulary, list_key: str) -> list[KeptView]:
    """The person's own views and those the campaign's office shares, own ones first."""
    habits = habits_of(user, list_key)
    start = habits.get("start", "")
    own = [
        KeptView(each["key"], each["name"], each["query"], False, each["key"] == start)
        for each in habits.get("views", [])
    ]
    shared = [
        KeptView(key, row.name, row.query, True, key == start)
        for row in vocabulary.shared_views
        if row.list == list_key and (key := f"s{row.pk}")
    ]
    return own + shared


def may_share(user: User, campaign: Campaign) -> bool:
    return any(user.scope.holds(role, campaign.pk) for role in OFFICE)


@contextmanager
def _habits(actor: User, list_key: str) -> Iterator[dict[str, Any]]:
    """The person's habits with one list, under the lock of their account, written back at the end."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=actor.pk)
        habits = {"views": [], "start": "", "columns": [], "last": 0, **habits_of(person, list_key)}
        yield habits
        person.list_habits = {**person.list_habits, list_key: habits}
        person.save(update_fields=["list_habits"])


def _own(habits: dict[str, Any], key: str) -> dict[str, Any]:
    for each in habits["views"]:
        if each["key"] == key:
            return dict(each)
    raise Unmet((Condition("view", _("这个视图已经不在了。")),))


def _named(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Unmet((Condition("name", _("请填写视图名称。")),))
    return cleaned[:30]


def choose_columns(*, list_key: str, actor: User, columns: Sequence[str]) -> None:
    """Remember which columns the person wants to see."""
    with _habits(actor, list_key) as habits:
        habits["columns"] = [str(key)[:32] for key in columns][:60]


def keep_view(*, list_key: str, actor: User, name: str, query: str) -> str:
    """Keep the list as it stands; the same name again replaces what it held. Returns the view's key."""
    name = _named(name)
    if len(query) > QUERY_LENGTH:
        raise Unmet((Condition("name", _("条件太多，存不下。请去掉一些条件。")),))
    with _habits(actor, list_key) as habits:
        for each in habits["views"]:
            if each["name"] == name:
                each["query"] = query
                return str(each["key"])
        if len(habits["views"]) >= MOST:
            raise Unmet((Condition("name", _("最多保存%(count)d个视图，请先删除不用的。") % {"count": MOST}),))
        habits["last"] += 1
        key = f"m{habits['last']}"
        habits["views"] = [*habits["views"], {"key": key, "name": name, "query": query}]
    return key


def rename_view(*, list_key: str, actor: User, key: str, name: str) -> None:
    name = _named(name)
    with _habits(actor, list_key) as habits:
        _own(habits, key)
        if any(each["name"] == name and each["key"] != key for each in habits["views"]):
            raise Unmet((Condition("name", _("已有同名视图，请换一个名称。")),))
        habits["views"] = [{**each, "name": name} if each["key"] == key else each for each in habits["views"]]


def delete_view(*, list_key: str, actor: User, key: str) -> None:
    with _habits(actor, list_key) as habits:
        _own(habits, key)
        habits["views"] = [each for each in habits["views"] if each["key"] != key]
        if habits["start"] == key:
            habits["start"] = ""


def start_with(*, list_key: str, actor: User, key: str) -> None:
    """The list opens with this view from now on; an empty key: with everything."""
    with _habits(actor, list_key) as habits:
        habits["start"] = key


@transaction.atomic
def share_view(*, list_key: str, actor: User, at: datetime, key: str, campaign: Campaign) -> SharedView:
    """Offer one of the person's own views to everybody of the campaign; it moves from theirs to the shared ones."""
    if not may_share(actor, campaign):
        raise NotAllowed.for_roles(str(Role.OFFICE.label))
    with _habits(actor, list_key) as habits:
        view = _own(habits, key)
        habits["views"] = [each for each in habits["views"] if each["key"] != key]
        row = SharedView.objects.create(
            campaign_id=campaign.pk,
            list=list_key,
            name=view["name"],
            query=view["query"],
            shared_by=actor,
            shared_at=at,
        )
        if habits["start"] == key:
            habits["start"] = f"s{row.pk}"
    _note("view.shared", actor, at, row)
    return row


@transaction.atomic
def unshare_view(*, pk: int, actor: User, at: datetime, campaign: Campaign) -> None:
    """Take a shared view away from everybody."""
    if not may_share(actor, campaign):
        raise NotAllowed.for_roles(str(Role.OFFICE.label))
    row = SharedView.objects.select_for_update().filter(pk=pk, campaign_id=campaign.pk).first()
    if row is None:
        raise Unmet((Condition("view", _("这个视图已经不在了。")),))
    _note("view.unshared", actor, at, row)
    row.delete()


def _note(verb: str, actor: User, at: datetime, row: SharedView) -> None:
    """On the chain of the account that did it, like the exports of a list."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    facts = {"campaign": row.campaign_id, "list": str(LISTS[row.list].label), "name": row.name, "query": row.query}
    events.record(verb, subject=person, actor=person, at=at, payload=facts)

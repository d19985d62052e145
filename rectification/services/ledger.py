"""Export of the ledger: every export is an event on the chain of who exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.core import events

events.register_verb("ledger.exported", _("导出整改台账"))


@transaction.atomic
def note_export(
    *, pk: int, actor: User, at: datetime, filters: Mapping[str, str], rows: int, form: str, columns: int
) -> None:
    """Write down who took how many rows, asked how, in which form, before the first byte leaves.

    `pk` is the campaign's id. The event lies on the reader's own chain, under the lock of their account.
    """
    person = get_user_model().objects.select_for_update().get(pk=actor.pk)
    facts = {"campaign": pk, "filters": dict(filters), "rows": rows, "form": form, "columns": columns}
    events.record("ledger.exported", subject=person, actor=person, at=at, payload=facts)

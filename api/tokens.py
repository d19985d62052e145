"""Personal tokens: made and revoked by their person, never shown again, never more than the person may."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from api.models import PersonalToken
from supervision.core.events import record, register_verb
from supervision.core.refusals import Condition, Unmet

PREFIX = "dudao_"
MOST = 20  # valid ones of a person
SEEN_EVERY = timedelta(minutes=1)

register_verb("token.created", gettext_lazy("建立访问令牌"))
register_verb("token.revoked", gettext_lazy("吊销访问令牌"))


def _digest(text: str) -> str:
    """A token is long and random: a plain hash of it cannot be guessed back."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


@transaction.atomic
def create_token(*, actor: User, at: datetime, name: str, may_write: bool, days: int) -> tuple[PersonalToken, str]:
    """A new token and its text, which is kept nowhere. Raises Unmet when the person has too many valid ones."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    valid = PersonalToken.objects.filter(user=person, revoked_at__isnull=True, expires_at__gt=at).count()
    if valid >= MOST:
        raise Unmet((Condition("name", _("有效的令牌已有%(count)d个，请先吊销不用的。") % {"count": valid}),))
    text = PREFIX + secrets.token_urlsafe(32)
    token = PersonalToken.objects.create(
        user=person, name=name, digest=_digest(text), may_write=may_write, created_at=at,
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    facts = {"token": token.pk, "name": name, "may_write": may_write, "days": days}
    record("token.created", subject=person, actor=person, at=at, payload=facts)
    return token, text


@transaction.atomic
def revoke_token(*, pk: int, actor: User, at: datetime) -> bool:
    """End one of the actor's own tokens at once; False when there is no such one."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    token = PersonalToken.objects.filter(user=person, pk=pk, revoked_at__isnull=True).first()
    if token is None:
        return False
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record("token.revoked", subject=person, actor=person, at=at, payload={"token": pk, "name": token.name})
    return True


def revoke_all(*, person: User, actor: User | None, at: datetime) -> int:
    """End every token of a person, whose row the caller has locked; returns how many there were."""
    held = PersonalToken.objects.filter(user=person, revoked_at__isnull=True, expires_at__gt=at)
    ids = sorted(held.values_list("pk", flat=True))
    if ids:
        held.update(revoked_at=at)
        record("token.revoked", subject=person, actor=actor, at=at, payload={"tokens": ids})
    return len(ids)


def holder_of(text: str, at: datetime) -> PersonalToken | None:
    """The valid token of this text, with its person; None for every other text. Notes the use, once a minute."""
    found = PersonalToken.objects.filter(digest=_digest(text)).select_related("user").first()
    if found is None or not found.is_valid(at) or not _may_be_signed_in(found.user):
        return None
    if found.last_used_at is None or at - found.last_used_at >= SEEN_EVERY:
        PersonalToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found


def _may_be_signed_in(user: User) -> bool:
    """As at sign-in: an enabled account; a demo account in a demo alone."""
    return user.is_active and (settings.DEMO or not user.is_demo)

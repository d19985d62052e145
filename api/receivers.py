"""What follows from the acts of accounts: a new password ends the tokens that were made under the old one."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import password_set
from api import tokens


@receiver(password_set)
def end_tokens(account: User, actor: User | None, at: datetime, **_: Any) -> None:
    tokens.revoke_all(person=account, actor=actor, at=at)

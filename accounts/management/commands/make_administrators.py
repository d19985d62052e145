"""`manage.py make_administrators`: the three first accounts 三员 of a new installation, each for another person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Administrator, User
from accounts.passwords import generate_password
from accounts.services import create_account

FIRST = {Administrator.SYSTEM: "sysadmin", Administrator.SECURITY: "secadmin", Administrator.AUDITOR: "auditor"}


class Command(BaseCommand):
    help = "Make the first system administrator, security administrator and auditor; prints their first passwords once."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All three or none.

        Raises CommandError when the installation has an administrator or one of the names already: further accounts
        are made in the browser.
        """
        if User.objects.exclude(administrator=Administrator.NONE).exists():
            raise CommandError("There are administrators already; they make further accounts in the browser.")
        if User.objects.filter(username__in=FIRST.values()).exists():
            raise CommandError(f"One of the names {', '.join(FIRST.values())} is taken.")
        for kind, username in FIRST.items():
            secret = generate_password()
            account = create_account(
                username=username, name=str(kind.label), password=secret, actor=None, at=timezone.now()
            )
            account.administrator = kind
            account.save(update_fields=["administrator"])
            self.stdout.write(f"{username:10} {secret}")
        self.stdout.write("Each must be changed at the first sign-in. They are shown this once.")

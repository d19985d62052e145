"""`manage.py recount_items`: counts all items anew and puts the counters of 驾驶舱 right; `--check` only reports."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from rectification.models.count import KEY
from rectification.services import counts


class Command(BaseCommand):
    help = "Recount the items behind the dashboard's figures and repair what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="report differences, change nothing; exit 1 if any")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = counts.recount(repair=not options["check"])
        for key, n in sorted(differences.items()):
            told = ", ".join(f"{name}={value}" for name, value in zip(KEY, key, strict=True))
            self.stdout.write(f"{n:+d}  {told}")
        if not differences:
            self.stdout.write(_("计数与整改事项一致。"))
        elif options["check"]:
            raise CommandError(_("有%(count)d行计数与整改事项不一致。") % {"count": len(differences)})
        else:
            self.stdout.write(_("已修正%(count)d行计数。") % {"count": len(differences)})

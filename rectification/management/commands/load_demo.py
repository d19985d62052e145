"""`manage.py load_demo`: the demo campaign with its accounts and history, once; only where settings.DEMO allows it."""

from __future__ import annotations

from datetime import date, datetime, time
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from rectification.demo import player


class Command(BaseCommand):
    help = "Load the demo campaign; does nothing if it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today", type=date.fromisoformat, help="play as of this day, e.g. 2026-10-01 (default: today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("此安装不允许演示数据（settings.DEMO）。"))
        if player.is_loaded():
            self.stdout.write(_("演示数据已经装载。"))
            return
        began, now = monotonic(), timezone.localtime()
        if options["today"]:
            now = datetime.combine(options["today"], time(8), tzinfo=now.tzinfo)
        player.load_demo(today=now.date(), now=now)
        self.stdout.write(_("演示数据已装载，用时%(seconds).1f秒。") % {"seconds": monotonic() - began})

"""`manage.py load_scenario <name or file>`: from a file to a campaign in its draft (docs/scenario-format.md)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.scenarios.histories import history_of
from supervision.scenarios.loader import load_structure
from supervision.scenarios.reading import read_scenario, scenario_path
from supervision.scenarios.refusal import ScenarioRefused
from supervision.scenarios.schema import Scenario

OFFICE_OPENS = time(8)


class Command(BaseCommand):
    help = "Load a campaign from a scenario file: all of it, or nothing and every fault with its line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="a name such as shanxi_2021, or the path of a YAML file")
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--check", action="store_true", help="only read and check the file; write nothing")
        way.add_argument(
            "--as-recorded",
            action="store_true",
            help="play what is recorded of the campaign at its own dates, then finish it: nobody is reminded",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = read_scenario(scenario_path(options["scenario"]))
            if options["check"]:
                self.stdout.write(_("“%(name)s”可以装载。") % {"name": scenario.campaign.name})
                return
            self._load(scenario, as_recorded=options["as_recorded"])
        except ScenarioRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(_("已装载“%(name)s”。") % {"name": scenario.campaign.name})

    @transaction.atomic
    def _load(self, scenario: Scenario, *, as_recorded: bool) -> None:
        if not as_recorded:
            load_structure(scenario, at=timezone.now())
            return
        play = history_of(scenario.campaign.code)
        if play is None:
            raise CommandError(_("“%(code)s”没有可重现的记录。") % {"code": scenario.campaign.code})
        play(load_structure(scenario, at=_opening(scenario)), scenario)


def _opening(scenario: Scenario) -> datetime:
    """When the offices open on the campaign's first day."""
    first = min(phase.starts_on for phase in scenario.phases)
    local = datetime.combine(first, OFFICE_OPENS, tzinfo=ZoneInfo(scenario.campaign.time_zone))
    return local.astimezone(UTC)  # events are sealed with the moment as the database gives it back

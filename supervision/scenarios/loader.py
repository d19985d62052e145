"""A checked scenario becomes rows: the structure of a campaign in its draft, all of it or nothing.

Rows are written in bulk and the vocabulary's version rises once. People, rights and business objects are not the
scenario's: appointments give rights, services make history.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.core import events
from supervision.core.models.number import NumberSeries
from supervision.core.models.version import VocabularyVersion
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Body, Team, Unit
from supervision.models.reminding import Distance, ReminderRung, ReminderStep
from supervision.models.vocabulary import (
    ApprovalRoute,
    ApprovalStep,
    Category,
    ChecklistPoint,
    CloseRequirement,
    ContactWay,
    DeadlineRule,
    DraftKind,
    Focus,
    LightRule,
    Method,
    Severity,
)
from supervision.scenarios import schema
from supervision.scenarios.refusal import Fault, ScenarioRefused

OWN_UNIT = "own"  # Unit.type of 本级


@transaction.atomic
def load_structure(scenario: schema.Scenario, *, at: datetime) -> Campaign:
    """Write the campaign in its draft. Raises ScenarioRefused when a campaign of this code exists."""
    given = scenario.campaign
    if Campaign.objects.filter(code=given.code).exists():
        reason = _("代码为“%(code)s”的专项活动已经装载过；另装一份请换一个代码。") % {"code": given.code}
        raise ScenarioRefused([Fault(given.code, 1, "campaign.code", reason)])
    campaign = Campaign.objects.create(
        **given.model_dump(include={"code", "name", "short_name", "promise", "time_zone", "role_words"}),
        **given.settings.model_dump(),
    )
    _Writer(scenario, campaign).write()
    VocabularyVersion.rise()
    events.record("campaign.loaded", subject=campaign, actor=None, at=at, now=campaign.status)
    return campaign


@dataclass
class _Writer:
    """Writes the sections in the order in which they need each other; what later ones name is kept by code."""

    scenario: schema.Scenario
    campaign: Campaign
    phases: dict[str, Phase] = field(default_factory=dict)
    foci: dict[str, Focus] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def write(self) -> None:
        self.write_phases_and_foci()
        self.write_bodies()
        self.write_units()
        self.write_methods()
        self.write_words()
        self.write_rules()
        self.write_reminders()
        self.write_routes()
        self.write_numbers()

    def write_phases_and_foci(self) -> None:
        rows = [
            Phase(campaign=self.campaign, order=order, **phase.model_dump())
            for order, phase in enumerate(self.scenario.phases, 1)
        ]
        self.phases = {phase.code: phase for phase in Phase.objects.bulk_create(rows)}
        foci = [
            Focus(campaign=self.campaign, order=order, code=focus.code, name=focus.name)
            for order, focus in enumerate(self.scenario.foci, 1)
        ]
        self.foci = {focus.code: focus for focus in Focus.objects.bulk_create(foci)}
        ChecklistPoint.objects.bulk_create(point for focus in self.scenario.foci for point in self.checklist(focus))

    def checklist(self, focus: schema.Focus) -> list[ChecklistPoint]:
        """The priority of priorities first, then what is asked always, then phase by phase."""
        asked: list[tuple[str | None, str]] = [(None, focus.top_priority)] if focus.top_priority else []
        asked += [(None, text) for text in focus.asks]
        asked += [(phase, text) for phase, texts in focus.asks_by_phase.items() for text in texts]
        return [
            ChecklistPoint(
                campaign=self.campaign,
                focus=self.foci[focus.code],
                phase=self.phases[phase] if phase else None,
                text=text,
                order=order,
            )
            for order, (phase, text) in enumerate(asked, 1)
        ]

    def write_bodies(self) -> None:
        rows = [
            Body(
                campaign=self.campaign,
                order=order,
                **body.model_dump(include={"code", "name", "short_name", "office_name"}),
            )
            for order, body in enumerate(self.scenario.bodies, 1)
        ]
        self.bodies = {body.code: body for body in Body.objects.bulk_create(rows)}
        teams = [
            Team(campaign=self.campaign, body=self.bodies[body.code], order=order, code=team.code, name=team.name)
            for body in self.scenario.bodies
            for order, team in enumerate(body.teams, 1)
        ]
        self.teams = {team.code: team for team in Team.objects.bulk_create(teams)}

    def write_units(self) -> None:
        rows = {
            unit.code: Unit(
                campaign=self.campaign,
                body=self.bodies[unit.body],
                team=self.teams[unit.team] if unit.team else None,
                order=order,
                **unit.model_dump(include={"code", "name", "type", "is_remote", "is_given"}),
            )
            for order, unit in enumerate(self.scenario.units, 1)
        }
        Unit.objects.bulk_create(rows.values())
        for unit in self.scenario.units:
            if unit.parent:
                rows[unit.code].parent = rows[unit.parent]
        Unit.objects.bulk_update([row for row in rows.values() if row.parent_id], ["parent"])
        self.write_own_units()

    def write_own_units(self) -> None:
        """本级: each body's own unit answers to the province and has no team of its own."""
        for body in self.scenario.bodies:
            if body.own_unit:
                row = self.bodies[body.code]
                row.own_unit = Unit.objects.create(
                    campaign=self.campaign, body=row, code=body.own_unit.code, name=body.own_unit.name, type=OWN_UNIT
                )
                row.save(update_fields=["own_unit"])

    def write_methods(self) -> None:
        of: list[tuple[Body | None, schema.Method]] = [(None, method) for method in self.scenario.methods]
        of += [(self.bodies[body.code], method) for body in self.scenario.bodies for method in body.methods]
        Method.objects.bulk_create(
            Method(campaign=self.campaign, body=body, order=order, code=method.code, name=method.name, kind=method.kind)
            for order, (body, method) in enumerate(of, 1)
        )

    def write_words(self) -> None:
        Category.objects.bulk_create(
            Category(
                campaign=self.campaign,
                order=order,
                code=category.code,
                name=category.name,
                focus=self.foci[category.focus] if category.focus else None,
            )
            for order, category in enumerate(self.scenario.categories, 1)
        )
        Severity.objects.bulk_create(
            Severity(campaign=self.campaign, order=order, **severity.model_dump(exclude={"is_given"}))
            for order, severity in enumerate(self.scenario.severities, 1)
        )

        ContactWay.objects.bulk_create(
            ContactWay(campaign=self.campaign, order=order, code=row.code, name=row.name)
            for order, row in enumerate(self.scenario.contact_ways, 1)
        )
        DraftKind.objects.bulk_create(
            DraftKind(campaign=self.campaign, order=order, code=row.code, name=row.name)
            for order, row in enumerate(self.scenario.draft_kinds, 1)
        )

    def write_rules(self) -> None:
        DeadlineRule.objects.bulk_create(
            DeadlineRule(campaign=self.campaign, order=order, **rule.model_dump(exclude={"is_given"}))
            for order, rule in enumerate(self.scenario.deadline_rules, 1)
        )
        CloseRequirement.objects.bulk_create(
            CloseRequirement(
                campaign=self.campaign,
                order=order,
                check_fact=need.check,
                **need.model_dump(include={"code", "name", "on_spot"}),
            )
            for order, need in enumerate(self.scenario.close_requirements, 1)
        )
        LightRule.objects.bulk_create(
            LightRule(campaign=self.campaign, order=order, **rule.model_dump())
            for order, rule in enumerate(self.scenario.light_rules, 1)
        )

    def write_reminders(self) -> None:
        """Bulk rows are not saved one by one: their order is given here."""
        rows: list[Distance] = [
            ReminderRung(campaign=self.campaign, **row.model_dump()) for row in self.scenario.reminder_rungs
        ]
        rows += [ReminderStep(campaign=self.campaign, **row.model_dump()) for row in self.scenario.reminder_steps]
        for row in rows:
            row.order = row.offset
        ReminderRung.objects.bulk_create(row for row in rows if isinstance(row, ReminderRung))
        ReminderStep.objects.bulk_create(row for row in rows if isinstance(row, ReminderStep))

    def write_routes(self) -> None:
        cases = {case: route.roles for route in self.scenario.routes for case in route.cases()}
        routes = ApprovalRoute.objects.bulk_create(
            ApprovalRoute(campaign=self.campaign, document=document, source=source, is_key=is_key)
            for document, source, is_key in cases
        )
        ApprovalStep.objects.bulk_create(
            ApprovalStep(route=route, number=number, role=role)
            for route, roles in zip(routes, cases.values(), strict=True)
            for number, role in enumerate(roles, 1)
        )

    def write_numbers(self) -> None:
        NumberSeries.objects.bulk_create(
            NumberSeries(campaign_id=self.campaign.pk, code=series.code, prefix=series.prefix, pattern=series.pattern)
            for series in self.scenario.number_series
        )

"""What a scenario file may say, field by field; docs/scenario-format.md is the same for people.

Strict: an unknown key, a missing one or a value of another type is refused. What hangs together across sections
(a team's body, a unit's team) is checked by references.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from accounts.roles import Role
from supervision.core.deadlines import CountUnit
from supervision.core.models.delivery import MailTiming
from supervision.core.models.number import DEFAULT_PATTERN, validate_pattern
from supervision.enums import (
    BeforeOrAfter,
    CloseCheck,
    CountsFrom,
    Document,
    Light,
    LightCondition,
    MethodKind,
    ReportClock,
    Source,
)
from supervision.models.reminding import JOINERS, MOVERS


def one_of(choices: Iterable[str]) -> AfterValidator:
    """One of these code names (those of an enum, for instance); the error lists them."""
    names = [str(name) for name in choices]

    def check(value: str) -> str:
        if value in names:
            return value
        allowed = "、".join(name for name in names if name)
        sentence = _("没有“%(value)s”这个选项，可以写：%(allowed)s。") % {"value": value, "allowed": allowed}
        raise PydanticCustomError("choice", "{sentence}", {"sentence": sentence})

    return AfterValidator(check)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        sentence = _("没有“%(value)s”这个时区，例如 Asia/Shanghai。") % {"value": value}
        raise PydanticCustomError("zone", "{sentence}", {"sentence": sentence}) from None
    return value


def _pattern(value: str) -> str:
    try:
        validate_pattern(value)
    except ValidationError as error:
        raise PydanticCustomError("number_pattern", "{sentence}", {"sentence": error.messages[0]}) from None
    return value


def fits(longest: int) -> StringConstraints:
    """A text that is not empty and fits its column."""
    return StringConstraints(min_length=1, max_length=longest)


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
ShortCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=32)]
Name = Annotated[str, fits(128)]
ShortName = Annotated[str, fits(32)]
Line = Annotated[str, fits(255)]
Count = Annotated[int, Field(ge=1, le=1000)]
RoleCode = Annotated[str, one_of(Role)]


class Part(BaseModel):
    """A section or a row of one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


class Settings(Part):
    """The campaign's switches; each has the product's default."""

    day_ends_at: Annotated[int, Field(ge=1, le=24)] = 24
    report_clock: Annotated[str, one_of(ReportClock)] = ReportClock.FILED_WITH_GRACE.value
    paper_days_back: Annotated[int, Field(ge=0, le=60)] = 5
    paper_excludes_key: bool = False
    delegation_max_days: Annotated[int, Field(ge=1, le=366)] = 30
    one_person_units: bool = False
    contact_within_days: Annotated[int, Field(ge=1, le=366)] = 5
    units_see_contacts: bool = False
    talks_kept_offline: bool = False
    remind_from: Annotated[int, Field(ge=0, le=23)] = 8
    mail_timing: Annotated[str, one_of(MailTiming)] = MailTiming.AT_ONCE.value


class Campaign(Part):
    code: Code
    name: Name
    short_name: ShortName
    promise: Annotated[str, StringConstraints(max_length=255)] = ""
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    settings: Settings = Settings()
    role_words: dict[RoleCode, Annotated[str, fits(32)]] = {}


class Phase(Part):
    code: ShortCode
    name: Annotated[str, fits(64)]
    starts_on: date
    ends_on: date
    dates_given: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("dates", "{sentence}", {"sentence": _("环节的结束日期早于开始日期。")})
        return self


class Coded(Part):
    """A named row of the campaign's vocabulary. `is_given` False: filled in, no source names it."""

    code: Code
    name: Name
    is_given: bool = True


class Focus(Coded):
    """督导重点 and its checklist: asked always, or in one phase; `top_priority` is asked first."""

    top_priority: Annotated[str, StringConstraints(max_length=255)] = ""
    asks: tuple[Line, ...] = ()
    asks_by_phase: dict[str, tuple[Line, ...]] = {}


class Category(Coded):
    focus: str | None = None


class Method(Coded):
    kind: Annotated[str, one_of(MethodKind)]


class Severity(Coded):
    is_key: bool = False


class DeadlineRule(Coded):
    amount: Count
    unit: Annotated[str, one_of(CountUnit)] = CountUnit.WORKING_DAYS.value
    counts_from: Annotated[str, one_of(CountsFrom)] = CountsFrom.RECEIPT.value
    for_problems: bool = False
    is_immediate: bool = False


class ContactWay(Coded):
    """日常督导方式."""


class DraftKind(Coded):
    """送审材料种类."""


class CloseRequirement(Coded):
    check: Annotated[str, one_of(CloseCheck)] = CloseCheck.BY_HAND.value
    on_spot: bool = False


class LightRule(Part):
    condition: Annotated[str, one_of(LightCondition)]
    light: Annotated[str, one_of(Light)]
    working_days: Count | None = None
    fraction: Count | None = None
    times: Count | None = None

    needs: ClassVar[dict[str, tuple[str, ...]]] = {
        LightCondition.NEAR_DUE: ("working_days", "fraction"),
        LightCondition.RETURNED: ("times",),
    }

    @model_validator(mode="after")
    def _bounds_fit_the_condition(self) -> Self:
        fitting = self.needs.get(self.condition, ())
        given = {name for name in ("working_days", "fraction", "times") if getattr(self, name) is not None}
        if given - set(fitting):
            sentence = _("“%(condition)s”不用 %(names)s。")
            raise PydanticCustomError(
                "bounds", "{sentence}", {"sentence": sentence % self._words(given - set(fitting))}
            )
        if fitting and not given:
            sentence = _("“%(condition)s”须写明 %(names)s。")
            raise PydanticCustomError("bounds", "{sentence}", {"sentence": sentence % self._words(fitting)})
        return self

    def _words(self, names: Any) -> dict[str, str]:
        return {"condition": self.condition, "names": "、".join(sorted(names))}


class Distance(Part):
    """So many working days before or after a date; the date itself is 0 before."""

    when: Annotated[str, one_of(BeforeOrAfter)]
    days: Annotated[int, Field(ge=0, le=1000)]


class ReminderRung(Distance):
    """提醒档次."""

    is_urgent: bool = False


class ReminderStep(Distance):
    """提醒升级: whose move it is, and who is reminded too from then on."""

    whose: Annotated[str, one_of(MOVERS)]
    also: Annotated[str, one_of(JOINERS)]


class Route(Part):
    """Who approves: one to three roles, the last one signs. No sources: every source; no `is_key`: both weights."""

    document: Annotated[str, one_of(Document)]
    sources: tuple[Annotated[str, one_of(Source)], ...] = tuple(Source.values)
    is_key: bool | None = None
    roles: Annotated[tuple[RoleCode, ...], Field(min_length=1, max_length=3)]

    def cases(self) -> list[tuple[str, str, bool]]:
        """The combinations of document, source and weight that this line covers."""
        weights = (False, True) if self.is_key is None else (self.is_key,)
        return [(self.document, source, weight) for source in self.sources for weight in weights]


class NumberSeries(Part):
    """A running series of numbers: the papers `of` a kind, for one body (none: the province's own)."""

    of: Annotated[str, one_of((Document.FEEDBACK_FORM, Document.CLOSURE_SHEET, Document.ADVICE))]
    body: str | None = None
    prefix: Annotated[str, fits(64)]
    pattern: Annotated[str, StringConstraints(max_length=64), AfterValidator(_pattern)] = DEFAULT_PATTERN
    is_given: bool = True

    @property
    def code(self) -> str:
        return f"{self.of}:{self.body}" if self.body else self.of


class Team(Part):
    """An inspection team; the two posts are shown beside the accounts that the scenario makes."""

    code: Code
    name: Name
    sponsor_post: Annotated[str, fits(128)] = "牵头领导"
    leader_post: Annotated[str, fits(128)] = "组长"


class OwnUnit(Part):
    """本级: the body itself as a party of the campaign."""

    code: Code
    name: Name


class Body(Part):
    code: Code
    name: Name
    short_name: ShortName
    office_name: Annotated[str, fits(64)]
    own_unit: OwnUnit | None = None
    methods: tuple[Method, ...] = ()
    teams: tuple[Team, ...] = ()


class Unit(Part):
    code: Code
    name: Name
    type: ShortCode
    body: str
    team: str | None = None
    parent: str | None = None
    is_remote: bool = False
    is_given: bool = True


Rows = Field(min_length=1)


class Scenario(Part):
    """A campaign as a file."""

    format: Literal[1]
    campaign: Campaign
    phases: Annotated[tuple[Phase, ...], Rows]
    foci: Annotated[tuple[Focus, ...], Rows]
    categories: Annotated[tuple[Category, ...], Rows]
    methods: tuple[Method, ...] = ()
    severities: Annotated[tuple[Severity, ...], Rows]
    deadline_rules: Annotated[tuple[DeadlineRule, ...], Rows]
    close_requirements: Annotated[tuple[CloseRequirement, ...], Rows]
    light_rules: Annotated[tuple[LightRule, ...], Rows]
    routes: Annotated[tuple[Route, ...], Rows]
    reminder_rungs: tuple[ReminderRung, ...] = ()
    reminder_steps: tuple[ReminderStep, ...] = ()
    contact_ways: Annotated[tuple[ContactWay, ...], Rows]
    draft_kinds: Annotated[tuple[DraftKind, ...], Rows]
    number_series: Annotated[tuple[NumberSeries, ...], Rows]
    bodies: Annotated[tuple[Body, ...], Rows]
    units: Annotated[tuple[Unit, ...], Rows]
    reported: dict[str, Any] = {}  # facts that have no table of their own yet: kept with the scenario, not loaded

    def shifted(self, days: int, *, code: str, name: str) -> Scenario:
        """The same campaign under another code and name, its phases moved by so many calendar days."""
        by = timedelta(days=days)
        phases = tuple(
            phase.model_copy(update={"starts_on": phase.starts_on + by, "ends_on": phase.ends_on + by})
            for phase in self.phases
        )
        campaign = self.campaign.model_copy(update={"code": code, "name": name})
        return self.model_copy(update={"campaign": campaign, "phases": phases})

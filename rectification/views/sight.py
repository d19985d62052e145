"""What one reader sees of the figures on one page: read once a request, each figure with the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models.form import FeedbackForm
from rectification.item_desk import whose_moves
from rectification.ledger import overdue
from rectification.models.count import ItemCount
from rectification.models.item import RectificationItem
from rectification.services import figures
from rectification.services.figures import Board, Course, Figures, Line
from supervision.core.deadlines import Clock
from supervision.core.refusals import Sentence
from supervision.current import at_place, current_campaign, narrowed_to
from supervision.models.campaign import Campaign
from supervision.vocabulary import Vocabulary, vocabulary_of

LATEST = 5  # overdue items named on the page; the rest is one click away


@dataclass(frozen=True)
class Link:
    """A figure and the address of the rows that it counts."""

    label: Sentence
    value: int
    url: str


@dataclass(frozen=True)
class Rate:
    """A share: `part` of `whole`; the link shows the rows of the part, `whole_url` those of the whole."""

    label: Sentence
    part: int
    whole: int
    url: str
    whole_url: str
    formula: Sentence

    @property
    def text(self) -> str:
        return f"{round(100 * self.part / self.whole)}%" if self.whole else _("无")


@dataclass(frozen=True)
class Block:
    """The figures of everything, of one body, team, unit or phase; `url`: the page about it."""

    name: str
    open: Link
    overdue: Link
    overdue_by: tuple[Link, ...]
    rates: tuple[Rate, ...]
    counted: Link
    states: tuple[Link, ...]
    ages: tuple[Link, ...]
    twice: Link
    filed: Rate
    url: str = ""

    @property
    def links(self) -> list[Link]:
        return [self.open, self.overdue, self.counted, self.twice, *self.overdue_by, *self.states, *self.ages]

    @property
    def all_rates(self) -> list[Rate]:
        return [*self.rates, self.filed]


def ledger_url(**filters: Any) -> str:
    return f"{reverse('rectification:ledger')}?{urlencode(filters)}"


def dated_url(kind: str, first: date | None, last: date | None, **filters: Any) -> str:
    """Rows by one of their dates; `from` is a word of Python's own, hence the dictionary."""
    span = {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day is not None}
    return ledger_url(**filters, date=kind, **span)


def age_words() -> dict[str, Sentence]:
    return {
        "age_long": _("逾期30天以上"),
        "age_some": _("逾期11至30天"),
        "age_late": _("逾期10天以内"),
        "age_near": _("今天起7天内到期"),
        "age_far": _("7天以后到期"),
    }


def block_of(name: str, told: Figures, on: date, within: Mapping[str, Any], url: str = "") -> Block:
    """Figures with their links; `within` are the filters that narrow the list to this group."""

    def link(label: Sentence, value: int, **filters: Any) -> Link:
        return Link(label, value, ledger_url(**within, **filters))

    def rate(label: Sentence, part: int, whole: int, groups: tuple[str, str], formula: Sentence) -> Rate:
        of_part, of_whole = (ledger_url(**within, group=group) for group in groups)
        return Rate(label, part, whole, of_part, of_whole, formula)

    spans, words = figures.ages(on), age_words()
    return Block(
        name=name,
        open=link(_("未办结"), told.open, group="open"),
        overdue=link(_("已逾期"), told.overdue, overdue="any"),
        overdue_by=(
            link(_("单位逾期"), told.overdue_unit, overdue=Clock.UNIT.value),
            link(_("督导组逾期"), told.overdue_team, overdue=Clock.TEAM.value),
            link(_("办公室逾期"), told.overdue_office, overdue=Clock.OFFICE.value),
        ),
        rates=(
            rate(_("销号率"), told.closed, told.counted, ("closed", "counted"), _("已销号 ÷（全部 − 已取消）")),
            rate(
                _("按期完成率"), told.on_time, told.accepted, ("on_time", "accepted"),
                _("在原定时限内报送且核验通过 ÷ 报送后核验通过；督导组和办公室用去的时间不计"),
            ),
            rate(
                _("整改完成率"), told.completed, told.counted, ("completed", "counted"),
                _("核验通过 ÷（全部 − 已取消）"),
            ),
        ),
        counted=link(_("全部（不含已取消）"), told.counted, group="counted"),
        states=tuple(
            link(status.label, getattr(told, status.value), status=status.value) for status in figures.OPEN_STATES
        ),
        ages=tuple(
            Link(words[age], getattr(told, age), dated_url("clock", *spans[age], **within)) for age in spans
        ),
        twice=link(_("退回两次以上"), told.returned_twice, group="returned_twice"),
        filed=rate(
            _("及时报告"), told.filed_in_time, told.filed, ("filed_in_time", "filed"),
            _("最近一次报送不晚于原定时限 ÷ 已报送"),
        ),
        url=url,
    )  # fmt: skip


PLACE_PAGES = {"body": "supervision:body-sight", "team": "supervision:team-sight", "unit": "supervision:unit-sight"}


@dataclass
class Sight:
    """One reader's figures, within their scope and the place they look at. Each part is read when first asked for."""

    request: HttpRequest
    campaign: Campaign
    at: datetime
    within: dict[str, int]

    @property
    def on(self) -> date:
        return self.campaign.day_of(self.at)

    @property
    def vocabulary(self) -> Vocabulary:
        return vocabulary_of(self.campaign.pk)

    def _rows(self, model: Any) -> Any:
        return at_place(self.request, model.objects.visible_to(self.request.user).filter(campaign=self.campaign))

    @cached_property
    def board(self) -> Board:
        return figures.board_of(self._rows(ItemCount), self.on)

    @cached_property
    def course(self) -> Course:
        return figures.course_of(self._rows(ItemCount))

    @cached_property
    def late(self) -> list[tuple[RectificationItem, Sentence]]:
        """The oldest delays, each with whose move it is."""
        items = self._rows(RectificationItem).filter(overdue(self.on)).select_related("unit", "team", "body")
        rows = list(items.order_by("clock_due_on", "pk")[:LATEST])
        return list(zip(rows, whose_moves(rows), strict=True))

    @cached_property
    def receipts(self) -> Rate:
        in_time, whole = FeedbackForm.receipt_figures(self._rows(FeedbackForm))
        url = reverse("feedback:forms")

        def address(receipt: str) -> str:
            return f"{url}?{urlencode({**self.within, 'receipt': receipt})}"

        formula = _("在签收期限内签收 ÷ 已签收（含视为送达）")
        return Rate(_("按期签收"), in_time, whole, address("in_time"), address("received"), formula)

    @property
    def total(self) -> Block:
        return block_of(_("合计"), self.board.total, self.on, self.within)

    def blocks(self, level: str, lines: Iterable[Line]) -> list[Block]:
        return [self._block(level, line) for line in lines]

    def _block(self, level: str, line: Line) -> Block:
        page = PLACE_PAGES.get(level)
        url = reverse(page, args=[line.pk]) if page and self._reads(level, line.pk) else ""
        within = {**self.within, level: line.pk}
        if level in NARROWER:  # a narrower place says it all
            within = {key: value for key, value in within.items() if key == level or key not in NARROWER}
        return block_of(line.name, line.figures, self.on, within, url)

    def _reads(self, level: str, pk: int) -> bool:
        """Has the reader a page about that place? A unit has one of its own, none of its team and its body."""
        user: Any = self.request.user
        scope = user.scope
        if self.campaign.pk in scope.campaigns or level == "unit":
            return True
        return bool(scope.bodies) or (level == "team" and bool(scope.teams))

    @property
    def level(self) -> str:
        """Whose lines the table shows: the widest places of which there are several."""
        return next((level for level in NARROWER if len(self.board.lines(level)) > 1), "unit")


NARROWER = ("body", "team", "unit")


def sight_of(request: HttpRequest) -> Sight | None:
    """The figures of this request; None for accounts without a business role."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    kept: Sight | None = getattr(request, "_sight", None)
    if kept is None:
        place = narrowed_to(request)
        within = {place.kind: place.pk} if place else {}
        kept = request._sight = Sight(request, campaign, timezone.now(), within)  # type: ignore[attr-defined]
    return kept

"""Where history is played: its days, its people, its files, and the one queue that puts all acts in order of time.

A story is a generator: it yields the moment of its next act and, when that moment is the earliest of all stories, goes
on and acts. So a story reads from top to bottom, while numbers and events come out in the order of the clock.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from supervision.core import files
from supervision.core.workdays import Calendar
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary, vocabulary_of

Story = Generator[datetime, None, None]


def moment(day: date, hour: float, time_zone: str) -> datetime:
    """That hour of that day there; in UTC, as the database gives moments back and events are sealed."""
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone))
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


@dataclass
class Stage:
    """The campaign on the day `today`; nothing is played on that day or after it."""

    campaign: Campaign
    calendar: Calendar
    today: date
    people: dict[str, User]
    seed: str = "dudao"
    received: list[files.ReceivedFile] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = {unit.code: unit for unit in self.campaign.units.select_related("team", "body", "campaign")}

    @property
    def words(self) -> Vocabulary:
        """The campaign's vocabulary."""
        return vocabulary_of(self.campaign.pk)

    def day(self, ago: int) -> date:
        """The working day that lies `ago` working days before today; today has no history yet (ValueError)."""
        if ago < 1:
            raise ValueError(f"{-ago} working days after today: history ends on the eve.")
        return self.calendar.add(self.today, -ago)

    def at(self, ago: int, hour: int, who: str = "") -> datetime:
        """A moment within the hour `hour` of that working day; `who` tells stories apart within the hour."""
        return self.on(self.day(ago), hour, f"{ago} {who}")

    def on(self, day: date, hour: int, who: str = "") -> datetime:
        """A moment within that hour of that day, the same at every load."""
        seconds = self.chance(f"{hour} {who}").randrange(60 * 60)
        return moment(day, hour, self.campaign.time_zone) + timedelta(seconds=seconds)

    def chance(self, what: str) -> random.Random:
        """A die of its own for each question, so that no story changes another's throws."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311  (believable, not secret)

    def phase_on(self, day: date) -> Phase:
        """The phase of a day; days before the first phase are its preparation."""
        return self.words.phase_on(day) or self.words.phases[0]

    def keep(self, received: files.ReceivedFile) -> files.ReceivedFile:
        """Remember a file on disk: should the load fail, it goes too."""
        self.received.append(received)
        return received

    def discard_files(self) -> None:
        for each in self.received:
            files.discard(each)


def play(stories: Iterable[Story]) -> int:
    """Play all stories act by act in order of time; ties in the order given. Returns how many acts there were.

    A story that yields a moment before its last one is a fault of its writer (ValueError).
    """
    waiting: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _await(waiting, story, number, None)
    acts = 0
    while waiting:
        at, number, story = heapq.heappop(waiting)
        acts += 1
        _await(waiting, story, number, at)
    return acts


def _await(waiting: list[tuple[datetime, int, Story]], story: Story, number: int, after: datetime | None) -> None:
    """Let the story act and put its next moment into the queue."""
    moment = next(story, None)
    if moment is None:
        return
    if after is not None and moment < after:
        raise ValueError(f"Story {number} goes back from {after} to {moment}.")
    heapq.heappush(waiting, (moment, number, story))

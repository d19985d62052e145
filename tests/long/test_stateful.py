"""Random people make random moves: no illegal triple (state, move, role) passes, and every invariant holds throughout.

Each example plays in a savepoint of its own on one small world and is rolled back. `--hypothesis-seed=N` repeats a run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.roles import Role
from feedback.models import FeedbackProblem
from feedback.services.deeming import deem_overdue_forms
from feedback.services.drafts import draft_form, save_problem
from supervision.core.transitions import TABLES
from supervision.enums import Document
from supervision.models import BodyGrant, BodyStaff, TeamGrant, TeamMembership, UnitGrant, UnitStaff
from supervision.services import delegations
from tests.feedback import moves as feedback_moves
from tests.long import lawbook, way
from tests.long.lawbook import Cast
from tests.long.play import SERVICES, Choice, Play
from tests.long.referee import Referee
from tests.rectification.item_world import longer_route
from tests.supervision import visits
from tests.world import Appointer, World, build_world

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

PROFILE = settings(
    max_examples=70, stateful_step_count=50, deadline=None, database=None, print_blob=True, report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # shrinking a play takes minutes; its notes read well as they are
)  # fmt: skip
STYLES = {
    "on": 2,
    "legal": 6,
    "tempted": 3,
    "stranger": 2,
    "blind": 1,
    "wait": 2,
    "beat": 1,
}  # how a step is chosen, by weight
ENDS = {"withdraw", "void", "void_draft", "cancel"}
CHANCE = st.randoms(use_true_random=True)  # evenly spread; a play that is not shrunk needs no finer grain


def choice_of(chance: Random) -> Choice:
    return Choice(lambda most: chance.randint(0, most))


class Machine(RuleBasedStateMachine):
    """What both plays share: a savepoint for each example, an act chosen by style, the referee after each step."""

    kinds: tuple[str, ...]
    referee: Referee
    play: Play

    def __init__(self, world: World, reached: set[tuple[str, str]]) -> None:
        super().__init__()
        self.world, self.reached = world, reached
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self) -> None:
        self.reached |= self.referee.accepted if hasattr(self, "referee") else set()
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def tell(self, text: str) -> None:
        note(f"{self.play.today} {text}")

    def attempt(self, act: Any) -> Any:
        refusal = self.referee.attempt(act)
        self.tell(f"{act}: {'made' if refusal is None else repr(refusal)}")
        return refusal

    def anything(self, choice: Choice, style: str) -> None:
        """A move by anybody: `legal` and `tempted` by whom the law names or nearly names, `blind` from any state."""
        options = [
            (subject, move, self.people(subject, move, style))
            for subject in self.play.subjects
            for kind, move in SERVICES
            if kind == subject.kind and (style == "blind" or subject.status in lawbook.LAWS[kind][move].sources)
        ]
        is_named = style in ("legal", "tempted")
        if is_named:
            is_bold = choice.integer(3) > 0  # mostly moves that lead somewhere
            options = [each for each in options if each[2] and (self.leads(*each[:2]) or not is_bold)]
            fresh = [each for each in options if (each[0].kind, each[1]) not in self.referee.accepted]
            options = fresh if fresh and choice.integer(2) else options  # a play that does not go in circles
        if not options:
            return  # everything is settled
        mine = choice.of(sorted({option[0].kind for option in options}))
        subject, move, people = choice.of(option for option in options if option[0].kind == mine)
        if move in ENDS and choice.integer(9):
            return
        if move == "withdraw_evidence" and not subject.evidence.exists():
            return
        busy = self.referee.actors if choice.integer(2) else set(self.world.users)  # who did one thing tries the next
        username = choice.of(sorted(people if is_named else busy or self.world.users))
        if move == "correct" and not subject.problems.exists():
            return
        self.attempt(self.play.act(subject.kind, move, subject, username, choice))

    def people(self, subject: Any, move: str, style: str) -> set[str]:
        """Whom this style of step would send: the entitled, or those whom only the separation of duties stops."""
        name = (subject.kind, move, subject.pk)
        on_paper = None if style == "tempted" else "on paper"
        may = self.referee.who_may(*name, on_paper)
        if style == "tempted":
            may = self.referee.who_may(*name, by_role=True) - may
        return may & set(self.world.users)  # the law may name a person of whom this play knows nothing yet

    @staticmethod
    def leads(subject: Any, move: str) -> bool:
        return bool(lawbook.LAWS[subject.kind][move].target)

    @rule(chance=CHANCE)
    def step(self, chance: Random) -> None:
        (style,) = chance.choices(list(STYLES), list(STYLES.values()))
        if style == "on":
            self.go_on()
        elif style == "wait":
            self.wait(chance.choice([0, 1, 1, 2, 5, 9]))
        elif style == "beat":
            self.beat()
        else:
            self.anything(choice_of(chance), style)

    def wait(self, working_days: int) -> None:
        self.play.wait(working_days)

    def beat(self) -> None:
        """Whatever the system does by itself."""

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "referee"):
            self.referee.judge_world()

    def go_on(self) -> None:
        raise NotImplementedError


class FormMachine(Machine):
    """One form of one or two problems, its items and its reports, from the draft to the end."""

    @initialize(
        chance=CHANCE,
        problems=st.lists(st.tuples(st.booleans(), st.sampled_from(["fixed", "immediate"])), min_size=1, max_size=2),
        source=st.sampled_from(["team", "team", "provincial", "central"]),
        unit=st.sampled_from(["u1", "u1s"]),
        steps=st.sampled_from([0, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 16, 17, 18, 20]),
    )
    def begin(self, chance: Random, problems: list[tuple[bool, str]], source: str, unit: str, steps: int) -> None:
        choice = choice_of(chance)
        absent = choice.of([frozenset(), frozenset({"a1-lead"}), frozenset({"a1-lead", "a1-deputy"})])
        cast = Cast(
            unit, source, choice.integer(3) == 3, absent, is_delegated=choice.integer(2) == 2,
            is_doubled=choice.integer(1) == 1,
        )  # fmt: skip
        self.play = Play(self.world, cast, self.world.at)
        self._set_stage()
        self._draft(problems)
        self.referee = Referee(self.play, [is_key or source == "central" for is_key, _rule in problems])
        self.tell(f"{cast}, problems {problems}")
        for _ in range(steps):
            self.go_on()
            self.everything_holds()

    def _set_stage(self) -> None:
        cast, world = self.play.cast, self.world
        if cast.long_route:
            for is_key in (False, True):
                longer_route(world, Document.FEEDBACK_FORM, Role.DEPUTY, Role.LEADER, is_key=is_key)
            decider = (Role.LEADER, Role.BODY_OFFICE), (Role.BODY_OFFICE, Role.SPONSOR)
            for is_key in (False, True):
                longer_route(world, Document.RECTIFICATION_PLAN, Role.DEPUTY, decider[0][is_key], is_key=is_key)
                longer_route(world, Document.CLOSURE_SHEET, Role.DEPUTY, decider[1][is_key], is_key=is_key)
        away = [world.users[name].pk for name in cast.absent]
        TeamMembership.objects.filter(user__in=away).update(absent_from=world.today)
        if cast.is_doubled:
            people = Appointer(world)
            people.appoint(UnitStaff, UnitGrant, cast.head, Role.LIAISON, unit=world.units[cast.unit])
            people.appoint(TeamMembership, TeamGrant, cast.head, Role.MEMBER, team=world.teams["a1"])
            people.appoint(BodyStaff, BodyGrant, "a1-member-2", Role.BODY_OFFICE, body=world.bodies["a"])
            people.write()
        if cast.is_delegated:
            delegations.delegate(
                unit_id=world.units[cast.unit].pk, actor=world.user(cast.head), at=world.at,
                delegate=world.user(f"{cast.unit}-deputy"), scope="all", valid_from=world.today,
                valid_until=world.today + timedelta(29),
            )  # fmt: skip
            self.delegated_until = world.today + timedelta(29)

    def _draft(self, problems: list[tuple[bool, str]]) -> None:
        cast, world = self.play.cast, self.world
        if cast.source == "team":
            form, cast.drafter = feedback_moves.draft(world, unit=cast.unit, problems=len(problems)), "a1-member"
            for row, (is_key, rule_code) in zip(form.problems.all(), problems, strict=True):
                severity = world.severities["key" if is_key else "general"]
                rule_of = world.rules[rule_code]
                FeedbackProblem.objects.filter(pk=row.pk).update(severity=severity, deadline_rule=rule_of)
        else:
            cast.drafter = "office"
            actor, phase = world.user("office"), world.phases["rectify"]
            unit = world.units[cast.unit]
            form = draft_form(unit=unit, phase=phase, source=cast.source, title="反馈", actor=actor, at=world.at)
            for number, (is_key, rule_code) in enumerate(problems):
                save_problem(
                    pk=form.pk, actor=actor, at=world.at, category=world.categories["duty"],
                    severity=world.severities["key" if is_key else "general"], title=f"问题{number}", fact="事实",
                    basis="依据", requirement="要求", deadline_rule=world.rules[rule_code],
                )  # fmt: skip
        self.play.form_id = form.pk

    def go_on(self) -> None:
        done = way.housekeeping(self.play)
        if done:
            self.referee.skip_events()
            self.tell(done)
        elif (act := way.next_act(self.play, self.referee)) is not None:
            self.attempt(act)

    def wait(self, working_days: int) -> None:
        self.play.wait(working_days)
        if self.play.cast.is_delegated and self.play.today > self.delegated_until:
            self.play.cast.is_delegated = False

    def beat(self) -> None:
        """视为送达: the system's own move, for what is overdue and for nothing else."""
        form = self.play.form
        is_due = form.status == "issued" and self.play.today > form.receipt_due_on
        made = deem_overdue_forms(at=self.play.at)
        assert made == int(is_due)
        self.referee.by_system("feedback_form", "deem_received", made)


class VisitMachine(Machine):
    """One inspection, announced or not, by any member of the team."""

    @initialize(
        chance=CHANCE,
        creator=st.sampled_from(["a1-member", "a1-lead", "a1-deputy"]),
        is_unannounced=st.booleans(),
        afterwards=st.booleans(),
        steps=st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4]),
    )
    def begin(self, chance: Random, creator: str, is_unannounced: bool, afterwards: bool, steps: int) -> None:
        choice, world = choice_of(chance), self.world
        absent = choice.of([frozenset(), frozenset({"a1-lead"}), frozenset({"a1-lead", "a1-deputy"})])
        cast = Cast(
            "u1", long_route=choice.integer(2) == 2, absent=absent, visit_creator=creator, is_unannounced=is_unannounced
        )
        self.play = Play(world, cast, world.at)
        if cast.long_route:
            longer_route(world, Document.INSPECTION, Role.DEPUTY, Role.LEADER)
        away = [world.users[name].pk for name in cast.absent]
        TeamMembership.objects.filter(user__in=away).update(absent_from=world.today)
        day = {"happened_on": world.today - timedelta(2)} if afterwards else {}
        visit = visits.plan(world, by=creator, is_unannounced=is_unannounced, **day)
        is_own = not is_unannounced and creator in cast.leaders()
        present = {"a1-lead", "a1-deputy"} - absent
        is_own = is_own and (creator == "a1-lead" or "a1-lead" not in present)
        assert visit.status == ("approved" if is_own else "planned")
        cast.was_approved = is_own
        self.play.visit_id = visit.pk
        self.referee = Referee(self.play, [])
        self.tell(f"{cast}, afterwards {afterwards}")
        for _ in range(steps):
            self.go_on()
            self.everything_holds()

    def go_on(self) -> None:
        visit, kind = self.play.visit, "inspection"
        by = {
            "planned": ("endorse", "approve"), "approved": ("start",), "in_progress": ("submit",),
            "pending_review": ("conclude",), "postponed": ("resume",),
        }  # fmt: skip
        if visit.status == "in_progress" and not visit.records.exists():
            visits.log_record(self.world, visit)
            visits.find_problem(self.world, visit)
            self.referee.skip_events()
            self.tell("the team writes its log")
            return
        for move in by.get(visit.status, ()):
            for username in sorted(self.referee.who_may(kind, move, visit.pk)):
                if self.attempt(self.play.act(kind, move, visit, username)) is None:
                    return


def run(
    machine: Callable[[World, set[tuple[str, str]]], Machine], world: World, profile: settings = PROFILE
) -> set[tuple[str, str]]:
    reached: set[tuple[str, str]] = set()
    run_state_machine_as_test(lambda: machine(world, reached), settings=profile)
    return reached


def test_forms_items_and_reports_obey_the_law_whatever_people_try(world: World):
    """states.md, forms, items and reports; security.md “no illegal triple (state, move, role) passes”."""
    reached = run(FormMachine, world)
    wanted = {("feedback_form", "deem_received")} | {name for name in SERVICES if name[0] != "inspection"}
    assert len(wanted & reached) >= 30, f"never made: {sorted(wanted - reached)}"


def test_inspections_obey_the_law_whatever_people_try(world: World):
    """states.md, inspections; a unit never sees an unannounced visit before it starts."""
    short = settings(PROFILE, max_examples=250, stateful_step_count=16)  # a visit is soon over: many short plays
    reached = run(VisitMachine, world, short)
    wanted = {name for name in SERVICES if name[0] == "inspection"}
    assert wanted - reached == set()


def test_the_law_book_names_every_move_of_every_table():
    """A move that is added to a table stands here too, with its states and its people, or nobody has judged it."""
    for kind, laws in lawbook.LAWS.items():
        written = {name: (set(law.sources), law.target, law.verb) for name, law in laws.items() if name in TABLES[kind]}
        tables = {move.name: (set(move.sources), move.target or "", move.verb) for move in TABLES[kind]}
        assert written == tables, kind
        playable = {name for of_kind, name in SERVICES if of_kind == kind}
        assert playable | lawbook.BY_SYSTEM[kind] == set(laws), kind


@pytest.mark.django_db
def test_each_example_starts_from_a_clean_world():
    """What one example did must not be there for the next."""
    world = build_world()
    machine = FormMachine(world, set())
    machine.play = Play(world, Cast(), world.at)
    machine._draft([(False, "fixed")])
    machine.referee = Referee(machine.play, [False])
    machine.referee.attempt(way.next_act(machine.play, machine.referee))
    assert FeedbackProblem.objects.exists()
    machine.teardown()
    assert not FeedbackProblem.objects.exists()

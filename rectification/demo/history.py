"""The demo's history: which unit is where, so that every state, every clock and every way to sign can be seen.

Cases count in working days (plot.py): `issued=21` is 21 working days before today, `signed=11` means
11 working days after that.
A fixed deadline of 15 working days after a receipt on day 1 ends on day 16.
"""

from __future__ import annotations

from rectification.demo.plot import DELEGATE, PAPER, Account, Case, Receipt, Sending, Visit, Work

DELEGATING_UNIT, DELEGATED_BEFORE = "dtrail-court", 19  # its head lets a member of the leadership sign


def settled(trouble: str, *, closed: int | None = 15) -> Work:
    """A problem put right in good time."""
    return Work(trouble, planned=4, approved=5, progress=(8,), done=9, verified=13, closed=closed)


def at_once(trouble: str) -> Work:
    """立行立改, in good time."""
    return Work(trouble, planned=2, done=3, verified=6, closed=8)


def just_sent(trouble: str) -> Work:
    """立行立改, with the team."""
    return Work(trouble, planned=2, done=3)


def under_way(trouble: str, *, progress: tuple[int, ...] = ()) -> Work:
    return Work(trouble, planned=4, approved=6, progress=progress)


def report_on(*works: int, drafted: int, signed: int, approved: int | None = None, filed: int | None = None) -> Account:
    return Account(works, drafted, (Sending(drafted, signed),), approved=approved, filed=filed)


COURT = (
    # The two problems that the report names, at each of the four rail courts; the third is the demo's.
    Case(  # all in time, closed, reported, filed
        "tyrail-intermediate-court",
        21,
        (settled("main-responsibility"), settled("atmosphere"), settled("schedule")),
        (report_on(0, 1, 2, drafted=10, signed=11, approved=14, filed=16),),
        ends="closed",
        ends_after=17,
    ),
    Case(  # done, but late: closed and never green again
        "tyrail-court",
        21,
        tuple(
            Work(trouble, planned=5, approved=7, progress=(11,), pressed=14, done=17, verified=18, closed=19)
            for trouble in ("main-responsibility", "atmosphere", "sign-in")
        ),
        (report_on(0, 1, 2, drafted=17, signed=17, approved=18, filed=20),),
        ends="closed",
        ends_after=20,
    ),
    Case(  # signed by the head's delegate
        DELEGATING_UNIT,
        19,
        (
            Work("main-responsibility", planned=4, approved=6, progress=(9,), done=12, verified=16, closed=18),
            Work("atmosphere", planned=4, approved=6, progress=(10,), done=12, verified=16),
            at_once("notes"),
        ),
        (
            Account((2,), 3, (Sending(3, 4, DELEGATE),), approved=7, filed=9),
            Account((0, 1), 13, (Sending(13, 14, DELEGATE),), approved=17),
        ),
    ),
    Case(  # returned twice, returned once and closed, overdue by the unit
        "lfrail-court",
        19,
        (
            Work("main-responsibility", planned=4, approved=5, done=8, returned=(11, 15)),
            Work("atmosphere", planned=4, approved=5, done=8, returned=(11,), verified=15, closed=17),
            Work("critical-few", planned=5, approved=7, progress=(9,), pressed=15),
        ),
        (
            Account((0,), 8, (Sending(8, 9), Sending(12, 13))),
            Account((1,), 8, (Sending(8, 9), Sending(12, 13)), approved=16),
        ),
    ),
    Case(  # far away: receipt and report on paper; the second report is still a draft
        "village-work-team",
        14,
        (at_once("notes"), Work("village", planned=5, approved=6, progress=(9, 11), done=12)),
        (
            Account((0,), 3, (Sending(3, 4, PAPER),), confirmed=5, approved=7, filed=9),
            Account((1,), 12),
        ),
        receipt=Receipt(1, PAPER),
    ),
)

PROCURATORATE = (
    Case(  # the office is late with a key item, the team with another
        "tyrail-proc-branch",
        17,
        (
            Work("rules", planned=4, approved=6, done=9, verified=11),
            Work("sign-in", planned=4, approved=5, done=8),
            settled("schedule"),
        ),
        (
            report_on(0, drafted=9, signed=10, approved=12),
            report_on(1, drafted=9, signed=9),
            report_on(2, drafted=10, signed=11, approved=14),
        ),
    ),
    Case(  # a plan returned once; another waits too long for its review; a report given up
        "tyrail-proc",
        15,
        (
            Work("single-form", planned=5, plan_returned=7, replanned=9, approved=11, progress=(13,)),
            Work("schedule", planned=6),
            under_way("rules", progress=(10,)),
        ),
        (Account((0,), 12, withdrawn=12),),
        returned_once=True,
    ),
    Case(  # on the head's desk, and too late
        "dtrail-proc",
        9,
        (under_way("first-responsible", progress=(8,)), Work("deeds", planned=2, done=4), Work("sign-in", planned=5)),
        (Account((1,), 5, (Sending(5),)),),
    ),
    Case(  # plans come in
        "lfrail-proc",
        6,
        (Work("atmosphere", planned=5), Work("first-responsible"), just_sent("deeds")),
        (report_on(2, drafted=3, signed=4),),
        receipt=Receipt(1, by_head=True),
    ),
    Case(  # a key item refused once, then closed
        "ty-xiyu-proc",
        20,
        (
            Work("rules", planned=4, approved=6, done=10, verified=14, refused=15, reverified=16, closed=18),
            at_once("notes"),
            settled("atmosphere"),
        ),
        (
            report_on(0, drafted=11, signed=12, approved=17, filed=19),
            report_on(1, drafted=3, signed=4, approved=7, filed=9),
            report_on(2, drafted=10, signed=11, approved=14),
        ),
    ),
    Case(  # mended before the team's eyes; a report that the head gave back
        "yq-yinying-proc",
        16,
        (
            Work("ledger", planned=5, approved=7, progress=(10,), done=13),
            Work("board", mended=True, closed=2),
            settled("sign-in", closed=None),
        ),
        (
            Account((0,), 13, (Sending(13, given_back=13), Sending(14, 15))),
            report_on(2, drafted=10, signed=11),
        ),
    ),
    Case(  # nobody signed for it: deemed received; a plan that never came
        "yc-dongcun-proc",
        12,
        (Work("schedule", planned=7, approved=9), Work("sign-in"), Work("main-responsibility", planned=6, approved=8)),
        receipt=Receipt(2, deemed=True),
    ),
    Case(  # a report returned as a whole
        "jc-jinpushan-proc",
        13,
        (
            Work("rules", planned=4, approved=7, progress=(10,)),
            Work("deeds", planned=2, done=3),
            under_way("single-form"),
        ),
        (Account((1,), 3, (Sending(3, 4),), returned=6),),
    ),
)

POLICE = (
    Case(  # found by an unannounced visit
        "police-public-order",
        18,
        (settled("talks"), settled("single-form", closed=None), at_once("letter-box")),
        (
            report_on(0, 1, drafted=10, signed=11, approved=14),
            report_on(2, drafted=3, signed=4, approved=7, filed=9),
        ),
        unannounced=True,
    ),
    Case(
        "police-household",
        11,
        (Work("talks", planned=5, approved=6, progress=(9,)), Work("board", mended=True), under_way("schedule")),
    ),
    Case(  # withdrawn before receipt, then issued anew
        "police-criminal", 10, (Work("talks"), Work("ledger")), receipt=Receipt(None), ends="withdrawn"
    ),
    Case("police-criminal", 8, (under_way("talks"), Work("ledger", planned=4, approved=7), Work("sign-in", planned=6))),
    Case(  # voided by the province's lead after receipt, then issued anew
        "police-economic", 14, (under_way("critical-few"),), ends="voided", ends_after=7
    ),
    Case(
        "police-economic",
        5,
        (Work("critical-few"), just_sent("letter-box"), Work("sign-in", planned=4)),
        (report_on(1, drafted=3, signed=4),),
    ),
    Case("police-traffic", 7, (Work("ledger", planned=5), under_way("sign-in"), Work("single-form", planned=6))),
    Case("police-expressway", 4, (Work("single-form"), Work("letter-box", planned=2), Work("talks"))),
    Case(  # the central group's feedback, handed down by the province
        "police-traffic",
        6,
        (Work("central", planned=4, approved=5), Work("rules", planned=5)),
        is_central=True,
    ),
    Case("police-custody", 2, (Work("talks"), Work("notes"), Work("schedule"))),
    Case("police-narcotics", 1, (Work("single-form"), Work("schedule")), receipt=Receipt(None)),
    Case("police-entry-exit", 2, (Work("sign-in"), Work("talks")), receipt=Receipt(None), ends="pending_signoff"),
    Case("police-training", 1, (Work("schedule"),), receipt=Receipt(None), late_entry=True, ends="draft"),
)

CASES = COURT + PROCURATORATE + POLICE

VISITS = (
    Visit("tyrail-intermediate-court", 6, 3, "none_found"),
    Visit("lfrail-court", 1, -3, "planned"),
    Visit("tyrail-proc", 3, -2, "approved"),
    Visit("police-public-order", 2, -4, "approved", unannounced=True),  # the unit does not see it before it starts
    Visit("police-household", 4, 1, "in_progress"),
    Visit("ty-xiyu-proc", 4, 2, "pending_review"),
    Visit("yq-yinying-proc", 4, -1, "postponed"),
    Visit("jc-jinpushan-proc", 5, -1, "resumed"),
    Visit("police-traffic", 4, -1, "cancelled"),
)

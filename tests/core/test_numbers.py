"""Numbers of papers: no gap in what a series issues, no number used twice, whoever typed or rolled back in between."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st

from supervision.core import numbers
from supervision.core.models import IssuedNumber, NumberCounter, NumberSeries
from supervision.core.numbers import NumberRefused, NumberTaken, UnknownSeries, normalised, register_typed, take

AT = datetime(2021, 9, 17, 2, 0, tzinfo=UTC)
CODE = "feedback_form:court-1"
ids = itertools.count(1)


def form():
    return SimpleNamespace(
        kind="feedback_form", pk=next(ids), campaign_id=1, body_id=1, team_id=1, unit_id=1, label="反馈单"
    )


def taken(code=CODE, year=2021, campaign_id=1, subject=None):
    return take(campaign_id=campaign_id, code=code, year=year, subject=subject or form(), at=AT)


def typed(text, campaign_id=1, subject=None):
    return register_typed(campaign_id=campaign_id, text=text, subject=subject or form(), at=AT)


@pytest.fixture
def series(db):
    return NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="督一反馈")


# --- a series --------------------------------------------------------------------------------------------------------


def test_a_series_counts_from_one_and_prints_the_official_form(series):
    assert [taken().text for _ in range(3)] == ["督一反馈〔2021〕1号", "督一反馈〔2021〕2号", "督一反馈〔2021〕3号"]


def test_the_number_knows_whose_it_is(series):
    subject = form()
    number = taken(subject=subject)
    assert (number.subject_kind, number.subject_id, number.value, number.year) == ("feedback_form", subject.pk, 1, 2021)
    assert (number.series_id, number.is_typed, number.issued_at, number.voided_at) == (series.pk, False, AT, None)


def test_each_year_each_series_and_each_campaign_counts_for_itself(series):
    NumberSeries.objects.create(campaign_id=1, code="closure_sheet", prefix="督一销号")
    NumberSeries.objects.create(campaign_id=2, code=CODE, prefix="督一反馈")
    taken()
    assert taken().value == 2
    assert taken(year=2022).value == taken(code="closure_sheet").value == taken(campaign_id=2).value == 1
    assert taken().value == 3


def test_a_campaign_may_print_its_numbers_its_own_way(db):
    NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="SX Court", pattern="{prefix} No. {n} of {year}")
    assert taken().text == "SX Court No. 1 of 2021"


def test_a_prefix_that_looks_like_a_pattern_is_only_text(db):
    NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="{n}{prefix.__class__}")
    assert taken().text == "{n}{prefix.__class__}〔2021〕1号"


def test_an_unknown_series_is_refused_by_name(series):
    with pytest.raises(UnknownSeries, match="closure_sheet"):
        taken(code="closure_sheet")
    with pytest.raises(UnknownSeries):
        taken(campaign_id=9)


@pytest.mark.parametrize("pattern", ["{prefix}〔{year}〕", "{prefix}{n}号", "", "{prefix}〔{year}〕{ n }号"])
def test_a_pattern_that_would_repeat_itself_is_refused_by_the_form(pattern):
    with pytest.raises(ValidationError):
        NumberSeries(campaign_id=1, code=CODE, prefix="督", pattern=pattern).clean_fields()


def test_a_pattern_without_its_number_never_loops(db):
    NumberSeries.objects.create(campaign_id=1, code=CODE, pattern="{prefix}〔{year}〕")
    with pytest.raises(ValueError, match="cannot count"):
        taken()


def test_two_series_cannot_print_the_same_texts(series):
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberSeries.objects.create(campaign_id=1, code="other", prefix=series.prefix)


def test_a_number_costs_two_queries_once_the_year_has_begun(series, django_assert_num_queries):
    taken()
    with django_assert_num_queries(2 + 2):  # SAVEPOINT and RELEASE are not counted by our rule
        taken()


# --- beside it, the office's own register ----------------------------------------------------------------------------


def test_a_typed_number_is_kept_and_the_series_passes_over_it(series):
    assert typed("督一反馈〔2021〕2号").is_typed
    assert [taken().value for _ in range(3)] == [1, 3, 4]
    assert NumberCounter.objects.get().last == 4


def test_however_many_were_typed_the_series_finds_the_next_free_one(series):
    for value in range(1, 3 * numbers.LOOK_AHEAD):
        typed(f"督一反馈〔2021〕{value}号")
    assert taken().value == 3 * numbers.LOOK_AHEAD


@pytest.mark.parametrize(
    "spelling",
    [
        "督一反馈[2021]1号",
        " 督一反馈 〔2021〕 1 号 ",
        "督一反馈（2021）１号",
        "督一反馈【２０２１】1号",
        "督一反馈〔2021〕\u200b1号\n",
    ],
)
def test_one_number_in_another_spelling_is_the_same_number(series, spelling):
    taken()
    with pytest.raises(NumberTaken, match="督一反馈〔2021〕1号"):
        typed(spelling)


def test_a_number_typed_twice_is_refused_with_a_sentence_and_the_move_can_go_on(db):
    typed("晋督〔2021〕5号")
    with pytest.raises(NumberTaken) as refusal:
        typed("晋督〔2021〕5号")
    assert str(refusal.value) == "文号“晋督〔2021〕5号”已经用过，请核对登记簿后改填。"
    assert isinstance(refusal.value, ValueError)
    assert typed("晋督〔2021〕6号").year == 2021  # the transaction is still alive


def test_another_campaign_has_a_register_of_its_own(db):
    typed("晋督〔2021〕5号", campaign_id=1)
    typed("晋督〔2021〕5号", campaign_id=2)
    assert numbers.is_taken(campaign_id=1, text="晋督[2021]5号")
    assert not numbers.is_taken(campaign_id=3, text="晋督[2021]5号")


def test_a_typed_number_takes_its_year_from_its_brackets_else_from_the_day(db):
    assert typed("晋督〔2020〕5号").year == 2020
    assert typed("晋督第5号").year == 2021
    new_year_in_beijing = datetime(2021, 12, 31, 16, 30, tzinfo=UTC)
    assert register_typed(campaign_id=1, text="晋督第6号", subject=form(), at=new_year_in_beijing).year == 2022


@pytest.mark.parametrize("text", ["", "  \u3000 ", "\u200b", "长" * 161])
def test_an_empty_or_endless_number_is_refused(db, text):
    with pytest.raises(NumberRefused):
        typed(text)
    assert not IssuedNumber.objects.exists()


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more(text):
    assert normalised(normalised(text)) == normalised(text)


# --- never again -----------------------------------------------------------------------------------------------------


def test_the_number_of_a_voided_paper_is_marked_and_never_given_again(series):
    subject = form()
    text = taken(subject=subject).text
    assert numbers.mark_voided(subject=subject, at=AT) == 1
    assert IssuedNumber.objects.get(text=text).voided_at == AT
    assert taken().value == 2
    with pytest.raises(NumberTaken):
        typed(text)


def test_voiding_again_keeps_the_first_moment_and_touches_no_other_number(series):
    subject = form()
    taken(subject=subject)
    other = taken()
    numbers.mark_voided(subject=subject, at=AT)
    assert numbers.mark_voided(subject=subject, at=datetime(2021, 12, 1, tzinfo=UTC)) == 0
    other.refresh_from_db()
    assert other.voided_at is None


def test_a_counter_set_back_by_hand_still_gives_no_number_twice(series):
    first = taken()
    NumberCounter.objects.update(last=0)
    assert taken().value == first.value + 1


# --- in the move's transaction ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given():
    NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="督一反馈")
    with pytest.raises(TransactionManagementError):
        taken()
    with pytest.raises(TransactionManagementError):
        typed("晋督〔2021〕5号")
    assert not IssuedNumber.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_move_that_was_rolled_back_leaves_no_gap():
    NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="督一反馈")
    with transaction.atomic():
        taken()
    for _ in range(2):
        with transaction.atomic():
            assert taken().value == 2
            transaction.set_rollback(True)  # the move failed after it had taken its number
    with transaction.atomic():
        assert taken().value == 2
    assert list(IssuedNumber.objects.order_by("value").values_list("value", flat=True)) == [1, 2]


def test_another_fault_of_the_database_is_not_mistaken_for_a_taken_number(series):
    with pytest.raises(IntegrityError), transaction.atomic():
        take(campaign_id=1, code=CODE, year=2021, subject=form(), at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        register_typed(campaign_id=None, text="晋督〔2021〕5号", subject=form(), at=AT)


def in_parallel(*acts):
    """Run all acts at once, each in a thread and a transaction of its own; what each returned or raised."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            with transaction.atomic():
                return act()
        except NumberTaken as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("year_has_begun", [False, True], ids=["first number of the year", "in the year"])
def test_eight_at_once_get_eight_numbers_in_a_row(year_has_begun):
    series = NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="督一反馈")
    if year_has_begun:
        NumberCounter.objects.create(series=series, year=2021, last=0)
    given_out = in_parallel(*[lambda: taken().value] * 8)
    assert sorted(given_out) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert NumberCounter.objects.get().last == 8


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_who_type_the_same_number_at_once_have_one_winner():
    results = in_parallel(*[lambda: typed("晋督〔2021〕5号")] * 8)
    assert sum(isinstance(result, IssuedNumber) for result in results) == 1
    assert sum(isinstance(result, NumberTaken) for result in results) == 7


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("commits", [True, False], ids=["who typed stays", "who typed rolls back"])
def test_a_number_that_somebody_is_just_typing_is_waited_for(commits):
    """The series has looked, found 1 free, and meanwhile 1 is typed by a move that is still open."""
    NumberSeries.objects.create(campaign_id=1, code=CODE, prefix="督一反馈")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            typed("督一反馈〔2021〕1号")
            waiting = pool.submit(in_parallel, lambda: taken().value)
            wait_until_blocked()
            transaction.set_rollback(not commits)
        assert waiting.result(10) == [2 if commits else 1]


def wait_until_blocked(waiters=1):
    """Until other connections, so many, wait for a lock that we hold."""
    from time import monotonic, sleep

    ends = monotonic() + 60
    while monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= waiters:
                return
        sleep(0.02)
    raise AssertionError("Nobody waited.")

"""Working days: the calendar the office keeps, and counting in it, held against a clerk who counts day by day."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar.constants as chinese_calendar
import holidays
import pytest
import yaml
from django.db import IntegrityError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supervision.core.models import CalendarDay, CalendarYear, VocabularyVersion
from supervision.core.models.calendar import DayKind
from supervision.core.workdays import (
    Calendar,
    Exceptional,
    add_months,
    exceptions_of,
    load_calendar,
    read_seed,
    seed_calendar,
)

SPECIFIED = yaml.safe_load((Path(__file__).parent / "data" / "workdays.yaml").read_text(encoding="utf-8"))
SEEDED_YEARS = range(2018, 2027)
ONE_DAY = timedelta(1)


def seeded() -> Calendar:
    seed = read_seed()
    return Calendar([each for entry in seed.values() for each in exceptions_of(entry)], seed)


SEEDED = seeded()


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(i) for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


# --- the seed is the State Council's ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "working_days", "expected"), SPECIFIED["vectors"])
def test_every_vector_of_the_specification_holds(start, working_days, expected):
    assert SEEDED.add(start, working_days) == expected


@pytest.mark.parametrize("year", SPECIFIED["years"])
def test_the_seed_says_of_each_day_what_the_specification_says(year):
    table = SPECIFIED["years"][year]
    expected = [
        day for day in days_of(year) if day in table["make_up"] or (day.weekday() < 5 and day not in table["days_off"])
    ]
    assert [day for day in days_of(year) if SEEDED.is_working_day(day)] == expected
    assert len(expected) == table["working_days"]


def test_the_seed_covers_2018_to_2026_and_names_each_source():
    assert list(read_seed()) == list(SEEDED_YEARS)
    assert all("国办发明电" in entry["source"] for entry in read_seed().values())


@pytest.mark.parametrize("year", SEEDED_YEARS)
def test_each_year_has_as_many_working_days_as_its_check_sum(year):
    assert sum(SEEDED.is_working_day(day) for day in days_of(year)) == read_seed()[year]["working_days"]
    assert SEEDED.between(date(year - 1, 12, 31), date(year, 12, 31)) == read_seed()[year]["working_days"]


@pytest.mark.parametrize("year", SEEDED_YEARS)
def test_two_independent_libraries_agree_with_every_day_of_the_seed(year):
    china = holidays.country_holidays("CN", years=year)
    for day in days_of(year):
        by_table = day in chinese_calendar.workdays or (day.weekday() < 5 and day not in chinese_calendar.holidays)
        assert SEEDED.is_working_day(day) == china.is_working_day(day) == by_table, day


@pytest.mark.parametrize("year", SEEDED_YEARS)
def test_the_seed_lists_no_day_twice_nor_under_another_year(year):
    days = [each.day for each in exceptions_of(read_seed()[year])]
    assert len(days) == len(set(days))
    assert {day.year for day in days} == {year}
    assert all(each.day.weekday() >= 5 for each in exceptions_of(read_seed()[year]) if each.kind == DayKind.MAKE_UP)


# --- counting, against a clerk who counts on his fingers -----------------------------------------------------------

near = st.dates(date(2020, 12, 1), date(2022, 2, 28))
exceptions = st.dictionaries(near, st.sampled_from([DayKind.DAY_OFF, DayKind.MAKE_UP]), max_size=60)
calendars = exceptions.map(lambda table: Calendar([Exceptional(day, kind) for day, kind in table.items()], []))


def counted(calendar: Calendar, start: date, working_days: int) -> date:
    step, day = (ONE_DAY if working_days > 0 else -ONE_DAY), start
    for _ in range(abs(working_days)):
        day += step
        while not calendar.is_working_day(day):
            day += step
    return day


@given(table=exceptions, day=near)
def test_a_day_is_worked_when_made_up_or_an_ordinary_weekday(table, day):
    calendar = Calendar([Exceptional(each, kind) for each, kind in table.items()], [])
    kind = table.get(day)
    assert calendar.is_working_day(day) == (kind == DayKind.MAKE_UP or (kind is None and day.weekday() < 5))


@given(calendar=calendars, start=near, working_days=st.integers(-90, 90))
@settings(max_examples=300)
def test_adding_is_counting_day_by_day(calendar, start, working_days):
    assert calendar.add(start, working_days) == counted(calendar, start, working_days)


@given(calendar=calendars, start=near, end=near)
@settings(max_examples=300)
def test_between_counts_the_days_after_start_up_to_and_including_end(calendar, start, end):
    first, last = min(start, end), max(start, end)
    naive = sum(calendar.is_working_day(first + timedelta(i)) for i in range(1, (last - first).days + 1))
    assert calendar.between(start, end) == (naive if start <= end else -naive)


@given(calendar=calendars, start=near, working_days=st.integers(1, 90))
def test_a_term_is_exactly_as_long_as_was_asked_and_ends_on_a_working_day(calendar, start, working_days):
    end = calendar.add(start, working_days)
    assert calendar.is_working_day(end)
    assert calendar.between(start, end) == working_days
    assert calendar.between(start, end - ONE_DAY) == working_days - 1


@given(calendar=calendars, start=near, working_days=st.integers(1, 90))
def test_counting_back_from_a_working_day_undoes_counting_forward(calendar, start, working_days):
    start = calendar.add(start, 1)
    assert calendar.add(calendar.add(start, working_days), -working_days) == start


@pytest.mark.parametrize("start", [date(2021, 10, 1), date(2021, 10, 10), date(2021, 10, 12)])
def test_zero_working_days_move_nothing_not_even_off_a_holiday(start):
    assert SEEDED.add(start, 0) == start


def test_a_reminder_three_working_days_ahead_leaps_the_national_holiday():
    assert SEEDED.add(date(2021, 10, 11), -3) == date(2021, 9, 30)  # 9 and 8 October are worked, then 1 to 7 are not
    assert SEEDED.add(date(2021, 10, 9), -2) == date(2021, 9, 30)


def test_a_term_of_twenty_years_is_found_at_once_and_one_beyond_the_calendar_is_refused():
    assert SEEDED.between(date(2021, 1, 1), SEEDED.add(date(2021, 1, 1), 5_000)) == 5_000
    with pytest.raises(OverflowError):
        SEEDED.add(date(2021, 1, 1), 10_000_000)


# --- what is said about a day ----------------------------------------------------------------------------------------


def test_a_year_without_an_announcement_is_provisional_and_knows_weekends_only():
    assert not SEEDED.is_provisional(date(2026, 12, 31))
    assert SEEDED.is_provisional(date(2027, 1, 1))
    assert SEEDED.is_provisional(date(2017, 12, 31))
    assert SEEDED.is_working_day(date(2027, 10, 1))
    assert not SEEDED.is_working_day(date(2027, 10, 2))


@pytest.mark.parametrize(
    ("day", "kind", "label"),
    [
        (date(2021, 9, 26), DayKind.MAKE_UP, "国庆节调休上班"),
        (date(2021, 10, 1), DayKind.DAY_OFF, "国庆节放假"),
        (date(2021, 10, 8), DayKind.WORKING, "工作日"),
        (date(2021, 10, 10), DayKind.WEEKEND, "周末"),
        (date(2027, 10, 2), DayKind.WEEKEND, "周末（按暂定日历）"),
    ],
)
def test_a_day_says_what_it_is(day, kind, label):
    assert SEEDED.describe(day).kind == kind
    assert SEEDED.describe(day).label == label


# --- months are calendar months --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2021, 8, 31), 3, date(2021, 11, 30)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2021, 5, 5), 0, date(2021, 5, 5)),
    ],
)
def test_months_keep_the_day_or_give_the_last_one(start, months, expected):
    assert add_months(start, months) == expected


@given(start=st.dates(date(1900, 1, 1), date(2100, 1, 1)), months=st.integers(-600, 600))
@example(start=date(2020, 12, 31), months=2)
def test_months_land_in_the_right_month_never_later_in_it(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + ONE_DAY).day == 1)


# --- the office's table ----------------------------------------------------------------------------------------------


@pytest.fixture
def empty_table(db):
    CalendarDay.objects.all().delete()
    CalendarYear.objects.all().delete()


@pytest.mark.django_db
class TestTheTable:
    pytestmark = pytest.mark.usefixtures("empty_table")

    def test_seeding_fills_it_and_seeding_again_changes_nothing(self):
        assert seed_calendar() == list(SEEDED_YEARS)
        before = (list(CalendarYear.objects.values()), list(CalendarDay.objects.values()))
        assert seed_calendar() == []
        assert (list(CalendarYear.objects.values()), list(CalendarDay.objects.values())) == before

    def test_what_is_loaded_is_what_was_seeded_in_one_query(self, django_assert_num_queries):
        seed_calendar()
        with django_assert_num_queries(1):
            calendar = load_calendar()
        for day in (day for year in range(2017, 2028) for day in days_of(year)):
            assert calendar.describe(day) == SEEDED.describe(day), day

    def test_a_day_the_office_changed_stays_changed(self):
        seed_calendar()
        CalendarDay.objects.filter(day=date(2026, 10, 10)).delete()
        CalendarDay.objects.filter(day=date(2026, 10, 1)).update(name="国庆")
        seed_calendar()
        assert not load_calendar().is_working_day(date(2026, 10, 10))
        assert load_calendar().describe(date(2026, 10, 1)).name == "国庆"

    def test_a_year_the_office_typed_itself_is_left_alone_official_or_not(self):
        CalendarYear.objects.create(year=2026, is_official=False, source="省里的通知")
        assert 2026 not in seed_calendar()
        assert CalendarYear.objects.get(year=2026).source == "省里的通知"
        assert load_calendar().is_provisional(date(2026, 5, 5))
        assert load_calendar().is_working_day(date(2026, 5, 5))

    def test_a_single_day_typed_before_the_announcement_survives_the_seed(self):
        CalendarDay.objects.create(day=date(2026, 10, 1), kind=DayKind.MAKE_UP, name="值守")
        assert 2026 in seed_calendar()
        assert load_calendar().is_working_day(date(2026, 10, 1))

    def test_an_official_year_without_any_day_is_official(self):
        CalendarYear.objects.create(year=2030, is_official=True)
        assert not load_calendar().is_provisional(date(2030, 6, 3))

    def test_seeding_and_editing_tell_every_process_to_read_anew(self):
        before = VocabularyVersion.current()
        seed_calendar()
        seeded_at = VocabularyVersion.current()
        CalendarDay.objects.create(day=date(2027, 1, 1), kind=DayKind.DAY_OFF)
        assert before < seeded_at < VocabularyVersion.current()

    def test_the_database_knows_days_off_and_made_up_days_only(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarDay.objects.create(day=date(2027, 1, 1), kind=DayKind.WEEKEND)

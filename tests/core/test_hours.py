"""Opening hours as a line of text, open time, and the holidays of Japan."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.hours import Hours, holiday_name, is_holiday

JAPAN = ZoneInfo("Asia/Tokyo")
OFFICE = "平日 8:30-12:00 13:00-17:15"
LINES = [OFFICE, "月-金 8:30-17:15、土 9:00-12:00", "毎日 0:00-24:00", "24時間"]

lines = st.sampled_from(LINES).map(Hours.parse)
minutes = st.integers(0, 2 * 365 * 24 * 60)
instants = minutes.map(lambda n: at("2025-01-01") + dt.timedelta(minutes=n))
distances = st.timedeltas(dt.timedelta(), dt.timedelta(days=40))


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=JAPAN)


def hours(minutes):
    return dt.timedelta(hours=minutes)


@pytest.mark.parametrize(
    "line",
    [
        "月-金 8:30-17:15",
        "平日 8:30–17:15",
        "平日　８：３０～１７：１５",
        "月〜金 8:30〜17:15",
        "月ー金曜日 8時30分から17時15分まで",
        "月・火・水・木・金 8:30 ー 17:15",
        "月火水木金8:30-17:15。",
        "平日 8:30-12:00、12:00-17:15",
    ],
)
def test_ways_of_writing_mean_the_same(line):
    assert Hours.parse(line) == Hours.parse("平日 8:30-17:15")


def test_spans_and_days_are_read():
    found = Hours.parse("日-木 9:00-12:00・13:00-17時半、土 10:00-24:00")
    morning_and_afternoon = ((540, 720), (780, 1050))
    assert found.week == (*[morning_and_afternoon] * 4, (), ((600, 1440),)) + (
        morning_and_afternoon,
    )
    assert found.holidays is None


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("", "after the days"),
        ("平日", "after the days"),
        ("平日 8:30-17:15、土", "after the days"),
        ("9:00-17:00", "before the times"),
        ("金 22:00-6:00", "two spans"),
        ("平日 9:00-9:00", "two spans"),
        ("平日 8:30-24:15", "between 0:00 and 24:00"),
        ("平日 8:30-17:75", "between 0:00 and 24:00"),
        ("平日 8時75分-17時", "between 0:00 and 24:00"),
        ("平日 8:30-17:15、水 8:30-19:00", "Name each day once"),
        ("平日 8:30-17:15(祝日を除く)", "closed on holidays"),
        ("平日 8:30-17:15 年末年始は休み", "closed on holidays"),
        ("第2土曜 9:00-12:00", "“第2土曜 9:00-12:00” cannot be read"),
        ("月-金 9-17", "Write it like"),
        ("平日 8:30-17:15-18:00", "Write it like"),
        ("要確認", "Write it like"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(line, remedy):
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            Hours.parse(line)
        assert remedy in refused.value.messages[0]


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-11-24 08:29", False),
        ("2026-11-24 08:30", True),
        ("2026-11-24 12:00", False),  # the noon break
        ("2026-11-24 13:00", True),
        ("2026-11-24 17:15", False),
        ("2026-11-22 10:00", False),  # Sunday
        ("2026-11-23 10:00", False),  # Labour Thanksgiving Day
        ("2026-12-28 10:00", True),
        ("2026-12-29 10:00", False),
        ("2027-01-01 10:00", False),
        ("2027-01-04 10:00", True),
    ],
)
def test_office_is_open_at_its_hours(instant, is_open):
    office = Hours.parse(OFFICE)
    assert office.is_open(at(instant), closed_on_holidays=True) is is_open


def test_instant_of_another_time_zone_is_taken_to_japan():
    utc = dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.UTC)
    assert Hours.parse(OFFICE).is_open(utc, closed_on_holidays=True)
    assert not Hours.parse(OFFICE).is_open(utc + hours(9), closed_on_holidays=True)


def test_holiday_counts_only_for_those_who_close():
    office = Hours.parse(OFFICE)
    assert office.is_open(at("2026-11-23 10:00"), closed_on_holidays=False)


def test_hours_written_for_holidays_hold_on_them():
    line = Hours.parse("月-金 8:30-17:15、土日祝 9:00-12:00")
    for closed_on_holidays in (True, False):
        options = {"closed_on_holidays": closed_on_holidays}
        assert not line.is_open(at("2026-11-23 08:45"), **options)
        assert line.is_open(at("2026-11-23 09:00"), **options)
        assert line.is_open(at("2026-11-24 08:45"), **options)


def test_24_hours_means_holidays_too_and_every_day_does_not():
    new_year = at("2027-01-01 03:00")
    assert Hours.parse("２４時間").is_open(new_year, closed_on_holidays=True)
    daily = Hours.parse("毎日 0:00-24:00")
    assert not daily.is_open(new_year, closed_on_holidays=True)
    assert daily.is_open(new_year, closed_on_holidays=False)


@pytest.mark.parametrize(
    ("line", "instant", "opens"),
    [
        (OFFICE, "2026-11-24 07:00", "2026-11-24 08:30"),
        (OFFICE, "2026-11-24 12:30", "2026-11-24 13:00"),
        (OFFICE, "2026-11-24 10:00", "2026-11-24 10:00"),  # it is open
        (OFFICE, "2026-11-20 17:15", "2026-11-24 08:30"),  # weekend and holiday
        (OFFICE, "2026-12-28 17:15", "2027-01-04 08:30"),  # year end
        ("土 9:00-12:00", "2026-11-24 10:00", "2026-11-28 09:00"),
        ("24時間", "2027-01-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_next_opening(line, instant, opens):
    found = Hours.parse(line).next_opening(at(instant), closed_on_holidays=True)
    assert found == at(opens)
    assert found.tzinfo == JAPAN


def test_next_opening_is_none_beyond_60_days():
    holidays = Hours.parse("祝 9:00-12:00")
    found = holidays.next_opening(at("2026-05-20 00:00"), closed_on_holidays=True)
    assert found is None  # the next is 20 July, 61 days later
    found = holidays.next_opening(at("2026-05-21 00:00"), closed_on_holidays=True)
    assert found == at("2026-07-20 09:00")


@pytest.mark.parametrize(
    ("line", "instant", "closes"),
    [
        (OFFICE, "2026-11-24 10:00", "2026-11-24 12:00"),
        (OFFICE, "2026-11-24 12:00", None),
        ("24時間", "2026-11-24 12:00", None),
        ("毎日 0:00-24:00", "2026-11-24 12:00", "2026-12-29 00:00"),
        ("火 18:00-24:00、水 0:00-6:00", "2026-11-24 20:00", "2026-11-25 06:00"),
    ],
)
def test_closing_goes_on_over_midnight(line, instant, closes):
    found = Hours.parse(line).closing(at(instant), closed_on_holidays=True)
    assert found == (closes and at(closes))


def test_open_time_counts_working_hours_only():
    office = Hours.parse(OFFICE)
    options = {"closed_on_holidays": True}
    friday, tuesday = at("2026-11-20 16:15"), at("2026-11-24 09:30")
    assert office.open_time(friday, tuesday, **options) == hours(2)
    assert office.open_time(tuesday, friday, **options) == hours(0)
    assert office.after(friday, hours(2), **options) == tuesday
    assert office.after(friday, hours(1), **options) == at("2026-11-20 17:15")
    assert office.after(friday, hours(0), **options) == friday


def test_a_day_of_24_hours_has_24_hours():
    line = Hours.parse("毎日 0:00-24:00")
    start = at("2026-11-24 00:00")
    end = line.after(start, hours(36), closed_on_holidays=False)
    assert end == at("2026-11-25 12:00")


def test_amount_without_end_is_refused():
    rare = Hours.parse("月 9:00-9:01")
    for amount in (hours(1000), hours(-1)):
        with pytest.raises(ValueError, match="open time"):
            rare.after(at("2026-11-24 00:00"), amount, closed_on_holidays=True)


@given(lines, instants, distances, distances, st.booleans())
def test_open_time_is_additive(line, start, first, second, closed_on_holidays):
    options = {"closed_on_holidays": closed_on_holidays}
    middle, end = start + first, start + first + second
    whole = line.open_time(start, end, **options)
    parts = [(start, middle), (middle, end)]
    assert whole == sum((line.open_time(*p, **options) for p in parts), hours(0))
    assert hours(0) <= whole <= end - start


@given(lines, instants, distances.map(lambda d: d / 8), st.booleans())
def test_after_and_open_time_are_inverse(line, start, amount, closed_on_holidays):
    options = {"closed_on_holidays": closed_on_holidays}
    end = line.after(start, amount, **options)
    assert line.open_time(start, end, **options) == amount
    just_before = end - dt.timedelta(microseconds=1)
    assert not amount or line.open_time(start, just_before, **options) < amount


@given(lines, instants, st.booleans())
def test_it_is_open_at_the_next_opening_and_not_before(line, start, closed_on_holidays):
    options = {"closed_on_holidays": closed_on_holidays}
    opens = line.next_opening(start, **options)
    assert line.is_open(opens, **options)
    assert not line.open_time(start, opens, **options)
    assert line.is_open(start, **options) is (opens == start)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-05-06", "振替休日"),  # substitute for the 3rd, a Sunday
        ("2026-09-22", "国民の休日"),  # between two holidays
        ("2027-03-21", "春分の日"),
        ("2026-12-29", "年末年始"),
        ("2027-01-01", "元日"),
        ("2027-01-03", "年末年始"),
        ("2027-01-04", ""),
        ("2026-12-28", ""),
        ("2026-11-24", ""),
    ],
)
def test_holidays(day, name):
    day = dt.date.fromisoformat(day)
    assert is_holiday(day) is bool(name)
    if name != "年末年始":  # translated with the page, not here
        with translation.override("ja"):
            assert holiday_name(day) == name
    with translation.override("en"):
        assert holiday_name(day).isascii()

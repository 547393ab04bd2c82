"""Months of the calendar as people write them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from childcare.months import Month


@pytest.mark.parametrize(
    "text",
    ["2016/4", "2016/04", "2016年4月", "2016-04", "H28.4", "平成28年4月", "201604"],
)
def test_month_is_read(text):
    assert Month.parse(text) == Month(2016, 4)


def test_full_width_digits_are_read():
    assert Month.parse("２０１６／４") == Month(2016, 4)


@pytest.mark.parametrize("text", ["16/4", "4/2016", "2016/13", "2016/4/1", "2016", "x"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValidationError):
        Month.parse(text)


def test_month_knows_its_days_and_neighbours():
    month = Month(2016, 2)
    assert month.last == dt.date(2016, 2, 29)
    assert len(list(month.days())) == 29
    assert (Month(2016, 1).previous, Month(2016, 12).next) == (
        Month(2015, 12),
        Month(2017, 1),
    )


@pytest.mark.parametrize("parts", [(2016, 0), (2016, 13), (1899, 1), (10_000, 1)])
def test_month_that_does_not_exist_is_refused(parts):
    with pytest.raises(ValueError, match="no such month"):
        Month(*parts)

"""No date of the project is read or shown the US way."""

import datetime as dt
import re

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, translation

from core import fields, fiscal
from core import forms as core_forms
from core.dates import parse_date, parse_datetime, parse_time

READ_RIGHTLY = {
    "2017/3/21": "2017-03-21",
    "2017年3月21日": "2017-03-21",
    "H29.3.21": "2017-03-21",
    "h29-3-21": "2017-03-21",
    "令和5年4月30日": "2023-04-30",
    "R5/4/30": "2023-04-30",
    "令和元年5月1日": "2019-05-01",
    "㋿元年5月1日": "2019-05-01",
    "平成31年4月30日": "2019-04-30",
    "昭和64年1月7日": "1989-01-07",
    "２０１９／０５／０１": "2019-05-01",
    "20190501": "2019-05-01",
    "2019-05-01": "2019-05-01",
    "2016年 2月 29日": "2016-02-29",
}
REFUSED = [
    "5/4/30",
    "5/4/2023",
    "31.4.1",
    "5/1",
    "2019/2/29",
    "2017/13/1",
    "平成31年5月1日",
    "昭和64年1月8日",
    "令和元年4月30日",
    "8月下旬",
    "2017(3月)",
    "1066/10/14",
    "43586",
    "2017/3-21",
    "٢٠١٧/٣/٢١x",
]


@pytest.mark.parametrize(("written", "day"), list(READ_RIGHTLY.items()))
def test_japanese_notation_is_read_rightly(written, day):
    assert parse_date(written) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("written", REFUSED)
def test_what_has_two_readings_or_none_is_refused(written):
    with pytest.raises(ValidationError):
        parse_date(written)


def test_date_outside_its_era_is_refused_with_the_western_date():
    with pytest.raises(ValidationError, match="2019/05/01"):
        parse_date("平成31年5月1日")


def test_times_are_read():
    assert parse_time("９時３０分") == dt.time(9, 30)
    assert parse_datetime("H29.3.21 9:05") == dt.datetime(  # noqa: DTZ001 - local
        2017, 3, 21, 9, 5
    )
    for wrong in ("25:00", "24:00", "9", "930", "9:30:75"):
        with pytest.raises(ValidationError):
            parse_time(wrong)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_us_format_remains(language):
    with translation.override(language):
        for kind in ("DATE_INPUT_FORMATS", "DATETIME_INPUT_FORMATS"):
            for pattern in formats.get_format(kind):
                assert re.match(r"%Y", pattern), pattern
        for kind in ("DATE_FORMAT", "SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT"):
            assert not re.search(
                r"[mnNbMF].{0,2}[dj].{0,3}[Yy]", formats.get_format(kind)
            )


def own_models():
    labels = {"core", "accounts", "municipalities", "dashboard"}
    programs = {c.label for c in apps.get_app_configs() if hasattr(c, "order")}
    for model in apps.get_models():
        if model._meta.app_label in labels | programs:
            yield model


def typed_date_fields():
    for model in own_models():
        for field in model._meta.fields:
            if (
                isinstance(field, models.DateField | models.TimeField)
                and field.editable
                and field.name not in ("last_login", "date_joined")
            ):
                yield field


@pytest.mark.parametrize("field", list(typed_date_fields()), ids=str)
def test_every_typed_date_is_read_by_the_projects_field(field):
    assert isinstance(field, fields.DateField | fields.DateTimeField | fields.TimeField)


def test_every_declared_form_reads_dates_the_japanese_way():
    ours = (core_forms.DateField, core_forms.DateTimeField, core_forms.TimeField)
    plain = (forms.DateField, forms.DateTimeField, forms.TimeField)
    programs = [c.name for c in apps.get_app_configs() if hasattr(c, "order")]
    for form in [*_subclasses(forms.ModelForm), *_subclasses(forms.Form)]:
        if form.__module__.split(".")[0] not in programs:
            continue
        for name, field in form.base_fields.items():
            assert not isinstance(field, plain) or isinstance(field, ours), (form, name)


def _subclasses(cls):
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2017-03-20", 2016),
        ("2017-03-21", 2017),
        ("2016-12-31", 2016),
        ("2020-02-29", 2019),
    ],
)
def test_fiscal_year_starts_on_21_march(day, year):
    assert fiscal.fiscal_year_of(dt.date.fromisoformat(day)) == year


def test_bounds_are_half_open_and_label_is_japanese():
    assert fiscal.bounds(2016) == (dt.date(2016, 3, 21), dt.date(2017, 3, 21))
    assert fiscal.last_day(2016) == dt.date(2017, 3, 20)
    with translation.override("ja"):
        assert fiscal.label(2016) == "2016年度"


def test_local_date_is_that_of_japan():
    instant = dt.datetime(2017, 3, 20, 15, 30, tzinfo=dt.UTC)
    assert fiscal.local_date(instant) == dt.date(2017, 3, 21)

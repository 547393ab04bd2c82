"""Filters that every list shares; the names in the URL are the same in all of them.

`q` searches, `fiscal_year` and `until` are what a flow figure links with, `on` what a
stock figure links with, `prefecture` and `municipality` what a breakdown adds.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters as df
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import fiscal, forms
from .text import fold

FIRST_YEAR = 2000


class DateFilter(df.DateFilter):
    """A date in any Japanese notation."""

    field_class = forms.DateField


class SearchFilter(df.CharFilter):
    """Search in folded key columns: width, case and kana make no difference.

    `keys` are paths to `SearchKeyField` columns; every word must be found in one.
    """

    def __init__(self, *, keys: Sequence[str], **kwargs: Any) -> None:
        self.keys = keys
        kwargs.setdefault("label", _("Search"))
        super().__init__(**kwargs)
        self.extra["strip"] = True

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Return the rows in which every word occurs."""
        for word in (value or "").split():
            anywhere = Q()
            for key in self.keys:
                anywhere |= Q(**{f"{key}__contains": fold(word)})
            qs = qs.filter(anywhere)
        return qs


class FiscalYearFilter(df.ChoiceFilter):
    """The rows of one fiscal year, by the model's `fiscal_year` column."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Fiscal year"))
        super().__init__(choices=_year_choices, **kwargs)


def _year_choices() -> list[tuple[int, str]]:
    years = range(fiscal.current_year(), FIRST_YEAR - 1, -1)
    return [(year, fiscal.label(year)) for year in years]


class UntilFilter(DateFilter):
    """The rows up to and including a day; `field_name` is a date."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Up to"))
        super().__init__(lookup_expr="lte", **kwargs)


class AsOfFilter(DateFilter):
    """The rows that hold on a day: the named QuerySet method is called with it."""

    def __init__(self, *, method_name: str, **kwargs: Any) -> None:
        self.method_name = method_name
        kwargs.setdefault("label", _("As of"))
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet, value: dt.date | None) -> QuerySet:
        """Return `qs.<method_name>(value)`; everything without a day."""
        return getattr(qs, self.method_name)(value) if value else qs


class ProgramFilterSet(df.FilterSet):
    """The base of every filter set: dates are read the Japanese way."""

    FILTER_DEFAULTS = {
        **df.FilterSet.FILTER_DEFAULTS,
        models.DateField: {"filter_class": DateFilter},
        models.GeneratedField: {"filter_class": FiscalYearFilter},
    }

    @property
    def conditions(self) -> list[str]:
        """The labels of the filters in use; none when one cannot be read."""
        if not self.form.is_valid():
            return []
        used = self.form.cleaned_data
        return [
            str(field.label)
            for field in self.form.visible_fields()
            if used.get(field.name) not in (None, "", [])
        ]

    @property
    def is_narrowed(self) -> bool:
        """Tell whether any filter is in use."""
        return bool(self.conditions)


class YesNoFilter(df.ChoiceFilter):
    """Yes, no, or both; `true` and `false` in the URL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("true", _("Yes")), ("false", _("No"))],
            **kwargs,
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Filter by the truth value that stands in the URL as a word."""
        return super().filter(qs, value == "true") if value else qs

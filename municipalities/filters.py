"""Filters by place that the lists of all programs share."""

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import YesNoFilter

from .fields import MunicipalityField
from .models import Municipality
from .prefectures import PREFECTURES


class PrefectureFilter(df.ChoiceFilter):
    """The rows of one prefecture, by its two-digit code of JIS X 0401."""

    def __init__(self, path: str = "municipality", **kwargs: Any) -> None:
        prefix = f"{path}__" if path else ""
        kwargs.setdefault("label", _("Prefecture"))
        choices = [(f"{i:02}", name) for i, name in enumerate(PREFECTURES, start=1)]
        super().__init__(
            field_name=f"{prefix}prefecture_code", choices=choices, **kwargs
        )


class MunicipalityFilter(df.Filter):
    """The rows of one municipality, by its code or name."""

    field_class = MunicipalityField

    def __init__(self, path: str = "municipality", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Municipality"))
        kwargs.setdefault("help_text", "")
        super().__init__(field_name=path or "pk", **kwargs)

    def filter(self, qs: QuerySet, value: Municipality | None) -> QuerySet:
        """Return the rows of the municipality, all without one."""
        return qs.filter(**{self.field_name: value.pk}) if value else qs


class ServiceAreaFilter(YesNoFilter):
    """The rows inside or outside the service area."""

    def __init__(self, path: str = "municipality", **kwargs: Any) -> None:
        prefix = f"{path}__" if path else ""
        kwargs.setdefault("label", _("In the service area"))
        super().__init__(field_name=f"{prefix}is_in_service_area", **kwargs)

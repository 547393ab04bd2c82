"""Model fields that read Japanese input everywhere: forms, admin, filters, imports."""

from typing import Any

from django.db import models
from django.forms import Field

from . import forms
from .text import fold


class DateField(models.DateField):
    """A date; every form made from it reads Japanese notations."""

    def formfield(self, **kwargs: Any) -> Field | None:
        """Return a form field that reads dates with `core.dates`."""
        return super().formfield(**{"form_class": forms.DateField, **kwargs})


class DateTimeField(models.DateTimeField):
    """An instant; every form made from it reads Japanese notations."""

    def formfield(self, **kwargs: Any) -> Field | None:
        """Return a form field that reads date and time with `core.dates`."""
        return super().formfield(**{"form_class": forms.DateTimeField, **kwargs})


class TimeField(models.TimeField):
    """A time of day; every form made from it reads Japanese notations."""

    def formfield(self, **kwargs: Any) -> Field | None:
        """Return a form field that reads times with `core.dates`."""
        return super().formfield(**{"form_class": forms.TimeField, **kwargs})


class CountField(models.PositiveIntegerField):
    """A whole number of things, zero or above; None means "not recorded"."""

    def formfield(self, **kwargs: Any) -> Field | None:
        """Return a form field that reads numbers with `core.text.parse_count`."""
        return super().formfield(**{"form_class": forms.CountField, **kwargs})


class SearchKeyField(models.TextField):
    """The folded text of other fields of the row, for search.

    Filled whenever Django writes the row through `save()` or `bulk_create()`;
    `update()` and `bulk_update()` do not touch it, as with `auto_now`.
    """

    def __init__(self, *sources: str, **kwargs: Any) -> None:
        self.sources = sources
        super().__init__(**{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Keep the names of the source fields in migrations."""
        name, path, _args, kwargs = super().deconstruct()
        return name, path, list(self.sources), kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the folded text of the source fields, one blank between them."""
        values = (getattr(model_instance, source) for source in self.sources)
        key = " ".join(fold(str(value)) for value in values if value)
        setattr(model_instance, self.attname, key)
        return key

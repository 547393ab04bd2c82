"""Administration of municipalities, desks and delivery courses."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import fiscal
from core.forms import refuse_future
from core.hours import EXAMPLES, validate_hours
from core.text import fold

from .file_admin import FileAdmin
from .models import CourseArea, DeliveryCourse, Desk, Municipality
from .prefectures import PREFECTURES
from .resources import (
    DeskFormat,
    DeskResource,
    MunicipalityFormat,
    MunicipalityResource,
)

SHOWN_PROTECTED = 20


def search(queryset: QuerySet, written: str, keys: Sequence[str]) -> QuerySet:
    """Return the rows in whose `keys` every word occurs, whatever its width or kana."""
    for word in written.split():
        anywhere = Q()
        for key in keys:
            anywhere |= Q(**{f"{key}__contains": fold(word)})
        queryset = queryset.filter(anywhere)
    return queryset


class PrefectureListFilter(admin.SimpleListFilter):
    """The rows of one prefecture."""

    title = _("Prefecture")
    parameter_name = "prefecture"
    path = "prefecture_code"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        """Return all prefectures, without asking the table."""
        return [(f"{i:02}", name) for i, name in enumerate(PREFECTURES, start=1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows of the chosen prefecture."""
        return (
            queryset.filter(**{self.path: self.value()}) if self.value() else queryset
        )


class DeskPrefectureListFilter(PrefectureListFilter):
    """The desks of one prefecture."""

    path = "municipality__prefecture_code"


class VerifiedListFilter(admin.SimpleListFilter):
    """The desks whose telephone number nobody has tried for long."""

    title = _("Last verified")
    parameter_name = "verified"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        """Return what one may ask for."""
        return [("due", _("More than a year ago, or never")), ("never", _("Never"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the desks that are due."""
        if self.value() == "due":
            return queryset.due_for_verification(fiscal.local_date())
        if self.value() == "never":
            return queryset.filter(verified_on__isnull=True)
        return queryset


class DeskForm(forms.ModelForm):
    """A desk: opening hours that can be read, verified on a day that has come."""

    class Meta:
        help_texts = {"opening_hours": EXAMPLES}  # noqa: RUF012 - Django's own way

    def clean_opening_hours(self) -> str:
        """Refuse a new text that cannot be read; an old one stays until it changes."""
        written = self.cleaned_data["opening_hours"].strip()
        if written and "opening_hours" in self.changed_data:
            validate_hours(written)
        return written

    def clean_fallback(self) -> Desk | None:
        """Refuse the desk itself."""
        fallback = self.cleaned_data["fallback"]
        if fallback is not None and fallback.pk == self.instance.pk:
            raise ValidationError(
                _("A desk cannot stand in for itself."), code="itself"
            )
        return fallback

    def clean_verified_on(self) -> dt.date | None:
        """Refuse a day to come."""
        refuse_future(self.cleaned_data["verified_on"])
        return self.cleaned_data["verified_on"]


class DeskInline(admin.TabularInline):
    """The desks of a municipality."""

    model = Desk
    form = DeskForm
    extra = 0
    fields = ("kind", "name", "phone", "verified_on", "is_active")
    show_change_link = True


@admin.register(Municipality)
class MunicipalityAdmin(FileAdmin):
    """Municipalities: search, filters, history, import and export."""

    list_display = (
        "code",
        "prefecture",
        "name",
        "kana",
        "kind",
        "is_island",
        "is_in_service_area",
        "valid_until",
    )
    list_display_links = ("code", "name")
    list_filter = (PrefectureListFilter, "kind", "is_in_service_area", "is_island")
    list_per_page = 100
    search_fields = ("search_key",)
    search_help_text = _("Name, reading or code; several words narrow the search.")
    show_full_result_count = False
    autocomplete_fields = ("successor",)
    inlines = (DeskInline,)
    actions = ("put_into_service_area", "take_out_of_service_area")
    resource_classes = (MunicipalityResource,)
    import_format = MunicipalityFormat
    export_name = "municipalities"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search in the folded key; no row is found twice."""
        return search(queryset, search_term, ["search_key"]), False

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list, dict, set, list]:
        """Leave out postal codes, and tell what to do when a row is in use."""
        _tree, counts, denied, protected = super().get_deleted_objects(objs, request)
        if protected:
            messages.warning(
                request,
                _(
                    "What is in use cannot be deleted. Enter the last day and the "
                    "successor instead."
                ),
            )
        return [str(row) for row in objs], counts, denied, protected[:SHOWN_PROTECTED]

    @admin.action(description=_("Put into the service area"), permissions=["change"])
    def put_into_service_area(self, request: HttpRequest, rows: QuerySet) -> None:
        """Mark the chosen municipalities."""
        self._mark(request, rows, is_served=True)

    @admin.action(description=_("Take out of the service area"), permissions=["change"])
    def take_out_of_service_area(self, request: HttpRequest, rows: QuerySet) -> None:
        """Take the mark away."""
        self._mark(request, rows, is_served=False)

    def _mark(self, request: HttpRequest, rows: QuerySet, *, is_served: bool) -> None:
        # One by one, so that the log knows of each.
        changed = list(rows.exclude(is_in_service_area=is_served))
        for municipality in changed:
            municipality.is_in_service_area = is_served
            municipality.save(update_fields=["is_in_service_area"])
            self.log_change(
                request, municipality, [{"changed": {"fields": [str(_SERVICE_AREA)]}}]
            )
        message = ngettext("%d row was changed.", "%d rows were changed.", len(changed))
        self.message_user(request, message % len(changed), messages.SUCCESS)


_SERVICE_AREA = Municipality._meta.get_field("is_in_service_area").verbose_name


@admin.register(Desk)
class DeskAdmin(FileAdmin):
    """Desks, and who was last called to see whether the number is right."""

    form = DeskForm
    list_display = (
        "name",
        "municipality",
        "kind",
        "sub_area",
        "phone",
        "opening_hours",
        "verified_on",
        "is_active",
    )
    list_select_related = ("municipality",)
    list_filter = (
        VerifiedListFilter,
        "kind",
        DeskPrefectureListFilter,
        "is_active",
    )
    list_per_page = 100
    search_fields = ("search_key",)
    show_full_result_count = False
    autocomplete_fields = ("municipality", "fallback")
    resource_classes = (DeskResource,)
    import_format = DeskFormat
    export_name = "desks"
    actions = ("verify_today",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search in the folded keys of desk and municipality."""
        keys = ["search_key", "municipality__search_key"]
        return search(queryset, search_term, keys), False

    @admin.action(description=_("Verified today"), permissions=["change"])
    def verify_today(self, request: HttpRequest, rows: QuerySet) -> None:
        """Note that the chosen desks were called today and are right."""
        today = fiscal.local_date()
        verified = list(rows)
        for desk in verified:
            desk.verified_on = today
            desk.save(update_fields=["verified_on"])
            self.log_change(
                request, desk, [{"changed": {"fields": [str(_VERIFIED_ON)]}}]
            )
        message = ngettext(
            "%d row was changed.", "%d rows were changed.", len(verified)
        )
        self.message_user(request, message % len(verified), messages.SUCCESS)


_VERIFIED_ON = Desk._meta.get_field("verified_on").verbose_name


class CourseAreaInline(admin.TabularInline):
    """The municipalities and parts of them on a course."""

    model = CourseArea
    extra = 1
    autocomplete_fields = ("municipality",)


@admin.register(DeliveryCourse)
class DeliveryCourseAdmin(admin.ModelAdmin):
    """Delivery courses, and where each leads."""

    list_display = ("code", "name", "workplace", "is_active")
    list_display_links = ("code", "name")
    list_select_related = ("workplace",)
    list_filter = ("is_active", "workplace")
    list_per_page = 100
    search_fields = ("search_key",)
    search_help_text = _("Code or name of the course, or a municipality on it.")
    show_full_result_count = False
    inlines = (CourseAreaInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search in the folded keys of course and municipalities, each course once."""
        keys = ["search_key", "areas__municipality__search_key"]
        found = search(self.model.objects.all(), search_term, keys)
        return queryset.filter(pk__in=found.values("pk")), False

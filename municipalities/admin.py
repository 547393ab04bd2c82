"""Administration of municipalities and desks."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.admin import ImportExportModelAdmin
from import_export.forms import ExportForm
from import_export.results import Result
from import_export.tmp_storages import CacheStorage

from core import fiscal
from core.forms import refuse_future
from core.spreadsheets.reading import SpreadsheetError
from core.text import fold

from .models import Desk, Municipality
from .prefectures import PREFECTURES
from .resources import CsvFormat, MunicipalityResource, SpreadsheetFormat, XlsxFormat

SHOWN_PROBLEMS = 50
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
    """A desk, with the day on which it was verified in the past."""

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
class MunicipalityAdmin(ImportExportModelAdmin):
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
    tmp_storage_class = CacheStorage
    export_form_class = ExportForm

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

    def get_import_formats(self) -> list[Callable]:
        """Read Excel and CSV only, told apart by their content."""
        return [SpreadsheetFormat]

    def get_export_formats(self) -> list[Callable]:
        """Write Excel and CSV only."""
        return [XlsxFormat, CsvFormat]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may add and change rows."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may see the rows."""
        return self.has_view_permission(request)

    def get_export_filename(
        self, request: HttpRequest, queryset: QuerySet, file_format: Any
    ) -> str:
        """Return a name that every system can store."""
        day = fiscal.local_date()
        return f"municipalities_{day:%Y%m%d}.{file_format.get_extension()}"

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Save all of a file or nothing."""
        kwargs = super().get_import_data_kwargs(**kwargs)
        return {**kwargs, "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        """Name every place of the file that is wrong."""
        if not isinstance(e, SpreadsheetError):
            raise e
        for problem in e.problems[:SHOWN_PROBLEMS]:
            form.add_error("import_file", str(problem))
        more = len(e.problems) - SHOWN_PROBLEMS
        if more > 0:
            form.add_error("import_file", _("And %(n)d more.") % {"n": more})

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save what was shown; say so when it is no longer there, or no longer fits."""
        try:
            return super().process_import(request, **kwargs)
        except (SpreadsheetError, TypeError):
            # The stored file is gone (None), or the table changed since the preview.
            self.message_user(
                request,
                _("The file could not be taken over. Please choose it again."),
                messages.ERROR,
            )
        return HttpResponseRedirect(reverse("admin:municipalities_municipality_import"))

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        """Say how many rows are new and how many changed."""
        message = _("Imported: %(new)d new, %(changed)d changed, the others as before.")
        counts = {"new": result.totals["new"], "changed": result.totals["update"]}
        messages.success(request, message % counts)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Report success only when everything was saved."""
        if result.has_errors() or result.has_validation_errors():
            raise SpreadsheetError([], result.total_rows, len(result.invalid_rows))
        return super().process_result(result, request)


_SERVICE_AREA = Municipality._meta.get_field("is_in_service_area").verbose_name


@admin.register(Desk)
class DeskAdmin(admin.ModelAdmin):
    """Desks, and who was last called to see whether the number is right."""

    form = DeskForm
    list_display = (
        "name",
        "municipality",
        "kind",
        "sub_area",
        "phone",
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
    autocomplete_fields = ("municipality",)
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

"""The base of what administrators keep as lists: import and export of files."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.forms import ExportForm
from import_export.results import Result
from import_export.tmp_storages import CacheStorage
from tablib import Dataset

from core import fiscal
from core.spreadsheets.reading import SpreadsheetError

from .resources import CsvFormat, SpreadsheetFormat, XlsxFormat

SHOWN_PROBLEMS = 50


class FileAdmin(ImportExportModelAdmin):
    """Import of Excel and CSV, all of a file or nothing; export as shown.

    Subclasses declare `resource_classes`, `import_format` (the class that reads their
    columns) and `export_name`, how the files are called.
    """

    tmp_storage_class = CacheStorage
    export_form_class = ExportForm
    import_format: ClassVar[type[SpreadsheetFormat]]
    export_name: ClassVar[str]

    @property
    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_import_formats(self) -> list[Callable]:
        """Read Excel and CSV only, told apart by their content."""
        return [self.import_format]

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
        return f"{self.export_name}_{day:%Y%m%d}.{file_format.get_extension()}"

    def get_data_for_export(
        self, request: HttpRequest, queryset: QuerySet, **kwargs: Any
    ) -> Dataset:
        """Return the rows, with what the sheet of a workbook is called."""
        dataset = super().get_data_for_export(request, queryset, **kwargs)
        dataset.title = str(self.opts.verbose_name_plural)
        return dataset

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
        return HttpResponseRedirect(reverse(f"admin:{self._url_name}_import"))

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

"""Lists as files, for the administration's import and export."""

import io
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets
from import_export.formats.base_formats import Format
from tablib import Dataset

from core.spreadsheets.exports import XLSX, csv_lines, write_xlsx
from core.spreadsheets.reading import Column, Reading, Row

from .desk_imports import DESK_COLUMNS, kind_label, kind_of, read_desks
from .imports import COLUMNS, KEPT_COLUMNS, read_municipalities
from .models import Desk, Municipality


class SpreadsheetFormat(Format):
    """Reads CSV and Excel alike; every row is checked before anything is offered.

    Subclasses name the columns of their list, those that follow from others where a
    file lacks them, the function that reads rows, and the resource.
    """

    columns: ClassVar[tuple[Column, ...]]
    derived: ClassVar[tuple[str, ...]] = ()
    read: ClassVar[Callable[[Reading], Sequence[tuple[Row, Any]]]]
    resource: ClassVar[type[resources.ModelResource]]

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> Any:
        """Return what the form shows."""
        return _("Excel (.xlsx) or CSV")

    def can_import(self) -> bool:
        """Tell that files of this kind can be read."""
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """Return the rows with the columns that the file has.

        Raises SpreadsheetError naming sheet, row and column of all that is wrong.
        """
        rows = self.read(Reading(io.BytesIO(in_stream), "", self.columns))
        present = {*self.derived, *rows[0][0].values}
        found = self.resource().fields
        names = [c.name for c in self.columns if c.name in present and c.name in found]
        dataset = Dataset(headers=names)
        for _row, record in rows:
            dataset.append([found[name].export(record) for name in names])
        return dataset


class CsvFormat(Format):
    """Writes CSV that Excel opens rightly and that holds no formulas."""

    def get_title(self) -> str:
        """Return what the form shows."""
        return "csv"

    def can_export(self) -> bool:
        """Tell that files of this kind can be written."""
        return True

    def get_extension(self) -> str:
        """Return the ending of the file's name."""
        return "csv"

    def get_content_type(self) -> str:
        """Return the type of the response."""
        return "text/csv; charset=utf-8"

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        """Return the file."""
        return "".join(csv_lines([dataset.headers], dataset)).encode()


class XlsxFormat(CsvFormat):
    """Writes a workbook in which text stays text."""

    def get_title(self) -> str:
        """Return what the form shows."""
        return "xlsx"

    def get_extension(self) -> str:
        """Return the ending of the file's name."""
        return "xlsx"

    def get_content_type(self) -> str:
        """Return the type of the response."""
        return XLSX

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        """Return the file."""
        with write_xlsx(dataset.title, dataset.headers, dataset) as file:
            return file.read()


class PlainDiff(resources.Diff):
    """What a row was and becomes, marked by elements instead of inline styles.

    The package's own marks carry styles that the content security policy blocks.
    """

    def as_html(self) -> list[str]:
        """Return old and new value of every column, one of them if they are equal."""
        return [
            format_html("{}", new)
            if old == new
            else format_html("<del>{}</del> <ins>{}</ins>", old, new)
            for old, new in zip(self.left, self.right, strict=True)
        ]


class MunicipalityResource(resources.ModelResource):
    """The columns of `import_municipalities`, and those only kept here.

    A row is found by its code. Rows that did not change are left alone.
    """

    island = fields.Field("is_island", "island", widgets.BooleanWidget())
    service_area = fields.Field(
        "is_in_service_area", "service_area", widgets.BooleanWidget()
    )
    valid_from = fields.Field(
        "valid_from", "valid_from", widgets.DateWidget("%Y/%m/%d")
    )
    valid_until = fields.Field(
        "valid_until", "valid_until", widgets.DateWidget("%Y/%m/%d")
    )
    successor = fields.Field(
        "successor", "successor", widgets.ForeignKeyWidget(Municipality, "code")
    )

    def get_diff_class(self) -> type[resources.Diff]:
        """Return the class that shows what changes."""
        return PlainDiff

    class Meta:
        model = Municipality
        import_id_fields = ("code",)
        fields = tuple(column.name for column in (*COLUMNS, *KEPT_COLUMNS))
        import_order = fields
        export_order = fields
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False


class MunicipalityFormat(SpreadsheetFormat):
    """Reads a list of municipalities."""

    columns = (*COLUMNS, *KEPT_COLUMNS)
    # What follows from code and name where a file does not say it.
    derived = ("prefecture_code", "kind")
    read = staticmethod(read_municipalities)
    resource = MunicipalityResource


class KindWidget(widgets.Widget):
    """The kind of a desk in the words of the page."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the stored value."""
        return kind_of(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the words."""
        return kind_label(value)


class DeskResource(resources.ModelResource):
    """The columns of a list of desks.

    A desk is found by municipality, kind, name and sub-area. Rows that did not change
    are left alone. Who stands in for a desk is not in the file and stays.
    """

    municipality = fields.Field(
        "municipality", "municipality", widgets.ForeignKeyWidget(Municipality, "code")
    )
    place = fields.Field("municipality__name", "place", readonly=True)
    kind = fields.Field("kind", "kind", KindWidget())
    closed_on_holidays = fields.Field(
        "is_closed_on_holidays", "closed_on_holidays", widgets.BooleanWidget()
    )
    verified_on = fields.Field(
        "verified_on", "verified_on", widgets.DateWidget("%Y/%m/%d")
    )
    active = fields.Field("is_active", "active", widgets.BooleanWidget())

    def get_queryset(self) -> QuerySet:
        """Join the municipality, whose name every row of an export shows."""
        return super().get_queryset().select_related("municipality")

    def get_diff_class(self) -> type[resources.Diff]:
        """Return the class that shows what changes."""
        return PlainDiff

    class Meta:
        model = Desk
        import_id_fields = ("municipality", "kind", "name", "sub_area")
        fields = tuple(column.name for column in DESK_COLUMNS)
        import_order = fields
        export_order = fields
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False


class DeskFormat(SpreadsheetFormat):
    """Reads a list of desks."""

    columns = DESK_COLUMNS
    read = staticmethod(read_desks)
    resource = DeskResource

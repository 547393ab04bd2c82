"""Bringing in the list of municipalities: all of a file or nothing of it."""

from collections.abc import Collection, Sequence
from typing import BinaryIO, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.dates import parse_date
from core.spreadsheets.reading import Column, Reading, Row

from .models import Municipality

# As in the published list; README.md of the data names their sources.
COLUMNS = (
    Column("code", ("コード", "団体コード", "市区町村コード")),
    Column("prefecture_code", ("都道府県コード",), is_required=False),
    Column("prefecture", ("都道府県", "都道府県名")),
    Column("name", ("名称", "市区町村", "市区町村名")),
    Column("kana", ("読み", "よみ", "ふりがな")),
    Column("kind", ("種別",), is_required=False),
    Column("island", ("島しょ", "島しょ部"), is_required=False),
)
# What only the administration keeps: no published list knows it.
KEPT_COLUMNS = (
    Column("service_area", ("エリア内", "事業エリア内"), is_required=False),
    Column("valid_from", ("有効開始日",), is_required=False),
    Column("valid_until", ("有効終了日",), is_required=False),
    Column("successor", ("承継団体コード",), is_required=False),
)
WRITTEN = ("prefecture_code", "prefecture", "name", "kana", "kind", "is_island")
YES_NO = {"": False, "0": False, "1": True, "いいえ": False, "はい": True}


class Outcome(NamedTuple):
    """How many rows were read, what became of them, and what was not read at all."""

    read: int
    created: int
    changed: int
    unchanged: int
    notes: tuple[str, ...] = ()


def import_municipalities(
    *,
    file: BinaryIO,
    filename: str,
    service_area: Collection[str] = (),
    dry_run: bool = False,
) -> Outcome:
    """Bring in a published list; return the counts.

    Validity, successor and service area of rows that exist stay as they are, except
    that municipalities of the prefectures in `service_area` (codes) that are no islands
    are marked. Raises SpreadsheetError, and then nothing is changed. Source of the
    columns: the code table of the Ministry of Internal Affairs.
    """
    reading = Reading(file, filename, COLUMNS)
    wanted = read_municipalities(reading)
    with transaction.atomic():
        outcome = _write(wanted, set(service_area))
        if dry_run:
            transaction.set_rollback(True)
    return outcome._replace(notes=tuple(reading.notes))


def read_municipalities(reading: Reading) -> Sequence[tuple[Row, Municipality]]:
    """Return the rows of a list, and an unsaved municipality of each.

    Raises SpreadsheetError when any row is wrong. Costs one query if a column names
    successors.
    """
    found = []
    codes: set[str] = set()
    for row in reading.rows():
        municipality = _read(row)
        _check(reading, row, municipality)
        if municipality.code in codes:
            reading.refuse(row, "code", _("This code stands in the file twice."))
        codes.add(municipality.code)
        found.append((row, municipality))
    _link_successors(reading, found)
    reading.finish()
    return found


def _read(row: Row) -> Municipality:
    code = row.text("code")
    if isinstance(row.values["code"], int):
        code = code.zfill(6)  # a workbook took the code for a number
    return Municipality(
        code=code,
        prefecture_code=row.text("prefecture_code").zfill(2)
        if row.text("prefecture_code")
        else code[:2],
        prefecture=row.text("prefecture"),
        name=row.text("name"),
        kana=row.text("kana"),
        kind=row.text("kind") or row.text("name")[-1:],
        is_island=YES_NO.get(row.text("island"), False),
        is_in_service_area=YES_NO.get(row.text("service_area"), False),
    )


def _check(reading: Reading, row: Row, municipality: Municipality) -> None:
    """Refuse what is wrong in `row`; set the dates of `municipality`."""
    for column in ("island", "service_area"):
        if row.text(column) not in YES_NO:
            reading.refuse(row, column, _("Enter 1 for yes or 0 for no."))
    for column in ("valid_from", "valid_until"):
        try:
            written = row.text(column)
            setattr(municipality, column, parse_date(written) if written else None)
        except ValidationError as error:
            reading.refuse(row, column, error)
    for check in (municipality.clean_fields, municipality.clean):
        try:
            check()
        except ValidationError as error:
            for column, errors in error.error_dict.items():
                reading.refuse(row, column, ValidationError(errors))
            return
    begin, end = municipality.valid_from, municipality.valid_until
    if begin and end and end < begin:
        reading.refuse(row, "valid_until", _("The end lies before the beginning."))


def _link_successors(
    reading: Reading, found: Sequence[tuple[Row, Municipality]]
) -> None:
    named = {row.text("successor") for row, _municipality in found} - {""}
    known = Municipality.objects.in_bulk(named, field_name="code") if named else {}
    for row, municipality in found:
        code = row.text("successor")
        if code and code not in known:
            message = _("There is no municipality with this code.")
            reading.refuse(row, "successor", message)
        elif code == municipality.code:
            message = _("A municipality cannot succeed itself.")
            reading.refuse(row, "successor", message)
        municipality.successor = known.get(code)


def _write(
    wanted: Sequence[tuple[Row, Municipality]], service_area: set[str]
) -> Outcome:
    """Write what differs; changed rows one by one, so that the log sees them."""
    stored = Municipality.objects.in_bulk(field_name="code")
    new = []
    changed = 0
    for row, municipality in wanted:
        old = stored.get(municipality.code)
        if old and "island" not in row.values:
            municipality.is_island = old.is_island
        is_served = municipality.prefecture_code in service_area
        is_served = is_served and not municipality.is_island
        if old is None:
            municipality.is_in_service_area = is_served
            new.append(municipality)
        elif _update(old, municipality, is_served):
            changed += 1
    Municipality.objects.bulk_create(new, batch_size=500)
    read = len(wanted)
    return Outcome(read, len(new), changed, read - len(new) - changed)


def _update(old: Municipality, new: Municipality, is_served: bool) -> bool:
    """Bring `old` up to date; tell whether anything changed."""
    values = {name: getattr(new, name) for name in WRITTEN}
    if is_served:
        values["is_in_service_area"] = True
    if all(getattr(old, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(old, name, value)
    old.save()
    return True

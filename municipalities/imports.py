"""Bringing in the list of municipalities: all of a file or nothing of it."""

from collections.abc import Collection
from typing import BinaryIO, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.spreadsheets.reading import Column, Reading, Row

from .codes import validate_code
from .models import Municipality
from .prefectures import PREFECTURES

COLUMNS = (
    Column("code", ("コード", "団体コード", "市区町村コード")),
    Column("prefecture_code", ("都道府県コード",), is_required=False),
    Column("prefecture", ("都道府県", "都道府県名")),
    Column("name", ("名称", "市区町村", "市区町村名")),
    Column("kana", ("読み", "よみ", "ふりがな")),
    Column("kind", ("種別",), is_required=False),
    Column("island", ("島しょ", "島しょ部"), is_required=False),
)
WRITTEN = ("prefecture_code", "prefecture", "name", "kana", "kind", "is_island")
YES_NO = {"": False, "0": False, "1": True, "いいえ": False, "はい": True}


class Outcome(NamedTuple):
    """How many rows were read, and what became of them."""

    read: int
    created: int
    changed: int
    unchanged: int


def import_municipalities(
    *,
    file: BinaryIO,
    filename: str,
    service_area: Collection[str] = (),
    dry_run: bool = False,
) -> Outcome:
    """Bring in a list; return the counts.

    Validity, successor and service area of rows that exist stay as they are, except
    that municipalities of the prefectures in `service_area` (codes) that are no islands
    are marked. Raises SpreadsheetError, and then nothing is changed. Source of the
    columns: the code table of the Ministry of Internal Affairs.
    """
    reading = Reading(file, filename, COLUMNS)
    wanted: dict[str, Municipality] = {}
    for row in reading.rows():
        municipality = _read(reading, row)
        if municipality and municipality.code in wanted:
            reading.refuse(row, "code", _("This code stands in the file twice."))
        elif municipality:
            wanted[municipality.code] = municipality
    reading.finish()
    with transaction.atomic():
        outcome = _write(wanted, set(service_area), reading.read)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _read(reading: Reading, row: Row) -> Municipality | None:
    """Return the municipality of a row, None when something is refused."""
    before = len(reading.problems)
    code = row.text("code")
    if isinstance(row.values["code"], int):
        code = code.zfill(6)  # a workbook that took the code for a number
    municipality = Municipality(
        code=code,
        prefecture_code=code[:2],
        prefecture=row.text("prefecture"),
        name=row.text("name"),
        kana=row.text("kana"),
        kind=row.text("kind") or row.text("name")[-1:],
        is_island=YES_NO.get(row.text("island"), False),
    )
    try:
        validate_code(code)
    except ValidationError as error:
        reading.refuse(row, "code", error)
        return None
    known = dict(enumerate(PREFECTURES, start=1)).get(int(code[:2]))
    if municipality.prefecture != known:
        message = _("The code belongs to %(prefecture)s.")
        reading.refuse(row, "prefecture", message % {"prefecture": known or "–"})
    if row.text("prefecture_code").zfill(2) not in (code[:2], "00"):
        message = _("The municipality code begins with %(code)s.")
        reading.refuse(row, "prefecture_code", message % {"code": code[:2]})
    if row.text("island") not in YES_NO:
        reading.refuse(row, "island", _("Enter 1 for an island, else 0."))
    _check_fields(reading, row, municipality)
    return municipality if len(reading.problems) == before else None


def _check_fields(reading: Reading, row: Row, municipality: Municipality) -> None:
    for name in ("name", "kana", "kind"):
        field = Municipality._meta.get_field(name)
        try:
            field.clean(getattr(municipality, name), municipality)
        except ValidationError as error:
            reading.refuse(row, name, error)


def _write(
    wanted: dict[str, Municipality], service_area: set[str], read: int
) -> Outcome:
    """Write what differs. New and changed rows are saved one by one for the log."""
    stored = Municipality.objects.in_bulk(field_name="code")
    new = []
    changed = 0
    for code, municipality in wanted.items():
        is_served = municipality.prefecture_code in service_area
        is_served = is_served and not municipality.is_island
        old = stored.get(code)
        if old is None:
            municipality.is_in_service_area = is_served
            new.append(municipality)
        elif _update(old, municipality, is_served):
            changed += 1
    Municipality.objects.bulk_create(new, batch_size=500)
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

"""Reading a list of desks from a file, naming every place that is wrong."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.dates import parse_date
from core.forms import refuse_future
from core.hours import validate_hours
from core.spreadsheets.reading import Column, Reading, Row
from core.text import fold

from .models import Desk, Municipality

DESK_COLUMNS = (
    Column("municipality", ("コード", "団体コード", "市区町村コード")),
    # For those who read the list; the code decides.
    Column("place", ("市区町村", "市区町村名", "自治体"), is_required=False),
    Column("kind", ("種別",)),
    Column("name", ("名称", "窓口", "窓口名")),
    Column("sub_area", ("地区", "学区"), is_required=False),
    Column("phone", ("電話", "電話番号")),
    Column("email", ("メール", "メールアドレス"), is_required=False),
    Column("opening_hours", ("受付時間", "開庁時間"), is_required=False),
    Column("out_of_hours", ("時間外", "時間外の対応"), is_required=False),
    Column("closed_on_holidays", ("祝日休み", "祝日は休み"), is_required=False),
    Column("verified_on", ("確認日", "最終確認日"), is_required=False),
    Column("active", ("使用中",), is_required=False),
)
TEXTS = ("name", "sub_area", "phone", "email", "opening_hours", "out_of_hours")
# In a file without the column, or in an empty cell, a desk is like a new one.
YES_NO = {"": True, "0": False, "1": True, "いいえ": False, "はい": True}


def kind_label(kind: str) -> str:
    """Return a kind of desk in the words of the page."""
    return str(dict(Desk.Kind.choices).get(kind, kind))


def kind_of(written: Any) -> str:
    """Return the kind that a word or a stored value means; as written if unknown."""
    key = fold(str(written))
    for value, label in Desk.Kind.choices:
        if key in {fold(value), fold(str(label))}:
            return value
    return str(written)


def read_desks(reading: Reading) -> Sequence[tuple[Row, Desk]]:
    """Return the rows of a list, and an unsaved desk of each.

    Opening hours that cannot be read pass only where the same text is stored already.
    Raises SpreadsheetError when any row is wrong. Costs two queries.
    """
    rows = list(reading.rows())
    codes = {_code(row) for row in rows}
    known = Municipality.objects.in_bulk(codes, field_name="code")
    stored = Desk.objects.filter(municipality__code__in=codes)
    keys = ("municipality__code", "kind", "name", "sub_area", "opening_hours")
    old_hours = {tuple(key): hours for *key, hours in stored.values_list(*keys)}
    found = []
    seen = set()
    for row in rows:
        desk = _read(reading, row, known)
        key = (_code(row), desk.kind, desk.name, desk.sub_area)
        if desk.opening_hours and desk.opening_hours != old_hours.get(key):
            _check(reading, row, "opening_hours", validate_hours, desk.opening_hours)
        if key in seen:
            reading.refuse(row, "name", _("This desk stands in the file twice."))
        seen.add(key)
        found.append((row, desk))
    reading.finish()
    return found


def _code(row: Row) -> str:
    written = row.text("municipality")
    # A workbook may have taken the code for a number.
    return written.zfill(6) if written.isdigit() else written


def _read(reading: Reading, row: Row, known: dict[str, Municipality]) -> Desk:
    """Return the desk of a row; refuse what is wrong with each of its cells."""
    desk = Desk(kind=kind_of(row.text("kind")), municipality=known.get(_code(row)))
    for name in TEXTS:
        setattr(desk, name, row.text(name).strip())
    if _code(row) not in known:
        message = _("There is no municipality with this code.")
        reading.refuse(row, "municipality", message)
    for column, name in (
        ("closed_on_holidays", "is_closed_on_holidays"),
        ("active", "is_active"),
    ):
        if row.text(column) not in YES_NO:
            reading.refuse(row, column, _("Enter 1 for yes or 0 for no."))
        setattr(desk, name, YES_NO.get(row.text(column), True))
    if row.text("verified_on"):
        _check(reading, row, "verified_on", _verify, desk, row.text("verified_on"))
    for name in ("kind", *TEXTS):
        _check(reading, row, name, _clean, desk, name)
    return desk


def _verify(desk: Desk, written: str) -> None:
    desk.verified_on = parse_date(written)
    refuse_future(desk.verified_on)


def _clean(desk: Desk, name: str) -> None:
    field = Desk._meta.get_field(name)
    value = getattr(desk, name)
    if value or not field.blank:
        field.clean(value, desk)


def _check(reading: Reading, row: Row, column: str, rule: Any, *values: Any) -> None:
    """Apply a rule; refuse the cell if it raises ValidationError."""
    try:
        rule(*values)
    except ValidationError as error:
        reading.refuse(row, column, error)

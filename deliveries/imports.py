"""Bringing in lists of deliveries: all of a file or nothing of it."""

import datetime as dt
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from accounts.models import User, Workplace
from core.spreadsheets.reading import Column, Reading, Row

from .forms import DeliveryEntryForm
from .models import Delivery, Notice
from .services import DeliveryConflict, Entry, record_deliveries

COLUMNS = (
    Column("external_id", ("配達ID", "お届けID")),
    Column("member_number", ("組合員番号", "組合員コード")),
    Column("delivered_on", ("配達日", "お届け日")),
    Column("delivered_at", ("配達時刻", "お届け時刻")),
    Column("status", ("状況", "お届け状況")),
)


class Outcome(NamedTuple):
    """Rows read, those not recorded before, and the mails queued about them."""

    read: int
    created: int
    notices: int


def import_deliveries(
    *,
    file: BinaryIO,
    filename: str,
    workplace: Workplace,
    recorded_by: User,
    at: dt.datetime,
) -> Outcome:
    """Bring in a list with the notices about its deliveries; return the counts.

    Rows that are recorded alike change nothing, so that the same file may come twice.
    Raises SpreadsheetError, and then nothing is changed.
    """
    reading = Reading(file, filename, COLUMNS)
    entries: dict[str, Entry] = {}
    rows: dict[str, Row] = {}
    for row in reading.rows():
        entry = _read(reading, row)
        if entry is None:
            continue
        if entries.setdefault(entry.external_id, entry) != entry:
            message = _("This ID stands in the file before, with another content.")
            reading.refuse(row, "external_id", message)
        rows.setdefault(entry.external_id, row)
    reading.finish()
    known = Delivery.objects.in_bulk(rows, field_name="external_id")
    try:
        deliveries = record_deliveries(
            entries=list(entries.values()),
            workplace=workplace,
            recorded_by=recorded_by,
            at=at,
        )
    except DeliveryConflict as conflict:
        for external_id, reason in conflict.reasons.items():
            reading.refuse(rows[external_id], "external_id", str(reason))
        reading.finish()
    created = [one.pk for one in deliveries if one.external_id not in known]
    return Outcome(reading.read, len(created), _count_notices(created))


def _count_notices(pks: list[int]) -> int:
    """Return how many mails are about the deliveries; a query per 500."""
    return sum(
        Notice.objects.filter(delivery__in=pks[start : start + 500]).count()
        for start in range(0, len(pks), 500)
    )


def _read(reading: Reading, row: Row) -> Entry | None:
    """Return the delivery of a row, None when something is refused."""
    form = DeliveryEntryForm({column.name: row.text(column.name) for column in COLUMNS})
    if form.is_valid():
        return form.entry()
    for column, errors in form.errors.as_data().items():
        for error in errors:
            reading.refuse(row, column, error)
    return None

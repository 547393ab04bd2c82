"""The month sheet: all sessions of one hub in one month, entered at once."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.fields import CountField

from .forms import check_counts, outside_contract, overlapping
from .models import Hub, Session, Slot
from .months import Month

COLUMNS = ("families", "adults", "children", "first_timers", "consultations")
Counts = dict[str, int | None]


def _count_field(column: str) -> forms.Field:
    field: CountField = Session._meta.get_field(column)  # type: ignore[assignment]
    return field.formfield(required=False, help_text="")  # type: ignore[return-value]


class RowForm(forms.Form):
    """One row of the sheet: the session of a day and slot, none while it is blank.

    `seen` holds the counts that the person was shown: a row counts as changed only
    against them, so that a sheet left open never undoes what another person saved.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    families = _count_field("families")
    adults = _count_field("adults")
    children = _count_field("children")
    first_timers = _count_field("first_timers")
    consultations = _count_field("consultations")

    def __init__(
        self,
        hub: Hub,
        day: dt.date,
        slot: Slot,
        session: Session | None,
        *,
        data: Mapping[str, Any] | None,
        today: dt.date,
    ) -> None:
        self.hub, self.day, self.slot, self.session = hub, day, slot, session
        self.today = today
        prefix = f"{day.day}-{slot}"
        # A row that was not on the page when it was sent is left as it is.
        sent = data is not None and f"{prefix}-seen" in data
        stored = {name: getattr(session, name) for name in COLUMNS} if session else {}
        self.stored = _joined(stored)
        super().__init__(
            data if sent else None,
            prefix=prefix,
            initial={**stored, "seen": self.stored},
            use_required_attribute=False,
        )

    def is_valid(self) -> bool:
        """Tell whether the row can be saved; a row that was not sent can."""
        return not self.is_bound or super().is_valid()

    def clean(self) -> None:
        """Check the row as a whole, unless nothing was changed in it."""
        super().clean()
        if self.errors or not self.is_changed:
            return
        if self.cleaned_data["seen"] != self.stored:
            self._refuse_to_overwrite()
            return
        if self.is_blank:
            return
        if self.cleaned_data["families"] is None:
            self.add_error(
                "families",
                _(
                    "Enter the families, 0 when nobody came. Empty the whole row when "
                    "there was no session."
                ),
            )
        if self.is_to_come:
            self.add_error("families", _("This day lies in the future."))
        if not self.hub.is_open_on(self.day):
            self.add_error("families", outside_contract(self.hub))
        check_counts(self)

    def _refuse_to_overwrite(self) -> None:
        # Shown once: the next time the person knows, and may overwrite.
        names = map(self.add_prefix, self.fields)
        self.data = {name: self.data.get(name, "") for name in names}
        self.data[self.add_prefix("seen")] = self.stored
        now = self.initial.get("families")
        self.add_error(
            "families",
            ValidationError(
                _(
                    "Somebody else changed this row meanwhile (families now: "
                    "%(families)s). Check it; saving again puts in what stands here."
                ),
                params={"families": "–" if now is None else now},
            ),
        )

    @property
    def counts(self) -> Counts:
        """The counts as they stand in the row, None for blank and unreadable ones."""
        values = self.cleaned_data if self.is_bound else self.initial
        return {name: values.get(name) for name in COLUMNS}

    @property
    def is_blank(self) -> bool:
        """Whether there is no session."""
        return all(count is None for count in self.counts.values())

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what the person was shown."""
        if not self.is_bound:
            return False
        counts = {} if self.is_blank else self.counts
        return _joined(counts) != self.cleaned_data["seen"]

    @property
    def is_usual(self) -> bool:
        """Whether the day is one on which the hub operates."""
        return self.hub.operates_on(self.day)

    @property
    def is_to_come(self) -> bool:
        """Whether the day lies in the future."""
        return self.day > self.today

    @property
    def is_editable(self) -> bool:
        """Whether the page offers inputs: not for days to come or without contract."""
        possible = not self.is_to_come and self.hub.is_open_on(self.day)
        return possible or self.session is not None or bool(self.errors)

    @property
    def label(self) -> str:
        """The day and the slot, as messages name the row."""
        return f"{date_format(self.day, 'n/j (D)')} {self.slot.label}"

    def cells(self) -> list[forms.BoundField]:
        """Return the visible fields in the order of the columns."""
        return [self[name] for name in COLUMNS]

    def write(self) -> bool:
        """Create, change or delete the session; tell whether anything was written."""
        if not self.is_changed:
            return False
        if self.is_blank:
            if self.session:
                self.session.delete()
            return self.session is not None
        session = self.session or Session(
            hub=self.hub, held_on=self.day, slot=self.slot
        )
        for name, count in self.counts.items():
            setattr(session, name, count)
        session.save()
        return True


def _joined(counts: Counts) -> str:
    values = counts.values()
    return "/".join("" if count is None else str(count) for count in values)


class MonthSheet:
    """The rows of a hub and month: every day with the hub's slots, and what is there.

    Costs one query. `today` is the last day that can be entered.
    """

    def __init__(
        self,
        hub: Hub,
        month: Month,
        *,
        today: dt.date,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.hub, self.month = hub, month
        found = {
            (session.held_on, session.slot): session
            for session in Session.objects.within(month).filter(hub=hub)
        }
        self.rows = [
            RowForm(hub, day, slot, found.get((day, slot)), data=data, today=today)
            for day in month.days()
            for slot in Slot
            if slot in hub.slots or (day, slot) in found
        ]

    @cached_property
    def is_complete(self) -> bool:
        """Whether every row can be saved, and none takes the part of another."""
        if [row for row in self.rows if not row.is_valid()]:
            return False
        taken: dict[dt.date, RowForm] = {}
        for row in self.rows:
            if row.is_blank:
                continue
            other = taken.setdefault(row.day, row)
            clash = other is not row and row.slot.overlaps(other.slot)
            if clash and (row.is_changed or other.is_changed):
                session = Session(held_on=other.day, slot=other.slot)
                row.add_error("families", overlapping(session))
        return all(row.is_valid() for row in self.rows)

    def errors(self) -> Iterator[tuple[str, str, str]]:
        """Yield (id of the input, day and column, message) of every error."""
        for row in self.rows:
            for name, messages in row.errors.items():
                for message in messages:
                    place = f"{row.label} {row[name].label}"
                    yield row[name].id_for_label, place, message

    @property
    def columns(self) -> list[tuple[str, Any, int | None]]:
        """(name, label, total of what stands in the rows) of every column."""
        found = []
        for name in COLUMNS:
            counts = [row.counts[name] for row in self.rows]
            known = [count for count in counts if count is not None]
            label = Session._meta.get_field(name).verbose_name
            found.append((name, label, sum(known) if known else None))
        return found

    @property
    def session_count(self) -> int:
        """How many rows hold a session."""
        return sum(not row.is_blank for row in self.rows)

    def write(self) -> int:
        """Write the changed rows; return how many. To be called in a transaction."""
        return sum(row.write() for row in self.rows)

"""Bringing in lists of schools' wishes: all of a file or nothing of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.forms import CountField
from core.spreadsheets.reading import Column, Reading, Row
from core.text import fold
from municipalities.fields import MunicipalityField
from municipalities.models import Municipality

from .fields import plain_postal_code
from .models import Campaign, Donation, Item, School

# The names are what people see when something is wrong with a row.
PLACE, SCHOOL, ITEM, WISHED = "市区町村", "学校名", "品目", "希望数"
KIND, POSTAL_CODE, ADDRESS, NOTE = "種別", "郵便番号", "住所", "備考"
COLUMNS = (
    Column(PLACE, ("municipality", "自治体", "市区町村名", "市区町村コード")),
    Column(SCHOOL, ("school", "学校")),
    Column(ITEM, ("item", "品名", "寄贈品")),
    Column(WISHED, ("wished", "希望枚数", "希望本数", "希望")),
    Column(KIND, ("kind", "学校種別"), is_required=False),
    Column(POSTAL_CODE, ("postal_code",), is_required=False),
    Column(ADDRESS, ("address", "所在地"), is_required=False),
    Column(NOTE, ("note",), is_required=False),
)
COLUMN_OF_FIELD = {
    "name": SCHOOL,
    "kind": KIND,
    "postal_code": POSTAL_CODE,
    "address": ADDRESS,
}
KINDS = {
    "小学校": School.Kind.ELEMENTARY,
    "義務教育学校": School.Kind.COMPULSORY,
    "特別支援学校": School.Kind.SPECIAL,
    "その他": School.Kind.OTHER,
}
_wished_field = CountField(min_value=1)


@dataclass(frozen=True)
class Wish:
    """One row of a list: what is wished for, and the row it will become.

    `is_new` tells that nothing was recorded before; `before` is the number recorded so
    far, None where there was none.
    """

    row: Row
    donation: Donation
    is_new: bool
    before: int | None

    @property
    def is_changed(self) -> bool:
        """Tell whether another number is recorded."""
        return not self.is_new and self.before != self.donation.wished


@dataclass
class Plan:
    """What a list brings: its wishes, schools not yet listed, hidden sheets."""

    wishes: list[Wish] = field(default_factory=list)
    new_schools: list[School] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def created(self) -> int:
        """How many wishes are new."""
        return sum(wish.is_new for wish in self.wishes)

    @property
    def changed(self) -> int:
        """How many wishes get another number."""
        return sum(wish.is_changed for wish in self.wishes)

    @property
    def unchanged(self) -> int:
        """How many wishes are recorded alike."""
        return len(self.wishes) - self.created - self.changed


@transaction.atomic
def import_wishes(
    *,
    file: BinaryIO,
    filename: str,
    campaign: Campaign,
    add_schools: bool,
    dry_run: bool = False,
) -> Plan:
    """Bring in a list of wishes; return what became, or would become, of it.

    Rows that are recorded alike change nothing, so that the same file may come twice.
    Schools that are not listed are refused unless `add_schools`. Raises
    SpreadsheetError, and then nothing is changed.
    """
    # One list at a time: what is read below must still hold when it is written.
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    plan = _Reader(Reading(file, filename, COLUMNS), campaign, add_schools).plan()
    if not dry_run:
        for school in plan.new_schools:
            school.save()
        for wish in plan.wishes:
            if wish.is_new:
                # A school that is new has its key only now.
                wish.donation.school = wish.donation.school
                wish.donation.save()
            elif wish.is_changed:
                wish.donation.save(update_fields=["wished"])
    return plan


class _Reader:
    """Reads one list; looks everything up once, however long the list is."""

    def __init__(self, reading: Reading, campaign: Campaign, add_schools: bool) -> None:
        self.reading = reading
        self.campaign = campaign
        self.add_schools = add_schools
        self.places: dict[str, Municipality | ValidationError] = {}
        self.schools: dict[tuple[int, str], School] = {}
        self.seen: dict[tuple[int, str, int], Row] = {}

    def plan(self) -> Plan:
        """Return what the list brings. Raises SpreadsheetError."""
        rows = list(self._placed(self.reading.rows()))
        places = {place.pk for _row, place in rows}
        for school in School.objects.filter(municipality__in=places):
            self.schools[school.municipality_id, fold(school.name)] = school
        self.items = {fold(i.code): i for i in Item.objects.active()}
        self.items |= {fold(item.name): item for item in self.items.values()}
        recorded = Donation.objects.filter(campaign=self.campaign)
        self.recorded = {(d.school_id, d.item_id): d for d in recorded}
        plan = Plan(notes=self.reading.notes)
        for row, place in rows:
            if wish := self._wish(row, place):
                plan.wishes.append(wish)
        self.reading.finish()
        plan.new_schools = [s for s in self.schools.values() if s.pk is None]
        return plan

    def _placed(self, rows: Iterable[Row]) -> Iterable[tuple[Row, Municipality]]:
        """Yield the rows whose municipality is known, and refuse the others."""
        for row in rows:
            written = row.text(PLACE)
            if isinstance(row.values[PLACE], int):
                written = written.zfill(6)  # a workbook took the code for a number
            if written not in self.places:
                try:
                    self.places[written] = MunicipalityField().clean(written)
                except ValidationError as error:
                    self.places[written] = error
            place = self.places[written]
            if isinstance(place, ValidationError):
                self.reading.refuse(row, PLACE, place)
            else:
                yield row, place

    def _wish(self, row: Row, place: Municipality) -> Wish | None:
        """Return the wish of a row, None when something is refused."""
        item = self.items.get(fold(row.text(ITEM)))
        if item is None:
            names = "、".join(dict.fromkeys(str(i) for i in self.items.values()))
            message = _("There is no such item. Known are: %(names)s.")
            self.reading.refuse(row, ITEM, message % {"names": names})
        try:
            wished = _wished_field.clean(row.text(WISHED))
        except ValidationError as error:
            self.reading.refuse(row, WISHED, error)
            wished = None
        school = self._school(row, place)
        if item is None or wished is None or school is None:
            return None
        key = (place.pk, fold(school.name), item.pk)
        first = self.seen.setdefault(key, row)
        if first is not row:
            message = _("This school and item already stand in row %(row)d.")
            self.reading.refuse(row, SCHOOL, message % {"row": first.number})
            return None
        return self._recorded_wish(row, school, item, wished)

    def _recorded_wish(
        self, row: Row, school: School, item: Item, wished: int
    ) -> Wish | None:
        donation = self.recorded.get((school.pk, item.pk))
        if donation is None:
            donation = Donation(
                campaign=self.campaign, school=school, item=item, note=row.text(NOTE)
            )
        before = donation.wished
        if donation.sent_on and before != wished:
            message = _("This was already sent; the wish can no longer change.")
            self.reading.refuse(row, WISHED, message)
            return None
        donation.wished = wished
        return Wish(row, donation, donation.pk is None, before)

    def _school(self, row: Row, place: Municipality) -> School | None:
        """Return the school of a row, a new one where it may be recorded."""
        name = row.text(SCHOOL)
        school = self.schools.get((place.pk, fold(name)))
        if school is None:
            school = self._new_school(row, place, name)
        elif not school.is_open_during(self.campaign):
            message = _("This school did not exist at the time of the campaign.")
            self.reading.refuse(row, SCHOOL, message)
            return None
        return school

    def _new_school(self, row: Row, place: Municipality, name: str) -> School | None:
        kind = row.text(KIND)
        labels = {str(label): value for value, label in School.Kind.choices}
        school = School(
            municipality=place,
            name=name,
            kind=(KINDS | labels).get(kind, kind) or School.Kind.ELEMENTARY,
            postal_code=plain_postal_code(row.text(POSTAL_CODE)),
            address=row.text(ADDRESS),
        )
        try:
            school.clean_fields(exclude={"municipality"})
        except ValidationError as error:
            for column, errors in error.error_dict.items():
                name = COLUMN_OF_FIELD[column]
                self.reading.refuse(row, name, ValidationError(errors))
            return None
        if not self.add_schools:
            message = _(
                "This school is not listed in %(place)s. Correct the name, record it, "
                "or let the list record schools."
            )
            self.reading.refuse(row, SCHOOL, message % {"place": place})
            return None
        self.schools[place.pk, fold(name)] = school
        return school

"""Which desks to call at an hour, and the desks of a delivery course on paper."""

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import User
from core import fiscal
from core.hours import Hours
from core.text import fold

from .models import CourseArea, DeliveryCourse, Desk, Municipality


@dataclass(frozen=True)
class DeskCall:
    """A desk to call, and what a person who is about to call has to know.

    is_open: None where the opening hours are missing or cannot be read.
    opens_at: when it opens next, local time; None when open, unknown or in no 60 days.
    closes_at: until when an open desk is open; None when closed, unknown, or always.
    instruction: what to do instead; empty at an open desk.
    is_unverified: nobody verified the number for a year, or ever.
    stands_in_for: the desk, not known to be open, whose fallback this one is.
    """

    desk: Desk
    is_open: bool | None
    opens_at: dt.datetime | None
    instruction: str
    is_unverified: bool
    closes_at: dt.datetime | None = None
    stands_in_for: Desk | None = None


@dataclass(frozen=True)
class OpenState:
    """Whether a desk is open at an instant, when it opens, and when it closes."""

    is_open: bool | None
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None


def open_state(desk: Desk, at: dt.datetime) -> OpenState:
    """Return whether the desk is open at the aware instant `at`; costs no query."""
    try:
        hours = Hours.parse(desk.opening_hours)
    except ValidationError:
        return OpenState(None)
    closed = desk.is_closed_on_holidays
    if hours.is_open(at, closed_on_holidays=closed):
        return OpenState(True, None, hours.closing(at, closed_on_holidays=closed))
    return OpenState(False, hours.next_opening(at, closed_on_holidays=closed))


def desks_to_call(
    municipality: Municipality,
    *,
    at: dt.datetime,
    kinds: Sequence[str],
    sub_area: str = "",
    user: User,
) -> list[DeskCall]:
    """Return the desks to call at `at`, the one to call first at the top.

    Open desks come first, then those whose hours are unknown or that have an open
    stand-in; among these the desks of the sub-area, then the kinds in the order given,
    the municipal office last if it is not among them. Behind a desk that is not known
    to be open stands its fallback, of whatever kind and place. Costs two queries at
    most.
    """
    return _Call(municipality, at, kinds, sub_area, user).in_order()


def areas_of(course: DeliveryCourse) -> list[CourseArea]:
    """Return the municipalities and sub-areas of a course; costs one query."""
    return list(course.areas.select_related("municipality").order_by(*_AREAS))


def area_name(area: CourseArea) -> str:
    """Return what people call an area of a course: the city, or a part of it."""
    if not area.sub_area:
        return area.municipality.name
    return f"{area.municipality.name}({area.sub_area})"


_AREAS = ("municipality__code", "sub_area")


class _Call:
    """The desks of one call: which, in what state, in what order."""

    def __init__(
        self,
        municipality: Municipality,
        at: dt.datetime,
        kinds: Sequence[str],
        sub_area: str,
        user: User,
    ) -> None:
        self.at = at
        self.today = fiscal.local_date(at)
        self.kinds = list(dict.fromkeys([*kinds, Desk.Kind.MUNICIPAL]))
        self.sub_area = fold(sub_area)
        self.visible = Desk.objects.visible_to(user).select_related("municipality")
        own = self.visible.filter(municipality=municipality, is_active=True)
        self.known = {desk.pk: desk for desk in own.order_by("kind", "name", "pk")}
        right = [desk for desk in self.known.values() if desk.kind in self.kinds]
        sub_areas = {self.sub_area} - {""}
        self.right = list(of_sub_areas(right, sub_areas))
        self.states: dict[int, OpenState] = {}

    def in_order(self) -> list[DeskCall]:
        """Return each desk once, fallbacks behind the desk they stand in for."""
        calls: dict[int, DeskCall] = {}
        for desk in sorted(self.right, key=self._rank):
            calls.setdefault(desk.pk, self._call(desk))
            if self._state(desk).is_open:
                continue
            for other in self._stand_ins(desk):
                calls.setdefault(other.pk, self._call(other, stands_in_for=desk))
        return list(calls.values())

    def _rank(self, desk: Desk) -> tuple[int, int, int]:
        is_open = self._state(desk).is_open
        stand_ins = [self._state(other).is_open for other in self._stand_ins(desk)]
        openness = 0 if is_open else 1 if is_open is None or any(stand_ins) else 2
        # Without a sub-area any of them may be the right one: then only kinds count.
        distance = 0
        if self.sub_area and fold(desk.sub_area) != self.sub_area:
            distance = 2 if desk.sub_area else 1
        return openness, distance, self.kinds.index(desk.kind)

    def _state(self, desk: Desk) -> OpenState:
        if desk.pk not in self.states:
            self.states[desk.pk] = open_state(desk, self.at)
        return self.states[desk.pk]

    def _stand_ins(self, desk: Desk) -> list[Desk]:
        """Return the fallback, then its fallback …, up to the first that is open."""
        found: list[Desk] = []
        seen = {desk.pk}
        pk = desk.fallback_id
        while pk is not None and pk not in seen:
            seen.add(pk)
            other = self.known.get(pk) or self._elsewhere.get(pk)
            if other is None:
                break
            if other.is_active:
                found.append(other)
                if self._state(other).is_open:
                    break
            pk = other.fallback_id
        return found

    @cached_property
    def _elsewhere(self) -> dict[int, Desk]:
        """Fallbacks outside the municipality or out of use, three deep; one query."""
        wanted = {d.fallback_id for d in self.known.values()} - {None, *self.known}
        related = self.visible.select_related(
            "municipality",
            "fallback__municipality",
            "fallback__fallback__municipality",
        )
        found: dict[int, Desk] = {}
        for desk in related.filter(pk__in=wanted):
            second = desk.fallback
            chain = (desk, second, second and second.fallback)
            found |= {link.pk: link for link in chain if link}
        return found

    def _call(self, desk: Desk, stands_in_for: Desk | None = None) -> DeskCall:
        state = self._state(desk)
        return DeskCall(
            desk=desk,
            is_open=state.is_open,
            opens_at=state.opens_at,
            closes_at=state.closes_at,
            instruction="" if state.is_open else self._instruction(desk, state),
            is_unverified=desk.is_due_for_verification(self.today),
            stands_in_for=stands_in_for,
        )

    def _instruction(self, desk: Desk, state: OpenState) -> str:
        if desk.out_of_hours:
            return desk.out_of_hours
        for other in self._stand_ins(desk):
            if self._state(other).is_open is not False:
                params = {"desk": other.name, "phone": other.phone}
                return _("When it is closed, call %(desk)s, %(phone)s.") % params
        return general_instruction(state.opens_at)


def general_instruction(opens_at: dt.datetime | None) -> str:
    """Return what to do where neither desk nor fallback says it."""
    danger = _("Life in danger: 119, police: 110.")
    if opens_at is None:
        return danger + _("Otherwise call the main number of the municipality.")
    return danger + _(
        "Otherwise call the main number of the municipality, or this desk from "
        "%(opens)s on."
    ) % {"opens": hour_text(opens_at)}


def hour_text(at: dt.datetime) -> str:
    """Return day and time as people say them: 11/25(水)8:30."""
    return formats.date_format(at, _("n/j (D) G:i"))


def of_sub_areas(desks: Collection[Desk], sub_areas: set[str]) -> Iterator[Desk]:
    """Yield the desks for `sub_areas` (folded names); all if there are none.

    The desks of other sub-areas stay only where their kind has none for these: the
    name may be written in another way.
    """
    matched = {desk.kind for desk in desks if fold(desk.sub_area) in sub_areas}
    for desk in desks:
        is_other = desk.sub_area and fold(desk.sub_area) not in sub_areas
        if not sub_areas or not is_other or desk.kind not in matched:
            yield desk


@dataclass(frozen=True)
class WalletCard:
    """A card to fold into a purse: the desks of one municipality, some of them.

    Where not all fit, several cards follow each other: `number` of `count`.
    """

    municipality: Municipality
    sub_areas: list[str]
    desks: list[tuple[Desk, bool]]  # and whether it is unverified
    number: int
    count: int


# What is legible on 91 × 55 mm below the line for emergencies: so many lines, with so
# many characters of full width in each. A name is set larger than the rest.
LINES_ON_A_CARD = 11.5
CHARACTERS_IN_A_LINE = 36
CHARACTERS_IN_A_NAME = 28
WALLET_KINDS = (
    Desk.Kind.COMMUNITY_SUPPORT,
    Desk.Kind.MUNICIPAL,
    Desk.Kind.CHILDREN,
    Desk.Kind.DISABILITY,
    Desk.Kind.POLICE,
    Desk.Kind.OTHER,
)


def wallet_cards(
    course: DeliveryCourse, *, user: User, today: dt.date
) -> list[WalletCard]:
    """Return the cards of a course by municipality; costs two queries."""
    sub_areas: dict[Municipality, list[str]] = {}
    for area in areas_of(course):
        sub_areas.setdefault(area.municipality, []).append(area.sub_area)
    desks = _desks_in(sub_areas, user)
    cards = []
    for municipality, names in sub_areas.items():
        # An area without a name is the whole municipality.
        named = [] if "" in names else names
        own = [desk for desk in desks if desk.municipality_id == municipality.pk]
        marked = [
            (desk, desk.is_due_for_verification(today))
            for desk in of_sub_areas(own, {fold(name) for name in named})
        ]
        parts = list(_parts(marked))
        cards += [
            WalletCard(municipality, named, part, number, len(parts))
            for number, part in enumerate(parts, start=1)
        ]
    return cards


def _parts(marked: list[tuple[Desk, bool]]) -> Iterator[list[tuple[Desk, bool]]]:
    """Yield as many desks as fit on a card at a time; one empty part without desks."""
    part: list[tuple[Desk, bool]] = []
    room = LINES_ON_A_CARD
    for desk, is_unverified in marked:
        needed = _lines(desk)
        if part and needed > room:
            yield part
            part, room = [], LINES_ON_A_CARD
        part.append((desk, is_unverified))
        room -= needed
    yield part


def _lines(desk: Desk) -> float:
    """Return how many lines a desk takes on a card, generously."""
    instead = desk.out_of_hours
    if not instead and desk.fallback:
        instead = f"{desk.fallback.name} {desk.fallback.phone}"
    name = math.ceil((len(desk.name) + len(desk.phone) / 2) / CHARACTERS_IN_A_NAME)
    # Behind the hours may stand that they do not hold on holidays, and the mark.
    small = math.ceil((len(desk.opening_hours) + 16) / CHARACTERS_IN_A_LINE)
    small += math.ceil((len(instead) + 7) / CHARACTERS_IN_A_LINE) if instead else 0
    return 1.4 * name + small + 0.4


def _desks_in(municipalities: Collection[Municipality], user: User) -> list[Desk]:
    found: QuerySet = Desk.objects.visible_to(user).filter(
        municipality__in=municipalities, is_active=True
    )
    return sorted(
        found.select_related("fallback").order_by("sub_area", "name", "pk"),
        key=lambda desk: WALLET_KINDS.index(desk.kind),
    )

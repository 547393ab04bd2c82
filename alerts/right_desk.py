"""Which desks to call for a kind of person, and what postal code or course proposes."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from municipalities.models import CourseArea, DeliveryCourse, Desk, Municipality

from .choices import PersonKind
from .services import desks_of

# The kinds of desk for each kind of person, the right one first.
KINDS = {
    PersonKind.ELDERLY: (Desk.Kind.COMMUNITY_SUPPORT, Desk.Kind.MUNICIPAL),
    PersonKind.CHILD: (Desk.Kind.CHILDREN, Desk.Kind.MUNICIPAL),
    PersonKind.DISABLED: (Desk.Kind.DISABILITY, Desk.Kind.MUNICIPAL),
}
ANY_KIND = (
    Desk.Kind.MUNICIPAL,
    Desk.Kind.COMMUNITY_SUPPORT,
    Desk.Kind.CHILDREN,
    Desk.Kind.DISABILITY,
    Desk.Kind.POLICE,
    Desk.Kind.OTHER,
)


@dataclass(frozen=True)
class DeskCall:
    """A desk to call, whether it is open, and what to do when it is not."""

    desk: Desk
    is_open: bool | None
    opens_at: dt.datetime | None
    instruction: str
    is_unverified: bool


def calls_for(
    *,
    municipality: Municipality,
    at: dt.datetime,
    person_kind: str,
    course: DeliveryCourse | None,
    user: User,
) -> list[DeskCall]:
    """Return the desks to call, the one to call first at the top."""
    desks = desks_of(municipality, user)
    kinds = KINDS.get(person_kind, ANY_KIND)
    right = [desk for desk in desks if desk.kind in kinds]
    return [
        DeskCall(desk, None, None, desk.out_of_hours, is_unverified=False)
        for desk in sorted(right, key=lambda desk: kinds.index(desk.kind))
    ]


def municipalities_along(course: DeliveryCourse) -> list[Municipality]:
    """Return the municipalities through which a course leads; costs one query."""
    areas = CourseArea.objects.filter(course=course).select_related("municipality")
    found = {area.municipality_id: area.municipality for area in areas}
    return list(found.values())


def sub_area_of(course: DeliveryCourse | None, municipality: Municipality) -> str:
    """Return the sub-area that a course has in a municipality; empty unless only one.

    Costs one query, none without a course.
    """
    if course is None:
        return ""
    areas = CourseArea.objects.filter(course=course, municipality=municipality)
    names = list(areas.values_list("sub_area", flat=True)[:2])
    return names[0] if len(names) == 1 else ""

"""Which desks to call for a kind of person, and what a delivery course proposes."""

import datetime as dt

from accounts.models import User
from municipalities.desks import DeskCall, areas_of, desks_to_call
from municipalities.models import DeliveryCourse, Desk, Municipality

from .choices import PersonKind

# The kinds of desk for each kind of person, the right one first. The municipal office
# always follows as the last resort.
KINDS = {
    PersonKind.ELDERLY: (Desk.Kind.COMMUNITY_SUPPORT,),
    PersonKind.CHILD: (Desk.Kind.CHILDREN,),
    PersonKind.DISABLED: (Desk.Kind.DISABILITY,),
}
ANY_KIND = tuple(Desk.Kind)


def calls_for(
    *,
    municipality: Municipality,
    at: dt.datetime,
    person_kind: str,
    course: DeliveryCourse | None,
    user: User,
) -> list[DeskCall]:
    """Return the desks to call, the one to call first at the top.

    Without a kind of person all kinds are listed. Costs three queries at most.
    """
    return desks_to_call(
        municipality,
        at=at,
        kinds=KINDS.get(person_kind, ANY_KIND),
        sub_area=sub_area_of(course, municipality),
        user=user,
    )


def municipalities_along(course: DeliveryCourse) -> list[Municipality]:
    """Return the municipalities through which a course leads; costs one query."""
    return list(dict.fromkeys(area.municipality for area in areas_of(course)))


def sub_area_of(course: DeliveryCourse | None, municipality: Municipality) -> str:
    """Return the sub-area that a course has in a municipality; empty unless only one.

    Costs one query, none without a course.
    """
    areas = areas_of(course) if course else []
    names = [area.sub_area for area in areas if area.municipality == municipality]
    return names[0] if len(names) == 1 else ""

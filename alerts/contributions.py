"""What the incident reports add beside figures: times to passing on, case stories."""

from django.utils.translation import gettext_lazy as _

from dashboard.contributions import Contribution, Data, Place, register
from dashboard.indicators import Moment

from . import promptness
from .models import CaseStory
from .stories import told


def stories(moment: Moment) -> Data:
    """Return the approved stories of the year, the oldest first; empty without any.

    Never anything of the report that a story tells of. One query.
    """
    approved = CaseStory.objects.approved().of_year(moment.fiscal_year)
    found = [told(story) for story in approved.order_by("written_at", "pk")]
    return {"stories": found} if found else {}


def still_approved(data: Data) -> Data:
    """Return the frozen stories that nobody has withdrawn or rewritten since."""
    ids = [story["id"] for story in data["stories"]]
    approved = CaseStory.objects.approved().in_bulk(ids)
    left = [
        story
        for story in data["stories"]
        if (now := approved.get(story["id"])) and _is_still(story, told(now))
    ]
    return {"stories": left} if left else {}


def _is_still(frozen: Data, now: Data) -> bool:
    """Compare what was frozen; earlier reports do not know the time of year."""
    return all(now[name] == value for name, value in frozen.items())


register(
    Contribution(
        key="alerts.promptness",
        label=_("From noticing to passing on"),
        template="alerts/_promptness.html",
        data=promptness.times,
        permission="alerts.view_incidentreport",
        places=frozenset({Place.PROGRAM, Place.REPORT}),
        public=promptness.public,
        order=5,
    )
)
register(
    Contribution(
        key="alerts.stories",
        label=_("Case stories"),
        template="alerts/_stories.html",
        data=stories,
        permission="alerts.view_casestory",
        places=frozenset({Place.REPORT}),
        public=still_approved,
        order=10,
    )
)

"""What the incident reports add to the annual report: approved case stories."""

from django.utils.translation import gettext_lazy as _

from dashboard.contributions import Contribution, Data, Place, register
from dashboard.indicators import Moment

from .models import CaseStory


def stories(moment: Moment) -> Data:
    """Return the approved stories of the year, the oldest first; empty without any.

    Never anything of the report that a story tells of. One query.
    """
    approved = CaseStory.objects.approved().of_year(moment.fiscal_year)
    found = [
        {
            "id": story.pk,
            "title": story.title,
            "text": story.text,
            "age": str(story.get_age_band_display() or ""),
            "area": story.area,
        }
        for story in approved.order_by("written_at", "pk")
    ]
    return {"stories": found} if found else {}


def still_approved(data: Data) -> Data:
    """Return the frozen stories that nobody has withdrawn or rewritten since."""
    names = ("title", "text", "area")
    ids = [story["id"] for story in data["stories"]]
    approved = CaseStory.objects.approved().in_bulk(ids)
    left = [
        story
        for story in data["stories"]
        if (now := approved.get(story["id"]))
        and all(getattr(now, name) == story[name] for name in names)
        and str(now.get_age_band_display() or "") == story["age"]
    ]
    return {"stories": left} if left else {}


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

"""What the watch agreements add to their page: the service area as a grid."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from dashboard.contributions import Contribution, Data, Place, register
from dashboard.indicators import Moment

from .services import grid_on


def grid(moment: Moment) -> Data:
    """Return the service area as of the day, and how many are in each state."""
    prefectures = grid_on(moment.as_of)
    if not prefectures:
        return {}
    cells = [cell for one in prefectures for cell in one["cells"]]
    counts = Counter(cell["state"] for cell in cells)
    return {
        "as_of": moment.as_of.isoformat(),
        "prefectures": prefectures,
        "states": {state: counts[state] for state in ("in_force", "ended", "none")},
    }


register(
    Contribution(
        key="agreements.grid",
        label=_("Municipalities of the service area"),
        template="agreements/_grid.html",
        data=grid,
        permission="agreements.view_agreement",
        places=frozenset({Place.PROGRAM}),
        styles="css/area_grid.css",
        order=10,
    )
)

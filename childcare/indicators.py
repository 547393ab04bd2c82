"""Figures of the childcare hubs; the members' plazas are a series of their own."""

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboard.indicators import By, Flow, Stock, by_area, register

from .models import Hub, Session

BY = {
    "hub": By(label=_("Hub"), path="hub__code", name="hub__name"),
    **by_area("hub__municipality"),
}
CONTRACTED = {"series": Hub.Series.CONTRACTED.value}
MEMBER_RUN = {"series": Hub.Series.MEMBER_RUN.value}

register(
    Stock(
        key="childcare.hubs",
        label=_("Hubs under contract"),
        unit=pgettext_lazy("unit", "hubs"),
        definition=_("Contracted hubs whose contract covers the day."),
        records=lambda day: Hub.objects.contracted().open_on(day),
        by=by_area(),
        rows="childcare:hub_list",
        rows_query=CONTRACTED,
        permission="childcare.view_hub",
        order=10,
    )
)
register(
    Flow(
        key="childcare.sessions",
        label=_("Sessions at contracted hubs"),
        unit=pgettext_lazy("unit", "sessions"),
        definition=_("Sessions held at contracted hubs in the year."),
        records=lambda: Session.objects.contracted(),
        on="held_on",
        by=BY,
        rows="childcare:session_list",
        rows_query=CONTRACTED,
        permission="childcare.view_session",
        order=20,
    )
)
register(
    Flow(
        key="childcare.family_visits",
        label=_("Family visits at contracted hubs"),
        unit=_("parent-child pairs"),
        definition=_(
            "Parent-child pairs that came to sessions at contracted hubs in the year, "
            "counted at each visit."
        ),
        records=lambda: Session.objects.contracted(),
        on="held_on",
        measure=Sum("families"),
        by=BY,
        rows="childcare:session_list",
        rows_query=CONTRACTED,
        rows_total="families",
        permission="childcare.view_session",
        order=30,
        counts_people=True,
    )
)
register(
    Flow(
        key="childcare.plaza_sessions",
        label=_("Sessions at members' plazas"),
        unit=pgettext_lazy("unit", "sessions"),
        definition=_("Sessions held at members' plazas in the year."),
        records=lambda: Session.objects.member_run(),
        on="held_on",
        by=BY,
        rows="childcare:session_list",
        rows_query=MEMBER_RUN,
        permission="childcare.view_session",
        order=40,
    )
)
register(
    Flow(
        key="childcare.plaza_family_visits",
        label=_("Family visits at members' plazas"),
        unit=_("parent-child pairs"),
        definition=_(
            "Parent-child pairs that came to sessions at members' plazas in the year, "
            "counted at each visit."
        ),
        records=lambda: Session.objects.member_run(),
        on="held_on",
        measure=Sum("families"),
        by=BY,
        rows="childcare:session_list",
        rows_query=MEMBER_RUN,
        rows_total="families",
        permission="childcare.view_session",
        order=50,
        counts_people=True,
    )
)

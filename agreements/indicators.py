"""Figures of the watch agreements."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboard.indicators import Flow, Ratio, Stock, by_area, register
from municipalities.models import Municipality

from .models import Agreement, Visit

register(
    Stock(
        key="agreements.in_force",
        label=_("Municipalities with an agreement in force"),
        unit=_("municipalities"),
        definition=_(
            "Municipalities of the service area with at least one agreement in force "
            "on the day."
        ),
        records=lambda day: Agreement.objects.in_force(day).in_service_area(),
        measure=Count("municipality", distinct=True),
        by=by_area(),
        rows="agreements:agreement_list",
        rows_query={"service_area": "true"},
        rows_total="municipalities",
        permission="agreements.view_agreement",
        order=10,
    )
)
register(
    Stock(
        key="agreements.municipalities_in_area",
        label=_("Municipalities in the service area"),
        unit=_("municipalities"),
        definition=_(
            "Municipalities that exist on the day and are marked as service area."
        ),
        records=lambda day: Municipality.objects.valid_on(day).in_service_area(),
        undated=("is_in_service_area",),
        by=by_area(""),
        rows="municipalities:municipality_list",
        rows_query={"service_area": "true"},
        permission="agreements.view_agreement",
        order=20,
    )
)
register(
    Ratio(
        key="agreements.coverage",
        label=_("Coverage by agreements"),
        definition=_(
            "Municipalities with an agreement in force, of all in the service area."
        ),
        numerator="agreements.in_force",
        denominator="agreements.municipalities_in_area",
        permission="agreements.view_agreement",
        order=30,
    )
)
register(
    Flow(
        key="agreements.municipalities_visited",
        label=_("Municipalities visited"),
        unit=_("municipalities"),
        definition=_("Different municipalities whose head was met in the year."),
        records=lambda: Visit.objects.held().filter(met_head=True),
        on="visited_on",
        measure=Count("municipality", distinct=True),
        by=by_area(),
        rows="agreements:visit_list",
        rows_query={"state": Visit.State.HELD.value, "met_head": "true"},
        rows_total="municipalities",
        permission="agreements.view_visit",
        order=40,
    )
)
register(
    Flow(
        key="agreements.visits",
        label=_("Visits"),
        unit=pgettext_lazy("unit", "visits"),
        definition=_("Visits held in the year."),
        records=lambda: Visit.objects.held(),
        on="visited_on",
        by=by_area(),
        rows="agreements:visit_list",
        rows_query={"state": Visit.State.HELD.value},
        permission="agreements.view_visit",
        order=50,
    )
)

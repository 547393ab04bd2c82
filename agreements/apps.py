"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class AgreementsConfig(programs.ProgramConfig):
    """Watch agreements and visits."""

    name = "agreements"
    verbose_name = _("Watch agreements")
    order = 10
    pages = (
        programs.Page(
            "agreements:agreement_list", _("Agreements"), "agreements.view_agreement"
        ),
        programs.Page("agreements:visit_list", _("Visits"), "agreements.view_visit"),
        programs.Page(
            "agreements:coverage", _("Coverage"), "agreements.view_agreement"
        ),
        programs.Page(
            "agreements:unvisited_list", _("Not yet visited"), "agreements.view_visit"
        ),
    )
    action = programs.Page(
        "agreements:visit_create", _("Record a visit"), "agreements.add_visit"
    )

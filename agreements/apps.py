"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class AgreementsConfig(programs.ProgramConfig):
    """Watch agreements and visits."""

    name = "agreements"
    verbose_name = _("Watch agreements")
    order = 10
    home = "agreements:agreement_list"
    permission = "agreements.view_agreement"
    action = "agreements:visit_create"
    action_label = _("Record a visit")
    action_permission = "agreements.add_visit"

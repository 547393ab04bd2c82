"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class DonationsConfig(programs.ProgramConfig):
    """Campaigns, schools, and what they are given."""

    name = "donations"
    verbose_name = _("Donations to schools")
    order = 50
    pages = (
        programs.Page(
            "donations:donation_list", _("Donations"), "donations.view_donation"
        ),
        programs.Page(
            "donations:campaign_list", _("Campaigns"), "donations.view_campaign"
        ),
        programs.Page("donations:school_list", _("Schools"), "donations.view_school"),
    )
    action = programs.Page(
        "donations:donation_create", _("Record a donation"), "donations.add_donation"
    )

"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class MutualaidConfig(programs.ProgramConfig):
    """Mutual aid between members: groups, requests, activities, statements."""

    name = "mutualaid"
    verbose_name = _("Mutual aid")
    order = 40
    pages = (
        programs.Page(
            "mutualaid:activity_list", _("Activities"), "mutualaid.view_activity"
        ),
        programs.Page(
            "mutualaid:request_list", _("Requests for help"), "mutualaid.view_request"
        ),
        programs.Page("mutualaid:member_list", _("Members"), "mutualaid.view_member"),
        programs.Page(
            "mutualaid:statement", _("Statements"), "mutualaid.view_activity"
        ),
        programs.Page("mutualaid:tariff_list", _("Tariffs"), "mutualaid.view_tariff"),
    )
    action = programs.Page(
        "mutualaid:activity_create", _("Record an activity"), "mutualaid.add_activity"
    )

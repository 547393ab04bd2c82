"""Application configuration."""

from django.utils.translation import gettext_lazy as _

from core import programs


class ChildcareConfig(programs.ProgramConfig):
    """Childcare hubs and sessions."""

    name = "childcare"
    verbose_name = _("Childcare hubs")
    order = 30
    pages = (
        programs.Page(
            "childcare:session_list", _("Sessions"), "childcare.view_session"
        ),
        programs.Page("childcare:hub_list", _("Hubs"), "childcare.view_hub"),
        programs.Page(
            "childcare:not_reported", _("Not reported"), "childcare.view_session"
        ),
    )
    action = programs.Page(
        "childcare:session_create", _("Record a session"), "childcare.add_session"
    )

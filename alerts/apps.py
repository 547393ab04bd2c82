"""Application configuration."""

from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from core import programs


class AlertsConfig(programs.ProgramConfig):
    """Incident reports and case stories."""

    name = "alerts"
    verbose_name = _("Incident reports")
    order = 20
    pages = (
        programs.Page("alerts:queue", _("Duty desk"), "alerts.handle_incidentreport"),
        programs.Page(
            "alerts:report_list", _("Incident reports"), "alerts.view_incidentreport"
        ),
        programs.Page("alerts:story_list", _("Case stories"), "alerts.view_casestory"),
    )
    action = programs.Page(
        "alerts:report_create",
        _("Record what you noticed"),
        "alerts.add_incidentreport",
    )
    frame_template = "alerts/_drafts.html"

    def ready(self) -> None:
        """Throw away what others typed when somebody signs in."""
        from .kept_forms import forget_others  # noqa: PLC0415 - needs ready apps

        user_logged_in.connect(forget_others)

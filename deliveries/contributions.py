"""What the delivery mails add beside figures: times from delivery to sending."""

from django.utils.translation import gettext_lazy as _

from dashboard.contributions import Contribution, Place, register

from . import delays

register(
    Contribution(
        key="deliveries.delays",
        label=_("From the delivery to the mail"),
        template="deliveries/_delays.html",
        data=delays.times,
        permission="deliveries.view_notice",
        places=frozenset({Place.PROGRAM, Place.REPORT}),
        public=delays.public,
        order=5,
    )
)

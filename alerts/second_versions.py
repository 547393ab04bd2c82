"""A form that was sent again with another text: both versions are kept.

The first one stays the report. What differs in the second becomes a follow-up, for an
officer to decide which of the two is right.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User

from .models import FollowUp, IncidentReport, Sign
from .services import TYPED


@transaction.atomic
def keep_second_version(
    *,
    first: IncidentReport,
    second: IncidentReport,
    signs: Collection[Sign],
    actor: User,
    at: dt.datetime,
) -> FollowUp:
    """Add to `first` what differs in `second`; the same text is added only once.

    Raises ValidationError when the personal data of the report is erased.
    """
    # Held, so that the same text sent twice at once is not written twice.
    held = IncidentReport.objects.select_for_update(of=("self",)).get(pk=first.pk)
    if held.erased_at:
        raise ValidationError(
            _("The personal data of this report is erased."), code="erased"
        )
    text = "\n".join(
        [
            _("The sender sent this form again with other entries:"),
            *differences(held, second, signs),
        ]
    )
    known = FollowUp.objects.filter(report=held, by=actor, text=text).first()
    return known or FollowUp.objects.create(report=held, by=actor, at=at, text=text)


def differences(
    first: IncidentReport, second: IncidentReport, signs: Collection[Sign]
) -> list[str]:
    """Return a line `label: text` for each entry that reads otherwise in `second`."""
    lines = []
    for name in TYPED:
        field = IncidentReport._meta.get_field(name.removesuffix("_id"))
        if getattr(first, name) != getattr(second, name):
            lines.append(f"{field.verbose_name}: {_shown(second, field)}")
    ticked = {sign.pk: sign.name for sign in signs}
    if ticked.keys() != {sign.pk for sign in first.signs.all()}:
        label = IncidentReport._meta.get_field("signs").verbose_name
        lines.append(f"{label}: {'、'.join(ticked.values())}")
    return lines


def _shown(report: IncidentReport, field: Any) -> str:
    value = getattr(report, field.name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return localize(localtime(value))
    if field.choices:
        value = getattr(report, f"get_{field.name}_display")()
    return str(value) if value not in (None, "") else "–"

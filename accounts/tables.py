"""Tables of the log of reads."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import NUMBER, ProgramTable

from .models import AccessEntry


class AccessEntryTable(ProgramTable):
    """The log of reads: who, when, what, and why where that was asked."""

    user = tables.Column(accessor="user__display_name", verbose_name=_("who"))
    username = tables.Column(accessor="user__username", verbose_name=_("user name"))
    # Its type is the label of a model, which is for filters and not for people.
    subject = tables.Column(orderable=False)
    reason = tables.Column(orderable=False)
    row_count = tables.Column(attrs=NUMBER)

    class Meta(ProgramTable.Meta):
        model = AccessEntry
        fields = (
            "at",
            "user",
            "username",
            "action",
            "subject",
            "reason",
            "row_count",
        )


class SubjectEntryTable(AccessEntryTable):
    """The looks at one record."""

    subject = None
    row_count = None

    class Meta(AccessEntryTable.Meta):
        fields = ("at", "user", "username", "action", "reason")

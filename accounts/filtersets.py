"""Filters of the log of reads."""

import django_filters as df
from django.utils.translation import gettext_lazy as _

from core.filters import DateFilter, ProgramFilterSet

from .models import AccessEntry, User


class AccessEntryFilterSet(ProgramFilterSet):
    """Filters of the log of reads; `subject` is a number, never a person's name."""

    user = df.ModelChoiceFilter(queryset=User.objects.all(), label=_("who"))
    action = df.ChoiceFilter(choices=AccessEntry.Action.choices)
    subject = df.CharFilter(label=_("record (number)"), lookup_expr="iexact")
    since = DateFilter(field_name="at", lookup_expr="date__gte", label=_("from"))
    until = DateFilter(field_name="at", lookup_expr="date__lte", label=_("Up to"))

    class Meta:
        model = AccessEntry
        fields = ("user", "action", "subject", "since", "until")


class SubjectEntryFilterSet(AccessEntryFilterSet):
    """Filters of the looks at one record."""

    subject = None

    class Meta(AccessEntryFilterSet.Meta):
        fields = ("user", "action", "since", "until")

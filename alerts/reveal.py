"""When a look at personal data needs a reason, and which reasons there are."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import no_invisible_characters
from core.text import fold

from .models import IncidentReport

# So long after closing people still work on a report as a matter of course.
USUAL_DAYS = 30
# What a reason must not hold: the log keeps it for ever.
NAMES = ("person_name", "person_kana", "person_phone", "reporter_name")


class Reason(models.TextChoices):
    """Why somebody looks at the personal data of a report."""

    CONTACT = "contact", _("To pass it on or to check back")
    INQUIRY = "inquiry", _("Inquiry from the family or the authorities")
    CORRECTION = "correction", _("To correct the record")
    OTHER = "other", _("Another reason")


def needs_reason(report: IncidentReport, user: User, at: dt.datetime) -> bool:
    """Tell whether `user` has to say why: another workplace's, or long closed."""
    if report.workplace_id != user.workplace_id:
        return True
    usual = dt.timedelta(days=USUAL_DAYS)
    return report.closed_at is not None and report.closed_at < at - usual


class RevealForm(forms.Form):
    """Why the data is looked at; `text` only beside "another reason".

    Without a need for a reason the form has no fields.
    """

    reason = forms.ChoiceField(
        label=_("Why do you look at it?"), choices=[("", _("Choose")), *Reason.choices]
    )
    text = forms.CharField(
        label=_("Another reason, in words"),
        required=False,
        max_length=100,
        validators=[no_invisible_characters],
        help_text=_("No names: the log is kept for ever."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    id_prefix = "reveal"

    def __init__(
        self, *args: Any, report: IncidentReport, user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id=f"{self.id_prefix}_%s", **kwargs)
        self.report = report
        if not self.is_needed(report, user):
            self.fields.clear()

    def is_needed(self, report: IncidentReport, user: User) -> bool:
        """Tell whether a reason is asked for."""
        return needs_reason(report, user, timezone.now())

    def clean_text(self) -> str:
        """Refuse what names the person: unlike the report, the log is never erased."""
        text = self.cleaned_data["text"]
        words = " ".join(getattr(self.report, name) for name in NAMES).split()
        if any(len(word) > 1 and fold(word) in fold(text) for word in words):
            raise ValidationError(_("Write the reason without the person's name."))
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason is another one."""
        data = super().clean() or self.cleaned_data
        if data.get("reason") == Reason.OTHER and data.get("text") == "":
            self.add_error("text", _("Write the reason."))
        return data

    @property
    def logged(self) -> str:
        """The reason as it is logged; empty when none was asked for."""
        if not (why := self.cleaned_data.get("reason", "")):
            return ""
        text = self.cleaned_data["text"] if why == Reason.OTHER else ""
        return text or str(Reason(why).label)


class PrintForm(RevealForm):
    """Why a sheet for the desk is printed: paper leaves the house, so always asked."""

    id_prefix = "print"

    def is_needed(self, report: IncidentReport, user: User) -> bool:
        """Ask for a reason whoever prints."""
        return True

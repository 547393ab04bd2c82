"""The form of the annual report's introductions."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import no_invisible_characters_in_lines

from .models import ReportText


class ReportTextForm(forms.ModelForm):
    """The introduction of one section.

    seen: stands for the text that was there when the page was opened, so that what
    somebody else has saved meanwhile is not overwritten unseen.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ReportText
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "text": _(
                "In Japanese, without personal data. Do not retype figures: the tables "
                "hold them. A blank line begins a new paragraph."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = self.instance.text
        self.fields["seen"].initial = _mark(self.stored)
        # What somebody else has saved meanwhile; None while nobody has.
        self.theirs: str | None = None

    def clean_text(self) -> str:
        """Return the text with plain line breaks and without invisible marks."""
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        no_invisible_characters_in_lines(text)
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite what was saved since the page was opened."""
        cleaned = super().clean()
        if cleaned.get("seen") != _mark(self.stored):
            why = _(
                "Somebody has changed this text meanwhile. Yours is still here; theirs "
                "stands below it. Save again to replace theirs."
            )
            self.add_error("text", why)
            self.theirs = self.stored
            # The next attempt knows what it replaces.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = _mark(self.stored)
        return cleaned


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

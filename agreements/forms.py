"""Forms of agreements and visits."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import refuse_future
from municipalities.fields import MunicipalityField

from .models import Agreement, Promise, Visit

MAX_DOCUMENT_BYTES = 10 * 1024 * 1024


class AgreementForm(forms.ModelForm):
    """Records or changes an agreement."""

    municipality = MunicipalityField()

    class Meta:
        model = Agreement
        fields = (
            "municipality",
            "kind",
            "signed_on",
            "in_force_from",
            "in_force_until",
            "end_reason",
            "department",
            "renewal_on",
            "document",
            "note",
        )

    def clean_signed_on(self) -> Any:
        """Refuse a signature in the future."""
        refuse_future(self.cleaned_data["signed_on"])
        return self.cleaned_data["signed_on"]

    def clean_document(self) -> Any:
        """Refuse a file that is too large or no PDF."""
        document = self.cleaned_data["document"]
        if not document or "document" not in self.changed_data:
            return document
        if document.size > MAX_DOCUMENT_BYTES:
            raise ValidationError(_("The file is larger than 10 MB."))
        if document.read(5) != b"%PDF-":
            raise ValidationError(_("This file is not a PDF."))
        document.seek(0)
        return document


class VisitForm(forms.ModelForm):
    """Records a visit, planned or held."""

    municipality = MunicipalityField()

    class Meta:
        model = Visit
        fields = (
            "municipality",
            "state",
            "visited_on",
            "met_head",
            "their_attendance",
            "our_attendance",
            "topics",
            "requests",
        )

    def clean(self) -> None:
        """Refuse a visit that was held in the future."""
        super().clean()
        if self.cleaned_data.get("state") == Visit.State.HELD:
            try:
                refuse_future(self.cleaned_data.get("visited_on"))
            except ValidationError as error:
                self.add_error("visited_on", error)


class PromiseForm(forms.ModelForm):
    """Adds a promise to a visit."""

    class Meta:
        model = Promise
        fields = ("text", "owner", "due_on")

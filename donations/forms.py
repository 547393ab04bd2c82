"""Forms of donations, campaigns and schools."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import fiscal
from core.forms import refuse_future
from municipalities.fields import MunicipalityField

from .fields import PostalCodeField, SchoolField
from .models import Campaign, CampaignItem, Donation, Item, School

MAX_FILE_BYTES = 5 * 1024 * 1024


class DonationForm(forms.ModelForm):
    """Records or changes a donation, from the wish to the thanks."""

    school = SchoolField()

    class Meta:
        model = Donation
        fields = (
            "campaign",
            "school",
            "item",
            "wished",
            "allocated",
            "sent_on",
            "sent_quantity",
            "received_on",
            "thanked_on",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Q(is_active=True) | Q(pk=self.instance.item_id)
        self.fields["item"].queryset = Item.objects.filter(in_use)

    def clean(self) -> None:
        """Refuse days to come, and a school that was closed or not yet open."""
        super().clean()
        for name in ("sent_on", "received_on", "thanked_on"):
            try:
                refuse_future(self.cleaned_data.get(name))
            except ValidationError as error:
                self.add_error(name, error)
        school = self.cleaned_data.get("school")
        campaign = self.cleaned_data.get("campaign")
        if school and campaign and not school.is_open_during(campaign):
            message = _("This school did not exist at the time of the campaign.")
            self.add_error("school", ValidationError(message, code="closed"))


class StepForm(forms.ModelForm):
    """One step of a donation, checked against the whole row."""

    day_field = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
        if getattr(self.instance, self.day_field) is None:
            self.initial[self.day_field] = fiscal.local_date()

    def _get_validation_exclusions(self) -> set[str]:
        """Leave nothing out: Django skips rules about fields it does not show."""
        return set()

    def clean(self) -> None:
        """Refuse a day to come."""
        super().clean()
        try:
            refuse_future(self.cleaned_data.get(self.day_field))
        except ValidationError as error:
            self.add_error(self.day_field, error)


class SendForm(StepForm):
    """Notes that a donation was sent; proposes what is allocated."""

    day_field = "sent_on"

    class Meta:
        model = Donation
        fields = ("sent_on", "sent_quantity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.sent_quantity is None:
            self.initial["sent_quantity"] = self.instance.allocated


class ReceiveForm(StepForm):
    """Notes that the school received a donation."""

    day_field = "received_on"

    class Meta:
        model = Donation
        fields = ("received_on",)


class ThankForm(StepForm):
    """Notes that the school said thanks."""

    day_field = "thanked_on"

    class Meta:
        model = Donation
        fields = ("thanked_on",)


class CampaignForm(forms.ModelForm):
    """Records or changes a campaign."""

    class Meta:
        model = Campaign
        fields = ("year", "title", "begins_on", "ends_on", "note")

    def clean_begins_on(self) -> dt.date:
        """Refuse a first day in another fiscal year."""
        day = self.cleaned_data["begins_on"]
        year = self.cleaned_data.get("year")
        if year is not None and fiscal.fiscal_year_of(day) != year:
            raise ValidationError(
                _("This day lies in %(year)s. Correct the day or the year."),
                code="other_year",
                params={"year": fiscal.label(fiscal.fiscal_year_of(day))},
            )
        return day


class StockForm(forms.ModelForm):
    """Sets how many pieces of an item a campaign has."""

    class Meta:
        model = CampaignItem
        fields = ("quantity",)


class SchoolForm(forms.ModelForm):
    """Records or changes a school."""

    municipality = MunicipalityField()
    postal_code = PostalCodeField(label=_("postal code"), max_length=20, required=False)

    class Meta:
        model = School
        fields = (
            "municipality",
            "name",
            "kind",
            "postal_code",
            "address",
            "valid_from",
            "valid_until",
        )


class WishFileForm(forms.Form):
    """Asks for a list of wishes as a file."""

    file = forms.FileField(
        label=_("file"),
        help_text=_(
            "Excel or CSV with the columns 市区町村, 学校名, 品目 and 希望数; 種別, "
            "郵便番号, 住所 and 備考 may follow. All rows are taken over, or none."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    add_schools = forms.BooleanField(
        label=_("Record schools that are not yet listed"), required=False
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Split it."))
        return file

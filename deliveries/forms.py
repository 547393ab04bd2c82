"""Forms of subscriptions and deliveries."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Workplace
from core import fiscal
from core.filters import FIRST_YEAR
from core.forms import DateField, TimeField, no_invisible_characters, refuse_future
from municipalities.fields import MunicipalityField

from .models import Delivery, Subscription
from .reported import AHEAD
from .services import Entry
from .subscribing import ask_to_confirm, refused_on, subscribe
from .validators import plain_member_number, validate_address, validate_member_number

# How delivery systems write the status, beside its names in the person's language.
STATUS_NAMES = {
    "手渡し": Delivery.Status.HANDED_OVER,
    "留め置き": Delivery.Status.LEFT,
    "留置き": Delivery.Status.LEFT,
    "前回分の受け取り未確認": Delivery.Status.PREVIOUS_UNTOUCHED,
}
ADDRESS_INPUT = {"inputmode": "email", "autocomplete": "off", "autocapitalize": "none"}


class MemberNumberField(forms.CharField):
    """A member number; full-width digits and blanks make no difference."""

    default_validators = (validate_member_number,)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"label": _("co-op member number"), "max_length": 20, **kwargs}
        )

    def to_python(self, value: Any) -> str:
        """Return the number as it is stored."""
        return plain_member_number(super().to_python(value))


class StatusField(forms.ChoiceField):
    """The status of a delivery, by its code or its name."""

    def to_python(self, value: Any) -> str:
        """Return the code; unknown text stays, and is refused as a choice."""
        written = super().to_python(value).strip()
        names = {str(label): code for code, label in Delivery.Status.choices}
        return str((STATUS_NAMES | names).get(written, written))


class SubscriptionForm(forms.ModelForm):
    """Records a subscription, or changes it; a confirmed address stays as it is."""

    member_number = MemberNumberField()
    municipality = MunicipalityField()
    # Asked for only where it matters.
    asked_anew = forms.BooleanField(
        label=_("The family has asked for the mails anew"), required=False
    )

    class Meta:
        model = Subscription
        fields = (
            "member_number",
            "member_name",
            "municipality",
            "consent_on",
            "consent_form",
            "consent_by",
            "family_name",
            "email",
            "started_on",
        )
        widgets = {"email": forms.TextInput(attrs=ADDRESS_INPUT)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        if self.instance.confirmed_on:
            email.disabled = True
            email.help_text = _(
                "This address is confirmed. “Change the address” on the page of the "
                "subscription begins anew with another one."
            )
        elif not self.instance.is_open:
            email.disabled = True
        if not self.is_bound:
            del self.fields["asked_anew"]

    def _get_validation_exclusions(self) -> set[str]:
        """Keep `ended_on` in: without it Django skips the rule of one open row."""
        return super()._get_validation_exclusions() - {"ended_on"}

    def clean_consent_on(self) -> dt.date:
        """Refuse a consent in the future."""
        refuse_future(self.cleaned_data["consent_on"])
        return self.cleaned_data["consent_on"]

    def clean_consent_by(self) -> str:
        """Refuse what makes a name look like another one."""
        no_invisible_characters(self.cleaned_data["consent_by"])
        return self.cleaned_data["consent_by"]

    def clean(self) -> dict[str, Any]:
        """Refuse to write to whoever refused, unless the coordinator knows better."""
        data = super().clean()
        number, email = data.get("member_number"), data.get("email")
        is_new = "email" in self.changed_data and number and email
        day = refused_on(member_number=number, email=email) if is_new else None
        if day is None:
            del self.fields["asked_anew"]
        elif not data.get("asked_anew"):
            self.add_error(
                "asked_anew",
                ValidationError(
                    _(
                        "Whoever reads this address refused these mails on %(day)s, "
                        "and was promised that none would come again. Tick this only "
                        "if they have asked for them since."
                    ),
                    code="refused",
                    params={"day": formats.date_format(day)},
                ),
            )
        return data

    @transaction.atomic
    def save(self, commit: bool = True) -> Subscription:
        """Save what was entered, and ask the family to confirm a new address.

        Nothing else is written: the family may pause or stop at the same moment. Raises
        ValidationError when it has just confirmed the address that is corrected here.
        """
        row, at = self.instance, timezone.now()
        if not commit:
            return super().save(commit)
        if row.pk is None:
            return subscribe(subscription=row, at=at)
        stored = Subscription.objects.select_for_update(no_key=True).get(pk=row.pk)
        has_new_address = row.email != stored.email
        if has_new_address and stored.confirmed_on is not None:
            raise ValidationError(
                _("The family has just confirmed the address. Open the page anew."),
                code="confirmed",
            )
        row.save(update_fields=[*self._meta.fields, "search_key"])
        if has_new_address:
            ask_to_confirm(subscription=row, at=at)
        return row


class PauseForm(forms.Form):
    """Asks until when a subscription is paused."""

    paused_until = DateField(
        label=_("paused until"), help_text=_("The last day without notices.")
    )


class EndForm(forms.Form):
    """Asks why a subscription ends today."""

    end_reason = forms.CharField(
        label=_("why it ended"),
        max_length=200,
        required=False,
        validators=[no_invisible_characters],
    )


class AddressForm(forms.Form):
    """Asks for a family's new mail address."""

    email = forms.CharField(
        label=_("new mail address"),
        max_length=254,
        validators=[validate_address],
        widget=forms.TextInput(attrs=ADDRESS_INPUT),
        help_text=_(
            "The family confirms it anew; until then the notices go to the address of "
            "before."
        ),
    )


class DeliveryEntryForm(forms.Form):
    """One delivery as a list or a delivery system reports it."""

    external_id = forms.CharField(
        label=_("delivery ID"), max_length=64, validators=[no_invisible_characters]
    )
    member_number = MemberNumberField()
    delivered_on = DateField(label=_("day of delivery"))
    delivered_at = TimeField(label=_("time of delivery"))
    status = StatusField(
        label=_("delivery status"),
        choices=Delivery.Status.choices,
        widget=forms.RadioSelect,
    )

    def clean_delivered_on(self) -> dt.date:
        """Refuse a day in the future, and one before the years that are kept."""
        day = self.cleaned_data["delivered_on"]
        refuse_future(day)
        if day.year < FIRST_YEAR:
            raise ValidationError(
                _("This day is too long ago. Check the year."), code="past"
            )
        return day

    def clean_delivered_at(self) -> dt.time:
        """Refuse a time still to come: the mail about it would go out at once."""
        day, time = (
            self.cleaned_data.get("delivered_on"),
            self.cleaned_data["delivered_at"],
        )
        if day and fiscal.local_instant(day, time) > timezone.now() + AHEAD:
            raise ValidationError(
                _("This time lies in the future. Enter now or an earlier time."),
                code="future",
            )
        return time

    def entry(self) -> Entry:
        """Return what was entered; call it on a valid form."""
        return Entry(*(self.cleaned_data[name] for name in Entry._fields))


def new_external_id() -> str:
    """Return the ID of a delivery typed by hand; a second click brings it again."""
    return f"hand-{uuid.uuid4().hex}"


class DeliveryForm(DeliveryEntryForm):
    """Records one delivery by hand."""

    external_id = forms.CharField(
        label=_("delivery ID"),
        max_length=64,
        validators=[no_invisible_characters],
        initial=new_external_id,
        widget=forms.HiddenInput,
    )
    delivered_on = DateField(label=_("day of delivery"), initial=fiscal.local_date)
    workplace = forms.ModelChoiceField(label=_("workplace"), queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workplace"].queryset = delivery_centres()

    def clean(self) -> dict[str, Any]:
        """Refuse what somebody else, or a terminal, has recorded: one mail is enough.

        A form that is sent twice bears its own ID, and is recorded once anyway.
        """
        data = super().clean()
        same = {
            name: data[name]
            for name in ("member_number", "delivered_on", "delivered_at")
            if name in data
        }
        others = Delivery.objects.standing().exclude(
            external_id=data.get("external_id", "")
        )
        if len(same) == 3 and others.filter(**same).exists():
            raise ValidationError(
                _("A delivery to this member at this time is already recorded."),
                code="twin",
            )
        return data


class DeliveryImportForm(forms.Form):
    """Asks for a list of deliveries as a file."""

    file = forms.FileField(
        label=_("file"),
        help_text=_(
            "CSV or Excel with the columns external_id, member_number, delivered_on, "
            "delivered_at and status. All rows are taken over, or none."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    workplace = forms.ModelChoiceField(label=_("workplace"), queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workplace"].queryset = delivery_centres()


def delivery_centres() -> QuerySet[Workplace]:
    """Return the workplaces that deliver."""
    return Workplace.objects.filter(kind=Workplace.Kind.DELIVERY_CENTRE, is_active=True)

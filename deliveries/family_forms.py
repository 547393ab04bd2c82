"""Forms of the pages that links in mails to families open."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DateField

from .forms import ADDRESS_INPUT
from .validators import validate_address


class FamilyPauseForm(forms.Form):
    """Asks until when nothing shall be sent; `subscribing.pause` knows the limits."""

    until = DateField(
        label=_("Last day without mails"),
        help_text=_("Such as 2027/1/15. A year from today at most."),
    )


class FamilyAddressForm(forms.Form):
    """Asks a family for its new mail address."""

    email = forms.CharField(
        label=_("new mail address"),
        max_length=254,
        validators=[validate_address],
        widget=forms.TextInput(attrs={**ADDRESS_INPUT, "autocomplete": "email"}),
        help_text=_("A mail goes to it; please confirm it there."),
    )

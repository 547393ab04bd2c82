"""Rules for what people type: member numbers and mail addresses of families."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from core.text import INVISIBLE

# Domains whose mobile carriers gave out addresses that break the rule for dots
# (`a..b@`, `.a@`, `a.@`) until 2009. They are handed to the mail server as they are;
# putting such a local part in quotes is its business.
CARRIER_DOMAINS = re.compile(
    r"(?:docomo\.ne\.jp|ezweb\.ne\.jp|au\.com|i\.softbank\.jp|softbank\.ne\.jp"
    r"|disney\.ne\.jp|[a-z]\.vodafone\.ne\.jp|(?:[a-z]{2}\.)?pdx\.ne\.jp"
    r"|willcom\.com|wcm\.ne\.jp|emobile\.ne\.jp|ymobile1?\.ne\.jp|y-mobile\.ne\.jp)"
)
CARRIER_LOCAL_PART = re.compile(r"[A-Za-z0-9._?/+\-]{1,64}")
SEVERAL = re.compile(r"[,;、，；]|@.*@")
validate_plain_address = EmailValidator(
    _("This is no mail address. Enter one such as hanako@example.jp.")
)
validate_member_number = RegexValidator(
    r"\A[0-9A-Z][0-9A-Z-]{0,19}\Z",
    _("A member number consists of up to 20 digits, letters and hyphens."),
)


def plain_member_number(text: str) -> str:
    """Return a member number as it is stored: half-width, capital, without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def validate_address(address: str) -> None:
    """Accept one deliverable mail address, those of Japanese carriers included.

    Raises ValidationError that says what is wrong and what to do: nothing is mended
    silently, since a mended address may be somebody else's.
    """
    if INVISIBLE.search(address) or any(
        unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me") for char in address
    ):
        raise ValidationError(
            _("The address holds invisible characters. Please type it anew."),
            code="invisible",
        )
    if "<" in address or ">" in address:
        raise ValidationError(
            _("Enter the address alone, without a name and angle brackets."),
            code="name",
        )
    if SEVERAL.search(unicodedata.normalize("NFKC", address)):
        raise ValidationError(
            _(
                "Enter one address. Each family member gets a subscription of their "
                "own."
            ),
            code="several",
        )
    if re.search(r"\s", address):
        raise ValidationError(_("An address holds no blanks."), code="spaces")
    if not address.isascii():
        raise ValidationError(
            _("Write the address with half-width letters, digits and @."),
            code="full_width",
        )
    local, _at, domain = address.rpartition("@")
    if domain.startswith("["):
        # A computer's number is nobody's mail address, and may be one inside.
        raise ValidationError(validate_plain_address.message, code="invalid")
    if CARRIER_DOMAINS.fullmatch(domain.lower()):
        if not CARRIER_LOCAL_PART.fullmatch(local):
            validate_plain_address(address)
        return
    if ".." in local or local.startswith(".") or local.endswith("."):
        raise ValidationError(
            _(
                "Before the @, dots may not stand at the beginning, at the end or "
                "beside each other; only old addresses of mobile carriers may."
            ),
            code="dots",
        )
    validate_plain_address(address)

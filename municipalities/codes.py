"""Municipality codes and their check digit."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WEIGHTS = (6, 5, 4, 3, 2)


def check_digit(five_digits: str) -> int:
    """Return the sixth digit.

    Source: Ministry of Internal Affairs and Communications, codes of local
    governments: 11 less the weighted sum modulo 11, of which the last digit counts.
    """
    total = sum(
        int(digit) * weight for digit, weight in zip(five_digits, WEIGHTS, strict=True)
    )
    return (11 - total % 11) % 10


def validate_code(code: str) -> None:
    """Raise ValidationError unless `code` is six digits with the right check digit."""
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValidationError(
            _("A municipality code has six digits, such as 121002."), code="invalid"
        )
    if check_digit(code[:5]) != int(code[5]):
        raise ValidationError(
            _("The check digit of the code %(code)s is wrong. Compare it again."),
            code="check_digit",
            params={"code": code},
        )

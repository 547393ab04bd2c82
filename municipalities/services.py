"""Looking up municipalities by what people type."""

import re

from django.db.models import Q

from core.text import fold

from .models import Municipality

LIMIT = 20


def suggest_municipalities(written: str) -> list[Municipality]:
    """Return at most 20 municipalities for a name, reading, code or postal code.

    Those of the service area come first. A complete postal code gives every
    municipality it lies in. Costs one query.
    """
    key = fold(written)
    if not key:
        return []
    digits = re.sub(r"\D", "", key)
    found = Q(search_key__contains=key)
    if len(digits) == 7:
        found = Q(postal_codes__code=digits)
    rows = Municipality.objects.filter(found, valid_until__isnull=True)
    return list(rows.order_by("-is_in_service_area", "code")[:LIMIT])

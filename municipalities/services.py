"""Looking up municipalities by what people type."""

from django.db.models import Q

from core.text import fold

from .fields import postal_code
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
    code = postal_code(written)
    found = Q(postal_codes__code=code) if code else Q(search_key__contains=key)
    rows = Municipality.objects.filter(found, valid_until__isnull=True)
    return list(rows.order_by("-is_in_service_area", "code")[:LIMIT])

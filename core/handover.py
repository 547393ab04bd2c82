"""Handing data from one program to another's form, through the server-side session.

The URL carries only an opaque key, never personal data.
"""

import secrets
from typing import Any

from django.http import HttpRequest

SESSION_KEY = "handover"
MAX_OFFERS = 10


def offer(request: HttpRequest, data: dict[str, Any]) -> str:
    """Keep `data` (form field name: text) for this session; return its key."""
    offers = request.session.get(SESSION_KEY, {})
    key = secrets.token_urlsafe(16)
    newest = list(offers.items())[-(MAX_OFFERS - 1) :]
    request.session[SESSION_KEY] = dict(newest) | {key: data}
    return key


def take(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return what was offered under `key`; empty when there is nothing (any more)."""
    return request.session.get(SESSION_KEY, {}).get(key, {})

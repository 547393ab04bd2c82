"""What somebody typed whose sign-in had expired, kept until they sign in again.

The form carries a signed mark of the person it was shown to. Without a good mark
nothing is kept, so only people with an account can fill sessions; and nobody but the
same person gets it back. It lies in the session on the server, under an opaque key.
"""

import secrets
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from accounts.models import User

MARK = "shown_to"
SALT = "alerts.kept_forms"
SESSION_KEY = "alerts.kept_forms"
MAX_KEPT = 3
# Far more than the longest report that the form accepts.
MAX_CHARACTERS = 20_000
NOT_KEPT = ("csrfmiddlewaretoken", "lookup", MARK)


def mark_for(user: User) -> str:
    """Return the mark that the form shown to `user` carries.

    It does not age: a form that was open over night must not lose its text.
    """
    return signing.dumps(user.pk, salt=SALT)


def person_for(user: User) -> str:
    """Return what stands for `user` on a device, and tells nothing about them."""
    return salted_hmac(f"{SALT}.person", str(user.pk)).hexdigest()[:32]


def shown_to(request: HttpRequest) -> int | None:
    """Return the key of whom the form was shown to; None without a good mark."""
    try:
        return signing.loads(request.POST.get(MARK, ""), salt=SALT)
    except signing.BadSignature:
        return None


def is_of_another(request: HttpRequest) -> bool:
    """Tell whether the form that is sent was shown to another person than sends it."""
    return bool(request.POST.get(MARK)) and shown_to(request) != request.user.pk


def keep(request: HttpRequest) -> str:
    """Keep what an anonymous request carries; return its key, empty when not kept.

    Not kept are forms without a good mark, and more text than the form accepts. The
    oldest ones make room.
    """
    person = shown_to(request)
    typed = {
        name: values for name, values in request.POST.lists() if name not in NOT_KEPT
    }
    size = sum(len(text) for name in typed for text in (name, *typed[name]))
    if person is None or size > MAX_CHARACTERS:
        return ""
    key = secrets.token_urlsafe(16)
    kept = [*request.session.get(SESSION_KEY, {}).items()][-(MAX_KEPT - 1) :]
    entry = {"person": person, "typed": typed}
    request.session[SESSION_KEY] = dict(kept) | {key: entry}
    return key


def take(request: HttpRequest, key: str) -> QueryDict | None:
    """Return what this person had typed, as it was sent; None when there is nothing."""
    entry = request.session.get(SESSION_KEY, {}).get(key)
    if entry is None or entry["person"] != request.user.pk:
        return None
    typed = QueryDict(mutable=True)
    for name, values in entry["typed"].items():
        typed.setlist(name, values)
    return typed


def forget(session: SessionBase, client_key: str) -> None:
    """Throw away what was kept of a form that has arrived now."""
    kept = session.get(SESSION_KEY)
    if kept:
        session[SESSION_KEY] = {
            key: entry
            for key, entry in kept.items()
            if client_key not in entry["typed"].get("client_key", [])
        }


def forget_others(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Throw away, unseen, what other people than `user`, who signs in, had typed."""
    kept = request.session.get(SESSION_KEY)
    if kept:
        request.session[SESSION_KEY] = {
            key: entry for key, entry in kept.items() if entry["person"] == user.pk
        }

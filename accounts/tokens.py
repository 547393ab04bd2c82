"""Making API tokens, and finding the user of one."""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from core import fiscal

from .models import ApiToken, User

MARK = "tsunagari"
SECRET_BYTES = 32
# Longer than any token; what is longer is not even hashed.
LONGEST = 200
# Noting every use would make a write of every read.
NOTED_EVERY = dt.timedelta(hours=1)


def check(user: User, expires_on: dt.date | None, today: dt.date) -> None:
    """Raise ValidationError where a token could never work."""
    if not user.is_active:
        raise ValidationError({"user": _("This user is switched off.")})
    if expires_on and expires_on < today:
        raise ValidationError({"expires_on": _("This day has passed.")})


def issue(*, token: ApiToken, actor: User | None, today: dt.date) -> str:
    """Store a new token with its user, name and end; return its text, shown once.

    Raises what `check()` raises.
    """
    check(token.user, token.expires_on, today)
    token.prefix = f"{MARK}_{secrets.token_hex(4)}"
    text = f"{token.prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    token.sha256 = digest(text)
    token.created_by = actor
    token.save(force_insert=True)
    return text


def revoke(*, token: ApiToken, at: dt.datetime) -> None:
    """End a token at once; it stays in the list."""
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])


def digest(text: str) -> str:
    """Return what is stored of a token.

    A plain hash is enough: 256 random bits cannot be found by trying.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def user_of(text: str, now: dt.datetime) -> User | None:
    """Return the user of a token that opens the API, and note its use; else None.

    One query, and at most once an hour a second one.
    """
    if not text or len(text) > LONGEST:
        return None
    usable = ApiToken.objects.usable(fiscal.local_date(now))
    token = usable.select_related("user").filter(sha256=digest(text)).first()
    if token is None:
        return None
    due = now - NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= due:
        same = ApiToken.objects.filter(pk=token.pk)
        unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=due)
        same.filter(unnoted).update(last_used_at=now)
    return token.user

"""Links by which families act without an account: making them, reading them.

A token is made of the row's random salt and the server's secret, so that a mail that is
written again bears the same link; the row keeps only the salt and the token's SHA-256.
After the secret has changed, old links still open and new mails get new rows.
"""

import base64
import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .models import FamilyLink, Subscription
from .models.link import new_salt

CONFIRM_WITHIN = dt.timedelta(days=7)
Purpose = FamilyLink.Purpose
STANDING = (Purpose.MANAGE, Purpose.STOP)


def new_link(
    subscription: Subscription, purpose: FamilyLink.Purpose, at: dt.datetime
) -> FamilyLink:
    """Make a link; one that confirms an address is valid for seven days."""
    link = _unsaved_link(subscription, purpose, at)
    link.save()
    return link


def _unsaved_link(
    subscription: Subscription, purpose: FamilyLink.Purpose, at: dt.datetime
) -> FamilyLink:
    salt = new_salt()
    expires_at = at + CONFIRM_WITHIN if purpose == Purpose.CONFIRM else None
    return FamilyLink(
        subscription=subscription,
        purpose=purpose,
        salt=salt,
        sha256=digest(_token(salt, purpose)),
        created_at=at,
        expires_at=expires_at,
    )


def standing_links(subscription: Subscription, at: dt.datetime) -> dict[str, str]:
    """Return {purpose: address} of the links that every mail to the family bears.

    One query; the first time, or after the secret has changed, the links are made.
    """
    found = known_links(subscription)
    missing = [one for one in STANDING if one not in found]
    if missing:
        made = [_unsaved_link(subscription, purpose, at) for purpose in missing]
        FamilyLink.objects.bulk_create(made)
        found |= {link.purpose: url_of(link) for link in made}
    return found


def known_links(subscription: Subscription) -> dict[str, str]:
    """Return those of the standing links that are made already; one query."""
    found: dict[str, str] = {}
    rows = subscription.links.filter(purpose__in=STANDING)
    for link in rows.order_by("created_at", "pk"):
        if hmac.compare_digest(link.sha256, digest(_token(link.salt, link.purpose))):
            found[link.purpose] = url_of(link)
    return found


def url_of(link: FamilyLink) -> str:
    """Return the address of a link."""
    token = _token(link.salt, link.purpose)
    path = reverse(f"deliveries:family_{link.purpose}", args=[token])
    return f"{settings.SITE_URL}{path}"


def find(token: str, purpose: FamilyLink.Purpose) -> FamilyLink | None:
    """Return the link of a token; None for a token of nothing or another purpose."""
    links = FamilyLink.objects.select_related("subscription__municipality")
    return links.filter(sha256=digest(token), purpose=purpose).first()


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _token(salt: str, purpose: str) -> str:
    mac = salted_hmac(f"deliveries.{purpose}", salt, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

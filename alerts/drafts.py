"""What the server gives for drafts on the device: who a draft belongs to, half a key.

A draft is encrypted with a key made of two halves. One lies on the device and goes at
sign-out and after twelve hours; the other stands in the pages of this person only. So
the next user of the device cannot read a draft, not even with the developer tools,
while the same person can after signing in again.
"""

from typing import NamedTuple

from django.utils.crypto import salted_hmac

from accounts.models import User

from .kept_forms import person_for


class Keeper(NamedTuple):
    """An opaque name of a person for the device, and that person's half of the key."""

    person: str
    half: str


def keeper_of(user: User) -> Keeper:
    """Return what the pages of `user` tell the script; the same at every sign-in."""
    half = salted_hmac("alerts.drafts.half", str(user.pk), algorithm="sha256")
    return Keeper(person=person_for(user), half=half.hexdigest())

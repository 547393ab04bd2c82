"""Template tags that tell families who sends the mails."""

from email.utils import parseaddr

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def sender_name() -> str:
    """Return the co-op's name, as the sender of mails bears it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or _("Your co-op")


@register.simple_tag
def sender_address() -> str:
    """Return the address that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@register.simple_tag
def sender_domain() -> str:
    """Return the domain that mails come from, which mail filters have to let in."""
    return sender_address().rpartition("@")[2]


@register.simple_tag
def contact() -> str:
    """Return whom families ask, empty when the co-op has not said."""
    return settings.DELIVERIES_CONTACT

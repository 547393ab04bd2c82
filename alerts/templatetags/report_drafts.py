"""What the drafts of reports need in every page of somebody who may report."""

from django import template

from accounts.models import User
from alerts.drafts import Keeper, keeper_of

register = template.Library()


@register.simple_tag
def draft_keeper(user: User) -> Keeper:
    """Return the opaque name of `user` and their half of the key."""
    return keeper_of(user)

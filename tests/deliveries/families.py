"""Links as families get them."""

from urllib.parse import urlsplit

from deliveries.links import Purpose, new_link, url_of
from tests.deliveries.factories import MORNING, SubscriptionFactory


def path_of(link):
    """Return the path of a link's page."""
    return urlsplit(url_of(link)).path


def make_link(purpose, *, at=MORNING, **subscription):
    """Return a new link of a new subscription."""
    return new_link(SubscriptionFactory(**subscription), purpose, at)


def arguments(purpose):
    """Return a function that makes the arguments of a URL, for the table of access."""
    return lambda: {"token": path_of(make_link(Purpose(purpose))).split("/")[-2]}

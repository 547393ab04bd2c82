"""Mails of these tests go through the outbox, as they do for users."""

import pytest

from tests.deliveries import keeping


@pytest.fixture(autouse=True)
def mails_are_queued(settings):
    """Queue mails; what a worker sends stands in `keeping.sent` then."""
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    settings.OUTBOX_TRANSPORT = "tests.deliveries.keeping.KeepingBackend"
    keeping.meanwhile.clear()
    keeping.watchers.clear()


@pytest.fixture
def sent():
    """The mails that workers sent in this test, in order."""
    keeping.sent.clear()
    return keeping.sent

"""The queue in place, with a mail server or a kind of mail to try it on."""

import pytest

from tests.outbox.factories import Notebook
from tests.smtp import mail_server


@pytest.fixture(autouse=True)
def queue_in_place(settings):
    """Let what is sent become rows, as outside of tests."""
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "coop@example.test"


@pytest.fixture
def server(settings):
    """A mail server that behaves, until its `answers` say otherwise."""
    with mail_server(settings) as running:
        settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
        yield running


@pytest.fixture
def notebook():
    """A kind of mail that writes down what it is asked and told."""
    book = Notebook()
    with book.installed():
        yield book

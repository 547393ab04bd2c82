"""An outside tool reads the document of the API, tries it, and finds no failure."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.indicators import registry
from tests.accounts.factories import WorkplaceFactory
from tests.accounts.test_tokens import make_token
from tests.agreements.factories import VisitFactory
from tests.conftest import grant
from tests.deliveries.factories import SentNoticeFactory

pytestmark = pytest.mark.django_db(transaction=True)
TOOL = Path(sys.executable).with_name("schemathesis")
# Far more than it takes, even beside other tests.
SECONDS = 300


@pytest.fixture
def few_figures():
    """Keep counting out of it: a request for all figures takes long, many very long."""
    few = [one for one in registry if one.app_label in ("agreements", "deliveries")]
    with registry.override(*few[:2], *few[-2:]):
        yield


@pytest.fixture
def token(settings):
    """The token of somebody who may do all that the API offers; rows to ask for."""
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"
    VisitFactory()
    # Those of the document's examples.
    centre = WorkplaceFactory(code="chiba")
    SentNoticeFactory(
        delivery__external_id="20161003-0042-1",
        delivery__delivered_on=dt.date(2016, 10, 3),
        delivery__workplace=centre,
        message_id="<0d0f6c1e@coop.example.jp>",
        subscription__email="ichiro@example.jp",
    )
    text, _token = make_token(user=grant("coordinator_deliveries", "manager"))
    return text


@pytest.mark.usefixtures("few_figures")
def test_schemathesis_finds_no_failure(live_server, token, tmp_path):
    run = subprocess.run(  # noqa: S603 - a tool of ours
        [
            TOOL,
            "run",
            f"{live_server.url}/api/v1/openapi.json",
            f"--header=Authorization: Bearer {token}",
            "--checks=all",
            "--max-examples=5",
            "--seed=20161003",
            "--generation-database=none",
            "--no-shrink",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    # It found all there is, and asked.
    assert "5 selected / 5 total" in run.stdout
    assert "Tested: 5" in run.stdout

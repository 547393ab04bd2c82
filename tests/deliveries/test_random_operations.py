"""Whatever is done in whatever order: no mail to whom does not want it, none twice."""

import datetime as dt

import pytest

from deliveries import mails, services
from outbox import worker
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.deliveries.book import DOUBLED, LOST, MISSING
from tests.deliveries.random_operations import OPERATIONS, TROUBLES, World
from tests.municipalities.factories import MunicipalityFactory

# `make faults` names a world that found something by its seed: it is played again here.
SEED = "6:6"
pytestmark = pytest.mark.django_db


def played(**options):
    world = World(
        SEED,
        "W",
        place=MunicipalityFactory(),
        workplace=WorkplaceFactory(),
        user=UserFactory(),
    )
    world.run(**options)
    return world


def test_mails_go_to_whom_wants_them_and_once():
    world = played()
    assert +world.book.unwanted == {}
    assert +world.book.problems == {}
    # The test is worth something only if all of it took place.
    assert world.done.keys() == set(OPERATIONS)
    assert world.troubles.keys() == set(TROUBLES)
    assert world.book.taken.total() > 20
    assert {delivery for _pk, delivery in world.book.told} & world.book.undone


def test_book_finds_mails_to_whom_does_not_want_them(monkeypatch):
    monkeypatch.setattr(mails, "reason_to_cancel", lambda notice, at: "")
    assert played().book.unwanted


def test_book_finds_corrections_that_are_missing(monkeypatch):
    for module in (mails, services):
        monkeypatch.setattr(module, "correct", lambda notices, at: [])
    assert played().book.problems[MISSING]


def test_book_finds_mails_sent_twice_and_their_outcome_not_noted(monkeypatch):
    def later(state, outcome, at, why=""):
        due_at = at + dt.timedelta(minutes=1)
        return worker.Result({"state": "waiting", "due_at": due_at})

    monkeypatch.setattr(worker, "_over", later)
    problems = played(steps=40).book.problems
    assert problems[DOUBLED]
    assert problems[LOST]

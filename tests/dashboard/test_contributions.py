"""What programs add beside figures is declared as indicators are: late errors fail."""

from dataclasses import replace

import pytest

from dashboard.contributions import (
    Contribution,
    ContributionRegistry,
    Place,
    registry,
)

ONE = Contribution(
    key="alerts.sample",
    label="見本",
    template="dashboard/sample.html",
    data=lambda moment: {"year": moment.fiscal_year},
    permission="alerts.view_casestory",
    places=frozenset({Place.REPORT}),
)


@pytest.fixture
def empty():
    return ContributionRegistry()


@pytest.mark.parametrize("key", ["sample", "alerts.Sample", "alerts.a.b", "alerts."])
def test_key_must_name_app_and_contribution(empty, key):
    with pytest.raises((ValueError, LookupError)):
        empty.register(replace(ONE, key=key))


def test_app_must_be_installed(empty):
    with pytest.raises(LookupError):
        empty.register(replace(ONE, key="nothing.sample"))


def test_doubled_key_fails(empty):
    empty.register(ONE)
    with pytest.raises(ValueError, match="twice"):
        empty.register(ONE)


def test_late_contribution_fails(empty):
    empty.freeze()
    with pytest.raises(ValueError, match="start-up"):
        empty.register(ONE)


@pytest.mark.parametrize("places", [frozenset(), frozenset({"cellar"})])
def test_place_must_be_said(empty, places):
    with pytest.raises(ValueError, match="place"):
        empty.register(replace(ONE, places=places))


def test_program_gets_its_own_in_order_and_place(empty):
    first = replace(ONE, key="alerts.zz_first", order=-1)
    grid = replace(ONE, key="alerts.grid", places=frozenset({Place.PROGRAM}))
    other = replace(ONE, key="childcare.sample")
    for one in (ONE, first, grid, other):
        empty.register(one)
    assert empty.of("alerts", Place.REPORT) == [first, ONE]
    assert empty.of("alerts", Place.PROGRAM) == [grid]
    assert "alerts.grid" in empty
    assert empty.get("alerts.nothing") is None


def test_override_holds_only_what_it_is_given():
    before = list(registry)
    with registry.override(ONE):
        assert list(registry) == [ONE]
    assert list(registry) == before

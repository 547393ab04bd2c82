"""Closing a year freezes every figure; reopening makes room for a new version."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from core import fiscal
from core.access import Role
from dashboard import checks
from dashboard.book import Book
from dashboard.checks import Check, Finding
from dashboard.closing import (
    canonical,
    close_year,
    differences,
    finish,
    recount,
    reopen_year,
)
from dashboard.figures import Status
from dashboard.models import AnnualFigure, Remark, YearClosing
from municipalities.models import Municipality
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.conftest import grant
from tests.dashboard.factories import AnnualFigureFactory
from tests.municipalities.factories import MunicipalityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_registry")]
AT = dt.datetime(2017, 5, 1, 1, tzinfo=dt.UTC)
TODAY = dt.date(2017, 5, 1)
IN_2016 = dt.date(2016, 10, 3)


@pytest.fixture
def actor():
    return grant(Role.MANAGER, display_name="架空 一郎")


@pytest.fixture
def place():
    return MunicipalityFactory(code="121002", prefecture_code="12", name="見本市")


@pytest.fixture
def visit(place):
    AgreementFactory(municipality=place, signed_on=IN_2016, in_force_from=IN_2016)
    return VisitFactory(municipality=place, visited_on=IN_2016)


def close(actor, **options):
    return finish(close_year(year=2016, actor=actor, at=AT, **options))


def shown(registry, key="agreements.visits", by="", part=""):
    book = Book(registry, AnnualFigure.objects.all(), today=TODAY)
    return book.series(registry[key], by).get((2016, part))


def test_every_figure_and_every_part_is_frozen(small_registry, visit, actor):
    closing = close(actor)
    found = {
        (row.indicator, row.breakdown): (row.value, row.numerator, row.denominator)
        for row in closing.figures.all()
    }
    for key in ("visits", "in_force", "municipalities_in_area"):
        for part in ("", "prefecture=12", "municipality=121002"):
            assert found[f"agreements.{key}", part] == (1, None, None)
    for part in ("", "prefecture=12", "municipality=121002"):
        assert found["agreements.coverage", part] == (None, 1, 1)
    assert found["agreements.visits", f"kind={visit.municipality.kind}"][0] == 1


def test_figure_keeps_how_it_was_made(visit, actor):
    row = close(actor).figures.get(
        indicator="agreements.visits", breakdown="municipality=121002"
    )
    assert (row.label, row.unit, row.definition) == ("訪問", "件", "見本")
    assert (row.name, row.row_count, row.as_of) == ("見本市", 1, dt.date(2017, 3, 20))
    assert (row.recorded_by, row.closing.closed_by_name) == (actor, "架空 一郎")


def test_hash_is_that_of_the_canonical_list(visit, actor):
    closing = close(actor)
    lines = canonical(closing).splitlines()
    assert len(lines) == closing.figures.count()
    assert json.loads(lines[-1])["indicator"] == "agreements.visits"
    expected = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert closing.sha256 == expected


def test_year_without_rows_is_closed_and_stays_missing(small_registry, actor):
    closing = close(actor)
    assert not closing.figures.exists()
    assert shown(small_registry) is None


def test_closed_year_is_read_not_counted(
    small_registry, visit, actor, django_assert_num_queries
):
    close(actor)
    book = Book(small_registry, AnnualFigure.objects.all(), today=TODAY)
    # What is stored, what is said of it, the closings; nothing of the rows of 2016.
    with django_assert_num_queries(3):
        found = book.series(small_registry["agreements.visits"], "", [2016])
    (figure,) = found.values()
    assert (figure.status, figure.value, figure.rows) == (Status.CLOSED, 1, 1)
    assert figure.computed_value == 1
    assert figure.url.endswith("state=held&fiscal_year=2016")


def test_closed_figure_keeps_what_was_published(small_registry, visit, actor):
    AnnualFigureFactory(value=3, note="見本の注", is_break=True, printed="3件")
    close(actor)
    figure = shown(small_registry)
    assert (figure.value, figure.replaced.value) == (1, 3)
    assert figure.is_replaced
    assert (figure.notes, figure.is_break) == (("見本の注",), True)


def test_running_year_cannot_be_closed(actor):
    with pytest.raises(ValidationError, match="2018年3月21日"):
        finish(close_year(year=2017, actor=actor, at=AT))


def test_year_is_closed_once(visit, actor):
    close(actor)
    with pytest.raises(ValidationError, match="架空 一郎"):
        close(actor)
    assert YearClosing.objects.count() == 1


def test_failure_leaves_nothing_behind(visit, actor):
    steps = close_year(year=2016, actor=actor, at=AT)
    next(steps), next(steps)
    steps.close()
    assert not YearClosing.objects.exists()
    assert not AnnualFigure.objects.exists()
    visit.delete()


def test_second_closing_is_a_new_version_and_both_values_stay(
    small_registry, visit, actor
):
    first = close(actor)
    reopen_year(year=2016, actor=actor, reason="記入もれ", at=AT)
    VisitFactory(municipality=visit.municipality, visited_on=dt.date(2016, 10, 4))
    open_again = shown(small_registry)
    assert (open_again.status, open_again.value) == (Status.PROVISIONAL, 2)
    assert open_again.other_versions == [(1, Decimal(1))]
    second = close(actor)
    assert (second.version, first.figures.count()) == (2, second.figures.count())
    figure = shown(small_registry)
    assert (figure.status, figure.value) == (Status.CLOSED, 2)
    assert figure.other_versions == [(1, Decimal(1))]
    changed = differences(first, second)
    assert {d.indicator for d in changed} == {"agreements.visits"}
    assert [(d.before.value, d.after.value) for d in changed][0] == (1, 2)


def test_reopening_needs_a_closed_year_and_a_reason(visit, actor):
    with pytest.raises(ValidationError):
        reopen_year(year=2016, actor=actor, reason="見本", at=AT)
    close(actor)
    with pytest.raises(ValidationError):
        reopen_year(year=2016, actor=actor, reason=" ", at=AT)


def test_recount_finds_what_the_rows_now_belong_to(visit, actor):
    closing = close(actor)
    assert recount(closing, TODAY) == []
    Municipality.objects.update(is_in_service_area=False)
    found = {d.indicator for d in recount(closing, TODAY)}
    assert {"agreements.in_force", "agreements.municipalities_in_area"} <= found
    assert "agreements.visits" not in found


def test_remarks_stand_beside_the_figure(small_registry, visit):
    said = {"indicator": "agreements.visits", "fiscal_year": 2016}
    for kind, text in (("note", "注"), ("break", "集計を変更"), ("correction", "訂正")):
        Remark.objects.create(kind=kind, text=text, **said)
    figure = shown(small_registry)
    assert (figure.notes, figure.is_break) == (("注", "集計を変更"), True)
    assert [c.text for c in figure.corrections] == ["訂正"]
    assert figure.value == 1


def test_commands_close_and_reopen(visit, actor, capsys):
    call_command("close_year", 2016, by=actor.username)
    assert YearClosing.objects.standing().get().closed_by == actor
    assert "SHA-256" in capsys.readouterr().out
    with pytest.raises(CommandError, match=fiscal.label(2016)):
        call_command("close_year", 2016)
    call_command("reopen_year", 2016, reason="見本", verbosity=0)
    assert not YearClosing.objects.standing().exists()
    with pytest.raises(CommandError):
        call_command("close_year", 2016, by=grant(Role.DUTY_OFFICER).username)
    for year in (1999, 99999999999):
        with pytest.raises(CommandError):
            call_command("close_year", year)


def test_year_is_not_closed_over_what_could_not_be_settled_later(actor):
    waiting = Check(
        key="agreements.waiting",
        label="待っているもの",
        remedy="先に片づけてください。",
        find=lambda context: [Finding(text="見本", count=2)],
        permission="agreements.view_visit",
        blocks=True,
    )
    with (
        checks.registry.override(waiting),
        pytest.raises(ValidationError, match="待っているもの"),
    ):
        close(actor)
    assert not YearClosing.objects.exists()

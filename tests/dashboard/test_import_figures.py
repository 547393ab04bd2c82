"""Bringing in published figures."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from core.spreadsheets.reading import SpreadsheetError
from dashboard.imports import import_figures
from dashboard.management.commands.import_figures import SHIPPED
from dashboard.models import AnnualFigure, Remark

HEADER = "indicator,fiscal_year,as_of,breakdown,value,unit,note,printed\n"
GOOD = "agreements.visits,2016,2017-03-20,,116,件,注です,116件\n"

pytestmark = pytest.mark.usefixtures("small_registry")


def bring(text, **kwargs):
    with translation.override("en"):
        return import_figures(
            file=io.BytesIO((HEADER + text).encode()), filename="list.csv", **kwargs
        )


def test_figures_are_recorded_with_day_note_printed_text_and_source():
    outcome = bring(GOOD, source="年次報告2016")
    figure = AnnualFigure.objects.get()
    assert (outcome.read, outcome.created) == (1, 1)
    assert (figure.value, figure.status, str(figure.as_of)) == (
        116,
        "published",
        "2017-03-20",
    )
    assert (figure.note, figure.printed, figure.source) == (
        "注です",
        "116件",
        "年次報告2016",
    )


def test_ratio_is_read_with_its_parts_and_a_part_with_its_breakdown():
    bring(
        "agreements.coverage,2016,,,161/170,%,,\n"
        "agreements.visits,2016,,kind=市,1，065.5,,,\n"
    )
    ratio, part = AnnualFigure.objects.order_by("indicator")
    assert (ratio.value, ratio.numerator, ratio.denominator) == (None, 161, 170)
    assert (part.breakdown, part.value, part.as_of) == ("kind=市", 1065.5, None)


def test_second_time_changes_nothing():
    bring(GOOD)
    outcome = bring(GOOD)
    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, 1)


def test_note_may_be_improved():
    bring(GOOD)
    assert bring(GOOD.replace("注です", "別の注")).changed == 1
    assert AnnualFigure.objects.get().note == "別の注"


def test_dry_run_records_nothing():
    assert bring(GOOD, dry_run=True).created == 1
    assert not AnnualFigure.objects.exists()


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("agreements.nothing,2016,,,1,,,", "indicator", "agreements.visits"),
        (",2016,,,1,,,", "indicator", "no figure"),
        ("agreements.visits,99,,,1,,,", "fiscal_year", "between 2000 and 2100"),
        ("agreements.visits,,,,1,,,", "fiscal_year", "whole number"),
        ("agreements.visits,2016,5/4/30,,1,,,", "as_of", "cannot be read"),
        ("agreements.visits,2016,2017-03-21,,1,,,", "as_of", "does not lie in"),
        ("agreements.visits,2016,,channel=store,1,,,", "breakdown", "kind"),
        ("agreements.visits,2016,,kind,1,,,", "breakdown", "channel=store"),
        ("agreements.visits,2016,,kind=郡,1,,,", "breakdown", "none of"),
        ("agreements.visits,2016,,prefecture=48,1,,,", "breakdown", "none of"),
        ("agreements.visits,2016,,municipality=121003,1,,,", "breakdown", "check"),
        ("agreements.visits,2016,,,,,,", "value", "number"),
        ("agreements.visits,2016,,,-1,,,", "value", "number"),
        ("agreements.visits,2016,,,1e3,,,", "value", "number"),
        ("agreements.visits,2016,,,1/2,,,", "value", "number"),
        ("agreements.coverage,2016,,,94.7,,,", "value", "71/170"),
        ("agreements.coverage,2016,,,1/0,,,", "value", "cannot be 0"),
        (f"agreements.visits,2016,,,1,,,{'x' * 51}", "printed", "50 characters"),
    ],
)
def test_wrong_cell_is_named_and_nothing_is_recorded(row, column, words):
    with pytest.raises(SpreadsheetError) as caught:
        bring(f"{GOOD}{row}\n")
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("list.csv", 3, column)
    assert words in problem.message
    assert not AnnualFigure.objects.exists()


def test_doubled_row_is_refused():
    with pytest.raises(SpreadsheetError, match="Row 2 says this figure already"):
        bring(GOOD + GOOD)


@pytest.mark.parametrize(
    ("changed", "column"),
    [(GOOD.replace(",116,", ",117,"), "value"), (GOOD.replace("-20", "-19"), "as_of")],
)
def test_published_figure_never_changes(changed, column):
    bring(GOOD)
    with pytest.raises(SpreadsheetError) as caught:
        bring(changed)
    assert caught.value.problems[0].column == column
    assert AnnualFigure.objects.get().value == 116


def test_command_reads_a_file_and_names_what_is_wrong(tmp_path, capsys):
    path = Path(tmp_path, "figures.csv")
    path.write_text(HEADER + GOOD)
    call_command("import_figures", str(path))
    assert (
        "read 1 = created 1 + changed 0 + corrections 0 + unchanged 0"
        in capsys.readouterr().out
    )
    path.write_text(HEADER + GOOD.replace("2016,", "20x6,"))
    with pytest.raises(CommandError, match=r"figures.csv.*2.*fiscal_year"):
        call_command("import_figures", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_figures", str(path) + "x")


def test_printed_rates_come_along():
    call_command("import_figures", "published_rates", verbosity=0)
    printed = AnnualFigure.objects.order_by("fiscal_year").values_list(
        "printed", flat=True
    )
    assert list(printed) == ["41.8%", "65.2%", "82.3%", "94.7%", "95.3%"]


def test_both_shipped_lists_have_the_columns_that_are_read():
    for name in ("published_figures", "published_rates"):
        first = (SHIPPED / f"{name}.csv").read_text().splitlines()[0]
        assert set(HEADER.strip().split(",")) >= set(first.split(","))


CORRECTED = "agreements.visits,2016,2017-03-20,,117,,数え直した,,年次報告2017,○\n"


def test_correction_with_its_source_is_recorded_beside_the_published_figure(
    monkeypatch,
):
    bring(GOOD)
    monkeypatch.setitem(globals(), "HEADER", f"{HEADER[:-1]},source,correction\n")
    outcome = bring(CORRECTED, source="list.csv")
    assert (outcome.read, outcome.corrections) == (1, 1)
    assert AnnualFigure.objects.get().value == 116
    remark = Remark.objects.get()
    assert (remark.kind, remark.value) == ("correction", 117)
    assert (remark.text, remark.source) == ("数え直した", "年次報告2017")
    assert bring(CORRECTED).corrections == 0
    with pytest.raises(SpreadsheetError, match="Say where the correction"):
        bring(CORRECTED.replace("年次報告2017", ""))
    with pytest.raises(SpreadsheetError, match="does not change"):
        bring(CORRECTED.replace("○", ""))

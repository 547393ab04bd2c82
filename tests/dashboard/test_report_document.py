"""A report is plain data made from figures, in Japanese, whatever the reader speaks."""

import datetime as dt
import json

import pytest
from django.utils import translation

from alerts.indicators import BREAKDOWNS
from childcare.indicators import BY
from dashboard import documents
from dashboard.closing import close_year, finish
from dashboard.indicators import registry
from dashboard.models import AnnualFigure
from tests.agreements.factories import VisitFactory
from tests.dashboard.conftest import VISITS
from tests.dashboard.factories import AnnualFigureFactory, RemarkFactory
from tests.municipalities.factories import MunicipalityFactory

pytestmark = pytest.mark.usefixtures("small_registry")
TODAY = dt.date(2018, 5, 1)
AT = dt.datetime(2018, 5, 1, 3, tzinfo=dt.UTC)


def build(year=2016, today=TODAY, **texts):
    book = documents.book_of(year, registry, AnnualFigure.objects.all(), today=today)
    return documents.build(year, book, texts=texts)


def section(report):
    (found,) = report["sections"]
    return found


def figure(report, key="agreements.visits"):
    return next(f for f in section(report)["figures"] if f["indicator"] == key)


def texts(report, cell):
    notes = {note["number"]: note["text"] for note in section(report)["notes"]}
    return [notes[number] for number in cell["notes"]]


def test_document_survives_json_and_speaks_japanese():
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    with translation.override("en"):
        report = build()
    assert json.loads(json.dumps(report)) == report
    assert [year["label"] for year in report["years"]] == [
        f"{year}年度" for year in range(2012, 2017)
    ]
    assert section(report)["title"] == "見守り協定"


def test_year_without_figures_is_missing_and_not_zero():
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    cells = figure(build())["cells"]
    assert cells[:4] == [None] * 4
    assert cells[4]["text"] == "1"
    assert cells[4]["status"] == "provisional"


def test_first_years_of_the_calendar_have_fewer_before_them():
    assert [year["fiscal_year"] for year in build(2001)["years"]][-1] == 2001


def test_ratio_keeps_both_parts():
    AnnualFigureFactory(
        indicator="agreements.coverage", value=None, numerator=161, denominator=170
    )
    cell = figure(build(), "agreements.coverage")["cells"][-1]
    assert (cell["text"], cell["parts"]) == ("94.7", "161/170")
    assert (cell["numerator"], cell["denominator"]) == ("161", "170")


def test_day_is_told_only_where_it_is_not_the_last_of_the_year():
    AnnualFigureFactory(as_of=dt.date(2017, 3, 20))
    AnnualFigureFactory(as_of=dt.date(2016, 2, 1), fiscal_year=2015)
    *_rest, before, last = figure(build())["cells"]
    assert last["as_of"] == ""
    assert before["as_of"] == "2016年2月1日"


def test_everything_said_of_a_figure_is_a_numbered_footnote():
    AnnualFigureFactory(note="注一", printed="約3", source="広報")
    AnnualFigureFactory(fiscal_year=2015, source="広報", is_break=True)
    RemarkFactory(text="後の注")
    RemarkFactory(kind="correction", text="数え直し", value=4, source="広報二")
    report = build()
    *_rest, before, last = figure(report)["cells"]
    said = texts(report, last)
    for word in ("注一", "後の注", "約3", "数え直し", "4", "広報二"):
        assert any(word in text for text in said), word
    # The source is printed once, and both figures point to it.
    assert set(before["notes"]) & set(last["notes"])
    assert before["is_break"]
    assert len(texts(report, before)) == 2
    numbers = [note["number"] for note in section(report)["notes"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_figure_that_rows_contradict_says_so():
    AnnualFigureFactory(value=3)
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    report = build()
    cell = figure(report)["cells"][-1]
    assert cell["text"] == "3"
    assert any(text.endswith("1") for text in texts(report, cell))


def test_parts_stand_below_when_published_or_closed_and_never_municipalities():
    visit = VisitFactory(visited_on=dt.date(2016, 10, 3))
    VisitFactory(visited_on=dt.date(2015, 10, 3), municipality=visit.municipality)
    assert figure(build())["breakdowns"] == []
    AnnualFigureFactory(breakdown="kind=city", value=7)
    (kind,) = figure(build())["breakdowns"]
    assert (kind["by"], kind["adds_up"]) == ("kind", True)
    finish(close_year(year=2016, actor=None, at=AT))
    found = {by["by"]: by["rows"] for by in figure(build())["breakdowns"]}
    assert set(found) == {"prefecture", "kind"}
    assert found["prefecture"][0]["cells"][-1]["status"] == "closed"


def test_closed_year_names_its_closing_and_hash():
    assert build()["closings"] == []
    closing = finish(close_year(year=2016, actor=None, at=AT))
    (found,) = build()["closings"]
    assert found["sha256"] == closing.sha256
    assert (found["version"], found["label"]) == (1, "2016年度")


def test_breakdown_with_many_parts_is_left_out_unless_printed(monkeypatch):
    for code in ("11", "12"):
        place = MunicipalityFactory(prefecture_code=code)
        VisitFactory(visited_on=dt.date(2015, 10, 3), municipality=place)
    finish(close_year(year=2015, actor=None, at=AT))
    assert "prefecture" in {by["by"] for by in figure(build(2015))["breakdowns"]}
    monkeypatch.setattr(documents, "MOST_PARTS", 1)
    assert "prefecture" not in {by["by"] for by in figure(build(2015))["breakdowns"]}
    AnnualFigureFactory(breakdown="prefecture=12")
    (found,) = [b for b in figure(build())["breakdowns"] if b["by"] == "prefecture"]
    assert [row["key"] for row in found["rows"]] == ["12"]


def test_hub_tells_its_prefecture_and_a_channel_does_not():
    assert documents._determined(BY["hub"], BY) == ["prefecture", "municipality"]
    assert documents._determined(BREAKDOWNS["channel"], BREAKDOWNS) == []
    assert documents._determined(VISITS.by["kind"], BREAKDOWNS) == [
        "prefecture",
        "municipality",
    ]


def test_introductions_stand_where_they_belong():
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    report = build(**{"": "全体", "agreements": "協定"})
    assert (report["introduction"], section(report)["introduction"]) == ("全体", "協定")


def test_hash_is_that_of_the_canonical_form():
    one, other = {"b": 1, "a": "あ"}, {"a": "あ", "b": 1}
    assert documents.canonical(one) == '{"a":"あ","b":1}'.encode()
    assert documents.fingerprint(one) == documents.fingerprint(other)
    assert documents.fingerprint(one) != documents.fingerprint({"a": "あ", "b": 2})


def test_queries_do_not_grow_with_rows(django_assert_max_num_queries):
    VisitFactory(visited_on=dt.date(2016, 10, 3))
    with django_assert_max_num_queries(40) as few:
        build()
    VisitFactory.create_batch(20, visited_on=dt.date(2016, 10, 4))
    RemarkFactory.create_batch(10)
    with django_assert_max_num_queries(len(few)):
        build()

"""The month report for the municipality."""

import datetime as dt
from io import BytesIO

from django.urls import reverse
from openpyxl import load_workbook

from tests.childcare.factories import HubFactory, SessionFactory

URL = reverse("childcare:month_report", args=["H01", 2016, 10])


def rows_of(response):
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_report_lists_the_sessions_of_the_month_with_totals(manager, outsider):
    hub = HubFactory(code="H01")
    SessionFactory(hub=hub, held_on=dt.date(2016, 10, 3), families=5, adults=6)
    SessionFactory(hub=hub, held_on=dt.date(2016, 10, 4), families=0, adults=None)
    SessionFactory(hub=hub, held_on=dt.date(2016, 11, 1))
    response = manager.get(URL)
    assert response["Content-Disposition"] == (
        'attachment; filename="H01_2016-10.xlsx"'
    )
    rows = rows_of(response)
    assert rows[1][2] == str(hub)
    *_head, first, second, total = rows
    assert (first[0].date(), first[3:5]) == (dt.date(2016, 10, 3), [5, 6])
    assert second[3:5] == [0, None]
    assert total[3:6] == [5, 6, None]
    assert outsider.get(URL).status_code == 403


def test_text_is_never_a_formula(manager):
    hub = HubFactory(code="H01", name="=1+1")
    SessionFactory(hub=hub, held_on=dt.date(2016, 10, 3), note="=2+2")
    response = manager.get(URL)
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=2+2" in [cell.value for cell in cells]


def test_month_without_sessions_has_no_totals(manager):
    HubFactory(code="H01")
    assert rows_of(manager.get(URL))[-1][3:8] == [None] * 5

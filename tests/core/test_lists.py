"""Paging and totals of lists."""

import pytest
from django.urls import reverse

from agreements.models import Agreement
from core import paging
from tests.agreements.factories import AgreementFactory

URL = reverse("agreements:agreement_list")


def test_list_counts_no_further_than_its_bound(manager, monkeypatch):
    monkeypatch.setattr(paging, "MAX_ROWS", 3)
    AgreementFactory.create_batch(5)
    table = manager.get(URL).context["table"]
    assert table.paginator.count == 3
    assert table.paginator.is_bounded


def test_totals_are_exact_once_a_filter_narrows_the_rows(manager, monkeypatch):
    monkeypatch.setattr(paging, "MAX_ROWS", 3)
    AgreementFactory.create_batch(5)
    assert manager.get(URL).context["summary"] == {}
    summary = manager.get(URL, {"kind": "watch"}).context["summary"]
    assert summary == {"count": 5, "municipalities": 5}


def test_htmx_gets_the_results_only(manager):
    AgreementFactory()
    page = manager.get(URL, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert 'role="status"' in page.text


def test_sorting_follows_the_url(manager):
    first, second = AgreementFactory.create_batch(2)
    up = manager.get(URL, {"sort": "municipality"}).context["table"].page.object_list
    down = manager.get(URL, {"sort": "-municipality"}).context["table"].page.object_list
    assert [row.record for row in up] == [first, second]
    assert [row.record for row in down] == [second, first]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "999"},
        {"page": "x"},
        {"sort": "password"},
        {"sort": "municipality.name"},
        {"sort": ["-a.b", "--kind", ""]},
        {"per_page": "-1"},
        {"per_page": "0"},
        {"per_page": "9" * 30},
    ],
)
def test_nonsense_in_the_url_is_no_error(manager, query):
    AgreementFactory()
    assert manager.get(URL, query).status_code == 200
    assert Agreement.objects.count() == 1

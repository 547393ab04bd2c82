"""The list of agreements."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.agreements.factories import AgreementFactory
from tests.municipalities.factories import MunicipalityFactory

URL = reverse("agreements:agreement_list")


def test_manager_sees_agreements_and_outsider_does_not(manager, outsider):
    agreement = AgreementFactory()
    page = manager.get(URL)
    assert agreement.municipality.name in page.text
    assert outsider.get(URL).status_code == 403


def test_as_of_filter_leaves_out_ended_agreements(manager):
    AgreementFactory(in_force_until=dt.date(2017, 3, 20))
    on_last_day = manager.get(URL, {"on": "2017-03-20"})
    day_after = manager.get(URL, {"on": "2017/3/21"})
    assert on_last_day.context["summary"]["count"] == 1
    assert day_after.context["summary"]["count"] == 0


def test_search_folds_width_and_kana(manager):
    place = MunicipalityFactory(name="鎌ケ谷市", kana="かまがやし")
    AgreementFactory(municipality=place)
    AgreementFactory()
    for written in ("鎌ヶ谷", "カマガヤ", "ｶﾏｶﾞﾔ"):
        assert manager.get(URL, {"q": written}).context["summary"]["count"] == 1


def test_unreadable_date_in_filter_is_explained(manager):
    page = manager.get(URL, {"on": "5/4/30"})
    assert page.status_code == 200
    assert page.context["filter"].form.errors["on"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_exported(manager, kind):
    AgreementFactory(department="=1+1")
    response = manager.get(URL, {"export": kind})
    body = b"".join(response.streaming_content)
    assert response["Content-Disposition"].startswith("attachment")
    assert body.startswith(b"\xef\xbb\xbf" if kind == "csv" else b"PK")


def test_query_count_does_not_grow_with_rows(
    manager, django_assert_max_num_queries, django_assert_num_queries
):
    AgreementFactory()
    with django_assert_max_num_queries(20) as few:
        manager.get(URL)
    AgreementFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        manager.get(URL)

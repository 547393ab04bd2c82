"""The pages on the way to a receipt go over the line compressed, if safe."""

import pytest
from django.urls import reverse

from tests.alerts.test_report_form import URL, typed
from tests.municipalities.factories import MunicipalityFactory

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("address", ["/", URL, f"{URL}?step=form"])
def test_page_is_compressed(staff, address):
    answer = staff.get(address, headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"


def test_receipt_is_compressed(staff):
    MunicipalityFactory(name="見本市")
    receipt = staff.post(URL, typed()).url
    answer = staff.get(receipt, headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"


def test_list_with_a_search_is_not_compressed(staff):
    answer = staff.get(reverse("alerts:report_list"), {"q": "x"}, headers=GZIP)
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["handover", "kept", "step", "x"])
def test_page_that_repeats_a_guess_is_not_compressed(staff, name):
    for address in ("/", URL, f"{URL}?step=form"):
        known = {"step": "form"} if "step" in address else {}
        answer = staff.get(
            address.partition("?")[0], {**known, name: "guess"}, headers=GZIP
        )
        assert "Content-Encoding" not in answer.headers


def test_form_after_a_call_is_compressed(staff):
    address = staff.post(URL, {"called": "119"}).url
    assert "handover=" in address
    answer = staff.get(address, headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"

"""What the report form costs on a phone: bytes over the line, and taps."""

import pytest

from accounts.models import Workplace
from core.access import Role
from municipalities.models import CourseArea, DeliveryCourse, PostalCode
from tests.accounts.factories import WorkplaceFactory
from tests.browser.conftest import PHONE
from tests.measure_form import FORM, MAX_BYTES, MAX_TAPS, load, report_by_tapping
from tests.municipalities.factories import DeskFactory, MunicipalityFactory

CODE = "2730000"


@pytest.fixture
def browser_context_args():
    return {"viewport": PHONE, "has_touch": True, "is_mobile": True}


@pytest.fixture
def driver(sign_in):
    place = MunicipalityFactory(name="見本市")
    PostalCode.objects.create(code=CODE, municipality=place)
    for kind in ("municipal", "community_support", "children"):
        DeskFactory(municipality=place, kind=kind)
    workplace = WorkplaceFactory(kind=Workplace.Kind.DELIVERY_CENTRE)
    course = DeliveryCourse.objects.create(workplace=workplace, code="101")
    CourseArea.objects.create(course=course, municipality=place)
    return sign_in(Role.FIELD_STAFF, workplace=workplace)


def test_form_and_its_assets_are_at_most_100_kilobytes(page, live_server, driver):
    line = load(page, f"{live_server.url}{FORM}", is_cold=True, is_plain=True)
    assert len(line.sizes) > 10
    # Without scripts and styles there would be nothing to compress.
    assert 30_000 < line.total <= MAX_BYTES, line.sizes


def test_report_takes_at_most_twelve_taps(page, live_server, driver):
    assert report_by_tapping(page, live_server.url, CODE) <= MAX_TAPS

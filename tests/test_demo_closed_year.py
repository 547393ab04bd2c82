"""2016年度 of the demo, closed: twelve ways of changing a record change no figure."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement, Visit
from alerts.models import IncidentReport, Sign
from childcare.models import Session
from dashboard.closing import canonical, fingerprint, recount
from dashboard.models import YearClosing
from dashboard.refusals import Refused
from donations.models import Donation
from municipalities.models import Municipality
from mutualaid.models import Activity, Member
from tests.agreements.test_visit_form import visit_data
from tests.conftest import DEMO_DAY
from tests.municipalities.test_admin import change_data
from tests.municipalities.test_admin_import import HEADER, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def closed(demo, django_db_blocker):
    """Close 2016年度 of the demo."""
    with django_db_blocker.unblock():
        call_command("close_year", 2016, by="manager", verbosity=0)


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def closed_figures():
    """Return every closed figure of 2016, as bytes: as stored, and as handed out."""
    closing = YearClosing.objects.get(fiscal_year=2016)
    out = StringIO()
    call_command("figures", year=2016, format="json", stdout=out)
    handed_out = [f for f in json.loads(out.getvalue()) if f["status"] == "closed"]
    assert len(handed_out) == closing.figures.count() > 1000
    assert fingerprint(closing) == closing.sha256
    return canonical(closing).encode() + json.dumps(handed_out).encode()


def session():
    return Session.objects.filter(fiscal_year=2016, hub__series="contracted").first()


def says_who_closed_it(page):
    for words in ("2016年度", "架空 一郎", "管理職", "訂正"):
        assert words in page.text
    return page


def refuses(action, *args, **kwargs):
    with pytest.raises(Refused, match="架空 一郎"), transaction.atomic():
        action(*args, **kwargs)


def by_a_page():
    row = session()
    names = ("hub_id", "held_on", "slot", "families", "note")
    data = {name.removesuffix("_id"): getattr(row, name) for name in names}
    page = client_of("coordinator").post(
        reverse("childcare:session_update", args=[row.pk]),
        data | {"families": row.families + 1},
    )
    says_who_closed_it(page)
    assert page.context["form"].errors
    assert f'value="{row.families + 1}"' in page.text  # nothing typed is lost


def by_a_form_dated_back():
    # A day on which nothing is recorded.
    place = Municipality.objects.in_service_area().exclude(agreements__isnull=False)
    code = place.first().code
    data = visit_data(municipality=code, visited_on="2016/4/2")
    url = reverse("agreements:visit_create")
    says_who_closed_it(client_of("coordinator").post(url, data))
    data = {
        "municipality": code,
        "kind": "watch",
        "signed_on": "2016/4/1",
        "in_force_from": "2016/4/1",
        "department": "見本課",
    }
    url = reverse("agreements:agreement_create")
    says_who_closed_it(client_of("coordinator").post(url, data))


def by_a_form_in_admin():
    place = Municipality.objects.in_service_area().first()
    page = client_of("admin").post(
        reverse("admin:municipalities_municipality_change", args=[place.pk]),
        change_data(place, is_in_service_area="on", valid_until="2017-03-01"),
    )
    says_who_closed_it(page)
    assert page.status_code == 409


def by_an_action_in_admin():
    # The mark has no date: it may change, and the closed denominator stays.
    page = client_of("admin").post(
        reverse("admin:municipalities_municipality_changelist"),
        {
            "action": "take_out_of_service_area",
            "_selected_action": list(
                Municipality.objects.in_service_area().values_list("pk", flat=True)[:9]
            ),
        },
    )
    assert page.status_code == 302


def by_an_import():
    place = Municipality.objects.in_service_area().first()
    line = f"{place.code},{place.prefecture},{place.name},{place.kana},{place.kind},0,1"
    page = upload(client_of("admin"), f"{HEADER}{line},2017-03-01\n")
    says_who_closed_it(page)
    place.refresh_from_db()
    assert place.valid_until is None


def by_update():
    refuses(Session.objects.update, families=F("families") + 1)
    slips = Activity.objects.filter(fiscal_year=2016, kind="normal")
    refuses(slips.update, duration_minutes=600)


def by_bulk_update():
    reports = list(IncidentReport.objects.filter(fiscal_year=2016)[:3])
    for report in reports:
        report.channel = "other"
    refuses(IncidentReport.objects.bulk_update, reports, ["channel"])
    row = session()
    row.pk = None
    row.slot = "afternoon" if row.slot != "afternoon" else "morning"
    refuses(Session.objects.bulk_create, [row])


def by_raw_sql():
    for sql in (
        "UPDATE mutualaid_activity SET service = 'other'",
        "UPDATE childcare_session SET families = families + 1",
        "DELETE FROM agreements_visit",
        "INSERT INTO agreements_visit (municipality_id, state, visited_on, met_head, "
        "their_attendance, our_attendance, topics, requests, search_key) SELECT id, "
        "'held', '2016-10-03', TRUE, '', '', '', '', '' "
        "FROM municipalities_municipality WHERE code = '011002'",
    ):
        refuses(execute, sql)
    with pytest.raises(Refused, match="訂正"), transaction.atomic():
        execute("UPDATE dashboard_annualfigure SET value = value + 1")


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def by_deleting():
    page = client_of("coordinator").post(
        reverse("childcare:session_delete", args=[session().pk])
    )
    says_who_closed_it(page)
    assert "削除しました" not in page.text
    refuses(Visit.objects.filter(fiscal_year=2016).first().delete)
    held = Agreement.objects.in_force(dt.date(2017, 3, 20)).in_service_area()
    refuses(held.first().delete)


def by_a_cascade():
    sign = Sign.objects.filter(reports__fiscal_year=2016).first()
    refuses(sign.delete)


def by_a_merger_of_municipalities():
    old, new = Municipality.objects.in_service_area()[20:22]
    page = client_of("admin").post(
        reverse("admin:municipalities_municipality_change", args=[old.pk]),
        change_data(
            old,
            is_in_service_area="on",
            valid_until="2026-10-31",
            successor=new.pk,
            name=f"旧{old.name}",
        ),
    )
    assert page.status_code == 302
    Donation.objects.exclude(fiscal_year=2016).update(note="")


def by_erasing_personal_data():
    reports = IncidentReport.objects.filter(fiscal_year=2016)
    erased = {"person_name": "", "person_kana": "", "place": "", "narrative": ""}
    assert reports.update(**erased, postal_code="", age_band="") > 100
    report = reports.first()
    report.reporter_name, report.desk_person = "消去済み", ""
    report.save()
    Member.objects.update(name="消去済み", kana="", search_key="")


WAYS = [
    by_a_page,
    by_a_form_in_admin,
    by_an_action_in_admin,
    by_an_import,
    by_update,
    by_bulk_update,
    by_raw_sql,
    by_a_form_dated_back,
    by_deleting,
    by_a_cascade,
    by_a_merger_of_municipalities,
    by_erasing_personal_data,
]


def test_no_way_of_changing_a_record_changes_a_closed_figure():
    assert len(WAYS) == 12
    before = closed_figures()
    assert recount(YearClosing.objects.get(), DEMO_DAY) == []
    for change in WAYS:
        with transaction.atomic():
            change()
        assert closed_figures() == before, change.__name__


def test_everything_that_was_published_is_what_was_frozen():
    out = StringIO()
    call_command("figures", year=2016, format="json", stdout=out)
    found = json.loads(out.getvalue())
    closed = {
        (f["indicator"], f["breakdown"]): f for f in found if f["status"] == "closed"
    }
    published = [f for f in found if f["status"] == "published"]
    assert len(published) > 10
    for figure in published:
        same = closed[figure["indicator"], figure["breakdown"]]
        assert (same["value"], same["as_of"]) == (figure["value"], figure["as_of"])


def test_file_of_a_closed_year_is_not_lost():
    """Keep the upload helper honest: without the year closed the file is taken."""
    place = Municipality.objects.exclude(is_in_service_area=True).first()
    line = f"{place.code},{place.prefecture},{place.name},{place.kana},{place.kind},0,0"
    file = SimpleUploadedFile("list.csv", f"{HEADER}{line},2017-03-01\n".encode())
    page = client_of("admin").post(
        reverse("admin:municipalities_municipality_import"),
        {"import_file": file, "format": "0", "resource": "0"},
    )
    assert "confirm_form" in page.context

"""A closed year's rows are read-only, in whatever way they are written."""
# ruff: noqa: S608 - keys of rows of our own

import datetime as dt

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection, transaction

from agreements.models import Agreement, Visit
from alerts.models import IncidentReport, Sign
from childcare.models import Session
from core import triggers
from dashboard.counted import counted_tables
from dashboard.indicators import registry
from dashboard.models import AnnualFigure, Remark, YearClosing
from dashboard.refusals import Refused
from municipalities.models import Municipality
from tests.agreements.factories import AgreementFactory, VisitFactory
from tests.alerts.factories import IncidentReportFactory
from tests.childcare.factories import HubFactory, SessionFactory
from tests.dashboard.factories import AnnualFigureFactory, YearClosingFactory
from tests.deliveries.factories import SentNoticeFactory
from tests.municipalities.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
IN_2016 = dt.date(2016, 10, 3)
IN_2017 = dt.date(2017, 10, 3)
LAST_DAY = dt.date(2017, 3, 20)


def refuses(action, *args, **kwargs):
    with pytest.raises(Refused), transaction.atomic():
        action(*args, **kwargs)


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def visit():
    return VisitFactory(visited_on=IN_2016)


def close():
    return YearClosingFactory()


def test_row_of_an_open_year_is_free(visit):
    visit.topics = "見本"
    visit.visited_on = IN_2017
    visit.save()
    visit.delete()


def test_new_row_is_refused():
    place = MunicipalityFactory()
    close()
    refuses(VisitFactory, municipality=place, visited_on=IN_2016)
    refuses(VisitFactory, municipality=place, visited_on=LAST_DAY)
    next_day = LAST_DAY + dt.timedelta(days=1)
    VisitFactory(municipality=place, visited_on=next_day)


def test_row_can_be_neither_deleted_nor_moved_into_or_out_of_the_year(visit):
    later = VisitFactory(visited_on=IN_2017)
    close()
    refuses(visit.delete)
    refuses(Visit.objects.all().delete)
    for row, day in ((visit, IN_2017), (later, IN_2016)):
        row.visited_on = day
        refuses(row.save)


def test_counted_column_is_refused_and_others_are_free(visit):
    close()
    for changes in ({"met_head": not visit.met_head}, {"state": Visit.State.CANCELLED}):
        refuses(Visit.objects.filter(pk=visit.pk).update, **changes)
    Visit.objects.filter(pk=visit.pk).update(topics="", their_attendance="")
    visit.refresh_from_db()
    visit.requests = "見本"
    visit.save()


def test_raw_sql_is_refused(visit):
    close()
    refuses(execute, "UPDATE agreements_visit SET met_head = NOT met_head")
    refuses(execute, "DELETE FROM agreements_visit")


def test_reopened_year_is_free_again(visit):
    closing = close()
    closing.reopened_at, closing.reason = closing.closed_at, "見本"
    closing.save()
    visit.delete()


def test_signs_of_a_report_of_a_closed_year_stay(db):
    other_sign = Sign.objects.exclude(code="mail").first()
    noticed = dt.datetime(2016, 10, 3, 1, tzinfo=dt.UTC)
    report = IncidentReportFactory(noticed_at=noticed)
    other = IncidentReportFactory(noticed_at=noticed.replace(year=2017))
    close()
    refuses(report.signs.add, other_sign)
    refuses(report.signs.clear)
    other.signs.clear()
    report.narrative, report.person_name, report.place = "", "", ""
    report.save()
    assert IncidentReport.objects.filter(pk=report.pk, person_name="").exists()


def test_state_on_the_last_day_stays():
    agreement = AgreementFactory(signed_on=IN_2016, in_force_from=IN_2016)
    other = MunicipalityFactory()
    begun = {"signed_on": IN_2016, "in_force_from": IN_2016}
    close()
    agreement.in_force_until = LAST_DAY - dt.timedelta(days=1)
    refuses(agreement.save)
    agreement.in_force_from = LAST_DAY + dt.timedelta(days=1)
    agreement.in_force_until = None
    refuses(agreement.save)
    refuses(agreement.delete)
    refuses(AgreementFactory, municipality=other, **begun)
    refuses(Agreement.objects.filter(pk=agreement.pk).update, municipality=other)


def test_agreement_may_end_later_and_begin_later():
    agreement = AgreementFactory(signed_on=IN_2016, in_force_from=IN_2016)
    close()
    agreement.in_force_until = LAST_DAY
    agreement.department = "見本課"
    agreement.save()
    begun = {"signed_on": IN_2017, "in_force_from": IN_2017}
    AgreementFactory(municipality=agreement.municipality, **begun)


def test_municipality_may_merge_and_be_renamed_but_not_before_the_year_ended():
    place = MunicipalityFactory(is_in_service_area=True)
    close()
    place.name, place.valid_until = "新見本市", LAST_DAY
    place.save()
    refuses(Municipality.objects.filter(pk=place.pk).update, code="999990")
    place.is_in_service_area = False
    place.save()
    place.is_in_service_area = True
    place.valid_until = LAST_DAY - dt.timedelta(days=1)
    Municipality.objects.update(is_in_service_area=True)
    refuses(place.save)


def test_hub_of_a_closed_year_keeps_series_but_not_name():
    hub = HubFactory(contract_from=IN_2016)
    SessionFactory(hub=hub, held_on=IN_2016)
    close()
    hub.name = "新見本ひろば"
    hub.save()
    hub.series = hub.Series.MEMBER_RUN
    refuses(hub.save)
    refuses(Session.objects.update, families=0)


def test_what_counted_rows_point_at_keeps_what_decides():
    hub = HubFactory(contract_from=IN_2016, contract_until=dt.date(2016, 12, 31))
    SessionFactory(hub=hub, held_on=IN_2016)
    free = HubFactory(contract_from=IN_2017)
    notice = SentNoticeFactory()
    close()
    kind = type(hub)
    refuses(kind.objects.filter(pk=hub.pk).update, series="member_run")
    refuses(kind.objects.filter(pk=hub.pk).update, code="NEW")
    kind.objects.filter(pk=hub.pk).update(name="新見本ひろば")
    kind.objects.filter(pk=free.pk).update(series="member_run")
    same = type(notice.delivery).objects.filter(pk=notice.delivery_id)
    refuses(same.update, status="left")


COPIED = (
    "municipality_id, state, their_attendance, our_attendance, topics, requests, "
    "search_key, met_head"
)
# How each database puts a row in the place of another that has its key.
REPLACING = {
    "sqlite": (
        f"INSERT OR REPLACE INTO agreements_visit (id, visited_on, {COPIED}) "
        f"SELECT id, '2018-01-01', {COPIED} FROM agreements_visit WHERE id = {{visit}}",
        "UPDATE OR REPLACE agreements_visit SET id = {visit} WHERE id = {later}",
        "INSERT OR REPLACE INTO dashboard_yearclosing "
        "SELECT * FROM dashboard_yearclosing",
        "INSERT OR REPLACE INTO dashboard_annualfigure "
        "SELECT * FROM dashboard_annualfigure",
    ),
    "postgresql": (
        f"INSERT INTO agreements_visit (id, visited_on, {COPIED}) "
        f"SELECT id, DATE '2018-01-01', {COPIED} FROM agreements_visit "
        "WHERE id = {visit} ON CONFLICT (id) DO UPDATE SET visited_on = "
        "excluded.visited_on",
    ),
}


def test_row_is_not_replaced_by_another(visit):
    later = VisitFactory(municipality=visit.municipality, visited_on=IN_2017)
    AnnualFigureFactory(closed=True)
    YearClosing.objects.update(sha256="0" * 64)
    statements = REPLACING[connection.vendor]
    for sql in statements:
        refuses(execute, sql.format(visit=visit.pk, later=later.pk))
    execute(statements[0].format(visit=later.pk))


def test_closed_figure_never_changes():
    figure = AnnualFigureFactory(closed=True)
    YearClosing.objects.update(sha256="0" * 64)
    refuses(AnnualFigure.objects.update, note="見本")
    refuses(figure.delete)
    refuses(YearClosing.objects.update, closed_by_name="見本")
    refuses(execute, "DELETE FROM dashboard_yearclosing")
    late = AnnualFigureFactory.build(
        closed=True, closing=figure.closing, breakdown="municipality=121002"
    )
    refuses(late.save)


def test_published_figure_keeps_its_value_and_may_gain_a_note():
    figure = AnnualFigureFactory()
    refuses(AnnualFigure.objects.update, value=4)
    refuses(figure.delete)
    AnnualFigure.objects.update(note="見本", printed="3件")


def test_correction_stays_and_a_note_can_go():
    said = {"indicator": "agreements.visits", "fiscal_year": 2016, "text": "見本"}
    note = Remark.objects.create(kind=Remark.Kind.NOTE, **said)
    correction = Remark.objects.create(kind=Remark.Kind.CORRECTION, **said)
    note.delete()
    refuses(correction.delete)
    refuses(Remark.objects.update, text="")


def test_triggers_stand_after_migrate_and_the_check_finds_one_that_is_gone():
    assert triggers.missing() == []
    # By name the first, so that it is the one that the message names.
    name = "frozen_delete_agreements_agreement"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'DROP TRIGGER "{name}" ON agreements_agreement')
        else:
            cursor.execute(f'DROP TRIGGER "{name}"')
    (found,) = run_checks(databases=["default"], tags=["database"])
    assert found.id == "core.W001"
    assert name in found.msg
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


def test_every_measured_indicator_is_protected():
    tables = {table.name for table in counted_tables(registry)}
    for indicator in registry:
        if hasattr(indicator, "records"):
            assert indicator._model()._meta.db_table in tables


def test_table_is_not_emptied(visit):
    close()
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        refuses(execute, "TRUNCATE agreements_visit CASCADE")
    refuses(execute, "DELETE FROM agreements_visit")


@pytest.mark.django_db(transaction=True)
def test_tables_can_be_altered_by_a_migration():
    """Rebuild, on SQLite, a table that triggers elsewhere ask, as a migration does."""
    close()
    triggers.before_migrate(using="default", plan=["a migration"])
    for model, name in ((YearClosing, "reason"), (IncidentReport, "desk_person")):
        old = model._meta.get_field(name)
        new = old.clone()
        new.max_length = old.max_length + 1
        new.set_attributes_from_name(name)
        new.model = model
        with connection.schema_editor() as editor:
            editor.alter_field(model, old, new)
            editor.alter_field(model, new, old)
    assert triggers.missing()
    triggers.after_migrate(using="default")
    assert triggers.missing() == []

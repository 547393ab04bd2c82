"""The month sheet: a month entered at once, all or nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from childcare.models import Session, Slot
from core import fiscal
from tests.childcare.factories import HubFactory, SessionFactory

DAY = dt.date(2016, 10, 3)


@pytest.fixture
def hub(db):
    return HubFactory(code="H01", contract_until=dt.date(2016, 10, 28))


def url(year=2016, month=10):
    return reverse("childcare:month_sheet", args=["H01", year, month])


def row(day, slot="all_day", seen="", **counts):
    cells = {f"{day}-{slot}-{name}": value for name, value in counts.items()}
    return {f"{day}-{slot}-seen": seen} | cells


def errors_of(page):
    return [place for _id, place, _message in page.context["errors"]]


def test_coordinator_opens_the_sheet_and_manager_may_not(coordinator, manager, hub):
    SessionFactory(hub=hub, held_on=DAY, families=12)
    page = coordinator.get(url())
    assert 'name="3-all_day-families" value="12"' in page.text
    assert page.context["sheet"].session_count == 1
    assert manager.get(url()).status_code == 403


@pytest.mark.parametrize("month", [0, 13])
def test_month_that_does_not_exist_is_not_found(coordinator, hub, month):
    assert coordinator.get(url(month=month)).status_code == 404


def test_rows_are_created_changed_and_deleted_at_once(coordinator, hub):
    changed = SessionFactory(hub=hub, held_on=DAY, families=1)
    gone = SessionFactory(hub=hub, held_on=dt.date(2016, 10, 4), families=1)
    data = {
        **row(3, seen="1////", families="１２", adults="13"),
        **row(4, seen="1////"),
        **row(5, families="0"),
        **row(6),
    }
    assert coordinator.post(url(), data).status_code == 302
    counts = dict(Session.objects.values_list("held_on__day", "families"))
    assert counts == {3: 12, 5: 0}
    changed.refresh_from_db()
    assert (changed.adults, changed.children) == (13, None)
    assert not Session.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (row(4, families="x"), "10/4 (火) 一日 親子組"),
        (row(4, adults="3"), "10/4 (火) 一日 親子組"),
        (row(4, families="3", first_timers="4"), "10/4 (火) 一日 初めて"),
        (row(31, families="3"), "10/31 (月) 一日 親子組"),
    ],
)
def test_one_wrong_row_saves_nothing_and_names_day_and_column(
    coordinator, hub, wrong, place
):
    page = coordinator.post(url(), row(3, families="5") | wrong)
    day = place.split()[0]
    (found,) = errors_of(page)
    assert found.startswith(day)
    assert 'name="3-all_day-families" value="5"' in page.text
    assert not Session.objects.exists()


def test_day_to_come_is_refused(coordinator, hub, monkeypatch):
    monkeypatch.setattr(fiscal, "local_date", lambda: DAY)
    page = coordinator.post(url(), row(4, families="5"))
    assert len(errors_of(page)) == 1
    assert coordinator.post(url(), row(3, families="5")).status_code == 302


def test_sheet_left_open_does_not_undo_what_another_person_saved(coordinator, hub):
    SessionFactory(hub=hub, held_on=DAY, families=12)
    # The row was blank when this sheet was opened, and was left so.
    coordinator.post(url(), row(3, seen="") | row(4, families="5"))
    assert Session.objects.count() == 2


def test_row_that_another_person_changed_is_overwritten_only_knowingly(
    coordinator, hub
):
    SessionFactory(hub=hub, held_on=DAY, families=12)
    page = coordinator.post(url(), row(3, seen="", families="5", adults="8"))
    assert len(errors_of(page)) == 1
    assert Session.objects.get().families == 12
    assert 'name="3-all_day-seen" value="12////"' in page.text
    coordinator.post(url(), row(3, seen="12////", families="5"))
    assert Session.objects.get().families == 5


def test_two_sessions_a_day_have_a_row_each(coordinator, hub):
    hub.day_plan = hub.DayPlan.HALF_DAYS
    hub.save()
    data = row(3, "morning", families="5") | row(3, "afternoon", families="6")
    assert coordinator.post(url(), data).status_code == 302
    assert Session.objects.count() == 2


def test_whole_day_beside_half_a_day_is_refused(coordinator, hub):
    SessionFactory(hub=hub, held_on=DAY, slot=Slot.MORNING, families=5)
    data = row(3, "morning", seen="5////", families="5") | row(3, families="6")
    page = coordinator.post(url(), data)
    assert len(errors_of(page)) == 1
    assert Session.objects.count() == 1


def test_totals_are_computed_on_the_server(coordinator, hub):
    SessionFactory(hub=hub, held_on=DAY, families=5, adults=None)
    SessionFactory(hub=hub, held_on=dt.date(2016, 10, 4), families=6, adults=None)
    page = coordinator.get(url())
    assert '<td class="number" data-total="families">11</td>' in page.text
    assert '<td class="number" data-total="adults">–</td>' in page.text


def test_query_count_does_not_grow_with_sessions(
    coordinator, hub, django_assert_num_queries, django_assert_max_num_queries
):
    coordinator.get(url())
    with django_assert_max_num_queries(20) as few:
        coordinator.get(url())
    for day in range(1, 21):
        SessionFactory(hub=hub, held_on=dt.date(2016, 10, day))
    with django_assert_num_queries(len(few)):
        coordinator.get(url())


def test_failure_half_way_leaves_nothing_saved(coordinator, hub, monkeypatch):
    real = Session.save

    def save(session, *args, **kwargs):
        if session.held_on.day == 4:
            raise RuntimeError("the disk is full")
        real(session, *args, **kwargs)

    monkeypatch.setattr(Session, "save", save)
    with pytest.raises(RuntimeError):
        coordinator.post(url(), row(3, families="5") | row(4, families="6"))
    assert not Session.objects.exists()

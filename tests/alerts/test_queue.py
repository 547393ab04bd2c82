"""The duty officer's queue: what waits, in which order, and for how long."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from alerts.models import IncidentReport
from alerts.queue import MOST_SHOWN, queue_of
from alerts.wording import duration
from tests.alerts.factories import IncidentReportFactory, at

pytestmark = pytest.mark.django_db
URL = reverse("alerts:queue")
# A Monday, in office hours.
NOW = at(2016, 10, 3, 12, 15)
PERSONAL = ("見本 花子", "架空町", "返事がありません", "架空さん")


def sections(client):
    return {s.key: s for s in queue_of(client.user, now=NOW)}


def reports(section):
    return [line.report for line in section.lines]


def test_a_report_stands_where_it_waits(officer):
    new = IncidentReportFactory()
    told = IncidentReportFactory(is_passed_on=True)
    later = IncidentReportFactory(is_passed_on=True, ask_again_at=at(2016, 10, 4))
    due = IncidentReportFactory(is_passed_on=True, ask_again_at=NOW)
    unknown = IncidentReportFactory(
        is_closed=True, outcome="unknown", ask_again_at=at(2016, 10, 1)
    )
    IncidentReportFactory(is_closed=True)
    IncidentReportFactory(
        is_closed=True, outcome="unknown", ask_again_at=at(2016, 10, 9)
    )
    found = sections(officer)
    assert reports(found["to_pass_on"]) == [new]
    assert reports(found["awaiting"]) == [told, later]
    assert reports(found["to_ask"]) == [unknown, due]
    assert [found[key].count for key in found] == [1, 2, 2]


def test_urgent_ones_come_first_then_the_oldest(officer):
    newer = IncidentReportFactory(noticed_at=at(2016, 10, 3, 9, 0))
    oldest = IncidentReportFactory(noticed_at=at(2016, 10, 2, 9, 0))
    called = IncidentReportFactory(has_called_119=True)
    police = IncidentReportFactory(
        has_called_110=True, noticed_at=at(2016, 10, 3, 10, 1)
    )
    sign = IncidentReportFactory(
        signs=["mail", "no_answer"], noticed_at=at(2016, 10, 3, 10, 2)
    )
    sign.signs.filter(code="no_answer").update(is_urgent=True)
    lines = sections(officer)["to_pass_on"].lines
    assert [line.report for line in lines] == [called, police, sign, oldest, newer]
    assert [line.is_urgent for line in lines] == [True, True, True, False, False]


def test_clock_runs_from_noticing_then_from_passing_on(officer):
    IncidentReportFactory()
    IncidentReportFactory(is_passed_on=True)
    found = sections(officer)
    assert found["to_pass_on"].lines[0].since == at(2016, 10, 3, 10, 0)
    assert found["to_pass_on"].lines[0].waited == duration(
        dt.timedelta(hours=2, minutes=15)
    )
    assert found["awaiting"].lines[0].since == at(2016, 10, 3, 11, 0)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "0 min"),
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h 0 min"),
        (135, "2 h 15 min"),
        (1439, "23 h 59 min"),
        (1440, "1 day 0 h"),
        (1560, "1 day 2 h"),
        (2880, "2 days 0 h"),
    ],
)
def test_clock_is_read_in_words(minutes, words):
    with translation.override("en"):
        assert duration(dt.timedelta(minutes=minutes)) == words


def test_what_is_over_the_limit_is_marked(officer, settings):
    settings.ALERTS_URGENT_MINUTES, settings.ALERTS_MINUTES = (10, 20), (60, 120)
    at_limit = IncidentReportFactory(received_at=NOW - dt.timedelta(minutes=60))
    IncidentReportFactory(received_at=NOW - dt.timedelta(minutes=59))
    urgent = IncidentReportFactory(
        received_at=NOW - dt.timedelta(minutes=10), has_called_119=True
    )
    lines = sections(officer)["to_pass_on"].lines
    assert {line.report for line in lines if line.is_late} == {at_limit, urgent}


def test_continuations_do_not_wait(officer):
    first = IncidentReportFactory()
    IncidentReportFactory(merged_into=first)
    IncidentReportFactory(is_passed_on=True, merged_into=first)
    IncidentReportFactory(is_passed_on=True, merged_into=first, ask_again_at=NOW)
    found = sections(officer)
    assert [found[key].count for key in found] == [1, 0, 0]


def test_page_shows_no_personal_data_and_is_no_look(officer):
    IncidentReportFactory(reporter_name="架空さん")
    IncidentReportFactory(is_passed_on=True)
    page = officer.get(URL)
    assert not any(word in page.text for word in PERSONAL)
    assert page.text.count("queue-line") == 2


def test_beyond_the_first_fifty_a_list_shows_all(officer):
    IncidentReportFactory.create_batch(
        MOST_SHOWN + 1, municipality=IncidentReportFactory().municipality
    )
    page = officer.get(URL)
    section = page.context["sections"][0]
    assert (len(section.lines), section.count) == (MOST_SHOWN, MOST_SHOWN + 2)
    address = f"{reverse('alerts:report_list')}?{section.query}"
    assert address.replace("&", "&amp;") in page.text
    assert officer.get(address).context["summary"]["count"] == section.count


@pytest.mark.parametrize("key", ["to_pass_on", "awaiting", "to_ask"])
def test_list_behind_a_section_holds_what_the_section_counts(officer, key):
    IncidentReportFactory()
    first = IncidentReportFactory(is_passed_on=True)
    IncidentReportFactory(is_passed_on=True, merged_into=first)
    IncidentReportFactory(merged_into=first)
    IncidentReportFactory(is_passed_on=True, ask_again_at=NOW)
    IncidentReportFactory(is_closed=True, outcome="unknown", ask_again_at=NOW)
    IncidentReportFactory(is_closed=True, ask_again_at=NOW)
    section = sections(officer)[key]
    address = f"{reverse('alerts:report_list')}?{section.query}"
    rows = officer.get(address).context["table"].data
    assert sorted(row.pk for row in rows) == sorted(r.pk for r in reports(section))


def test_open_page_gets_the_sections_only_and_hears_of_new_counts(officer):
    IncidentReportFactory()
    htmx = {"HTTP_HX_REQUEST": "true"}
    same = officer.get(URL, {"counts": "1-0-0"}, **htmx)
    assert "<html" not in same.text
    assert "hx-swap-oob" not in same.text
    assert 'hx-trigger="every 60s"' in same.text
    changed = officer.get(URL, {"counts": "0-0-0"}, **htmx)
    assert "hx-swap-oob" in changed.text
    page = officer.get(URL)
    assert 'id="queue-said" class="visually-hidden" role="status"' in page.text
    assert "hx-swap-oob" not in page.text
    assert "HX-Request" in page["Vary"]


def test_officer_enters_the_program_by_the_queue_and_staff_by_the_list(officer, staff):
    link = 'href="{}"'.format
    home = reverse("home")
    assert link(URL) in officer.get(home).text
    assert link(URL) not in staff.get(home).text
    assert link(reverse("alerts:report_list")) in staff.get(home).text


def test_queue_says_when_nobody_can_be_warned(officer):
    assert officer.get(URL).context["unreachable"]
    assert "queue-notice" in officer.get(URL).text


def test_query_count_does_not_grow_with_reports(officer, django_assert_num_queries):
    def more(count):
        for extra in ({}, {"is_passed_on": True}, {"is_passed_on": True}):
            IncidentReportFactory.create_batch(count, signs=["mail", "other"], **extra)
        rows = IncidentReport.objects.filter(state="passed_on").order_by("pk")
        rows.filter(pk__in=list(rows.values_list("pk", flat=True)[::2])).update(
            ask_again_at=NOW
        )

    more(1)
    officer.get(URL)
    with django_assert_num_queries(QUERIES):
        officer.get(URL)
    more(20)
    with django_assert_num_queries(QUERIES):
        officer.get(URL)


# Session, person, rights; rows and signs of each section; addresses to warn by.
QUERIES = 13

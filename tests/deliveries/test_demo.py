"""The rows of the demo: every screen has something to show, figures match lists."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from core import fiscal
from core.access import Role
from dashboard.indicators import Moment, registry
from deliveries import demo
from deliveries.models import (
    Bounce,
    DayOff,
    Delivery,
    FamilyLink,
    Notice,
    Plan,
    Subscription,
)
from deliveries.services import send_again
from outbox.models import Mail
from outbox.worker import Sender
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.municipalities.factories import MunicipalityFactory

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def loaded(loaded_on):
    return loaded_on(TODAY)


@pytest.fixture
def loaded_on(db):
    """Load the demo as of a day; return the people by name."""
    return load


def load(today, hour=18):
    MunicipalityFactory.create_batch(5)
    workplace = WorkplaceFactory()
    users = {
        name: UserFactory(username=name, workplace=workplace)
        for name in ("staff", "officer", "coordinator", "manager", "admin")
    }
    users["manager"].groups.set(Group.objects.filter(name=Role.MANAGER))
    now = fiscal.local_instant(today, dt.time(hour))
    demo.load(today=today, users=users, progress=lambda label, rows: rows, now=now)
    return users


@pytest.mark.django_db
def test_figures_of_2016_equal_their_lists(loaded, client):
    client.force_login(loaded["manager"])
    moment = Moment(2016, dt.date(2017, 3, 20))
    for key in (
        "deliveries.subscriptions",
        "deliveries.notices_sent",
        "deliveries.bounces",
        "deliveries.stops",
    ):
        indicator = registry[key]
        number = indicator.numbers([moment])[2016, ""]
        page = client.get(indicator.rows_url(moment))
        assert page.context["summary"]["count"] == number.value > 0


@pytest.mark.django_db
def test_rows_stand_in_2016_and_the_last_two_years(loaded):
    years = set(Delivery.objects.values_list("fiscal_year", flat=True))
    assert years == {2016, 2025, 2026}
    assert not Subscription.objects.filter(started_on__lt=dt.date(2016, 3, 21)).exists()
    assert not Delivery.objects.filter(delivered_on__gt=TODAY).exists()


@pytest.mark.django_db
def test_every_screen_has_something_to_show(loaded):
    subscriptions = Subscription.objects
    assert subscriptions.count() > 120
    members = subscriptions.values("member_number").distinct()
    assert members.count() == 120
    assert set(subscriptions.values_list("ended_how", flat=True)) == {
        "",
        "link",
        "coop",
        "one_click",
    }
    assert set(subscriptions.values_list("held_for", flat=True)) == {
        "",
        "bounced",
        "complaint",
    }
    assert subscriptions.paused(TODAY).exists()
    assert subscriptions.filter(confirmed_on=None).exists()
    assert subscriptions.filter(ended_on__isnull=False).exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {
        "waiting",
        "sent",
        "failed",
        "cancelled",
    }
    assert set(Bounce.objects.values_list("kind", flat=True)) == {
        "permanent",
        "temporary",
        "complaint",
    }
    assert set(Plan.objects.values_list("service", flat=True)) == {"groceries", "meals"}
    assert DayOff.objects.count() == 4
    assert Delivery.objects.filter(
        delivered_on=TODAY, status="previous_untouched"
    ).exists()


@pytest.mark.django_db
def test_rows_keep_the_rules_of_the_model(loaded):
    for row in [*Subscription.objects.all(), *Delivery.objects.all()[:50]]:
        row.full_clean()
    for notice in Notice.objects.select_related("subscription"):
        ended = notice.subscription.ended_on
        assert ended is None or notice.noticed_for < ended
    for subscription in Subscription.objects.filter(held_since__isnull=False):
        later = subscription.notices.filter(happened_at__gt=subscription.held_since)
        assert not later.exists()
        assert subscription.bounces.exists()


@pytest.mark.django_db
def test_two_deliveries_were_taken_back_and_one_corrected(loaded):
    corrected, withdrawn = (
        Delivery.objects.exclude(undone_at=None)
        .order_by("-notices__kind", "pk")
        .distinct()[:2]
    )
    kinds = corrected.notices.values_list("kind", "state")
    assert set(kinds) == {("delivery", "sent"), ("correction", "sent")}
    assert set(withdrawn.notices.values_list("cancelled_for", flat=True)) == {"undone"}


@pytest.mark.parametrize("today", [TODAY, dt.date(2026, 11, 28), dt.date(2026, 11, 29)])
@pytest.mark.django_db
def test_mails_of_the_day_go_out_when_a_worker_runs(today, loaded_on, sent):
    """Each after its delivery, at the weekend too, and the newest confirmation."""
    loaded_on(today)
    waiting = Notice.objects.filter(state="waiting")
    count = waiting.count()
    assert count >= 5
    assert set(waiting.values_list("noticed_for", flat=True)) == {today}
    evening = fiscal.local_instant(today, dt.time(19))
    assert Sender(now=lambda: evening).run() == {"sent": count + 1}
    assert not waiting.exists()
    # To nobody but the invented families.
    assert all(to.endswith("@example.jp") for [to], _message in sent)


@pytest.mark.parametrize("hour", [0, 2, 11])
@pytest.mark.django_db
def test_in_the_morning_no_delivery_lies_ahead_and_the_evening_waits(
    hour, loaded_on, sent
):
    loaded_on(TODAY, hour)
    assert not Delivery.objects.filter(delivered_on__gte=TODAY).exists()
    waiting = Notice.objects.filter(state="waiting")
    count = waiting.count()
    assert count >= 5
    night, noon = (fiscal.local_instant(TODAY, dt.time(h)) for h in (6, 12))
    # At night the confirmation only.
    assert Sender(now=lambda: night).run() == {"sent": 1}
    assert Sender(now=lambda: noon).run() == {"sent": count}


@pytest.mark.django_db
def test_some_deliveries_of_the_day_are_still_to_come(loaded, client):
    client.force_login(loaded["manager"])
    page = client.get("/deliveries/expected/", {"on": TODAY.isoformat()})
    expected = page.context["table"].data.data.count()
    came = Delivery.objects.filter(delivered_on=TODAY).count()
    assert 0 < came < expected


@pytest.mark.django_db
def test_failed_mail_is_parked_and_can_be_sent_again(loaded, sent):
    [failed] = Notice.objects.filter(state="failed")
    row = Mail.objects.get(key=failed.key)
    assert (row.state, row.message_id) == ("parked", failed.message_id)
    at = failed.happened_at + dt.timedelta(minutes=30)
    assert send_again(notice=failed, at=at).state == "waiting"
    Sender(now=lambda: at).run()
    [(_to, message)] = [
        mail for mail in sent if mail[1]["Message-ID"] == failed.message_id
    ]
    failed.refresh_from_db()
    assert failed.state == "sent"


@pytest.mark.django_db
def test_one_address_can_still_be_confirmed(loaded):
    at = fiscal.local_instant(TODAY, dt.time(12))
    valid = FamilyLink.objects.filter(purpose="confirm", expires_at__gt=at)
    assert valid.count() == 1
    assert FamilyLink.objects.count() > 1

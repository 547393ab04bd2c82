"""The rows of the demo: every screen has something to show, figures match lists."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from core.access import Role
from dashboard.indicators import Moment, registry
from deliveries import demo
from deliveries.models import Delivery, Notice, Subscription
from tests.accounts.factories import UserFactory, WorkplaceFactory
from tests.municipalities.factories import MunicipalityFactory

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def loaded(db):
    MunicipalityFactory.create_batch(5)
    workplace = WorkplaceFactory()
    users = {
        name: UserFactory(username=name, workplace=workplace)
        for name in ("staff", "officer", "coordinator", "manager", "admin")
    }
    users["manager"].groups.set(Group.objects.filter(name=Role.MANAGER))
    demo.load(today=TODAY, users=users, progress=lambda label, rows: rows)
    return users


@pytest.mark.django_db
def test_figures_of_2016_equal_their_lists(loaded, client):
    client.force_login(loaded["manager"])
    moment = Moment(2016, dt.date(2017, 3, 20))
    for key in ("deliveries.subscriptions", "deliveries.notices_sent"):
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
    assert subscriptions.count() == 120
    assert subscriptions.paused(TODAY).exists()
    assert subscriptions.filter(confirmed_on=None).exists()
    assert subscriptions.filter(ended_on__isnull=False).exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {
        "waiting",
        "sent",
        "failed",
    }
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

"""Visitors of the families' pages who mean harm, and what is left of a visit."""

import pytest
from django.core.exceptions import ValidationError

from deliveries import subscribing
from deliveries.links import Purpose
from deliveries.models import Subscription
from deliveries.validators import validate_address
from outbox.models import Mail
from tests.deliveries.factories import MORNING, SubscriptionFactory
from tests.deliveries.families import make_link, path_of


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", Purpose.values)
def test_log_never_holds_a_link(client, caplog, purpose):
    path = path_of(make_link(Purpose(purpose)))
    assert client.put(path).status_code == 405
    assert client.post(path, {"a" * 9: "x"} | {f"f{n}": n for n in range(1100)})
    assert "/family/" in caplog.text
    assert path.rstrip("/").rpartition("/")[2] not in caplog.text


def test_number_of_a_computer_is_no_address():
    with pytest.raises(ValidationError):
        validate_address("ichiro@[127.0.0.1]")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["link", "one_click"])
def test_stranger_who_refused_is_not_asked_again(how):
    subscription = SubscriptionFactory()
    asked = subscribing.change_address(
        subscription=subscription, email="stranger@example.jp", at=MORNING
    )
    Subscription.objects.filter(pk=asked.pk).update(
        ended_on=MORNING.date(), ended_how=how
    )
    before = Mail.objects.count()
    with pytest.raises(ValidationError) as refused:
        subscribing.change_address(
            subscription=subscription, email="Stranger@example.jp", at=MORNING
        )
    assert refused.value.code == "refused"
    assert Mail.objects.count() == before
    assert subscription.successors.count() == 1

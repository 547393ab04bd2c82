"""Who may open the program's URLs."""

from tests.access import EVERYBODY, NOBODY, Rule
from tests.accounts.factories import WorkplaceFactory
from tests.deliveries.factories import (
    DeliveryFactory,
    NoticeFactory,
    SubscriptionFactory,
)
from tests.deliveries.families import arguments
from tests.deliveries.plans import DayOffFactory, PlanFactory

READ = {"coordinator", "manager"}
WRITE = {"coordinator"}


def subscription():
    return {"pk": SubscriptionFactory().pk}


def delivery():
    return {"pk": DeliveryFactory().pk}


def reported():
    return {"delivery": DeliveryFactory().external_id}


def untouched():
    return {"pk": DeliveryFactory(status="previous_untouched").pk}


def notice():
    return {"pk": NoticeFactory(state="failed").pk}


def plan():
    return {"pk": PlanFactory().pk}


def day_off():
    return {"pk": DayOffFactory(workplace=WorkplaceFactory()).pk}


RULES = {
    "deliveries:subscription_list": Rule(READ),
    "deliveries:subscription_create": Rule(WRITE),
    "deliveries:subscription_detail": Rule(READ, make=subscription),
    "deliveries:subscription_update": Rule(WRITE, make=subscription),
    "deliveries:subscription_ask": Rule(WRITE, make=subscription, method="post"),
    "deliveries:subscription_release": Rule(WRITE, make=subscription, method="post"),
    "deliveries:subscription_pause": Rule(WRITE, make=subscription),
    "deliveries:subscription_resume": Rule(WRITE, make=subscription, method="post"),
    "deliveries:subscription_address": Rule(WRITE, make=subscription),
    "deliveries:subscription_end": Rule(WRITE, make=subscription),
    "deliveries:delivery_list": Rule(READ),
    "deliveries:delivery_create": Rule(WRITE),
    "deliveries:delivery_import": Rule(WRITE),
    "deliveries:delivery_detail": Rule(READ, make=delivery),
    "deliveries:delivery_undo": Rule(WRITE, make=delivery),
    # The delivery of another workplace is not there for its drivers.
    "deliveries:delivery_incident": Rule(
        READ, make=untouched, out_of_scope={"staff", "officer"}
    ),
    "deliveries:delivery_report": Rule(READ, make=delivery, method="post"),
    # Whoever has the link; nobody signs in.
    "deliveries:family_confirm": Rule(
        EVERYBODY, make=arguments("confirm"), anonymous=200
    ),
    "deliveries:family_manage": Rule(
        EVERYBODY, make=arguments("manage"), anonymous=200
    ),
    "deliveries:family_stop": Rule(EVERYBODY, make=arguments("stop"), anonymous=200),
    "deliveries:notice_list": Rule(READ),
    "deliveries:bounce_list": Rule(READ),
    "deliveries:notice_retry": Rule(WRITE, make=notice, method="post"),
    "deliveries:expected_list": Rule(READ),
    "deliveries:plan_list": Rule(READ),
    "deliveries:plan_create": Rule(WRITE),
    "deliveries:plan_import": Rule(WRITE),
    "deliveries:plan_update": Rule(WRITE, make=plan),
    "deliveries:plan_end": Rule(WRITE, make=plan),
    "deliveries:dayoff_list": Rule(READ),
    "deliveries:dayoff_create": Rule(WRITE),
    "deliveries:dayoff_delete": Rule(WRITE, make=day_off),
    "deliveries:sending": Rule(READ | {"administrator"}),
    # Tokens only, no session: see tests/deliveries/test_api_*.py.
    "api-1:deliveries": Rule(NOBODY, method="post", denied=401, anonymous=401),
    "api-1:delivery": Rule(NOBODY, make=reported, denied=401, anonymous=401),
    "api-1:bounces": Rule(NOBODY, method="post", denied=401, anonymous=401),
}

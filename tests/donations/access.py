"""Who may open the program's URLs."""

from tests.access import Rule
from tests.donations.factories import (
    CampaignFactory,
    DonationFactory,
    ItemFactory,
    SchoolFactory,
)

READ = {"coordinator", "manager"}
WRITE = {"coordinator"}


def donation():
    return {"pk": DonationFactory(allocated=5).pk}


def school():
    return {"pk": SchoolFactory().pk}


def campaign():
    return {"year": CampaignFactory().year}


def stock():
    return campaign() | {"item": ItemFactory().code}


RULES = {
    "donations:donation_list": Rule(READ),
    "donations:donation_create": Rule(WRITE),
    "donations:donation_detail": Rule(READ, make=donation),
    "donations:donation_update": Rule(WRITE, make=donation),
    "donations:donation_send": Rule(WRITE, make=donation),
    "donations:donation_receive": Rule(WRITE, make=donation),
    "donations:donation_thank": Rule(WRITE, make=donation),
    "donations:campaign_list": Rule(READ),
    "donations:campaign_create": Rule(WRITE),
    "donations:campaign_detail": Rule(READ, make=campaign),
    "donations:campaign_update": Rule(WRITE, make=campaign),
    "donations:campaign_allocate": Rule(WRITE, make=stock, method="post"),
    "donations:campaign_notes": Rule(READ, make=campaign),
    "donations:campaign_labels": Rule(READ, make=campaign),
    "donations:stock_update": Rule(WRITE, make=stock),
    "donations:wish_import": Rule(WRITE, make=campaign),
    "donations:wish_apply": Rule(WRITE, make=campaign, method="post"),
    "donations:school_list": Rule(READ),
    "donations:school_create": Rule(WRITE),
    "donations:school_detail": Rule(READ, make=school),
    "donations:school_update": Rule(WRITE, make=school),
    "donations:school_suggest": Rule(READ),
}

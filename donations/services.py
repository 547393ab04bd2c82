"""How far a campaign has come, what is to be packed, and allocating what was wished."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from .models import Campaign, CampaignItem, Donation, Item, School

COUNTS = {
    "schools": Count("school", distinct=True),
    "wished_pieces": Sum("wished"),
    "allocated_pieces": Sum("allocated"),
    "sent_pieces": Sum("sent_quantity"),
}
# How many donations stand at each step.
STEPS = {
    "undecided": Count("pk", filter=Q(allocated__isnull=True)),
    "granted": Count("pk", filter=Q(allocated__gt=0)),
    "sent": Count("pk", filter=Q(sent_on__isnull=False)),
    "received": Count("pk", filter=Q(received_on__isnull=False)),
    "thanked": Count("pk", filter=Q(thanked_on__isnull=False)),
}


@dataclass(frozen=True)
class AreaProgress:
    """One item in one prefecture; pieces are None where nothing is recorded."""

    prefecture_code: str
    prefecture: str
    schools: int
    wished_pieces: int | None
    allocated_pieces: int | None
    sent_pieces: int | None


@dataclass(frozen=True)
class ItemProgress:
    """One item of a campaign: pieces, and donations at each step.

    Pieces are None where nothing is recorded; `stock` too while nobody set it.
    """

    item: Item
    stock: int | None
    schools: int = 0
    wished_pieces: int | None = None
    allocated_pieces: int | None = None
    sent_pieces: int | None = None
    undecided: int = 0
    granted: int = 0
    sent: int = 0
    received: int = 0
    thanked: int = 0
    areas: Sequence[AreaProgress] = ()

    @property
    def left(self) -> int | None:
        """Pieces that are not yet allocated; below zero when too much is promised."""
        if self.stock is None:
            return None
        return self.stock - (self.allocated_pieces or 0)

    @property
    def missing(self) -> int:
        """Pieces that were promised beyond the stock."""
        return max(-(self.left or 0), 0)


@dataclass(frozen=True)
class Parcel:
    """What one school gets, as one delivery note."""

    school: School
    lines: list[Donation]


def progress_by_item(campaign: Campaign) -> list[ItemProgress]:
    """Return every item in use, or part of the campaign, in four queries."""
    stock = dict(campaign.stock.values_list("item_id", "quantity"))
    donations = Donation.objects.filter(campaign=campaign).order_by()
    counted = {
        row.pop("item_id"): row
        for row in donations.values("item_id").annotate(**COUNTS, **STEPS)
    }
    items = Item.objects.filter(Q(is_active=True) | Q(pk__in={*stock, *counted}))
    areas = _areas(donations)
    return [
        ItemProgress(
            item=item,
            stock=stock.get(item.pk),
            areas=areas[item.pk],
            **counted.get(item.pk, {}),
        )
        for item in items
    ]


def _areas(donations: QuerySet[Donation]) -> dict[int, list[AreaProgress]]:
    """Return the prefectures of each item, in their usual order."""
    place = "school__municipality__prefecture"
    rows = donations.order_by(f"{place}_code").values(
        "item_id", prefecture_code=F(f"{place}_code"), prefecture=F(place)
    )
    found: dict[int, list[AreaProgress]] = defaultdict(list)
    for row in rows.annotate(**COUNTS):
        found[row.pop("item_id")].append(AreaProgress(**row))
    return found


def parcels(donations: QuerySet[Donation]) -> list[Parcel]:
    """Return the allocated donations by school, in the order of municipalities."""
    rows = (
        donations.allocated()
        .select_related("school__municipality", "item")
        .order_by("school__municipality__code", "school__name", "school_id", "item_id")
    )
    return [Parcel(school, list(lines)) for school, lines in groupby(rows, _school)]


def _school(donation: Donation) -> School:
    return donation.school


@transaction.atomic
def allocate_as_wished(*, campaign: Campaign, item: Item) -> int:
    """Allocate to every undecided wish what it asks for; return how many there were.

    Raises ValidationError when the stock is not known or does not suffice, and then
    nothing is allocated.
    """
    # One at a time, so that the same stock is not given away twice.
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    stock = CampaignItem.objects.filter(campaign=campaign, item=item).first()
    if stock is None:
        raise ValidationError(_("Set the stock of this item first."), code="no_stock")
    rows = Donation.objects.filter(campaign=campaign, item=item)
    wishes = list(rows.undecided().filter(wished__gt=0))
    given = rows.aggregate(given=Sum("allocated"))["given"] or 0
    _check_stock(wishes, stock.quantity - given)
    for wish in wishes:
        wish.allocated = wish.wished
        wish.save(update_fields=["allocated"])
    return len(wishes)


def _check_stock(wishes: Iterable[Donation], left: int) -> None:
    needed = sum(wish.wished or 0 for wish in wishes)
    if needed > left:
        raise ValidationError(
            _(
                "%(needed)d pieces are wished for, but %(left)d are left. Allocate "
                "less to some schools, or raise the stock."
            ),
            code="short",
            params={"needed": needed, "left": max(left, 0)},
        )

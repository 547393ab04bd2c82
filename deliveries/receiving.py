"""Deliveries as other systems report them: each checked alone, the good ones kept."""

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workplace
from core import fiscal
from core.locks import hold

from .forms import DeliveryEntryForm, delivery_centres
from .models import Delivery, Notice
from .reported import Errors, is_text, read_instant, read_texts
from .services import RECORDING, DeliveryConflict, Entry, record_deliveries

REQUIRED = ("external_id", "member_number", "delivered_at", "status")


class Result(StrEnum):
    """What became of one reported delivery."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    INVALID = "invalid"


@dataclass
class Received:
    """One item of a report, what it says, and what became of it.

    `external_id` is None where none could be read. `entry` and `workplace` are None
    where the item is invalid. `notices` counts the mails queued because of the item.
    """

    external_id: str | None
    entry: Entry | None = None
    workplace: Workplace | None = None
    result: Result = Result.INVALID
    errors: Errors = field(default_factory=dict)
    notices: int = 0
    delivery: Delivery | None = None

    def refuse(self, result: Result, name: str, message: str) -> None:
        """Note why it was not recorded."""
        self.result = result
        self.errors.setdefault(name, []).append(message)


@transaction.atomic
def receive(
    *, items: Sequence[Any], recorded_by: User, at: dt.datetime
) -> list[Received]:
    """Record what another system reports; return one outcome per item, in order.

    An item is a mapping as the API documents it; whatever else comes is invalid. The
    good items are recorded in one transaction, whatever the others are like. The first
    of several with one ID counts. Queries do not grow with the items, only with the
    workplaces and fiscal years among them.
    """
    codes = {code for item in items if isinstance(code := _code(item), str)}
    centres = {
        centre.code: centre
        for centre in delivery_centres()
        if centre.code in codes or centre.pk == recorded_by.workplace_id
    }
    received = [_read(item, centres, recorded_by, at) for item in items]
    # Before looking which are known: somebody may just be recording the same.
    hold(RECORDING)
    _record([one for one in received if one.entry], recorded_by, at)
    return received


def _code(item: Any) -> Any:
    return item.get("workplace") if isinstance(item, dict) else None


def _read(
    item: Any, centres: Mapping[str, Workplace], user: User, at: dt.datetime
) -> Received:
    """Return what an item says, with its errors in the language of the request."""
    texts, errors = read_texts(item, REQUIRED, ("workplace",))
    external_id = item.get("external_id") if isinstance(item, dict) else None
    one = Received(external_id if is_text(external_id) else None, errors=errors)
    instant = None
    try:
        if "delivered_at" in texts:
            instant = read_instant(texts.pop("delivered_at"), at)
    except ValidationError as error:
        errors["delivered_at"] = error.messages
    try:
        if not errors.keys() & {"workplace", "item"}:
            one.workplace = _workplace(texts.pop("workplace", None), centres, user)
    except ValidationError as error:
        errors["workplace"] = error.messages
    form = DeliveryEntryForm(
        {
            **texts,
            "delivered_on": instant and instant.date(),
            "delivered_at": instant and instant.time().replace(microsecond=0),
        }
    )
    for name in texts.keys() & form.errors.keys():
        errors[name] = list(form.errors[name])
    if not errors:
        one.entry = form.entry()
        one.external_id = one.entry.external_id
    return one


def _workplace(
    code: str | None, centres: Mapping[str, Workplace], user: User
) -> Workplace:
    """Return the centre that is named, else the user's own. Raises ValidationError."""
    if code is not None:
        if code not in centres:
            raise ValidationError(
                _("There is no delivery centre in use with this code."), code="unknown"
            )
        return centres[code]
    for centre in centres.values():
        if centre.pk == user.workplace_id:
            return centre
    raise ValidationError(
        _(
            "Send the code of a delivery centre: the user of this token belongs to "
            "none that is in use."
        ),
        code="required",
    )


def _record(received: Iterable[Received], user: User, at: dt.datetime) -> None:
    """Record the items with an entry, and note what became of each."""
    first: dict[str, Received] = {}
    again: list[Received] = []
    for one in received:
        if first.setdefault(one.entry.external_id, one) is not one:
            again.append(one)
    known = Delivery.objects.in_bulk(first, field_name="external_id")
    for _key, group in groupby(sorted(first.values(), key=_group), key=_group):
        _record_group(list(group), known, user, at)
    _count_notices(first.values())
    for one in again:
        _repeat(one, first[one.entry.external_id])


def _group(one: Received) -> tuple[int, int]:
    # One workplace at a time is recorded, and a closed year refuses only its own.
    return one.workplace.pk, fiscal.fiscal_year_of(one.entry.delivered_on)


def _record_group(
    group: Sequence[Received], known: Container[str], user: User, at: dt.datetime
) -> None:
    """Record deliveries of one workplace and year; `known` are there already."""
    try:
        with transaction.atomic():
            rows = record_deliveries(
                entries=[one.entry for one in group],
                workplace=group[0].workplace,
                recorded_by=user,
                at=at,
            )
    except DeliveryConflict as conflict:
        rest = []
        for one in group:
            if reason := conflict.reasons.get(one.entry.external_id):
                one.refuse(Result.CONFLICT, "external_id", str(reason))
            else:
                rest.append(one)
        if rest:
            _record_group(rest, known, user, at)
    except ValidationError as refused:
        # Their year is closed.
        for one in group:
            for message in refused.messages:
                one.refuse(Result.INVALID, "delivered_at", message)
    else:
        for one, row in zip(group, rows, strict=True):
            is_known = one.entry.external_id in known
            one.delivery = row
            one.result = Result.UNCHANGED if is_known else Result.CREATED


def _count_notices(received: Iterable[Received]) -> None:
    created = [one for one in received if one.result is Result.CREATED]
    notices = Notice.objects.filter(delivery__in=[one.delivery for one in created])
    counts = Counter(notices.values_list("delivery_id", flat=True))
    for one in created:
        one.notices = counts[one.delivery.pk]


def _repeat(one: Received, first: Received) -> None:
    """Note what becomes of an item whose ID came before in the same report."""
    one.delivery = first.delivery
    if one.entry != first.entry:
        message = _("This ID stands twice in the report, with different contents.")
        one.refuse(Result.CONFLICT, "external_id", message)
    elif first.delivery is None:
        one.result, one.errors = first.result, first.errors
    else:
        one.result = Result.UNCHANGED

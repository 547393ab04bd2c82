"""The JSON API of deliveries and of mails that came back."""

from collections import Counter
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Path, Router, Status

from .api_schemas import (
    Batch,
    BounceOutcomes,
    Bounces,
    Invalid,
    Outcome,
    Outcomes,
    Problem,
    State,
    TakenBack,
)
from .models import Delivery, Notice
from .receiving import Received, receive
from .receiving_bounces import receive_bounces
from .services import take_back

router = Router(tags=["deliveries"])
ADD = "deliveries.add_delivery"
CHANGE = "deliveries.change_delivery"
VIEW = "deliveries.view_delivery"
ADD_BOUNCE = "deliveries.add_bounce"
REFUSED = {"detail": "The role of this token's user does not include this."}
ABSENT = {"detail": "There is no delivery with this ID."}
WRITING = {400: Problem, 401: Problem, 403: Problem, 413: Problem, 422: Invalid}
ONE = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 422: Invalid}
ExternalId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="Its `external_id`, percent-encoded.",
        examples=["20161003-0042-1"],
    ),
]


@router.post(
    "/deliveries",
    url_name="deliveries",
    summary="Record deliveries, and queue the mails about them",
    response={200: Outcomes, **WRITING},
)
def record(request: HttpRequest, batch: Batch) -> Status:
    """Record up to 1,000 deliveries; a single one is a batch of one.

    Each item is checked alone: a bad one does not keep out the good ones, which are
    recorded in one transaction before the answer. An item whose `external_id` is known
    with the same content is `unchanged` and brings no second mail, with another content
    it is a `conflict`. So a request without an answer may be sent again as it is.
    """
    if not request.user.has_perm(ADD):
        return Status(403, REFUSED)
    received = receive(
        items=batch.deliveries, recorded_by=request.user, at=timezone.now()
    )
    return Status(200, Outcomes(results=[_outcome(one) for one in received]))


def _outcome(one: Received) -> Outcome:
    url = None
    untouched = Delivery.Status.PREVIOUS_UNTOUCHED
    if one.delivery and one.delivery.status == untouched and not one.errors:
        path = reverse("deliveries:delivery_incident", args=[one.delivery.pk])
        url = settings.SITE_URL + path
    return Outcome(
        external_id=one.external_id,
        result=one.result,
        errors=one.errors,
        notices=one.notices,
        incident_url=url,
    )


@router.get(
    "/deliveries/{path:delivery}",
    url_name="delivery",
    summary="How a delivery stands, and the mails about it",
    response={200: State, **ONE},
)
def state(request: HttpRequest, delivery: ExternalId) -> Status:
    """Tell whether a delivery is recorded or taken back, and count its mails."""
    if not request.user.has_perm(VIEW):
        return Status(403, REFUSED)
    found = Delivery.objects.visible_to(request.user).select_related("workplace")
    row = found.filter(external_id=delivery).first()
    if row is None:
        return Status(404, ABSENT)
    counts = Counter(row.notices.order_by().values_list("kind", "state"))
    return Status(
        200,
        State(
            external_id=row.external_id,
            delivered_at=row.happened_at,
            status=row.status,
            workplace=row.workplace.code,
            recorded_at=timezone.localtime(row.recorded_at),
            taken_back_at=row.undone_at and timezone.localtime(row.undone_at),
            notices=_states(counts, Notice.Kind.DELIVERY),
            corrections=_states(counts, Notice.Kind.CORRECTION),
        ),
    )


def _states(counts: Counter, kind: str) -> dict[str, int]:
    return {state: counts[kind, state] for state in Notice.State.values}


@router.delete(
    "/deliveries/{path:delivery}",
    url_name="delivery",
    summary="Take back a delivery that was recorded by mistake",
    response={200: TakenBack, **ONE, 409: Problem},
)
def undo(request: HttpRequest, delivery: ExternalId) -> Status:
    """Withdraw the mails that have not gone out, and correct those that have.

    The delivery stays recorded as taken back; a second time changes nothing and is
    answered alike. Its identifier is not used again.
    """
    if not request.user.has_perm(CHANGE):
        return Status(403, REFUSED)
    found = Delivery.objects.visible_to(request.user)
    row = found.filter(external_id=delivery).first()
    if row is None:
        return Status(404, ABSENT)
    take_back(delivery=row, by=request.user, at=timezone.now())
    row.refresh_from_db()
    notices = row.notices.all()
    return Status(
        200,
        TakenBack(
            external_id=row.external_id,
            taken_back_at=timezone.localtime(row.undone_at),
            withdrawn=notices.filter(cancelled_for=Notice.Cancelled.UNDONE).count(),
            corrections=notices.filter(kind=Notice.Kind.CORRECTION).count(),
        ),
    )


@router.post(
    "/bounces",
    url_name="bounces",
    tags=["returned mails"],
    summary="Record mails that came back, as a mail service reports them",
    response={200: BounceOutcomes, **WRITING},
)
def bounces(request: HttpRequest, batch: Bounces) -> Status:
    """Record up to 100 returned mails, each in a transaction of its own.

    A permanent failure or a complaint puts the address on hold at once, temporary ones
    after several. An `event_id` that is known changes nothing. A mail that is none of
    ours, or went to another address than the family has now, is `unknown`.
    """
    if not request.user.has_perm(ADD_BOUNCE):
        return Status(403, REFUSED)
    results = receive_bounces(items=batch.bounces, at=timezone.now())
    return Status(200, {"results": results})

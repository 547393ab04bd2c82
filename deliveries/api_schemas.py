"""What goes over the API about deliveries and returned mails, as its document says."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, WithJsonSchema

from .models import Bounce, Delivery
from .receiving import Result
from .receiving_bounces import BounceResult

LARGEST_BATCH = 1000
LARGEST_BOUNCES = 100
DELIVERY = {
    "external_id": "20161003-0042-1",
    "member_number": "M00042",
    "delivered_at": "2016-10-03T10:05:00+09:00",
    "status": "handed_over",
    "workplace": "chiba",
}
BOUNCE = {
    "event_id": "ev-8d1f",
    "message_id": "<0d0f6c1e@coop.example.jp>",
    "recipient": "ichiro@example.jp",
    "kind": "permanent",
    "code": "5.1.1",
    "at": "2016-10-03T10:07:00+09:00",
}
ANYTHING = {
    "description": "Anything else does no harm: its result is `invalid`, with reasons."
}


def item(title: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """Return the schema of an item of a batch, which is checked item by item.

    The document says both: what a good item is, and that a bad one is no error of the
    whole request.
    """
    good = {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {"anyOf": [good, ANYTHING]}


def text(longest: int, description: str, **more: Any) -> dict[str, Any]:
    """Return the schema of a text."""
    limits = {"type": "string", "minLength": 1, "maxLength": longest}
    return {**limits, "description": description, **more}


INSTANT = "RFC 3339: date, time and offset from UTC, none in the future."
DELIVERY_ITEM = item(
    "Delivery",
    {
        "external_id": text(
            64,
            "The identifier in the system that reports; a delivery with a known one is "
            "not recorded twice. Blanks around it do not count.",
        ),
        "member_number": text(20, "Of the member delivered to: digits, letters and -."),
        "delivered_at": text(
            40, f"{INSTANT} The day is that in Japan.", format="date-time"
        ),
        "status": {
            "type": "string",
            "enum": Delivery.Status.values,
            "description": "手渡し, 留め置き, 前回分の受け取り未確認. "
            "The Japanese names are understood, too.",
        },
        "workplace": text(
            20,
            "The code of the delivery centre; without it, the workplace of the token's "
            "user.",
        ),
    },
    ["external_id", "member_number", "delivered_at", "status"],
)
BOUNCE_ITEM = item(
    "ReturnedMail",
    {
        "event_id": text(150, "The identifier at the service; it prevents doubles."),
        "message_id": text(320, "The Message-ID of the mail, with or without < >."),
        "recipient": text(320, "The address that the service reports about."),
        "kind": {"type": "string", "enum": Bounce.Kind.values},
        "code": text(20, "The status of RFC 3463, such as 5.1.1."),
        "at": text(40, INSTANT, format="date-time"),
    },
    ["event_id", "message_id", "kind", "at"],
)


class Batch(Schema):
    """Deliveries to record: one, or many at once."""

    model_config = ConfigDict(json_schema_extra={"example": {"deliveries": [DELIVERY]}})

    deliveries: list[Annotated[Any, WithJsonSchema(DELIVERY_ITEM)]] = Field(
        min_length=1, max_length=LARGEST_BATCH
    )


class Outcome(Schema):
    """What became of one item. `null` where no identifier could be read."""

    external_id: str | None
    result: Result
    errors: dict[str, list[str]] = Field(
        description="Why, by field; `item` for what is wrong with the whole. Japanese, "
        "or English when Accept-Language prefers it."
    )
    notices: int = Field(ge=0, description="Mails queued because of this item.")
    incident_url: str | None = Field(
        description="Where the driver reports what they noticed, when the previous "
        "delivery still stands there; else null."
    )


class Outcomes(Schema):
    """One result per item, in the order of the items."""

    results: list[Outcome]


class Notices(Schema):
    """How many mails about a delivery are in which state."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    cancelled: int = 0


class State(Schema):
    """How a delivery stands."""

    external_id: str
    delivered_at: dt.datetime
    status: Literal["handed_over", "left", "previous_untouched"]
    workplace: str
    recorded_at: dt.datetime
    taken_back_at: dt.datetime | None
    notices: Notices
    corrections: Notices


class TakenBack(Schema):
    """A delivery that was recorded by mistake, and what that means for families."""

    external_id: str
    taken_back_at: dt.datetime
    withdrawn: int = Field(ge=0, description="Mails that had not gone out, and do not.")
    corrections: int = Field(ge=0, description="Mails that say so to who got a notice.")


class Bounces(Schema):
    """Returned mails to record: one, or many at once."""

    model_config = ConfigDict(json_schema_extra={"example": {"bounces": [BOUNCE]}})

    bounces: list[Annotated[Any, WithJsonSchema(BOUNCE_ITEM)]] = Field(
        min_length=1, max_length=LARGEST_BOUNCES
    )


class BounceOutcome(Schema):
    """What became of one returned mail; `unknown` is a mail that is none of ours."""

    event_id: str | None
    result: BounceResult
    errors: dict[str, list[str]]


class BounceOutcomes(Schema):
    """One result per item, in the order of the items."""

    results: list[BounceOutcome]


class Problem(Schema):
    """Why a request was refused."""

    detail: str


class Fault(Schema):
    """What could not be used: where it stands, and why."""

    type: str
    loc: list[str | int]
    msg: str


class Invalid(Schema):
    """Everything that could not be used."""

    detail: list[Fault]

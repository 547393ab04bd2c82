"""Similar reports: finding them, hinting at them, merging, telling apart."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import fold
from municipalities.models import Municipality

from .models import Distinction, FollowUp, IncidentReport

NEAR = dt.timedelta(days=3)
MOST = 200
MOST_SHOWN = 10
# A shorter text (a house number, 本町) stands in too many others to mean anything.
SHORTEST_PART = 4
# One number alone is a floor or a block as often as a house.
FEWEST_NUMBERS = 2
NUMBERS = re.compile(r"[0-9]+(?:(?:丁目|番地の|番地|番|号|の|[-ー‐‑–—−~])*[0-9]+)*")
# Of addresses people write 一丁目 as often as 1丁目.
COUNTED = str.maketrans("一二三四五六七八九", "123456789")


class Likeness(models.TextChoices):
    """In what two reports are alike."""

    PLACE = "place", _("place")
    POSTAL_CODE = "postal_code", _("postal code")
    NAME = "name", _("name of the person")


@dataclass(frozen=True)
class Similar:
    """A report near in time, and in what it is alike; never empty."""

    report: IncidentReport
    likeness: Sequence[Likeness]

    @property
    def is_at_the_place(self) -> bool:
        """Tell whether the place alone makes it similar, whoever it is about."""
        return self.likeness != (Likeness.NAME,)


@dataclass(frozen=True)
class _Traits:
    """What is compared, folded; empty texts are like nothing."""

    postal_code: str
    place: str
    numbers: tuple[str, ...]
    names: frozenset[str] = field(repr=False)


def similar_to(
    *,
    municipality: Municipality,
    noticed_at: dt.datetime,
    postal_code: str = "",
    place: str = "",
    person_name: str = "",
    person_kana: str = "",
    exclude: Collection[int] = (),
) -> list[Similar]:
    """Return the reports of the municipality alike and near in time, newest first.

    Whoever may see them: what of them is shown is for the caller to decide. At most
    the 200 newest within three days before and after are compared; one query.
    `exclude` holds primary keys.
    """
    names = (person_name, person_kana)
    wanted = _traits(municipality, postal_code, place, names)
    if not (wanted.postal_code or wanted.place or wanted.names):
        return []
    near = IncidentReport.objects.filter(
        municipality=municipality,
        noticed_at__range=(noticed_at - NEAR, noticed_at + NEAR),
    ).exclude(pk__in=exclude)
    found = []
    for report in near.select_related("workplace", "merged_into")[:MOST]:
        names = (report.person_name, report.person_kana)
        traits = _traits(municipality, report.postal_code, report.place, names)
        if likeness := tuple(_compare(wanted, traits)):
            found.append(Similar(report, likeness))
    return found


def similar_to_report(report: IncidentReport) -> list[Similar]:
    """Return what is similar to a stored report and not yet decided on; two queries.

    Left out are reports of the same event and those told apart from it.
    """
    found = similar_to(
        municipality=report.municipality,
        noticed_at=report.noticed_at,
        postal_code=report.postal_code,
        place=report.place,
        person_name=report.person_name,
        person_kana=report.person_kana,
        exclude=told_apart_from(report) | {report.pk},
    )
    return [one for one in found if event_of(one.report) != event_of(report)]


def similar_context(*, report: IncidentReport, user: User) -> dict[str, Any]:
    """Return what the page of a report shows of others of the same event.

    `main` is the report that counts for the event, None when this one does; the
    `continuations` come with their follow-ups; for those who handle reports there are
    `similar` (of each event one, the newest first) and `apart`. Only what `user` may
    see. At most eight queries.
    """
    visible = IncidentReport.objects.visible_to(user).select_related("workplace")
    follow_ups = models.Prefetch("follow_ups", FollowUp.objects.select_related("by"))
    context: dict[str, Any] = {
        "main": visible.filter(pk=report.merged_into_id).first()
        if report.merged_into_id
        else None,
        "continuations": visible.filter(merged_into=report)
        .order_by("noticed_at", "pk")
        .prefetch_related(follow_ups),
    }
    if user.has_perm("alerts.handle_incidentreport"):
        context["apart"] = visible.filter(pk__in=told_apart_from(report))
        if not report.merged_into_id:
            found = {one.report.pk: one for one in similar_to_report(report)}
            seen = visible.filter(pk__in=found).values_list("pk", flat=True)
            seen = set(seen)
            context["similar"] = [
                one
                for pk, one in found.items()
                if pk in seen and one.report.merged_into_id not in seen
            ][:MOST_SHOWN]
    return context


def told_apart_from(report: IncidentReport) -> set[int]:
    """Return the primary keys of the reports told apart from it; one query."""
    pairs = Distinction.objects.filter(models.Q(first=report) | models.Q(second=report))
    keys = {pk for pair in pairs.values_list("first", "second") for pk in pair}
    return keys - {report.pk}


def event_of(report: IncidentReport) -> int:
    """Return the primary key of the report that counts for the event."""
    return report.merged_into_id or report.pk


def _traits(
    municipality: Municipality, postal_code: str, place: str, names: Iterable[str]
) -> _Traits:
    place = unicodedata.normalize("NFKC", place)
    # People write the municipality in front, or leave it out.
    place = place.strip().removeprefix(municipality.prefecture)
    place = fold(place.strip().removeprefix(municipality.name))
    place = re.sub(r"[一二三四五六七八九](?=丁目|番|号)", _counted, place)
    found = NUMBERS.search(place)
    numbers = tuple(re.findall(r"[0-9]+", found[0])) if found else ()
    return _Traits(
        postal_code=postal_code,
        place=place,
        numbers=tuple(number.lstrip("0") for number in numbers),
        names=frozenset(filter(None, map(fold, names))),
    )


def _counted(found: re.Match[str]) -> str:
    return found[0].translate(COUNTED)


def _compare(one: _Traits, other: _Traits) -> Iterable[Likeness]:
    if _is_same_place(one, other):
        yield Likeness.PLACE
    if one.postal_code and one.postal_code == other.postal_code:
        yield Likeness.POSTAL_CODE
    if one.names & other.names:
        yield Likeness.NAME


def _is_same_place(one: _Traits, other: _Traits) -> bool:
    if not (one.place and other.place):
        return False
    if one.place == other.place:
        return True
    shorter, longer = sorted((one.place, other.place), key=len)
    if len(shorter) >= SHORTEST_PART and shorter in longer:
        return True
    return _is_same_number(one.numbers, other.numbers)


def _is_same_number(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether the numbers agree; one may go on with the number of a flat."""
    shared = min(len(one), len(other))
    return shared >= FEWEST_NUMBERS and one[:shared] == other[:shared]

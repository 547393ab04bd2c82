"""Bringing in lists of planned deliveries: all of a file or nothing of it."""

from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Workplace
from core.locks import hold
from core.spreadsheets.reading import Column, Reading, Row
from core.text import fold

from .expected_forms import PlanRowForm
from .forms import delivery_centres
from .models import Plan

COLUMNS = {
    "member_number": Column("組合員番号", ("member_number", "組合員コード")),
    "service": Column("宅配の種類", ("service", "種類", "サービス")),
    "weekdays": Column("曜日", ("weekdays", "配達曜日")),
    "expected_by": Column("到着予定時刻", ("expected_by", "予定時刻")),
    "valid_from": Column("開始日", ("valid_from", "予定の開始日")),
    "workplace": Column("事業所", ("workplace",), is_required=False),
    "valid_until": Column("終了日", ("valid_until", "予定の終了日"), is_required=False),
}
Key = tuple[str, str, Any]


class Outcome(NamedTuple):
    """How many rows were read, how many of them are new, and how many changed."""

    read: int
    created: int
    changed: int


@transaction.atomic
def import_plans(*, file: BinaryIO, filename: str, workplace: Workplace) -> Outcome:
    """Bring in a list of plans; return the counts.

    A row is known by member, kind and first day: if it is listed alike it changes
    nothing, so that the same file may come twice, otherwise it changes the plan. Rows
    without a workplace are of the one given. Raises SpreadsheetError, and then nothing
    is changed.
    """
    reading = Reading(file, filename, list(COLUMNS.values()))
    workplaces = {
        fold(text): one for one in delivery_centres() for text in (one.name, one.code)
    }
    plans: dict[Key, Plan] = {}
    for row in reading.rows():
        plan = _read(reading, row, workplaces, workplace)
        if plan is None:
            continue
        if _key(plan) in plans:
            name = COLUMNS["member_number"].name
            reading.refuse(row, name, _("This plan stands in the file twice."))
        plans[_key(plan)] = plan
    reading.finish()
    # Two lists with the same plans at once: the second finds those of the first.
    hold("deliveries.plans")
    created, changed = _store(plans)
    return Outcome(reading.read, created, changed)


def _key(plan: Plan) -> Key:
    return plan.member_number, plan.service, plan.valid_from


def _read(
    reading: Reading, row: Row, workplaces: dict[str, Workplace], default: Workplace
) -> Plan | None:
    """Return the plan of a row, not saved; None when something is refused."""
    form = PlanRowForm({name: row.text(c.name) for name, c in COLUMNS.items()})
    written = row.text(COLUMNS["workplace"].name)
    workplace = workplaces.get(fold(written)) if written else default
    if workplace is None:
        message = _("No delivery centre of this name is in use.")
        reading.refuse(row, COLUMNS["workplace"].name, message)
    for name, errors in form.errors.as_data().items():
        column = COLUMNS[name].name if name in COLUMNS else ""
        for error in errors:
            reading.refuse(row, column, error)
    if workplace is None or not form.is_valid():
        return None
    plan = form.instance
    plan.workplace = workplace
    return plan


def _store(plans: dict[Key, Plan]) -> tuple[int, int]:
    """Write what is new or other than before; return how many of each."""
    known: dict[Key, Plan] = {}
    numbers = sorted({number for number, _service, _day in plans})
    for start in range(0, len(numbers), 500):
        rows = Plan.objects.filter(member_number__in=numbers[start : start + 500])
        known |= {_key(plan): plan for plan in rows.select_for_update()}
    new = [plan for key, plan in plans.items() if key not in known]
    changed = []
    for key, plan in plans.items():
        if key in known and _differs(known[key], plan):
            plan.pk = known[key].pk
            changed.append(plan)
    Plan.objects.bulk_create(new, batch_size=500)
    Plan.objects.bulk_update(changed, FIELDS, batch_size=200)
    return len(new), len(changed)


FIELDS = ("weekdays", "expected_by", "workplace", "valid_until")


def _differs(known: Plan, plan: Plan) -> bool:
    return any(
        getattr(known, name) != getattr(plan, name)
        for name in ("weekdays", "expected_by", "workplace_id", "valid_until")
    )

"""Documents of reports made by hand, for tests of what is shown of them."""

from tests.dashboard.factories import empty_document


def cell(value, notes=(), **more):
    """Return a closed cell; None for what is not known."""
    if value is None:
        return None
    known = {"value": str(value), "text": str(value), "status": "closed", "as_of": ""}
    return known | {"is_break": False, "notes": list(notes)} | more


def breakdown(by, *, adds_up=True, determines=(), **parts):
    return {
        "by": by,
        "label": by,
        "adds_up": adds_up,
        "determines": list(determines),
        "rows": [
            {"key": key, "label": key, "cells": [cell(value)]}
            for key, value in parts.items()
        ],
    }


def figure(key, whole, *breakdowns, **more):
    """Return a figure that counts people, of one year."""
    known = {
        "indicator": key,
        "label": key,
        "unit": "件",
        "definition": "見本",
        "permission": "agreements.view_visit",
        "decimals": 0,
        "counts_people": True,
        "part_of": "",
        "ratio_of": [],
        "has_failed": False,
        "cells": [whole if isinstance(whole, dict) else cell(whole)],
        "breakdowns": list(breakdowns),
    }
    return known | more


def document(*figures, notes=(), contributions=(), **more):
    """Return a report of 2016 with one section."""
    section = {
        "program": "agreements",
        "title": "見守り協定",
        "introduction": "",
        "figures": list(figures),
        "notes": [{"number": n, "kind": kind, "text": t} for n, kind, t in notes],
        "contributions": list(contributions),
    }
    return empty_document(2016) | {"sections": [section]} | more


def shown(report, number=0):
    """Return {(breakdown, key): text} of a figure; `–` for what is not known."""
    found = report["sections"][0]["figures"][number]
    rows = [("", "", found)]
    rows += [(b["by"], r["key"], r) for b in found["breakdowns"] for r in b["rows"]]
    return {
        (by, key): row["cells"][0]["text"] if row["cells"][0] else "–"
        for by, key, row in rows
    }

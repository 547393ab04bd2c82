"""Two officers correct one report at once: one is stored, the other is told."""

import json
import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

from tests.faults.crowd import Work, all_at_once
from tests.faults.forms import send
from tests.faults.pages import fields_of
from tests.faults.people import Broken, people_of
from tests.faults.promises import exactly

PAIRS = 1_000
REPORTS = 40
SIDE_BY_SIDE = 2
PATIENCE = 120


def run(stack, *, scale, seed):
    """Return the promises about edits, with what was found."""
    dice = random.Random(seed)  # noqa: S311 - to be run again
    work, seen = Work(max(SIDE_BY_SIDE, int(PAIRS * scale))), Counter()
    held = sent_reports(stack, min(REPORTS, work.target), seen, dice)
    texts = {number: [fields["narrative"]] for number, fields in held.items()}
    names = stack.filled["officers"][: 2 * SIDE_BY_SIDE]
    officers = people_of(names, stack, seen, dice)

    def edit_share(n):
        pair = officers[2 * n : 2 * n + 2]
        share = list(held)[n::SIDE_BY_SIDE]
        with ThreadPoolExecutor(2) as two:
            for turn in range(n, work.target, SIDE_BY_SIDE):
                if work.is_over():
                    return
                number = share[turn // SIDE_BY_SIDE % len(share)]
                edit_at_once(two, pair, number, texts[number], seen)
                work.count()

    all_at_once([lambda n=n: edit_share(n) for n in range(SIDE_BY_SIDE)], work)
    return [
        exactly("pairs who corrected one report at once", work.done, work.target),
        exactly("stored", seen["stored"], work.target),
        exactly("told that somebody was faster", seen["told"], work.target),
        exactly("of these, their text in the answer", seen["carried"], work.target),
        exactly("other answers", seen["other"], 0),
        exactly("forms that show an older text", seen["older"], 0),
        *compare(stack.database, texts),
    ]


def sent_reports(stack, count, seen, dice):
    """Send reports; return what was typed in them, by the keys of the reports."""
    (person,) = people_of(stack.filled["staff"][:1], stack, seen, dice)
    forms = [stack.forms.next() for _ in range(count)]
    return {send(person, fields): fields for fields in forms}


def edit_at_once(two, pair, number, texts, seen):
    """Let two, who saw the same version, store another text each; add whose is kept."""
    path, barrier = f"/alerts/{number}/edit/", Barrier(2)
    shown = fields_of(pair[0].insist(path).body.decode())
    if shown["narrative"] != texts[-1:]:
        seen["older"] += 1

    def edit(n):
        text = f"訂正{number}-{len(texts)}-{n} 電気&新聞<{'左右'[n]}>"
        connection = pair[n].connect()
        barrier.wait(timeout=PATIENCE)
        typed = shown | {"narrative": text}
        try:
            return text, pair[n].ask(path, typed, connection=connection)
        except Broken:
            return text, None

    for text, answer in two.map(edit, range(2)):
        if answer and answer.status == 302 and not answer.asks_to_sign_in:
            seen["stored"] += 1
            texts.append(text)
        elif answer and answer.status == 409:
            seen["told"] += 1
            seen["carried"] += text in unescape(answer.body.decode())
        else:
            seen["other"] += 1
            seen[f"answers {answer and answer.status}"] += 1


def compare(database, texts):
    """Return whether every text that was stored still stands, now or as replaced."""
    kept = defaultdict(list)
    for number, before in database.rows(
        "SELECT report_id, before FROM alerts_correction"
    ):
        before = json.loads(before) if isinstance(before, str) else before
        kept[number].append(before["narrative"])
    versions = {}
    for number, text, version in database.rows(
        "SELECT id, narrative, version FROM alerts_incidentreport"
    ):
        kept[number].append(text)
        versions[number] = version
    lost = sum(len(Counter(texts[n]) - Counter(kept[n])) for n in texts)
    invented = sum(len(Counter(kept[n]) - Counter(texts[n])) for n in texts)
    uncounted = sum(versions[n] != len(texts[n]) for n in texts)
    return [
        exactly("texts overwritten without a trace", lost, 0),
        exactly("texts kept that nobody was told were stored", invented, 0),
        exactly("reports whose version counts otherwise", uncounted, 0),
    ]

"""What in a case story may tell who the person was.

Texts are compared as search keys: width, kana and white space make no difference.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Workplace
from core.text import fold
from municipalities.models import Municipality

from .models import IncidentReport

NAME = gettext_lazy("a name")
PLACE = gettext_lazy("a place")
MUNICIPALITY = gettext_lazy("a municipality")
WORKPLACE = gettext_lazy("a workplace")
NUMBER = gettext_lazy("a telephone number or postal code")
DATE = gettext_lazy("a date")
AGE = gettext_lazy("an exact age")

NAMES = ("person_name", "person_kana", "reporter_name", "desk_person")
HONORIFICS = "(?:さん|さま|様|氏|くん|君|ちゃん)"
KANJI = "一-龥々"
LETTER = re.compile("(?s:.)[ﾞﾟ\u3099\u309a]*")
HYPHEN = r"\-‐‑‒–—―−ー"
# What places are called everywhere tells of none.
COMMON = re.compile(
    fold(
        "自宅|玄関|店内|店舗|売場|レジ|駐車場|駐輪場|入口|入り口|出口|付近|近く|丁目|番地|号室|"
        "号棟|道路|路上|歩道|交差点|公園|駅前|団地|住宅|マンション|アパート|一戸建て|共同住宅|"
        "集合住宅|玄関前|自宅前|店舗前|不明"
    )
)
# Shorter names of other places also stand in ordinary words.
SHORTEST = 3
LONG_KANA = 4
N = "[0-9〇一二三四五六七八九十]"
PATTERNS = (
    (
        DATE,
        re.compile(
            rf"(?:{N}{{4}}|(?:昭和|平成|令和)(?:元|{N}{{1,3}}))年(?:度)?{N}{{1,3}}月"
            rf"(?:{N}{{1,3}}日)?|{N}{{1,3}}月{N}{{1,3}}日"
            rf"|[0-9]{{4}}[/.{HYPHEN}][0-9]{{1,2}}[/.{HYPHEN}][0-9]{{1,2}}"
            r"|(?<![0-9/])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])(?![0-9/])"
        ),
    ),
    (
        NUMBER,
        re.compile(
            rf"[0+(][0-9()+{HYPHEN}]{{7,}}[0-9]"
            rf"|〒[0-9]{{3}}|(?<![0-9])[0-9]{{3}}[{HYPHEN}]?[0-9]{{4}}(?![0-9])"
        ),
    ),
    (
        AGE,
        re.compile(rf"{N}{{1,3}}[歳才](?!代|以上|以下|未満|前後|過)"),
    ),
)


@dataclass(frozen=True)
class Trace:
    """A piece of a text, as it was written, and what it tells."""

    text: str
    kind: Promise

    def __str__(self) -> str:
        return _("“%(text)s” may tell who it was: %(kind)s. Write it more roughly.") % {
            "text": self.text,
            "kind": self.kind,
        }


class Known:
    """What must not stand in a story of a report, or of none. Two queries."""

    def __init__(self, report: IncidentReport | None) -> None:
        self.patterns = list(PATTERNS)
        if report is not None:
            self.patterns += _of_report(report)
        names = Municipality.objects.order_by().values_list("name", flat=True)
        self.patterns.append((MUNICIPALITY, _any_municipality({*map(fold, names)})))
        names = Workplace.objects.order_by().values_list("name", flat=True)
        long = {key for key in map(fold, names) if len(key) >= SHORTEST}
        self.patterns.append((WORKPLACE, _any_of(long)))

    def traces_in(self, text: str) -> list[Trace]:
        """Return what is found, each piece once, in the order of the kinds."""
        # A letter with its marks, and the part of the key that it makes.
        letters = [(one, fold(one)) for one in LETTER.findall(text)]
        key = "".join(part for _letter, part in letters)
        origin = [
            letter if first == 0 else ""
            for letter, part in letters
            for first, _key in enumerate(part)
        ]
        found: dict[str, Trace] = {}
        for kind, pattern in self.patterns:
            for match in pattern.finditer(key):
                if not any(match[0] in longer for longer in found):
                    written = "".join(origin[match.start() : match.end()])
                    found[match[0]] = Trace(written, kind)
        return list(found.values())


def _any_of(words: set[str]) -> re.Pattern[str]:
    """Return a pattern of the words, the longest first; of none it never matches."""
    words = sorted(words - {""}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)) or "(?!)")


def _any_municipality(names: set[str]) -> re.Pattern[str]:
    """Return a pattern of names: 境町 is one in 茨城県境町, and not in 国境町."""
    short = {name for name in names if len(name) < SHORTEST}
    begin = rf"(?:(?<![{KANJI}])|(?<=[都道府県郡]))"
    long = _any_of(names - short).pattern
    return re.compile(f"{long}|{begin}(?:{_any_of(short).pattern})")


def _of_report(report: IncidentReport) -> Iterator[tuple[Promise, re.Pattern[str]]]:
    yield NAME, re.compile("|".join(_name_patterns(report)) or "(?!)")
    yield MUNICIPALITY, _any_of(set(_municipality_words(report.municipality)))
    yield PLACE, _any_of(set(_place_words(report)))
    yield WORKPLACE, _any_of({fold(report.workplace.name)})
    numbers = {re.sub("[^0-9]", "", fold(report.person_phone)), report.postal_code}
    # However it is divided: 0470000000, 047 (000) 0000.
    divided = [f"[()+{HYPHEN}]*".join(number) for number in numbers if number]
    yield NUMBER, re.compile("|".join(divided) or "(?!)")


def _name_patterns(report: IncidentReport) -> Iterator[str]:
    """Yield the whole names, each word of them, and their beginnings with さん.

    Two letters of kana also stand in ordinary words, two kanji hardly.
    """
    for written in (getattr(report, field) for field in NAMES):
        words = [fold(word) for word in re.split(r"[\s・]+", written)]
        for word in {fold(written), *words} - {""}:
            bare = re.sub(f"{HONORIFICS}$", "", word)
            shortest = 2 if re.match(f"[{KANJI}]", bare) else 3
            if len(bare) >= shortest:
                yield re.escape(bare)
            for length in range(shortest - 1, len(bare) + 1):
                yield rf"(?<![{KANJI}]){re.escape(bare[:length])}{HONORIFICS}"


def _municipality_words(place: Municipality) -> Iterator[str]:
    """Yield name and reading, also without 市, unless that names the prefecture."""
    name, kana, prefecture = map(fold, (place.name, place.kana, place.prefecture))
    yield name
    yield kana if len(kana) >= LONG_KANA else ""
    if len(name) >= SHORTEST and not prefecture.startswith(name[:-1]):
        yield name[:-1]
        stem = re.sub("(?:し|く|まち|ちょう|むら|そん)$", "", kana)
        yield stem if len(stem) >= LONG_KANA else ""


def _place_words(report: IncidentReport) -> Iterator[str]:
    """Yield the place as a whole, and what names it: 架空町 of 架空町1-2-3."""
    written = report.place
    for known in (report.municipality.prefecture, report.municipality.name):
        written = written.replace(known, "")
    whole = fold(written)
    yield whole if len(whole) > 1 and not COMMON.fullmatch(whole) else ""
    for word in re.split(rf"[\s\d０-９、。・,，/／の{HYPHEN}－]+", written):
        key = fold(word)
        if len(key) > 1 and not COMMON.fullmatch(key):
            yield key

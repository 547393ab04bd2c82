"""Collect the project's strings and bring the Japanese catalogue up to date.

`make messages` runs it; it needs no gettext. Strings of third-party packages that have
no Japanese catalogue of their own are listed in `THIRD_PARTY`.
"""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/ja/LC_MESSAGES/django.po"
METHODS = [
    (".venv/**", "ignore"),
    ("var/**", "ignore"),
    ("tests/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "enmerkar.extract:extract_django"),
    ("**/templates/**.txt", "enmerkar.extract:extract_django"),
    ("templates/**.html", "enmerkar.extract:extract_django"),
]
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Text that people see and that comes from packages without a Japanese catalogue.
THIRD_PARTY: tuple[str, ...] = ()


def extract() -> Catalog:
    """Return the strings of the project."""
    catalogue = Catalog(project="Tsunagari", charset="utf-8")
    found = extract_from_dir(
        ROOT, method_map=METHODS, keywords=KEYWORDS, comment_tags=["Translators:"]
    )
    for filename, _line, message, comments, context in found:
        flags = ["python-format"] if _has_placeholder(message) else []
        catalogue.add(
            message, None, [(filename, None)], flags, comments, context=context
        )
    for message in THIRD_PARTY:
        catalogue.add(message)
    return catalogue


def _has_placeholder(message) -> bool:
    texts = message if isinstance(message, tuple | list) else (message,)
    return any(re.search(r"%\(\w+\)[sd]", text) for text in texts)


def main() -> None:
    """Write the catalogue anew: new strings empty, vanished ones left out."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="ja")
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    out = BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=False, width=88)
    CATALOGUE.write_bytes(out.getvalue())
    empty = [m.id for m in catalogue if m.id and not any(_texts(m))]
    print(f"{len(catalogue)} strings, {len(empty)} not translated")  # noqa: T201


def _texts(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


if __name__ == "__main__":
    main()

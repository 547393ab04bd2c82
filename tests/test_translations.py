"""Every string of the project is translated into Japanese, and none is fuzzy."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.messages import CATALOGUE, extract

QUOTED = re.compile("“([^”%]+)”")
# A word within a line of a list, such as “Sent 10:18”, and no button or link.
NO_LABELS = {"Sent"}


@pytest.fixture(scope="module")
def catalogue():
    with Path(CATALOGUE).open("rb") as file:
        return read_po(file, locale="ja")


def test_every_string_is_translated(catalogue):
    missing = []
    for message in extract():
        if not message.id:  # the header
            continue
        found = catalogue.get(message.id, message.context)
        texts = found.string if found and isinstance(found.string, tuple) else None
        texts = texts or ((found.string,) if found else ())
        if not texts or not all(texts):
            missing.append(message.id)
    assert not missing


def test_nothing_is_fuzzy_and_placeholders_are_kept(catalogue):
    for message in catalogue:
        assert not message.fuzzy, message.id
        if message.id:
            assert not list(message.check(catalogue)), message.id


def test_nothing_is_translated_that_no_longer_exists(catalogue):
    assert not list(catalogue.obsolete)


def test_buttons_and_links_are_called_by_their_names(catalogue):
    for message in catalogue:
        for label in set(QUOTED.findall(str(message.id))) - NO_LABELS:
            if found := catalogue.get(label):
                assert f"「{found.string}」" in str(message.string), message.id

"""Revisions files: edits that make variants of the user's own copy of a corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from arts.data.errors import DataError
from arts.data.readers.revisions import (
    Replacement,
    RevisedAspect,
    RevisedUnit,
    Revision,
    RevisionsHeader,
    apply_revision,
    read_revised,
    read_revisions,
    source_checksum,
)
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Aspect, Edit, Instance, Polarity, Strategy

TEXT = "The soup is hot."
SOUP = Aspect("soup", 4, 8, Polarity.POSITIVE, id="7_0")
ORIGINAL = Instance("7_0", "7_0", Strategy.ORIGINAL, TEXT, SOUP, (SOUP,))
COLD = Revision(
    strategy=Strategy.REVTGT,
    edits=(Replacement(span=(12, 15), parts=("cold",)),),
    aspects=(RevisedAspect(span=(4, 8), polarity=Polarity.NEGATIVE),),
    target=0,
)
BREAD = Revision(
    strategy=Strategy.ADDDIFF,
    edits=(Replacement(span=(0, 3), parts=("The bread is stale, but the",)),),
    aspects=(
        RevisedAspect(span=(4, 9), polarity=Polarity.NEGATIVE),
        RevisedAspect(span=(28, 32), polarity=Polarity.POSITIVE),
    ),
    target=1,
    added=((0, 18),),
    place="first",
)
UNIT = RevisedUnit(unit="7_0", source=source_checksum(ORIGINAL), disputed=True, revisions=(COLD, BREAD))


def write_source(folder: Path, **changes: Any) -> Path:
    record = {"id": "7_0", "sentence": TEXT, "term": "soup", "polarity": "positive", "from": 4, "to": 8}
    path = folder / "test.json"
    path.write_text(json.dumps({"7_0": record | changes}), encoding="utf-8")
    return path


def write_revisions(folder: Path, *units: RevisedUnit) -> Path:
    header = RevisionsHeader(
        name="soups-v2", version="2.0", source="test.json", units=len(units), licence="CC-BY-4.0"
    )
    path = folder / "soups-v2.jsonl"
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in (header, *units)), encoding="utf-8")
    return path


def revised(source: Path, revisions: Path) -> list[Instance]:
    units = read_revisions(revisions)[1]
    return list(read_revised(source, ReadingNotes(), units=units, name=revisions.stem))


def test_revisions_make_variants_of_the_users_copy(tmp_path: Path) -> None:
    revisions = write_revisions(tmp_path, UNIT)
    original, cold, bread = revised(write_source(tmp_path), revisions)
    assert (original.id, cold.id, bread.id) == ("7_0", "7_0_adv1", "7_0_adv3")
    assert cold.text == "The soup is cold."
    assert cold.polarity is Polarity.NEGATIVE
    assert cold.edits == (Edit(12, 15, "hot", "cold", "written"),)
    assert bread.text == "The bread is stale, but the soup is hot."
    assert bread.polarity is Polarity.POSITIVE
    assert [aspect.term for aspect in bread.aspects] == ["bread", "soup"]
    assert [unit.unit for unit in read_revisions(revisions)[1] if unit.disputed] == ["7_0"]


def test_revisions_refer_to_words_that_moved() -> None:
    moved = Replacement(span=(0, 16), parts=("Hot, they say, ", (0, 8), "."))
    aspect = RevisedAspect(span=(19, 23), polarity=Polarity.POSITIVE)
    variant = apply_revision(ORIGINAL, COLD.model_copy(update={"edits": (moved,), "aspects": (aspect,)}))
    assert variant.text == "Hot, they say, The soup."
    assert variant.edits[0].after == variant.text


def test_revisions_hold_no_word_that_was_not_put_in(tmp_path: Path) -> None:
    written = write_revisions(tmp_path, UNIT).read_text()
    assert "hot" not in written
    assert "cold" in written


@pytest.mark.parametrize(
    "changes",
    [
        {"sentence": "The soup is hot!"},
        {"polarity": "negative"},
        {"sentence": "Tje soup is hot."},
        {"term": "oup", "from": 5},
    ],
)
def test_revisions_refuse_another_source_and_name_the_unit(tmp_path: Path, changes: dict[str, Any]) -> None:
    revisions = write_revisions(tmp_path, UNIT)
    with pytest.raises(DataError, match=r'test\.json, id "7_0": text, target or label differ'):
        revised(write_source(tmp_path, **changes), revisions)


def test_revisions_refuse_missing_and_unknown_units(tmp_path: Path) -> None:
    other = UNIT.model_copy(update={"unit": "8_0"})
    source = write_source(tmp_path)
    with pytest.raises(DataError, match='id "8_0": the unit is missing'):
        revised(source, write_revisions(tmp_path, UNIT, other))
    with pytest.raises(DataError, match='id "7_0": the revisions soups-v2 know no such unit'):
        revised(source, write_revisions(tmp_path, other))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edits": (Replacement(span=(12, 99), parts=("cold",)),)}, "outside the text"),
        ({"edits": (Replacement(span=(4, 8), parts=("tea",)),)}, "expected"),
        ({"target": 3}, "index out of range"),
    ],
)
def test_revisions_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        apply_revision(ORIGINAL, COLD.model_copy(update=change))


def test_revisions_name_the_line_at_fault(tmp_path: Path) -> None:
    path = write_revisions(tmp_path, UNIT)
    path.write_text(path.read_text().replace('"negative"', '"bad"', 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"line 2: field revisions\.0\.aspects\.0\.polarity"):
        read_revisions(path)
    path = write_revisions(tmp_path, UNIT, UNIT)
    with pytest.raises(DataError, match="2 units; expected 2, each once"):
        read_revisions(path)

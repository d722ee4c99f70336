"""Sheets for blind readers, and the score of what they wrote."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import blind_reading as reading
import pytest
import reading_sheets as sheets_of

from arts.data.errors import DataError
from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy

TEXT = "The soup is hot and the bread is stale."
SOUP, BREAD = Aspect("soup", 4, 8, Polarity.POSITIVE), Aspect("bread", 24, 29, Polarity.NEGATIVE)


def instances() -> Iterator[Instance]:
    yield from Sentence("7", TEXT, (SOUP, BREAD)).instances()
    text = "The soup is cold and the bread is stale."
    soup = Aspect("soup", 4, 8, Polarity.NEGATIVE)
    bread = Aspect("bread", 25, 30, Polarity.NEGATIVE)
    yield Instance("7_0_adv1", "7_0", Strategy.REVTGT, text, soup, (soup, bread))


def write_answers(folder: Path, *answers: str) -> Path:
    folder.mkdir()
    (folder / "sheet-01.tsv").write_text("\n".join(answers) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    items = sorted(sheets_of.items_of("mine", instances()), key=lambda item: item.strategy)
    sheets_of.write_sheets(tmp_path / "sheets", [items])
    return tmp_path / "sheets"


def test_blind_reading_asks_once_about_all_aspects_of_an_original() -> None:
    original, variant = sheets_of.items_of("mine", instances())
    assert original.ids == ("7_0", "7_1")
    assert original.targets == (0, 1)
    assert original.labels == ("positive", "negative")
    assert variant.ids == ("7_0_adv1",)
    assert variant.targets == (0,)


def test_blind_reading_tells_equal_terms_apart() -> None:
    text = "Soup, then soup again."
    second = Aspect("soup", 11, 15, Polarity.NEUTRAL)
    (item,) = sheets_of.items_of("mine", [Instance("1", "1", Strategy.ORIGINAL, text, second, (second,))])
    assert item.terms == ("soup",)
    text = "The soup, then soup again."
    second = Aspect("soup", 15, 19, Polarity.NEUTRAL)
    (item,) = sheets_of.items_of("mine", [Instance("1", "1", Strategy.ORIGINAL, text, second, (second,))])
    assert item.terms == ("soup (2nd mention)",)


def test_blind_reading_shows_readers_neither_strategy_nor_label(sheets: Path) -> None:
    sheet = (sheets / "sheet-01.txt").read_text()
    assert "[1: soup; 2: bread]" in sheet
    assert TEXT in sheet
    assert not any(word in sheet for word in ("revtgt", "original", "positive", "negative", "7_0"))


def test_blind_reading_spreads_the_versions_of_a_sentence_over_the_sheets() -> None:
    items = list(sheets_of.items_of("mine", instances()))
    first, second = sheets_of.deal_sheets(items, 2, rng=random.Random(1))
    assert len(first) == len(second) == 1


def test_blind_reading_accepts_what_every_reading_accepts(sheets: Path, tmp_path: Path) -> None:
    key = sheets_of.read_key(sheets)
    first = reading.read_answers(
        write_answers(tmp_path / "a", "1\t2\tpositive,negative\t", "2\t2\tnegative,neutral\t"), key
    )
    second = reading.read_answers(
        write_answers(tmp_path / "b", "1\t2\tpositive,unclear\t", "2\t1\tnegative,negative\todd"), key
    )
    (_, original), (_, variant) = key[1], key[2]
    assert not reading.accepted(original, (first[1], second[1]))
    assert reading.accepted(variant, (first[2],))
    assert not reading.accepted(variant, (first[2], second[2]))
    rows = reading.score_table(key, (first, second))
    assert "| mine | original | 2 | 100.0 " in rows[2]
    assert "| 75.0 " in rows[2]
    reading.write_readings(tmp_path / "readings.csv", key, (first, second))
    written = (tmp_path / "readings.csv").read_text()
    assert "mine,7_0_adv1,2,0,negative,negative" in written
    assert "soup" not in written


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (["1\t2\tpositive,negative\t"], "1 answers are missing; the first is 2"),
        (["1\t3\tpositive,negative\t"], "line 1: expected: number, fluency"),
        (["1\t2\tgood,negative\t"], 'sentiment "good"; expected positive'),
        (["1\t2\tpositive\t"], "expected 2 sentiments for entry 1"),
        (["1\t2\tpositive,negative\t"] * 2, "line 2: entry 1 is answered twice"),
    ],
)
def test_blind_reading_refuses_answers_that_do_not_fit(
    sheets: Path, tmp_path: Path, answers: list[str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        reading.read_answers(write_answers(tmp_path / "a", *answers), sheets_of.read_key(sheets))


def test_blind_reading_share_has_a_wilson_interval() -> None:
    assert reading.share(19, 20) == "95.0 [76.4, 99.1]"

"""Readings of generated variants are kept as edits, which make the variant again."""

from __future__ import annotations

from pathlib import Path

import blind_reading
import generated_readings as records
import pytest

from arts.data.corpus import Corpus
from arts.data.errors import DataError
from arts.data.schema import Instance, Strategy, group_sentences


def test_a_record_makes_the_variant_again(sample: Corpus) -> None:
    variants = [i for i in sample.test if i.strategy is not Strategy.ORIGINAL and i.edits][:60]
    sentences = {i.id: s for s in group_sentences(sample.test) for i in s.instances()}
    assert {variant.strategy for variant in variants} == set(Strategy) - {Strategy.ORIGINAL}
    for variant in variants:
        answers = [blind_reading.Reading(True, (str(variant.polarity),))]
        record = records.record_of(variant, "sample", answers, place=0, seed=1)
        made = record.instance(sentences[variant.unit])
        assert (made.text, made.aspect.term, made.polarity) == _essence(variant)
        assert made.edits == variant.edits
        assert record.votes == (True,)


def _essence(variant: Instance) -> tuple[str, str, str]:
    return variant.text, variant.aspect.term, variant.polarity


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "readings.jsonl"
    path.write_text('{"corpus": "sample"}\n')
    with pytest.raises(DataError, match=r"readings.jsonl, line 1: field unit"):
        list(records.read_records(path))


def test_the_readings_in_the_repository_are_two_a_variant() -> None:
    path = Path(records.__file__).parent / "readings" / "generated.jsonl"
    found = list(records.read_records(path))
    assert len(found) == 10838
    assert {len(record.votes) for record in found} == {2}

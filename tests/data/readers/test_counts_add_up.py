"""What a file annotates is kept or left out and counted, alike in every format, in validate and generate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
from helpers.commands import call
from helpers.opinion_files import NULL, OPINION_FILES, TEXT, WITHOUT_OFFSETS, Opinion, Sentences, text_of

from arts.data.corpus_registry import load_corpus
from arts.data.hf_dataset import export_corpora
from arts.data.readers.instances import load_usable_instances, usable_instances
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Instance, original_instances
from arts.generators.running.sentence_source import load_sentence_source

ALL_FILES = OPINION_FILES | WITHOUT_OFFSETS
LABELS = ("positive", "negative", "neutral", "conflict", "")
SOUP, STAFF, BREAD, OTHER_SOUP = 1, 4, 7, 10
Kept = list[tuple[str, int, str]]  # text, start and polarity of each question


def drawn(seed: int, *, twice: bool) -> Sentences:
    """Sentences with drawn opinions; `twice` says whether a term may be meant that the sentence has twice."""
    rng = Random(seed)
    words = (STAFF, BREAD, NULL, *((SOUP, OTHER_SOUP) if twice else ()))
    sentences = [
        [Opinion(rng.choice(words), rng.choice(LABELS)) for _ in range(rng.randint(1, 6))] for _ in range(8)
    ]
    return [*sentences, [Opinion(STAFF, "negative"), Opinion(STAFF, "negative")]]


def expected(sentences: Sentences) -> Kept:
    """The questions with one right answer, each once."""
    kept = []
    for number, opinions in enumerate(sentences, 1):
        for word in {opinion.word for opinion in opinions} - {NULL}:
            labels = {opinion.label for opinion in opinions if opinion.word == word} - {""}
            if len(labels) == 1 and "conflict" not in labels:
                kept.append((text_of(number), Opinion(word, "").span[0], *labels))
    return sorted(kept)


def kept(instances: Iterable[Instance]) -> Kept:
    return sorted((i.text, i.aspect.start, str(i.polarity)) for i in instances)


def reasons(notes: ReadingNotes) -> list[str]:
    """Why what is left out is left out, without the ids."""
    return sorted(re.sub(r" as .*", "", reason) for reason in notes.left_out.values())


def check(notes: ReadingNotes, instances: list[Instance], sentences: Sentences) -> None:
    ids = [*(i.id for i in instances), *notes.left_out, *notes.conflicts.values()]
    assert len(ids) == len(set(ids)) == sum(map(len, sentences))
    assert kept(instances) == expected(sentences)


@pytest.mark.parametrize("name", ALL_FILES)
@pytest.mark.parametrize("seed", range(6))
def test_counts_add_up_in_every_file(write: Callable[..., Path], name: str, seed: int) -> None:
    sentences = drawn(seed, twice=name in OPINION_FILES)
    file, content = ALL_FILES[name]
    path, notes, loaded_notes = write(file, content(sentences)), ReadingNotes(), ReadingNotes()
    check(notes, list(usable_instances(path, notes)), sentences)
    check(loaded_notes, load_usable_instances(path, loaded_notes), sentences)
    corpus = load_corpus(path)
    check(corpus.notes, list(corpus.test), sentences)
    source = load_sentence_source(str(path))
    check(source.notes, original_instances(source.sentences), sentences)


@pytest.mark.parametrize("seed", range(3))
def test_counts_add_up_to_the_same_with_the_same_words(
    write: Callable[..., Path], tmp_path: Path, seed: int
) -> None:
    sentences = drawn(seed, twice=False)
    told = {}
    for file, content in ALL_FILES.values():
        notes = ReadingNotes()
        corpus = load_corpus(write(file, content(sentences)))
        load_usable_instances(tmp_path / file, notes)
        told[file] = (notes.conflict, reasons(notes))
        export_corpora([corpus], tmp_path / "exported" / file)
        again = load_corpus(tmp_path / "exported" / file)
        assert (kept(again.test), again.notes.left_out_ids) == (expected(sentences), set())
    assert len({str(counts) for counts in told.values()}) == 1, told
    assert "the same aspect and polarity" in told["a.xml"][1]


def test_counts_add_up_in_validate(write: Callable[..., Path], tmp_path: Path) -> None:
    sentences = drawn(1, twice=False)
    for file, content in ALL_FILES.values():
        write(file, content(sentences))
    done = call("arts.validate", *(file for file, _ in ALL_FILES.values()), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    counts = [
        re.findall(r"(\d+) (?:instances|aspects with polarity conflict|rows left out)", x) for x in lines
    ]
    assert len(counts) == len(ALL_FILES)
    assert len({tuple(count) for count in counts}) == 1
    assert sum(map(int, counts[0])) == sum(map(len, sentences))


@pytest.mark.parametrize("name", ALL_FILES)
def test_counts_add_up_where_nothing_is_left(write: Callable[..., Path], tmp_path: Path, name: str) -> None:
    file, content = ALL_FILES[name]
    write(file, content([[Opinion(STAFF, "negative"), Opinion(STAFF, "positive")]]))
    reason = 'several opinions on "staff" at characters 17-22 (positive and negative)'
    for command in (["arts.validate", file], ["arts.generate", "--input", file, "--output", "made"]):
        done = call(*command, folder=tmp_path)
        assert done.returncode == 2
        assert "holds no original instances (" in done.stderr
        assert done.stderr.count(reason) == 2


def test_counts_add_up_for_a_conflict_whose_span_is_wrong(write: Callable[..., Path]) -> None:
    rows = [
        ("1_0", "soup", 6, "conflict"),  # one character too far
        ("1_1", "soup", 5, "positive"),
        ("1_2", "staff", 16, "conflict"),  # nowhere
        ("1_3", "waiter", 16, "conflict"),
        ("1_4", "bread", 25, "negative"),
    ]
    lines = [f'{id},"{TEXT}",{term},{start},{start + len(term)},{label}' for id, term, start, label in rows]
    notes = ReadingNotes()
    (instance,) = usable_instances(
        write("a.csv", "\n".join(["id,text,term,start,end,polarity", *lines])), notes
    )
    assert instance.id == "1_4"
    assert sorted(notes.conflicts.values()) == ["1_0", "1_2", "1_3"]
    assert notes.left_out == {"1_1": 'several opinions on "soup" at characters 5-9 (positive and conflict)'}


def test_counts_add_up_for_a_conflict_that_another_row_lists(write: Callable[..., Path]) -> None:
    soup = {"term": "soup", "start": 5, "end": 9, "polarity": "conflict"}
    staff = {"term": "staff", "start": 17, "end": 22, "polarity": "negative"}
    rows = [
        {"id": id, "text": TEXT, **target, "aspects": [soup, staff]}
        for id, target in (("1_1", staff), ("1_0", soup), ("1_2", soup))
    ]
    notes = ReadingNotes()
    assert [i.id for i in usable_instances(write("a.json", rows), notes)] == ["1_1"]
    assert list(notes.conflicts.values()) == ["1_0"]
    assert notes.left_out == {"1_2": "the same aspect and polarity as 1_0"}


def test_counts_add_up_for_opinion_terms_of_a_second_annotation(write: Callable[..., Path]) -> None:
    place = {"term": "staff", "polarity": "negative", "from": 17, "to": 22}
    terms = {
        "1_0": {**place, "opinion_words": ["rude"], "opinion_position": [[12, 16]]},
        "1_1": {**place, "opinion_words": ["dry"], "opinion_position": [[25, 28]]},
    }
    towe = write("towe.json", {"1": {"sentence": TEXT, "term_list": terms}})
    plain = write("plain.json", {id: {"sentence": TEXT, **place} for id in terms})
    source = load_sentence_source(str(plain), opinions=towe)
    ((aspect,),) = [sentence.aspects for sentence in source.sentences]
    assert [opinion.text for opinion in aspect.opinions] == ["rude", "dry"]
    assert source.notes.left_out == {"1_1": "the same aspect and polarity as 1_0"}


def test_counts_add_up_where_aspects_have_ids_of_their_own(write: Callable[..., Path]) -> None:
    """One sentence, however its aspects are called: once in the output, and with one aspect per span."""
    aspects = [
        {"id": id, "term": term, "start": start, "end": start + len(term), "polarity": polarity}
        for id, term, start, polarity in (
            ("x", "staff", 17, "negative"),
            ("y", "staff", 17, "negative"),
            ("z", "bread", 29, "neutral"),
        )
    ]
    path = str(write("a.jsonl", {"id": "7", "text": TEXT, "aspects": aspects}))
    source = load_sentence_source(path)
    (sentence,) = source.sentences
    assert [instance.id for instance in sentence.instances()] == ["x", "z"]
    assert source.notes.left_out == {"y": "the same aspect and polarity as x"}
    assert [i.id for i in load_corpus(path).test] == ["x", "z"]

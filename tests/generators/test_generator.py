"""What holds of every generated sentence, over the sample and over all the SemEval and ARTS files at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from helpers.folders import SHARED
from helpers.generation import POOL
from helpers.sentences import marked_sentence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lemminflect import getLemma
from spacy.tokens import Doc

from arts.data.readers.instances import read_instances
from arts.data.schema import Instance, Polarity, Sentence, Strategy, group_sentences
from arts.data.support.spacy_parser import load_parser, parse_texts, parser_vocabulary
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspectset import mine_aspect_set
from arts.generators.strategies.edits import apply

Pair = tuple[Instance, Instance]

FILES = (
    "semeval14/Laptop_Train_v2.xml",
    "semeval14/Laptops_Test_Gold.xml",
    "semeval14/Restaurants_Test_Gold.xml",
    "semeval14/Restaurants_Train_v2.xml",
    "ARTS_TestSet/data/src_data/laptop/test_sent_towe.json",
    "ARTS_TestSet/data/src_data/laptop/train_sent_towe.json",
    "ARTS_TestSet/data/src_data/rest/train_sent_towe.json",
)


def generate(sentences: list[Sentence], training: Iterable[Sentence]) -> list[Outcome]:
    analyst = Analyst()
    generator = Generator(mine_aspect_set(training, analyst), GenerationOptions(candidates=2), analyst)
    return [outcome for _, group in generator.outcomes(sentences) for outcome in group]


@pytest.fixture(scope="module")
def sample_outcomes() -> list[Outcome]:
    source = load_sentence_source("sample")
    training = list(source.training)
    return generate([*source.sentences, *training], training)


@pytest.fixture(scope="module")
def shared_outcomes() -> dict[str, list[Outcome]]:
    if not SHARED.is_dir():
        return {}
    docs: dict[str, Doc] = {}

    def parse_once(items: Iterable[tuple[str, Sentence]]) -> Iterator[tuple[Doc, Sentence]]:
        """The files have most of their sentences in common, and each is mined as well as perturbed."""
        items = list(items)
        new = dict.fromkeys(text for text, _ in items if text not in docs)
        docs.update((text, doc) for doc, text in parse_texts((text, text) for text in new))
        return ((docs[text], sentence) for text, sentence in items)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("arts.generators.opinions.analysis.parse_texts", parse_once)
        return {name: generate(read(SHARED / name), read(SHARED / name)) for name in FILES}


def read(path: Path) -> list[Sentence]:
    return group_sentences(read_instances(path))


@pytest.fixture(params=["sample", *FILES])
def outcomes(
    request: pytest.FixtureRequest,
    sample_outcomes: list[Outcome],
    shared_outcomes: dict[str, list[Outcome]],
) -> list[Outcome]:
    if request.param == "sample":
        return sample_outcomes
    if request.param not in shared_outcomes:
        pytest.skip("needs ../shared/data, the SemEval and ARTS files, which are not part of the project")
    return shared_outcomes[request.param]


def pairs(outcomes: list[Outcome]) -> Iterator[Pair]:
    return ((outcome.source, variant) for outcome in outcomes for variant in outcome.candidates)


def test_generator_every_outcome_is_a_variant_or_a_reason(outcomes: list[Outcome]) -> None:
    assert all((outcome.reason is None) == bool(outcome.candidates) for outcome in outcomes)
    assert sum(bool(o.candidates) for o in outcomes if o.strategy is Strategy.REVTGT) > 0


def test_generator_every_span_is_exact_and_every_edit_accounts_for_the_text(outcomes: list[Outcome]) -> None:
    for source, variant in pairs(outcomes):
        assert variant.text != source.text
        for aspect in variant.aspects:
            assert variant.text[aspect.start : aspect.end] == aspect.term
            for opinion in aspect.opinions:
                assert variant.text[opinion.start : opinion.end] == opinion.text
        for edit in variant.edits:
            assert source.text[edit.start : edit.end] == edit.before
        assert all(a.end <= b.start for a, b in pairwise(variant.edits))
        assert apply(source.text, variant.edits) == variant.text
        assert variant.aspect in variant.aspects


def test_generator_every_label_follows_from_the_strategy(outcomes: list[Outcome]) -> None:
    for source, variant in pairs(outcomes):
        if variant.strategy is Strategy.REVTGT:
            assert variant.polarity is source.polarity.opposite
        else:
            assert variant.polarity is source.polarity
        known = len(source.aspects)
        added = len(variant.aspects) - known
        if variant.strategy is Strategy.ADDDIFF:
            assert 1 <= added <= 3
            if source.polarity is not Polarity.NEUTRAL:
                opposite = [a for a in variant.aspects if a.polarity is source.polarity.opposite]
                assert len(opposite) >= added
        else:
            assert added == 0
            terms = [sorted(a.term.lower() for a in i.aspects) for i in (variant, source)]
            assert terms[0] == terms[1]


def test_generator_no_negation_is_doubled_or_misplaced(outcomes: list[Outcome]) -> None:
    changed = [(s, v) for s, v in pairs(outcomes) if any("negation" in e.rule for e in v.edits)]
    docs = load_parser().pipe([variant.text for _, variant in changed])
    for (source, variant), doc in zip(changed, docs, strict=True):
        new = set(re.findall(r"\S+ not \S+", variant.text)) - set(re.findall(r"\S+ not \S+", source.text))
        assert "a not" not in new
        for token in doc:
            if token.lower_ != "not" or not 0 < token.i < len(doc) - 1:
                continue
            if f" not {token.nbor().text}" not in source.text:
                assert token.nbor().tag_ not in ("VBZ", "VBD") or token.nbor(-1).pos_ == "AUX", variant.text
        for verb in doc:
            negations = [
                c.text for c in verb.children if c.dep_ == "neg" and c.lower_ not in ("no", "barely")
            ]
            objects = (t for c in verb.children if c.i > verb.i for t in c.children)
            if negations and "no " not in source.text.lower():
                assert not any(t.lower_ == "no" and t.dep_ == "det" for t in objects), variant.text
            if len(negations) > 1:
                assert all(source.text.count(n) >= variant.text.count(n) for n in negations), variant.text


def test_generator_every_new_word_is_in_the_lexicon_or_the_vocabulary(outcomes: list[Outcome]) -> None:
    forms, strings = Analyst().lexicon.forms, parser_vocabulary()
    for source, variant in pairs(outcomes):
        if variant.strategy is Strategy.ADDDIFF:
            continue  # its words are those of training sentences
        for edit in variant.edits:
            for word in re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", edit.after):
                bare = re.sub(r"(n['’]t|['’]\w+)$", "", word).lower()
                known = {word, word.lower(), bare, *getLemma(bare, "VERB")}
                found = (
                    word.lower() in source.text.lower()
                    or known & forms
                    or any(form in strings for form in known)
                )
                assert found, f"{word}: {variant.text}"


def test_generator_no_marker_and_no_doubled_punctuation_is_left(outcomes: list[Outcome]) -> None:
    pattern = re.compile(r"[{}<>|\\]|,\s*,|(?<!\.)\.\.(?!\.)|;\s*[;,.]")
    for source, variant in pairs(outcomes):
        assert len(pattern.findall(variant.text)) <= len(pattern.findall(source.text)), variant.text


SUBJECTS = ("soup", "HDMI port", "staff", "battery life", "fries", '24" screen')

VERBS = ("is", "was", "isn't", "seems", "has never been", "could be")

WORDS = (
    "good",
    "not bad",
    "very slow",
    "too dim",
    "a great size",
    "better than mine",
    "the best",
    "worth it",
)

TAILS = ("", ".", "!", " and the bread was fine.", ", but I liked it.", "; the rest is not.", "...", " :)")


@given(
    st.sampled_from(SUBJECTS),
    st.sampled_from(VERBS),
    st.sampled_from(WORDS),
    st.sampled_from(TAILS),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_generator_invariants_hold_for_any_sentence(
    subject: str, verb: str, word: str, tail: str, seed: int
) -> None:
    sentence = marked_sentence(f"The {{{subject}|{'+-0'[seed % 3]}}} {verb} {word}{tail}")
    training = [marked_sentence("The {keyboard|+} is comfortable and the {lid|-} is flimsy.", "9")]
    outcomes = generate([sentence], training)
    test_generator_every_span_is_exact_and_every_edit_accounts_for_the_text(outcomes)
    test_generator_no_marker_and_no_doubled_punctuation_is_left(outcomes)
    assert {outcome.strategy for outcome in outcomes} == set(Strategy) - {Strategy.ORIGINAL}


def test_generator_draws_depend_on_the_seed_and_the_id_only(analyst: Analyst) -> None:
    text = "The {soup|+} was great and the {staff|+} was friendly."
    generator = Generator(POOL, GenerationOptions(), analyst)
    alone = dict(generator.outcomes([marked_sentence(text, "9")]))
    others = [marked_sentence("The {lid|-} is weak.", str(n)) for n in range(5)]
    among = dict(generator.outcomes([*others, marked_sentence(text, "9")]))
    assert among[marked_sentence(text, "9")] == alone[marked_sentence(text, "9")]
    assert Random("1 x").random() == Random("1 x").random()

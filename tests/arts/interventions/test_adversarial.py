"""Adversarial training: what it may look at, its settings, its report."""

from __future__ import annotations

import pytest
from helpers.classifiers import gold
from helpers.sentences import TOY, Unseen, sentence

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, UnknownNameError
from arts.data.schema import Strategy, original_instances
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.plots import draw_adddiff_curves
from arts.evaluation.summary import Summary
from arts.generators.generator import GenerationOptions
from arts.generators.running.perturbation_cache import perturbations
from arts.generators.strategies.joints import DEFAULT_TEMPLATES, TEMPLATES
from arts.interventions.adversarial import Adversarial
from arts.models.recipe import Start

pytestmark = pytest.mark.usefixtures("shared_perturbations")


def templates_of(instances):
    rules = [edit.rule for i in instances if i.strategy is Strategy.ADDDIFF for edit in i.edits]
    return {rule.removeprefix("added: ") for rule in rules}


def texts_of(instances):
    return {instance.text for instance in instances}


def test_adversarial_the_test_split_is_never_looked_at():
    train, dev = Adversarial().splits(Unseen())
    assert {i.strategy for i in train} == {i.strategy for i in dev} == set(Strategy)


def test_adversarial_no_test_sentence_variant_or_phrase_reaches_training(sample):
    """The same of a test split that is full of words of its own."""
    own = [
        sentence(
            "marked-1", "The zorble is great, but the quux is awful.", zorble="positive", quux="negative"
        ),
        sentence("marked-2", "The frobnitz was terrible.", frobnitz="negative"),
    ]
    marked = Corpus("marked", tuple(original_instances(own)), lambda split: getattr(sample, split))
    variants = perturbations(own, training=own, options=GenerationOptions())
    assert any("frobnitz" in v.text and "zorble" not in v.text for v in variants)
    for split in Adversarial().splits(marked):
        assert not texts_of(split) & texts_of([*marked.test, *variants])
        assert not any(word in i.text for i in split for word in ("zorble", "quux", "frobnitz"))


def test_adversarial_no_released_test_text_reaches_training(shared_data):
    corpus = load_corpus("laptop")
    twice = texts_of(corpus.test) & texts_of(original_instances([*corpus.train, *corpus.dev]))
    for split in Adversarial().splits(corpus):
        assert texts_of(split) & texts_of(corpus.test) <= twice  # what SemEval itself has in both


def test_adversarial_train_and_dev_are_the_originals_and_their_own_variants(sample):
    for split, sentences in zip(Adversarial().splits(sample), (sample.train, sample.dev), strict=True):
        ids = {i.id for i in original_instances(sentences)}
        assert [i for i in split if i.strategy is Strategy.ORIGINAL] == original_instances(sentences)
        assert {i.unit for i in split} == ids
        assert len({i.id for i in split}) == len(split)


def test_adversarial_what_dev_adds_comes_from_train(sample):
    _, dev = Adversarial(strategies=(Strategy.ADDDIFF,)).splits(sample)
    known = {a.term.lower() for s in sample.train for a in s.aspects}
    added = {
        aspect.term.lower()
        for i in dev
        if i.strategy is Strategy.ADDDIFF
        for aspect in i.aspects
        if aspect.term not in i.edits[0].before and aspect.term in i.edits[0].after
    }
    assert added
    assert added <= known


def test_adversarial_strategies_ratio_and_templates_are_selectable(sample):
    everything, _ = Adversarial(ratio=1).splits(sample)
    half, _ = Adversarial().splits(sample)
    assert texts_of(half) < texts_of(everything)
    count = len(original_instances(sample.train))
    assert len(half) - count == pytest.approx((len(everything) - count) / 2, rel=0.1)
    one, _ = Adversarial(strategies=(Strategy.ADDDIFF,), templates=("but", "side")).splits(sample)
    assert {i.strategy for i in one} == {Strategy.ORIGINAL, Strategy.ADDDIFF}
    assert templates_of(one) == {"but", "side"}
    rest, _ = Adversarial(holdout=("but", "side")).splits(sample)
    assert {"though", "before"} <= templates_of(rest) <= set(TEMPLATES) - {"but", "side"}


def test_adversarial_can_train_on_what_readers_would_accept_alone(sample):
    everything, _ = Adversarial(ratio=1).splits(sample)
    accepted, _ = Adversarial(ratio=1, min_acceptance=0.8).splits(sample)
    assert len(original_instances(sample.train)) < len(accepted) < len(everything)
    assert all((i.acceptance or 0) >= 0.8 for i in accepted if i.strategy is not Strategy.ORIGINAL)


@pytest.mark.parametrize("least", [0.0, 0.7])
def test_adversarial_settings_say_how_acceptable_the_variants_are(least):
    way = Adversarial(min_acceptance=least)
    assert way.settings().get("min_acceptance", 0) == least
    assert Adversarial.from_settings(way.settings()) == way
    assert ("--min-acceptance" in way.command_options()) == bool(least)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"templates": ("bt",)}, r'unknown template "bt"\. Did you mean "but"\?'),
        ({"holdout": tuple(TEMPLATES)}, "no ADDDIFF template is left to train with"),
        ({"strategies": ()}, "needs a strategy: revtgt, revnon or adddiff"),
        ({"ratio": 0.0}, "expected over 0 and up to 1"),
        ({"ratio": 1.5}, "expected over 0 and up to 1"),
    ],
)
def test_adversarial_settings_that_make_no_sense_are_one_clear_error(options, message):
    with pytest.raises((ArtsError, UnknownNameError), match=message):
        Adversarial(**options)


def test_adversarial_the_report_stands_beside_the_plain_one(quick_recipe, encoder, tmp_path, sample):
    bench = load_benchmark("sample")
    way = Adversarial(holdout=("but",), ratio=0.5)
    plain = bench.evaluate("memnet", start=Start(encoder))
    robust = bench.evaluate("memnet", start=Start(encoder), intervention=way, adddiff_curve=True)
    assert (plain.name, robust.name) == ("memnet", "memnet + adversarial")
    assert plain.model.intervention is None
    assert robust.model.intervention == {
        "name": "adversarial",
        "strategies": ["revtgt", "revnon", "adddiff"],
        "ratio": 0.5,
        "templates": [t for t in DEFAULT_TEMPLATES if t != "but"],
        "holdout": ["but"],
        "seed": 1,
    }
    assert robust.model.checksum != plain.model.checksum
    assert robust.pattern_gap.units > 40
    (pair,) = Summary.of([plain, robust]).comparisons
    assert (pair.first, pair.second) == ("memnet + adversarial", "memnet")
    loaded = type(robust).load(robust.save(tmp_path))
    assert loaded.model_dump() == robust.model_dump()
    files = draw_adddiff_curves([plain, robust], tmp_path / "curve")
    assert [file.suffix for file in files] == [".png", ".svg"]
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert files[1].read_text().lstrip().startswith("<?xml")


def test_adversarial_only_models_of_the_zoo_can_be_trained_so(units):
    bench = Benchmark(Corpus("mine", tuple(units), lambda split: TOY))
    with pytest.raises(ArtsError, match="--intervention adversarial trains a model that `arts models` lists"):
        bench.evaluate(gold, intervention=Adversarial())

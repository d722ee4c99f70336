"""Fluency of our variants and of the release's: SmolLM2-135M's loss of the variant minus that of its source.

    ARTS_DATA_HOME=... python benchmarks/quality/fluency.py [laptop | restaurant]

Opinion terms are those of TOWE where the folder has them. Nats a sentence, mean over the variants; lower is
more fluent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from arts.data.corpus import Corpus
from arts.data.corpus_registry import load_corpus
from arts.data.schema import Sentence, Strategy
from arts.data.support.download import fetch_release_file
from arts.generate import CANDIDATES
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.likelihood_ranking import rank_by_likelihood
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspectset import mine_aspect_set
from arts.models.language_models.language_model import LanguageModel

TOWE = {"laptop": "data/src_data/laptop/test_sent_towe.json"}
STRATEGIES = (Strategy.REVTGT, Strategy.REVNON)
Pairs = list[tuple[str, str]]  # source, variant


def released_pairs(corpus: Corpus, strategy: Strategy) -> Pairs:
    """The texts of the release's variants beside those of their originals."""
    originals = {i.id: i.text for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    return [(originals[i.unit], i.text) for i in corpus.test if i.strategy is strategy]


def generate_outcomes(sentences: Iterable[Sentence], corpus: Corpus) -> list[Outcome]:
    """What our generators make of the same originals, with several candidates each."""
    analyst = Analyst()
    options = GenerationOptions(STRATEGIES, candidates=CANDIDATES)
    generator = Generator(mine_aspect_set(corpus.train, analyst), options, analyst)
    return [outcome for _, group in generator.outcomes(sentences) for outcome in group]


def best_pairs(outcomes: Iterable[Outcome], strategy: Strategy) -> Pairs:
    """The texts of our best variants beside those of their originals."""
    return [
        (outcome.source.text, outcome.candidates[0].text)
        for outcome in outcomes
        if outcome.strategy is strategy and outcome.candidates
    ]


def table_row(name: str, pairs: Pairs, *, model: LanguageModel) -> str:
    """A row of the table: how many nats less likely the variants are than their originals."""
    sources, texts = zip(*pairs, strict=True)
    increase = model.nats(texts) - model.nats(sources)
    return f"| {name} | {len(pairs)} | {increase.mean():+.2f} | {np.median(increase):+.2f} |"


def main(name: str = "laptop") -> None:
    """Print a Markdown table."""
    corpus, model = load_corpus(name), LanguageModel.load()
    opinions = fetch_release_file(TOWE[name]) if name in TOWE else None
    plain = generate_outcomes(load_sentence_source(name, opinions=opinions).sentences, corpus)
    ranked = rank_by_likelihood(plain, model)
    print("| | variants | mean | median |\n|---|---:|---:|---:|")
    for strategy in STRATEGIES:
        for origin, pairs in (
            ("release", released_pairs(corpus, strategy)),
            ("ours", best_pairs(plain, strategy)),
            ("ours, ranked", best_pairs(ranked, strategy)),
        ):
            print(table_row(f"{strategy.upper()}, {origin}", pairs, model=model))


if __name__ == "__main__":
    main(*sys.argv[1:])

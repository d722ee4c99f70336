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
from arts.data.schema import Instance, Sentence, Strategy
from arts.data.support.download import fetch_release_file
from arts.generate import CANDIDATES
from arts.generators.generator import GenerationOptions, Generator, Outcome
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.likelihood_ranking import rank_by_likelihood
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspectset import mine_aspect_set
from arts.models.language_model import LanguageModel

TOWE = {"laptop": "data/src_data/laptop/test_sent_towe.json"}
STRATEGIES = (Strategy.REVTGT, Strategy.REVNON)
Pairs = list[tuple[str, str]]  # source, variant


def released(corpus: Corpus, strategy: Strategy) -> Pairs:
    """The release's variants beside their originals."""
    originals = {i.id: i.text for i in corpus.test if i.strategy is Strategy.ORIGINAL}
    return [(originals[i.unit], i.text) for i in corpus.test if i.strategy is strategy]


def generated(sentences: Iterable[Sentence], corpus: Corpus) -> list[Outcome]:
    """Ours, of the same originals."""
    analyst = Analyst()
    options = GenerationOptions(STRATEGIES, candidates=CANDIDATES)
    generator = Generator(mine_aspect_set(corpus.train, analyst), options, analyst)
    return [outcome for _, group in generator.outcomes(sentences) for outcome in group]


def pairs(outcomes: Iterable[Outcome], strategy: Strategy) -> Pairs:
    """The best variants beside their originals."""
    found: Iterable[tuple[Instance, Outcome]] = (
        (o.candidates[0], o) for o in outcomes if o.strategy is strategy and o.candidates
    )
    return [(outcome.source.text, variant.text) for variant, outcome in found]


def row(name: str, model: LanguageModel, found: Pairs) -> str:
    """A row of the table."""
    sources, texts = zip(*found, strict=True)
    rise = model.nats(texts) - model.nats(sources)
    return f"| {name} | {len(found)} | {rise.mean():+.2f} | {np.median(rise):+.2f} |"


def main(name: str = "laptop") -> None:
    """Print a Markdown table."""
    corpus, model = load_corpus(name), LanguageModel.load()
    opinions = fetch_release_file(TOWE[name]) if name in TOWE else None
    plain = generated(load_sentence_source(name, opinions=opinions).sentences, corpus)
    best = rank_by_likelihood(plain, model)
    print("| | variants | mean | median |\n|---|---:|---:|---:|")
    for strategy in STRATEGIES:
        print(row(f"{strategy.upper()}, release", model, released(corpus, strategy)))
        print(row(f"{strategy.upper()}, ours", model, pairs(plain, strategy)))
        print(row(f"{strategy.upper()}, ours, ranked", model, pairs(best, strategy)))


if __name__ == "__main__":
    main(*sys.argv[1:])

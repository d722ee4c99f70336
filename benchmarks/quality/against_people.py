"""Our variants of the sample beside those that people wrote: how many are equal, and the others to judge.

python benchmarks/quality/against_people.py [--show]
"""

from __future__ import annotations

import sys
from collections import Counter

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Strategy
from arts.generators.generator import Generator
from arts.generators.opinions.analysis import Analyst
from arts.generators.running.sentence_source import load_sentence_source
from arts.generators.strategies.aspectset import mine_aspect_set


def main(arguments: list[str]) -> None:
    """Print a Markdown table; with --show, each pair that differs."""
    corpus = load_corpus("sample")
    people = {(i.unit, i.strategy): i for i in corpus.test}
    analyst = Analyst()
    generator = Generator(mine_aspect_set(corpus.train, analyst), analyst=analyst)
    counts: Counter[tuple[Strategy, str]] = Counter()
    for _, outcomes in generator.outcomes(load_sentence_source("sample").sentences):
        for outcome in outcomes:
            theirs = people.get((outcome.source.unit, outcome.strategy))
            ours = outcome.candidates[0] if outcome.candidates else None
            kind = "equal" if ours and theirs and ours.text == theirs.text else _kind(ours, theirs)
            counts[outcome.strategy, kind] += 1
            if "--show" in arguments and kind == "different" and ours and theirs:
                print(f"{outcome.strategy} [{ours.aspect.term}, {outcome.source.polarity}]")
                print(f"  source {outcome.source.text}\n  person {theirs.text}\n  ours   {ours.text}")
    kinds = ("equal", "different", "ours only", "person only", "neither")
    print(f"| | {' | '.join(kinds)} |\n|---|{'---:|' * len(kinds)}")
    for strategy in generator.options.strategies:
        print(f"| {strategy.upper()} | {' | '.join(str(counts[strategy, kind]) for kind in kinds)} |")


def _kind(ours: object, theirs: object) -> str:
    if ours and theirs:
        return "different"
    return "ours only" if ours else "person only" if theirs else "neither"


if __name__ == "__main__":
    main(sys.argv[1:])

"""Opinion terms found without annotation against TOWE (Fan et al., 2019), by exact span.

python benchmarks/quality/opinion_terms.py FILE_sent_towe.json ...
"""

from __future__ import annotations

import sys
from pathlib import Path

from arts.data.readers.instances import read_instances
from arts.data.schema import group_sentences
from arts.generators.opinions.analysis import Analyst
from arts.generators.opinions.extraction import find_opinion_words, term_span


def measure(path: Path, *, mistakes: bool = False) -> tuple[int, int, int]:
    """Count spans over all aspects of a file that have annotated terms.

    Args:
        path: TOWE JSON.
        mistakes: whether to print what was missed or wrong.

    Returns:
        How many spans were predicted, how many are annotated, and how many are both.
    """
    predicted = annotated = both = 0
    sentences = group_sentences(read_instances(path))
    for analysis in Analyst().read(sentences):
        sentence = analysis.sentence
        for aspect in sentence.aspects:
            others = [other for other in sentence.aspects if other is not aspect]
            words = find_opinion_words(analysis, aspect, others=others)
            spans = {term_span(analysis, word) for word in words}
            gold = {(opinion.start, opinion.end) for opinion in aspect.opinions}
            predicted += len(spans)
            annotated += len(gold)
            both += len(spans & gold)
            if mistakes and spans != gold:
                texts = [[sentence.text[slice(*span)] for span in sorted(group)] for group in (gold, spans)]
                print(f"{aspect.polarity[:3]} {aspect.term!r} {texts[0]} found {texts[1]}: {sentence.text}")
    return predicted, annotated, both


def main(arguments: list[str]) -> None:
    """Print a Markdown table, a row a file; with --mistakes, what was missed or wrong too."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    rows = []
    for path in paths:
        predicted, annotated, both = measure(path, mistakes="--mistakes" in arguments)
        precision, recall = both / predicted, both / annotated
        f1 = 2 * both / (predicted + annotated)
        rows.append(
            f"| {path.parent.name}/{path.name} | {annotated} | {precision:.3f} | {recall:.3f} | {f1:.3f} |"
        )
    print("| file | terms | precision | recall | F1 |\n|---|---:|---:|---:|---:|", *rows, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What a classifier can tell of the label from a variant's edits alone, without the sentence.

python benchmarks/quality/label_cues.py laptop-v2

Bags of n-grams of what was put in, and for ADDDIFF of the place and the joining words alone; logistic
regression, cross-validated in ten folds over sentences. Chance is the share of the more frequent label.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from arts.data.corpus_registry import RELEASED_CORPORA, load_corpus
from arts.data.readers.revisions import Revision, read_revisions
from arts.data.schema import Instance, Strategy, sentence_id

FOLDS = 10


def joining_words(revision: Revision, variant: Instance) -> str:
    """What an ADDDIFF revision puts in besides its claims: the place, the joining words and the punctuation.

    Args:
        revision: the revision.
        variant: the variant that it makes.
    """
    inside = np.zeros(len(variant.text), bool)
    shift = 0
    for edit in variant.edits:
        start = edit.start + shift
        inside[start : start + len(edit.after)] = True
        shift += len(edit.after) - (edit.end - edit.start)
    for start, end in revision.added:
        inside[start:end] = False
    words = "".join(character if kept else " " for character, kept in zip(variant.text, inside, strict=True))
    return f"place_{revision.place} {' '.join(words.split())}"


def cue_texts(corpus: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (kind of cue, its text, label, sentence id) for every variant of a corpus of revisions."""
    path = Path(str(files("arts.data").joinpath("revisions", RELEASED_CORPORA[corpus].revisions)))
    variants = {(i.unit, i.strategy): i for i in load_corpus(corpus).test}
    for unit in read_revisions(path)[1]:
        for revision in unit.revisions:
            variant = variants[unit.unit, revision.strategy]
            label, sentence = str(variant.polarity), sentence_id(unit.unit)
            changed = " ".join(edit.after for edit in variant.edits)
            yield f"{revision.strategy.upper()}, what was put in", changed, label, sentence
            if revision.strategy is Strategy.ADDDIFF:
                yield "ADDDIFF, place and joints", joining_words(revision, variant), label, sentence


def main(corpus: str) -> None:
    """Print a Markdown table: accuracy of the classifier beside chance."""
    rows = list(cue_texts(corpus))
    print("| cue | variants | accuracy | chance |\n|---|---:|---:|---:|")
    for kind in sorted({row[0] for row in rows}):
        texts, labels, sentences = (
            list(column) for column in zip(*(row[1:] for row in rows if row[0] == kind), strict=True)
        )
        model = make_pipeline(
            CountVectorizer(ngram_range=(1, 3), token_pattern=r"\w+|[^\w\s]"),
            LogisticRegression(max_iter=1000),
        )
        predicted = cross_val_predict(model, texts, labels, groups=sentences, cv=GroupKFold(FOLDS))
        accuracy = np.mean(predicted == np.array(labels))
        chance = max(labels.count(label) for label in set(labels)) / len(labels)
        print(f"| {kind} | {len(labels)} | {100 * accuracy:.1f} | {100 * chance:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1])

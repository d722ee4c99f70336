"""Reader of corpora with three lines an aspect: the sentence with ``$T$`` for the term, the term, the label.

This is the form of the Twitter corpus of Dong et al. (2014), of ABSA-PyTorch (``.raw``, ``.seg``) and of
PyABSA (``.dat``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from arts.data.errors import DataError, as_data_error
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.row_ids import RowIds
from arts.data.readers.sentence_reader import SentenceReader
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Aspect, Instance, Sentence
from arts.data.support.input_files import text_lines

PLACE = "$T$"  # where the term stands
NUMBERS = {"-1": "negative", "0": "neutral", "1": "positive"}  # labels, as Dong et al. (2014) define them

Triple = tuple[int, str, str, str]  # line number, sentence with PLACE, term, label


def read_three_lines(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Instance]:
    """Stream the instances of a file with three lines an aspect.

    Sentences are numbered from 1; aspects of one sentence follow each other. Where the term stands several
    times in the sentence, as ``$T$``, the first one is the target. The labels -1, 0 and 1 are negative,
    neutral and positive in files that have -1; other numbers have to be named.

    Args:
        path: the file.
        notes: gets the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when the lines do not have this form; names the line.
    """
    if any(label == "-1" for *_, label in _triples(path)):
        labels = LabelNames({**NUMBERS, **labels.names})
    ids = RowIds()
    for text, group in groupby(_triples(path), key=_sentence_text):
        sentence_id = ids.next_sentence()
        sentence = SentenceReader(text, sentence_id, notes, labels)
        aspects: list[Aspect | None] = []
        for position, (line, marked, term, label) in enumerate(group):
            start = marked.index(PLACE)
            with as_data_error(path, line=line + 2):
                named = term not in ("", "NULL")  # else it stands in the sentence, too, in place of PLACE
                aspects.append(
                    sentence.aspect(
                        term if named else None,
                        label,
                        id=f"{sentence_id}_{position}",
                        offsets=(start, start + len(term)) if named else None,
                    )
                )
        yield from Sentence(sentence_id, sentence.text, tuple(a for a in aspects if a)).instances()


def _sentence_text(triple: Triple) -> str:
    """The sentence with its term."""
    _, marked, term, _ = triple
    return marked.replace(PLACE, term)


def _triples(path: Path) -> Iterator[Triple]:
    """Stream what each three lines of a file say; blank lines before a sentence are skipped."""
    lines = ((line, text.strip()) for line, text in text_lines(path))
    for line, marked in lines:
        if not marked:
            continue
        marked = marked.replace(PLACE.lower(), PLACE)  # in files that are all in lower case
        if PLACE not in marked:
            raise DataError(
                path,
                f'no {PLACE} in "{marked[:40]}"; expected three lines an aspect: the sentence with {PLACE} '
                "for the term, the term, and the label",
                line=line,
            )
        if "\t" in marked:
            raise DataError(
                path,
                "tabs in the line; expected the sentence, the term and the label in three lines, or a table "
                "with a header line named .tsv",
                line=line,
            )
        term, label = next(lines, None), next(lines, None)
        if term is None or label is None:
            raise DataError(path, "the file ends within the three lines of an aspect", line=line)
        yield line, marked, term[1], label[1]

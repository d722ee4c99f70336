"""Turn hand-written variants, accepted by blind readings, into a revisions file.

    python benchmarks/quality/revise.py laptop-v2 WRITTEN.jsonl FILE.jsonl [--readings FILE.csv]

Without readings, every variant goes in, to be read. With them (`blind_reading.py score --readings`), only
what each reading accepted does, and the originals whose label every reading rejected are disputed. A
line of WRITTEN.jsonl is ``{"u": unit, "s": strategy, "t": text}``. In the text of an ADDDIFF variant,
``[[`` and ``]]`` stand around what was added, ``« »`` around each claim in it without the words that join it,
``{ }`` around the new aspect of a claim. WRITTEN.jsonl stays with whoever has the corpus.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from written_variants import make_revision

from arts.data.corpus_registry import RELEASED_CORPORA
from arts.data.readers.arts_json import parse_id, read_arts_json
from arts.data.readers.revisions import (
    VARIANT_ENDINGS,
    RevisedUnit,
    Revision,
    RevisionsHeader,
    source_checksum,
)
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Instance, Strategy, group_sentences, original_instances
from arts.data.support.atomic import atomic_file
from arts.data.support.download import fetch_release_file

VERSION = "2.0"
LICENCE = "CC-BY-4.0"


@dataclass(frozen=True)
class Verdict:
    """What all readings of one instance say: whether each was fluent, and gave the intended label."""

    fluent: tuple[bool, ...]
    right: tuple[bool, ...]

    @property
    def accepted(self) -> bool:
        """Whether every reading accepts the instance."""
        return all(self.fluent) and all(self.right)


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """Verdicts of the last round of each instance in a readings file, keyed by the id of the instance.

    The rounds are numbered; a later reading to check what was accepted is called ``check``, and gives no
    verdict.
    """
    rounds: dict[str, dict[int, list[dict[str, str]]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["round"] != "check":
                rounds.setdefault(row["id"], {}).setdefault(int(row["round"]), []).append(row)
    verdicts = {}
    for id, by_round in rounds.items():
        last = by_round[min(by_round) if Strategy.ORIGINAL is parse_id(id)[1] else max(by_round)]
        verdicts[id] = Verdict(
            tuple(row["fluent"] == "1" for row in last),
            tuple(row["sentiment"] == row["intended"] for row in last),
        )
    return verdicts


def revise_unit(
    original: Instance,
    written: Mapping[Strategy, Mapping[str, str]],
    *,
    verdicts: Mapping[str, Verdict] | None,
) -> RevisedUnit:
    """The record of one unit in a revisions file.

    Args:
        original: the original, with every aspect of its sentence.
        written: the lines of the file of written variants, keyed by strategy. A line without a text says in
            ``why`` why there is none.
        verdicts: the verdicts by instance; None before anything was read.
    """
    revisions, left_out = list[Revision](), dict[Strategy, str]()
    for strategy, line in written.items():
        if not line["t"]:
            left_out[strategy] = line["why"]
        elif verdicts is None or verdicts[f"{original.id}_{VARIANT_ENDINGS[strategy]}"].accepted:
            revisions.append(make_revision(original, strategy, line["t"]))
        else:
            left_out[strategy] = "not accepted by both readings"
    return RevisedUnit(
        unit=original.id,
        source=source_checksum(original),
        disputed=verdicts is not None and not any(verdicts[original.id].right),
        revisions=tuple(sorted(revisions, key=lambda revision: VARIANT_ENDINGS[revision.strategy])),
        left_out=left_out,
    )


def main() -> None:
    """Write a revisions file; print how many variants of each strategy are in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus")
    parser.add_argument("written", type=Path)
    parser.add_argument("revisions", type=Path)
    parser.add_argument("--readings", type=Path)
    options = parser.parse_args()
    source = RELEASED_CORPORA[options.corpus].test
    path = fetch_release_file(source)
    originals = original_instances(group_sentences(read_arts_json(path, ReadingNotes())))
    written: dict[str, dict[Strategy, dict[str, str]]] = {}
    for row in map(json.loads, options.written.read_text(encoding="utf-8").splitlines()):
        written.setdefault(row["u"], {})[Strategy(row["s"].lower())] = row
    verdicts = read_verdicts(options.readings) if options.readings else None
    units = [revise_unit(original, written.get(original.id, {}), verdicts=verdicts) for original in originals]
    header = RevisionsHeader(
        name=options.corpus, version=VERSION, source=source, units=len(units), licence=LICENCE
    )
    with atomic_file(options.revisions) as partial:
        lines = [header.model_dump_json(), *(unit.model_dump_json(exclude_defaults=True) for unit in units)]
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    counts = Counter(str(revision.strategy) for unit in units for revision in unit.revisions)
    print(dict(counts), f"{sum(unit.disputed for unit in units)} of {len(units)} originals are disputed")


if __name__ == "__main__":
    main()

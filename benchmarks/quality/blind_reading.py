"""Blind reading: is a sentence fluent English, and what sentiment does a reader find in it?

Sheets mix variants of any corpora with their originals, shuffled, so that a reader cannot tell which is
which:

    python benchmarks/quality/blind_reading.py make FOLDER --set NAME=CORPUS [--per revtgt=40] [--sheets 4]
    python benchmarks/quality/blind_reading.py score FOLDER READER_A READER_B [--readings FILE.csv]

``make`` writes FOLDER/instructions.md and FOLDER/sheet-01.txt ..., which readers get, and FOLDER/key.jsonl,
which they must not see. A reader writes a folder with an answer file sheet-01.tsv a sheet. ``score`` prints
the accepted shares by strategy with 95% Wilson intervals, and Cohen's kappa between the readings. A variant
is accepted when every reading says that it is fluent and gives the intended sentiment towards its target.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reading_sheets import Item, deal_sheets, draw_items, items_of, read_key, write_sheets
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.schema import Polarity
from arts.data.support.atomic import atomic_file

UNCLEAR = "unclear"
SENTIMENTS = (*map(str, Polarity), UNCLEAR)
FLUENT = "2"
FLUENCIES = (FLUENT, "1", "0")


@dataclass(frozen=True)
class Reading:
    """What one reader says of one item: whether it is fluent, and the sentiment towards each term."""

    fluent: bool
    sentiments: tuple[str, ...]
    reason: str = ""


def read_answers(folder: Path, key: dict[int, tuple[str, Item]]) -> dict[int, Reading]:
    """Read what a reader wrote, keyed by the entry's number.

    Raises:
        DataError: an answer is missing, given twice, or not of the form that the instructions ask for.
    """
    readings: dict[int, Reading] = {}
    for name in sorted({sheet for sheet, _ in key.values()}):
        path = folder / f"{name}.tsv"
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not text.strip():
                continue
            number, reading = _parse_answer(path, line, text)
            if number in readings or number not in key:
                raise DataError(path, f"entry {number} is answered twice or not on a sheet", line=line)
            if len(reading.sentiments) != len(key[number][1].terms):
                raise DataError(
                    path, f"expected {len(key[number][1].terms)} sentiments for entry {number}", line=line
                )
            readings[number] = reading
    if missing := sorted(key.keys() - readings.keys()):
        raise DataError(folder, f"{len(missing)} answers are missing; the first is {missing[0]}")
    return readings


def _parse_answer(path: Path, line: int, text: str) -> tuple[int, Reading]:
    fields = [field.strip() for field in text.split("\t")]
    sentiments = tuple(part.strip().lower() for part in fields[2].split(",")) if len(fields) > 2 else ()
    if not fields[0].isdigit() or len(fields) < 3 or fields[1] not in FLUENCIES:
        raise DataError(path, "expected: number, fluency (2, 1, 0), sentiments, reason", line=line)
    if unknown := [name for name in sentiments if name not in SENTIMENTS]:
        raise DataError(path, f'sentiment "{unknown[0]}"; expected {", ".join(SENTIMENTS)}', line=line)
    return int(fields[0]), Reading(fields[1] == FLUENT, sentiments, " ".join(fields[3:]))


def share(count: int, total: int) -> str:
    """A share in percent with its 95% Wilson interval."""
    interval = binomtest(count, total).proportion_ci(method="wilson")
    return f"{100 * count / total:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def right(item: Item, reading: Reading) -> bool:
    """Whether a reading gives the intended sentiment towards every target of an item."""
    return all(reading.sentiments[target] == item.labels[target] for target in item.targets)


def accepted(item: Item, readings: Iterable[Reading]) -> bool:
    """Whether every reading says that an item is fluent, with the intended sentiment towards its target."""
    return all(reading.fluent and right(item, reading) for reading in readings)


def score_table(key: dict[int, tuple[str, Item]], readers: Sequence[dict[int, Reading]]) -> list[str]:
    """Rows of a Markdown table: shares of readings that say fluent, right label, both; accepted by all.

    For originals, whose entries stand for several aspects, the label counts aspect by aspect.
    """
    rows = ["| set | strategy | n | fluent | right label | both | accepted by every reading |"]
    rows.append("|---|---|---:|---:|---:|---:|---:|")
    groups = sorted({(item.set, item.strategy) for _, item in key.values()})
    for name, strategy in groups:
        numbers = [n for n, (_, item) in key.items() if (item.set, item.strategy) == (name, strategy)]
        asked = [
            (key[n][1], target, [reader[n] for reader in readers])
            for n in numbers
            for target in key[n][1].targets
        ]
        votes = [
            (reading.fluent, reading.sentiments[target] == item.labels[target])
            for item, target, readings in asked
            for reading in readings
        ]
        by_all = sum(
            all(r.fluent and r.sentiments[target] == item.labels[target] for r in readings)
            for item, target, readings in asked
        )
        cells = [share(sum(vote), len(votes)) for vote in zip(*votes, strict=True)]
        both = share(sum(map(all, votes)), len(votes))
        row = (name, strategy, str(len(asked)), *cells, both, share(by_all, len(asked)))
        rows.append(f"| {' | '.join(row)} |")
    return rows


def agreement(
    key: dict[int, tuple[str, Item]], first: dict[int, Reading], second: dict[int, Reading]
) -> dict[str, float]:
    """Cohen's kappa between two readings: on fluency, and on the sentiment to targets and to all terms."""
    targets = [(n, target) for n, (_, item) in key.items() for target in item.targets]
    terms = [(n, place) for n, (_, item) in key.items() for place in range(len(item.terms))]

    def kappa(values: Sequence[tuple[object, object]]) -> float:
        return float(cohen_kappa_score(*(list(map(str, column)) for column in zip(*values, strict=True))))

    return {
        "fluency": kappa([(first[n].fluent, second[n].fluent) for n in key]),
        "sentiment towards the target": kappa(
            [(first[n].sentiments[t], second[n].sentiments[t]) for n, t in targets]
        ),
        "sentiment towards every aspect": kappa(
            [(first[n].sentiments[t], second[n].sentiments[t]) for n, t in terms]
        ),
    }


def write_readings(
    path: Path, key: dict[int, tuple[str, Item]], readers: Sequence[dict[int, Reading]]
) -> None:
    """Write all readings to a CSV file without any text: ids, whether fluent, sentiment to the target."""
    with atomic_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["set", "id", "reading", "fluent", "sentiment", "intended"])
        for number, (_, item) in sorted(key.items(), key=lambda entry: (entry[1][1].set, entry[1][1].ids)):
            for id, target in zip(item.ids, item.targets, strict=True):
                for position, reader in enumerate(readers, 1):
                    reading = reader[number]
                    writer.writerow(
                        [
                            item.set,
                            id,
                            position,
                            int(reading.fluent),
                            reading.sentiments[target],
                            item.labels[target],
                        ]
                    )


def main() -> None:
    """Run ``make`` or ``score``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make", help="write sheets")
    make.add_argument("folder", type=Path)
    make.add_argument("--set", action="append", required=True, metavar="NAME=CORPUS")
    make.add_argument("--per", default="", metavar="revtgt=40,...", help="variants to draw for each set")
    make.add_argument("--originals", type=float, default=1 / 8, help="their share among the entries; 1: all")
    make.add_argument("--sheets", type=int, default=1)
    make.add_argument("--seed", type=int, default=1)
    make.set_defaults(run=_make)
    score = commands.add_parser("score", help="score answers")
    score.add_argument("folder", type=Path)
    score.add_argument("readers", type=Path, nargs="+")
    score.add_argument("--readings", type=Path, metavar="FILE.csv", help="file to write the readings to")
    score.set_defaults(run=_score)
    options = parser.parse_args()
    options.run(options)


def _make(options: argparse.Namespace) -> None:
    rng = random.Random(options.seed)
    items = [
        item
        for name, _, corpus in (part.partition("=") for part in options.set)
        for item in items_of(name, load_corpus(corpus).test)
    ]
    per_strategy = {
        name: int(count) for name, _, count in (p.partition("=") for p in options.per.split(",") if p)
    }
    drawn = draw_items(items, per_strategy=per_strategy, originals=options.originals, rng=rng)
    write_sheets(options.folder, deal_sheets(drawn, options.sheets, rng=rng))
    print(f"{len(drawn)} entries on {options.sheets} sheets in {options.folder}")


def _score(options: argparse.Namespace) -> None:
    key = read_key(options.folder)
    readers = [read_answers(folder, key) for folder in options.readers]
    print(*score_table(key, readers), sep="\n")
    if len(readers) == 2:
        for what, kappa in agreement(key, *readers).items():
            print(f"Cohen's kappa, {what}: {kappa:.2f}")
    if options.readings:
        write_readings(options.readings, key, readers)


if __name__ == "__main__":
    main()

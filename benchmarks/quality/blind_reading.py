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
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from arts.data.corpus_registry import load_corpus
from arts.data.errors import DataError
from arts.data.schema import Instance, Polarity, Strategy
from arts.data.support.atomic import atomic_file

UNCLEAR = "unclear"
SENTIMENTS = (*map(str, Polarity), UNCLEAR)
FLUENT = "2"
FLUENCIES = (FLUENT, "1", "0")
INSTRUCTIONS = """# Blind reading

Each entry of a sheet is a sentence of a customer review with some things that it mentions, numbered. Some
sentences were written by customers, others were made from such sentences; you are not told which. Read each
one afresh, on its own, as a stranger who came across it in a review. For each entry write one line, with
tabs between the fields:

    number <tab> fluency <tab> sentiments <tab> reason

- **fluency**: `2` if it is fluent, coherent English that could stand in a real customer review; `1` if
  something is odd: a word that nobody would use there, a sentence that contradicts itself or makes no sense
  as a whole, a conjunction that does not fit; `0` if it is broken. Customers write casually: typing errors,
  fragments, missing commas and slang are not odd.
- **sentiments**: what the writer's sentiment is towards each numbered thing, in their order, joined by
  commas: `positive`, `negative`, `neutral` (mentioned without judging it), or `unclear` (it cannot be told,
  or it is praised and blamed alike). Judge what the sentence says or plainly implies about this thing, not
  the mood of the sentence.
- **reason**: a few words if the fluency is below 2 or a sentiment is unclear; otherwise empty.

Leave no entry out, and do not look at other files.
"""


@dataclass(frozen=True)
class Item:
    """An entry of a sheet.

    Args:
        set: name of the set of sentences that it comes from.
        ids: ids of the instances that it stands for: one of a variant, one for each aspect of an original.
        strategy: how the text was made.
        text: the sentence.
        terms: the aspect terms that the reader is asked about, in the order of the text.
        labels: the intended sentiment towards each term.
        targets: positions in `terms` of the targets of `ids`.
    """

    set: str
    ids: tuple[str, ...]
    strategy: str
    text: str
    terms: tuple[str, ...]
    labels: tuple[str, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """What one reader says of one item: whether it is fluent, and the sentiment towards each term."""

    fluent: bool
    sentiments: tuple[str, ...]
    reason: str = ""


def items_of(name: str, instances: Iterable[Instance]) -> Iterator[Item]:
    """Turn instances into items; the originals of one sentence become one item.

    Args:
        name: name of the set.
        instances: the instances, originals and variants.
    """
    seen: set[tuple[str, str]] = set()
    instances = list(instances)
    originals = [i for i in instances if i.strategy is Strategy.ORIGINAL]
    for instance in instances:
        aspects = sorted({(a.start, a.end): a for a in (*instance.aspects, instance.aspect)}.items())
        spans = [span for span, _ in aspects]
        same = [instance]
        if instance.strategy is Strategy.ORIGINAL:
            key = (instance.unit.rpartition("_")[0], instance.text)
            if key in seen:
                continue
            seen.add(key)
            same = [o for o in originals if (o.unit.rpartition("_")[0], o.text) == key]
        yield Item(
            name,
            tuple(i.id for i in same),
            str(instance.strategy),
            instance.text,
            tuple(_numbered_term(instance.text, *span) for span in spans),
            tuple(str(aspect.polarity) for _, aspect in aspects),
            tuple(spans.index((i.aspect.start, i.aspect.end)) for i in same),
        )


def _numbered_term(text: str, start: int, end: int) -> str:
    """The term at a span, with "(2nd)" or the like when the text mentions it more than once."""
    term = text[start:end]
    places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(term)}(?!\w)", text)]
    if len(places) < 2 or start not in places:
        return term
    return f"{term} ({('1st', '2nd', '3rd')[min(places.index(start), 2)]} mention)"


def draw_items(
    items: Sequence[Item], *, per_strategy: dict[str, int], originals: float, rng: random.Random
) -> list[Item]:
    """Draw items of each set and strategy at random, and originals as controls.

    Args:
        items: the items to draw from.
        per_strategy: how many variants to draw for a set, keyed by strategy; a strategy that is not named
            is drawn whole.
        originals: share of the originals among what is drawn; with 1, all originals are.
        rng: the random generator.
    """
    drawn = []
    for name, strategy in sorted({(item.set, item.strategy) for item in items}):
        if strategy != Strategy.ORIGINAL:
            group = [item for item in items if (item.set, item.strategy) == (name, strategy)]
            drawn += rng.sample(group, min(len(group), per_strategy.get(strategy, len(group))))
    controls = list({item.text: item for item in items if item.strategy == Strategy.ORIGINAL}.values())
    count = len(controls) if originals == 1 else round(len(drawn) * originals / (1 - originals))
    return drawn + rng.sample(controls, min(count, len(controls)))


def deal_sheets(items: Sequence[Item], count: int, *, rng: random.Random) -> list[list[Item]]:
    """Shuffle items over sheets, so that the versions of one sentence fall on as many sheets as possible.

    Args:
        items: all items.
        count: number of sheets.
        rng: the random generator.
    """
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.ids[0].partition("_adv")[0].rpartition("_")[0], []).append(item)
    sheets: list[list[Item]] = [[] for _ in range(count)]
    for key in rng.sample(sorted(groups), len(groups)):
        order = sorted(range(count), key=lambda number: (len(sheets[number]), rng.random()))
        for place, item in enumerate(rng.sample(groups[key], len(groups[key]))):
            sheets[order[place % count]].append(item)
    for sheet in sheets:
        rng.shuffle(sheet)
    return sheets


def write_sheets(folder: Path, sheets: Sequence[Sequence[Item]]) -> None:
    """Write the instructions, the sheets and the key to a folder; entries are numbered over all sheets."""
    key, number = [], 0
    folder.mkdir(parents=True, exist_ok=True)
    for position, sheet in enumerate(sheets, 1):
        name, entries = f"sheet-{position:02}", []
        for item in sheet:
            number += 1
            terms = "; ".join(f"{place}: {term}" for place, term in enumerate(item.terms, 1))
            entries.append(f"{number}. {' '.join(item.text.split())}\n    [{terms}]\n")
            key.append(json.dumps({"n": number, "sheet": name, **asdict(item)}, ensure_ascii=False))
        with atomic_file(folder / f"{name}.txt") as partial:
            partial.write_text("\n".join(entries), encoding="utf-8")
    for file, text in (("key.jsonl", "\n".join(key) + "\n"), ("instructions.md", INSTRUCTIONS)):
        with atomic_file(folder / file) as partial:
            partial.write_text(text, encoding="utf-8")


def read_key(folder: Path) -> dict[int, tuple[str, Item]]:
    """Read the key of a folder of sheets: the sheet and the item, keyed by the entry's number."""
    key = {}
    for line in (folder / "key.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        number, sheet = row.pop("n"), row.pop("sheet")
        key[number] = sheet, Item(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
    return key


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

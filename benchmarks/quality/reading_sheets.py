"""Sheets for blind readers: which sentences they get, in which order, and the key that they do not get."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from arts.data.readers.arts_json import parse_id
from arts.data.schema import Instance, Strategy, sentence_id
from arts.data.support.atomic import atomic_file

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


def items_of(name: str, instances: Iterable[Instance]) -> Iterator[Item]:
    """Turn instances into items; the originals of one sentence become one item.

    Args:
        name: name of the set.
        instances: the instances, originals and variants.
    """
    groups: dict[tuple[str, ...], list[Instance]] = {}
    for instance in instances:
        is_original = instance.strategy is Strategy.ORIGINAL
        key = (sentence_id(instance.unit), instance.text) if is_original else (instance.id,)
        groups.setdefault(key, []).append(instance)
    for instance, *others in groups.values():
        aspects = sorted({(a.start, a.end): a for a in (*instance.aspects, instance.aspect)}.items())
        spans = [span for span, _ in aspects]
        same = (instance, *others)
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
        groups.setdefault(sentence_id(parse_id(item.ids[0])[0]), []).append(item)
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

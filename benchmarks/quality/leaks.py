"""How many planted sentences of a test split the leak detector finds, what else it flags, and how fast it is.

python benchmarks/quality/leaks.py laptop
python benchmarks/quality/leaks.py sample --rows 100000 --test 10000

For each kind of change, a hundred texts of the test split are planted among others; all kinds but the first
seven were kept out of the choice of the thresholds. With --rows, made sentences are compared instead, for
time and memory.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Split, original_instances
from arts.leaks.leak_check import LeakDetector
from arts.leaks.similar_sentences import SentenceSearch
from arts.provenance import peak_memory

PLANTED = 100
ROWS = 5_000
LEAST_WORDS = 3  # of a sentence that is planted
Change = Callable[[list[str], Random], list[str]]


def replaced(words: list[str], random: Random) -> list[str]:
    """The words with one replaced."""
    place = random.randrange(len(words))
    return [*words[:place], "otherwise", *words[place + 1 :]]


def inserted(words: list[str], random: Random) -> list[str]:
    """The words with one more."""
    place = random.randint(0, len(words))
    return [*words[:place], "otherwise", *words[place:]]


def dropped(words: list[str], random: Random) -> list[str]:
    """The words without one."""
    place = random.randrange(len(words))
    return words[:place] + words[place + 1 :]


def swapped(words: list[str], random: Random) -> list[str]:
    """The words with two of them swapped."""
    first, second = random.sample(range(len(words)), 2)
    words = list(words)
    words[first], words[second] = words[second], words[first]
    return words


def letters_changed(words: list[str], random: Random) -> list[str]:
    """The words with a typing error in the longest one."""
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    return [*words[:longest], f"{word[:-2]}{word[:-3:-1]}", *words[longest + 1 :]]


CHANGES: dict[str, Change] = {
    "none": lambda words, random: words,
    "case": lambda words, random: [word.swapcase() for word in words],
    "spacing": lambda words, random: [f" {word}\u00a0" for word in words],
    "punctuation": lambda words, random: [f"{word.strip('.,!')}," for word in words],
    "one word replaced": replaced,
    "one word inserted": inserted,
    "one word dropped": dropped,
    "two words swapped": swapped,
    "a typing error": letters_changed,
    "contractions spelled out": lambda words, random: [
        word.replace("n't", " not").replace("'re", " are").replace("'ve", " have") for word in words
    ],
    "entities and quotes": lambda words, random: ["&quot;", *words, "&amp;quot;"],
    "a clause before": lambda words, random: ["although", "their", "parking", "is", "poor,", *words],
    "a clause after": lambda words, random: [*words, "but", "their", "parking", "is", "poor"],
}


def recall_rows(corpus_name: str) -> Iterator[str]:
    """Yield the rows of a Markdown table: for each change, how many of the planted sentences are found."""
    corpus = load_corpus(corpus_name)
    test = list(dict.fromkeys(i.text for i in corpus.test))
    long_enough = [text for text in test if len(text.split()) >= LEAST_WORDS]
    own = [sentence.text for sentence in (*corpus.train, *corpus.dev)]
    yield "| change | planted | same | near | possible | missed | seconds |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind, change in CHANGES.items():
        random = Random(kind)
        chosen = random.sample(long_enough, min(PLANTED, len(long_enough)))
        planted = [" ".join(change(text.split(), random)) for text in chosen]
        rows = [*planted, *own, *made_sentences(ROWS - len(planted) - len(own), seed=1)]
        clock = time.perf_counter()
        matches = SentenceSearch(test).find(rows)[: len(planted)]
        seconds = time.perf_counter() - clock
        kinds = Counter(match.likeness.value if match else "missed" for match in matches)
        counts = " | ".join(str(kinds[name]) for name in ("same", "near", "possible", "missed"))
        yield f"| {kind} | {len(planted)} | {counts} | {seconds:.2f} |"


def own_leaks(corpus_name: str) -> Iterator[str]:
    """Yield what the corpus's own splits share, by id."""
    corpus = load_corpus(corpus_name)
    splits = {Split.TRAIN: original_instances(corpus.train), Split.DEV: original_instances(corpus.dev)}
    clock = time.perf_counter()
    check = LeakDetector(corpus.test).check(splits)
    yield f"{check.statement}; {time.perf_counter() - clock:.2f} s"
    for leak in check.leaks:
        yield f"- {leak.split} {leak.id}, test {leak.test_id}: {leak.likeness}, {leak.changes} words changed"


def made_sentences(number: int, *, seed: int) -> list[str]:
    """Sentences of 4 to 30 words whose frequencies fall as those of English do (Zipf)."""
    random = Random(seed)
    vocabulary = [f"w{rank}" for rank in range(1, 30_001)]
    weights = [1 / rank for rank in range(1, 30_001)]
    words = iter(random.choices(vocabulary, weights, k=17 * max(number, 0) + 1_000))
    return [
        " ".join(next(words) for _ in range(random.choice(range(4, 30)) if n % 2 else 17))
        for n in range(max(number, 0))
    ]


def scale_row(rows: int, test: int) -> str:
    """The time and the peak memory of comparing made sentences, with a planted one in a hundred."""
    given = made_sentences(test, seed=2)
    texts = [*given[::100], *made_sentences(rows - len(given[::100]), seed=3)]
    clock = time.perf_counter()
    found = SentenceSearch(given).find(texts)
    seconds = time.perf_counter() - clock
    planted = sum(match is not None for match in found[: len(given[::100])])
    return (
        f"{rows:,} rows, {test:,} test texts: {seconds:.1f} s, peak {peak_memory() >> 20:,} MiB, "
        f"{planted} of {len(given[::100])} planted found, {sum(map(bool, found)):,} flagged"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", default="sample")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--test", type=int, default=10_000)
    options = parser.parse_args()
    if options.rows:
        print(scale_row(options.rows, options.test))
        return
    for line in (*recall_rows(options.corpus), "", *own_leaks(options.corpus)):
        print(line)


if __name__ == "__main__":
    main()

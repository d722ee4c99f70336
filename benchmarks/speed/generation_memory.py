"""The peak memory of `arts generate` on corpora of growing size, made of the sample's sentences and terms.

`python benchmarks/speed/generation_memory.py [SIZE ...]` prints a Markdown table.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Aspect, Sentence

SIZES = (1_000, 10_000)


def main() -> None:
    """Print a Markdown table of sentences, seconds and peak memory."""
    print("| sentences | seconds | peak memory (MiB) |\n|---:|---:|---:|")
    for size in map(int, sys.argv[1:] or SIZES):
        seconds, kibibytes = measure(size)
        print(f"| {size:,} | {seconds:.0f} | {kibibytes / 1024:.0f} |", flush=True)


def measure(size: int) -> tuple[float, int]:
    """The seconds and the peak resident memory, in KiB, of `arts generate` on that many sentences."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "made.jsonl"
        with corpus.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in made_rows(size))
        options = ("--input", str(corpus), "--output", str(Path(folder) / "out"))
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "arts.generate", *options], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit("arts generate failed")
        return time.perf_counter() - started, usage.ru_maxrss


def made_rows(size: int) -> Iterator[dict[str, Any]]:
    """Stream sentences of the sample that have several aspects, with terms of others of the sample."""
    corpus, rng = load_corpus("sample"), Random(0)
    patterns = [s for s in (*corpus.train, *corpus.dev) if len(s.aspects) > 1]
    terms = sorted({aspect.term for sentence in patterns for aspect in sentence.aspects})
    for number in range(size):
        yield made_row(f"made-{number}", rng.choice(patterns), rng=rng, terms=terms)


def made_row(id: str, pattern: Sentence, *, rng: Random, terms: list[str]) -> dict[str, Any]:
    """A sentence with drawn terms in the places of its own."""
    text, end, aspects = "", 0, []
    for aspect in sorted(pattern.aspects, key=lambda aspect: aspect.start):
        text += pattern.text[end : aspect.start]
        made = placed(aspect, rng.choice(terms), start=len(text))
        aspects.append(made)
        text, end = text + made["term"], aspect.end
    return {"id": id, "text": text + pattern.text[end:], "aspects": aspects}


def placed(aspect: Aspect, term: str, *, start: int) -> dict[str, Any]:
    """The row of an aspect with another term at another place."""
    return {"term": term, "start": start, "end": start + len(term), "polarity": str(aspect.polarity)}


if __name__ == "__main__":
    main()

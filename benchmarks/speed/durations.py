"""How long things take, each in a new process where it is a command: `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arts.data.corpus_registry import load_corpus
from arts.data.readers.instances import read_instances
from arts.data.schema import group_sentences
from arts.evaluation.benchmark_layout import BenchmarkLayout
from arts.evaluation.predictions import Predictions
from arts.evaluation.scores import Scores

if TYPE_CHECKING:
    from arts.data.schema import Instance
    from arts.models.base import AspectModel

SHARED = Path(__file__).parents[3] / "shared" / "data"
REPEATS = 3


def best(call: Callable[[], object]) -> float:
    """Seconds of the fastest of three calls."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def python(*arguments: str) -> Callable[[], object]:
    """A run of Python in a new process."""
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def bootstrap() -> Callable[[], object]:
    """The intervals of a report of the restaurant corpus's size: 1,120 units, 3,530 instances."""
    rng = np.random.default_rng(0)
    units, instances = 1120, 3530
    owners = np.r_[np.arange(units), rng.integers(units, size=instances - units)]
    layout = BenchmarkLayout(
        rng.integers(3, size=instances),
        np.r_[np.zeros(units, int), rng.integers(1, 4, size=instances - units)],
        owners,
        owners,
    )
    ids = tuple(str(n) for n in range(instances))
    predictions = Predictions(ids, layout, rng.integers(3, size=instances))
    return lambda: Scores.of(predictions)


def main() -> None:
    """Print a Markdown table of seconds."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ARTS_CACHE_HOME"] = cache
        rows = {
            "import arts": best(python("-c", "import arts")) - best(python("-c", "")),
            "arts evaluate --help": best(python("-m", "arts.evaluate", "--help")),
            "scores and intervals, 1,120 units, 10,000 resamples": best(bootstrap()),
            "load the sample": best(lambda: load_corpus("sample")),
            "arts evaluate (sample, td-lstm, with training)": -time.perf_counter(),
        }
        python("-m", "arts.evaluate")()
        rows["arts evaluate (sample, td-lstm, with training)"] += time.perf_counter()
        rows["arts evaluate (sample, td-lstm, from the cache)"] = best(python("-m", "arts.evaluate"))
        if SHARED.is_dir():
            rows |= shared_rows()
    print("| what | seconds |\n|---|---:|")
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.2f} |")


def shared_rows() -> dict[str, float]:
    """Timings on the real corpora, when they are at hand."""
    os.environ["ARTS_DATA_HOME"] = str(SHARED / "ARTS_TestSet")
    predictions = SHARED / "ARTS_TestSet" / "output" / "laptop_results.csv"
    command = ("-m", "arts.evaluate", "--dataset", "laptop", "--predictions", str(predictions))
    largest = SHARED / "semeval14" / "Restaurants_Train_v2.xml"
    generation = generator_rows(largest)
    return {
        "read Restaurants_Train_v2.xml": best(lambda: sum(1 for _ in read_instances(largest))),
        "score predictions for laptop": best(python(*command, "--column", "bert_pt")),
        **generation,
        **training_rows(),
    }


def training_rows() -> dict[str, float]:
    """One epoch on laptop, as `arts` trains, against a plain loop over unsorted batches, taken in turns."""
    from arts.data.schema import original_instances
    from arts.models.registry import aspect_model_class

    instances = original_instances(load_corpus("laptop").train)
    rows = {}
    for name in ("bert", "atae-lstm"):
        times: dict[str, list[float]] = {"arts": [], "plain": []}
        for _ in range(REPEATS):
            for way, epoch in (("arts", arts_epoch), ("plain", plain_epoch)):
                times[way].append(epoch(aspect_model_class(name), instances))
        ours, plain = min(times["arts"]), min(times["plain"])
        rows[f"one epoch of {name} on laptop"] = ours
        rows[f"the same in a plain loop over unsorted batches ({name})"] = plain
        rows[f"ratio of the two (times, {name})"] = ours / plain
    return rows


def arts_epoch(model_class: type[AspectModel], instances: Sequence[Instance]) -> float:
    """Seconds of an epoch of the trainer, without the evaluation on dev and the checkpoint."""
    from arts.models.recipe import Start
    from arts.models.training import StepCallback, features_with_labels, run_trainer

    model, inputs = model_class.from_start(Start(), [])
    recipe, features = model_class.recipe, features_with_labels(inputs, instances)
    settings = {
        "learning_rate": recipe.learning_rate,
        "num_train_epochs": 1,
        "per_device_train_batch_size": recipe.batch_size,
        "weight_decay": recipe.weight_decay,
        "save_strategy": "no",
    }
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run_trainer(
            Path(folder),
            StepCallback(None),
            seed=1,
            settings=settings,
            model=model,
            data_collator=inputs.collate,
            train_dataset=features,
        )
        return time.perf_counter() - started


def plain_epoch(model_class: type[AspectModel], instances: Sequence[Instance]) -> float:
    """Seconds of an epoch of the loop that most public code has."""
    import torch

    from arts.models.recipe import Start
    from arts.models.training import features_with_labels

    model, inputs = model_class.from_start(Start(), [])
    recipe, features = model_class.recipe, features_with_labels(inputs, instances)
    optimizer = torch.optim.AdamW(model.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    loader = torch.utils.data.DataLoader(features, recipe.batch_size, shuffle=True, collate_fn=inputs.collate)
    model.train()
    started = time.perf_counter()
    for batch in loader:
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return time.perf_counter() - started


def generator_rows(path: Path) -> dict[str, float]:
    """The three strategies against the bare parse of the same sentences, taken in turns."""
    from arts.data.support.spacy_parser import parse_texts
    from arts.generators.generator import Generator
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.strategies.aspectset import mine_aspect_set

    sentences, analyst = group_sentences(read_instances(path)), Analyst()
    generator = Generator(mine_aspect_set(sentences, analyst), analyst=analyst)

    def consume(items: Iterable[object]) -> None:
        for _ in items:
            pass

    times: dict[str, list[float]] = {"parse": [], "generate": []}
    for _ in range(REPEATS):
        for name, call in (
            ("parse", lambda: consume(parse_texts((s.text, s) for s in sentences))),
            ("generate", lambda: consume(generator.outcomes(sentences))),
        ):
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    parse, generate = min(times["parse"]), min(times["generate"])
    return {
        f"parse {len(sentences):,} restaurant training sentences": parse,
        "parse them and perturb them in three ways": generate,
        "ratio of the two (times)": generate / parse,
    }


if __name__ == "__main__":
    main()

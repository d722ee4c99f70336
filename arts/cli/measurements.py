"""The measurements of an evaluation: models, by seed and intervention, or files of predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from arts.cli.asking import ask
from arts.cli.language_model_options import AskingOptions
from arts.cli.progress import progress_bar
from arts.models.language_models.registry import is_language_model
from arts.models.registry import is_trained_here

if TYPE_CHECKING:
    from arts.evaluation.benchmark import Benchmark
    from arts.evaluation.report import Report
    from arts.interventions.base import Intervention
    from arts.models.recipe import Start


def score(
    benchmark: Benchmark,
    path: Path,
    *,
    columns: list[str] | None,
    name: str | None,
    probes: Sequence[str],
) -> Iterator[Report]:
    """Yield a report per column of a predictions file; if `columns` is None, of its column `prediction`."""
    for column in columns or (None,):
        yield benchmark.score(path, column=column, name=name, probes=probes)


def measure(
    benchmark: Benchmark,
    models: list[str],
    *,
    seeds: list[int],
    start: Start,
    intervention: Intervention | None,
    name: str | None,
    probes: Sequence[str],
    asking: AskingOptions,
) -> Iterator[Report]:
    """Measure each model for each seed: trained plainly and, if there is an intervention, also with it.

    Args:
        benchmark: the benchmark to measure on.
        models: the models, as --model names them.
        seeds: random seeds of training. A model that is not trained here is measured once, with the first.
        start: the encoder and other files that training starts from.
        intervention: the intervention to train each model with a second time; None for none.
        name: name of the model in the reports; None for the name of each model.
        probes: names of `arts.evaluation.probes.PROBES` to measure, too, or ``all``.
        asking: how language models are asked.
    """
    for model in dict.fromkeys(models):
        if is_language_model(model):
            yield from ask(benchmark, model, asking, seeds=seeds, name=name, probes=probes)
            continue
        has_seeds = is_trained_here(model)
        for applied in (None, intervention) if intervention else (None,):
            for seed in dict.fromkeys(seeds if has_seeds else seeds[:1]):
                title = f"{model}, {applied.name}, seed {seed}" if applied else f"{model}, seed {seed}"
                with progress_bar(title, announced=f"training {title}" if has_seeds else "") as progress:
                    report = benchmark.evaluate(
                        model,
                        seed=seed,
                        start=start,
                        intervention=applied,
                        probes=probes,
                        name=f"{name} + {applied.name}" if name and applied else name,
                        progress=progress,
                    )
                yield report

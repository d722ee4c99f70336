"""A merge as it is asked for, from opening the models to the report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from arts.data.errors import ArtsError
from arts.data.support.atomic import check_new
from arts.merging.checkpoints.assets import carry_over, write_card
from arts.merging.checkpoints.output import SHARD, Output
from arts.merging.checkpoints.sources import folder_of, open_model
from arts.merging.choices import Head, Vocab
from arts.merging.engine import Floats, Merged, Options, merge, resolved
from arts.merging.methods import METHODS, Coefficients, Method, cosines
from arts.merging.plan import Plan, make_plan
from arts.merging.report import (
    FILE,
    Entry,
    Layer,
    MergeReport,
    warnings_of,
)
from arts.merging.sparsify import passes
from arts.merging.survey import Survey, layer_of, survey
from arts.merging.workers import Workers
from arts.provenance import MERGING, library_versions, now, peak_memory

Progress = Callable[[int, int], None]  # numbers done, numbers in all, over all passes


@dataclass(frozen=True)
class Job:
    """What is to be merged, and how.

    Args:
        base: folder or Hub id of theta_0.
        models: those of theta_1, ..; checkpoints or LoRA adapters.
        method: to merge by.
        options: of the method.
        head, vocab: what to do where classifier heads or vocabularies differ.
        dtype: BF16, F16 or F32 to store in; by default, tensor by tensor, the base's.
        shard: bytes that a file of the output holds at most.
        tokenizer_from: folder or Hub id to take the tokenizer from; by default the base.
        threads: to work with; by default one a processor, up to 4.
        command: that asked for it, for the record.
    """

    base: str
    models: Sequence[str]
    method: Method = METHODS["metagpt"]
    options: Options = field(default_factory=Options)
    head: Head = Head.ERROR
    vocab: Vocab = Vocab.ERROR
    dtype: str | None = None
    shard: int = SHARD
    tokenizer_from: str | None = None
    threads: int | None = None
    command: str | None = None

    def inspect(self, progress: Progress | None = None) -> MergeReport:
        """Pass one alone: what the models are like, and what the method's coefficients would be."""
        started = time.perf_counter()
        with self._opened() as (plan, workers):
            told = _Told(plan, 1, progress)
            found = survey(plan, workers, signs=True, progress=told)
            return self._report(plan, found, None, workers, started)

    def run(self, folder: Path, progress: Progress | None = None) -> MergeReport:
        """Merge, and write the checkpoint to a new folder, with a report and a model card.

        Raises:
            ArtsError: when something is not as expected; then nothing is written.
        """
        started = time.perf_counter()
        check_new(folder)
        tokenizer = folder_of(self.tokenizer_from) if self.tokenizer_from else None
        with self._opened() as (plan, workers):
            output = Output(
                folder,
                [part.tensor for part in plan.parts.values()],
                dtype=self.dtype,
                shard=self.shard,
            )
            thinning = passes(self.method, by_tensor=self.options.by_tensor)
            told = _Told(plan, 2 + thinning, progress)
            found = survey(plan, workers, progress=told)
            with output.opened() as partial:
                merged = merge(plan, found, self.method, self.options, output, workers, told)
                output.write_index(partial)
                carry_over(
                    plan.base,
                    partial,
                    tokenizer=tokenizer,
                    dtype=self.dtype,
                    headless=plan.headless,
                )
                report = self._report(plan, found, merged, workers, started)
                report = report.model_copy(update={"output": str(folder), "bytes_written": output.bytes})
                report.write_json(partial / FILE)
                write_card(report, partial)
        return report

    @contextmanager
    def _opened(self) -> Iterator[tuple[Plan, Workers]]:
        if not self.models:
            raise ArtsError("a merge needs a model beside the base")
        with ExitStack() as stack:
            base = open_model(self.base)
            stack.callback(base.close)
            models = []
            for name in self.models:
                models.append(open_model(name))
                stack.callback(models[-1].close)
            plan = make_plan(base, models, head=self.head, vocab=self.vocab)
            threads = self.threads or min(os.cpu_count() or 1, 4)
            wide = any((self.dtype or part.tensor.dtype) != "BF16" for part in plan.merged)
            yield plan, stack.enter_context(Workers(threads, len(models), wide=wide))

    def _report(
        self, plan: Plan, found: Survey, merged: Merged | None, workers: Workers, started: float
    ) -> MergeReport:
        method, options = self.method, self.options
        names = [model.name for model in plan.models]
        weights = merged.weights if merged else resolved(method, options, plan, found)
        sizes = {part.name: part.tensor.count for part in plan.merged}
        gram = found.gram
        norms = np.sqrt(np.diagonal(gram))
        base_square = sum(found.squares.values())
        means = _means(weights, sizes)
        metagpt = method.coefficients is Coefficients.METAGPT
        read = 2 + passes(method, by_tensor=options.by_tensor) if merged else 1
        counted = merged.counted if merged and merged.counted.sampled else None
        return MergeReport(
            method=method.name,
            settings=self._settings(_means(merged.densities, sizes).tolist() if merged else None),
            base=plan.base.name,
            base_checksum=found.checksums[0],
            parameters=sum(part.tensor.count for part in plan.parts.values()),
            models=[
                Entry(
                    name=name,
                    checksum=found.checksums[place + 1],
                    norm=float(norms[place]),
                    relative=float(norms[place] / base_square**0.5) if base_square else 0.0,
                    coefficient=float(means[place]) * options.scale,
                    kept=float(counted.kept[place] / counted.sampled) if counted else None,
                )
                for place, name in enumerate(names)
            ],
            layers=_layers(found, weights, sizes),
            cosines=cosines(gram).tolist(),
            conflicts=sum(found.conflicts.values()) / sum(sizes.values()) if found.conflicts else None,
            sign_agreement=counted.agreeing / max(int(counted.kept.sum()), 1) if counted else None,
            warnings=warnings_of(names, gram, base_square, means.tolist() if metagpt else None),
            remarks=list(plan.remarks),
            bytes_read=read * plan.bytes - (plan.base_bytes if merged and merged.baseless else 0),
            bytes_written=0,
            seconds=time.perf_counter() - started,
            peak_memory=peak_memory(),
            threads=workers.threads,
            command=self.command,
            versions=library_versions(MERGING),
            created=now(),
        )

    def _settings(
        self, densities: list[float] | None
    ) -> dict[str, float | int | str | bool | list[float] | None]:
        options = {
            key: value
            for key, value in asdict(self.options).items()
            if not callable(value) and value is not None
        }
        return {
            **options,
            "densities": densities if self.method.thins else None,
            "head": str(self.head),
            "vocab": str(self.vocab),
            "dtype": self.dtype,
        }


class _Told:
    """Adds up what the passes have done."""

    def __init__(self, plan: Plan, passes: int, progress: Progress | None) -> None:
        self.total = passes * sum(part.tensor.count for part in plan.parts.values())
        self.done = 0
        self.progress = progress

    def __call__(self, more: int) -> None:
        self.done += more
        if self.progress:
            self.progress(min(self.done, self.total), self.total)


def _means(settings: dict[str, Floats], sizes: dict[str, int]) -> Floats:
    """(models) the means over all numbers of what is set by tensor."""
    total = sum(sizes[name] for name in settings)
    return sum((row * sizes[name] for name, row in settings.items()), np.zeros(1)) / total


def _layers(found: Survey, weights: dict[str, Floats], sizes: dict[str, int]) -> list[Layer]:
    tensors: dict[str, list[str]] = {}
    for name in found.grams:
        tensors.setdefault(layer_of(name), []).append(name)
    layers = []
    for layer, gram in found.layers.items():
        names = tensors[layer]
        count = sum(sizes[name] for name in names)
        conflicts = sum(found.conflicts[name] for name in names) / count if found.conflicts else None
        layers.append(
            Layer(
                name=layer,
                parameters=count,
                norms=np.sqrt(np.diagonal(gram)).tolist(),
                cosines=cosines(gram).tolist(),
                coefficients=_means({name: weights[name] for name in names}, sizes).tolist(),
                conflicts=conflicts,
            )
        )
    return layers

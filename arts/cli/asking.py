"""Asking language models from the command line: the runs with their bars, and the forecast of a dry run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType

from arts.cli.language_model_options import AskingOptions
from arts.cli.messages import tell
from arts.cli.progress import ProgressUpdate, progress_bar
from arts.cli.tables import FigureTable, sentence, show
from arts.data.schema import Instance, original_instances
from arts.data.support.rounding import decimal_text
from arts.evaluation.asking_forecast import forecast_prompt
from arts.evaluation.benchmark import Benchmark
from arts.evaluation.language_model_record import ShotsInfo
from arts.evaluation.probes import choose_probes, probe_instances
from arts.evaluation.report import Report
from arts.models.language_models.cost import Estimate
from arts.models.language_models.registry import AskingSettings, is_served, load_respondent
from arts.models.language_models.shots import Shots

QUIET_SECONDS = 10.0  # between two messages on waits, where there is no bar
MINUTES_FROM = 120  # seconds
UNKNOWN = "?"
ESTIMATES = {  # heading of a column: field of `Estimate`
    "calls": "calls",
    "tokens read": "prompt_tokens",
    "tokens written": "completion_tokens",
    "most written": "most_completion_tokens",
    "time": "seconds",
    "cost": "cost",
    "most cost": "most_cost",
}
FORECAST_HEADINGS = ("prompt", *ESTIMATES)
LOCAL_HEADINGS = ("prompt", "calls", "tokens read", "time")  # a model that runs here writes nothing


@dataclass
class AskingBar:
    """A bar that shows the answers, and what a server is waited for.

    Args:
        bar: updates the bar.
        last: what the bar shows: the answers so far, and their number in the end.
    """

    bar: ProgressUpdate
    last: tuple[int, int] = (0, 0)
    _told: float = -QUIET_SECONDS

    def answered(self, done: int, total: int, remark: str) -> None:
        """Show the number of answers."""
        self.last = done, total
        self.bar(done, total, remark)

    def waiting(self, text: str) -> None:
        """Show what is waited for; where there is no bar, as a message every ten seconds at most."""
        done, total = self.last
        self.bar(done, total or None, text)
        if not sys.stderr.isatty() and time.monotonic() - self._told >= QUIET_SECONDS:
            self._told = time.monotonic()
            tell(f"{done:,} of {total:,} answers: {text}")


def ask(
    benchmark: Benchmark,
    model: str,
    options: AskingOptions,
    *,
    seeds: Sequence[int],
    name: str | None,
    probes: Sequence[str] = (),
) -> Iterator[Report]:
    """Measure a language model, once for each seed by which examples are drawn; a report per prompt.

    Args:
        benchmark: the benchmark.
        model: the model, as --model names it.
        options: how it is asked.
        seeds: random seeds; only the first where nothing is drawn.
        name: name of the model in the reports; None for `model`.
        probes: names of `arts.evaluation.probes.PROBES` to measure, too, or ``all``.
    """
    prompts = options.prompts()
    for seed in dict.fromkeys(seeds if options.draws else seeds[:1]):
        with progress_bar(model) as update:
            bar = AskingBar(update)
            with load_respondent(model, _settings(options, bar)) as respondent:
                reports = benchmark.ask(
                    respondent,
                    prompts,
                    shots=Shots(options.shots, options.shots_by, seed),
                    prices=options.budget,
                    probes=probes,
                    id=model,
                    name=name,
                    progress=bar.answered,
                )
        yield from reports


def show_forecast(
    benchmark: Benchmark,
    models: Sequence[str],
    options: AskingOptions,
    *,
    seeds: Sequence[int],
    probes: Sequence[str] = (),
) -> None:
    """Print on standard output what asking language models would take: calls, tokens, time and money.

    Args:
        benchmark: the benchmark.
        models: the models, as --model names them.
        options: how they are asked.
        seeds: random seeds; only the first where nothing is drawn.
        probes: names of `arts.evaluation.probes.PROBES` that are asked, too, or ``all``.
    """
    corpus = benchmark.corpus
    asked = [*corpus.test, *probe_instances(choose_probes(probes, corpus), corpus)]
    for model in dict.fromkeys(models):
        for seed in dict.fromkeys(seeds if options.draws else seeds[:1]):
            show(*_forecast_parts(benchmark, model, options, seed=seed, asked=asked))


def _settings(options: AskingOptions, bar: AskingBar | None = None) -> AskingSettings:
    """How a language model is asked, with waits shown on a bar."""
    settings = AskingSettings(
        system=options.system_prompt,
        length_normalized=options.length_normalized,
        base_url=options.base_url,
        concurrency=options.concurrency,
        answer_tokens=options.answer_tokens,
        budget=options.budget,
    )
    return replace(settings, on_wait=bar.waiting) if bar else settings


def _forecast_parts(
    benchmark: Benchmark,
    model: str,
    options: AskingOptions,
    *,
    seed: int,
    asked: Sequence[Instance],
) -> Iterator[RenderableType]:
    """The forecast of one model: a table with a row per prompt and their sum, and sentences on it."""
    shots = Shots(options.shots, options.shots_by, seed)
    examples = shots.choose(original_instances(benchmark.corpus.train) if shots.number else [], asked)
    answer_tokens = options.answer_tokens if is_served(model) else 0
    with load_respondent(model, _settings(options)) as respondent:
        estimates = {
            prompt.name: forecast_prompt(
                respondent, prompt, asked, examples, prices=options.budget, answer_tokens=answer_tokens
            )
            for prompt in options.prompts()
        }
    title = ", ".join([model, *ShotsInfo.of(shots).words, *([f"seed {seed}"] if options.draws else [])])
    columns = FORECAST_HEADINGS if is_served(model) else LOCAL_HEADINGS
    rows = {name: [one] for name, one in estimates.items()}
    yield forecast_table(title, rows, total=f"{len(rows)} prompts", columns=columns)
    yield from map(sentence, _forecast_sentences(next(iter(estimates.values())), model))


def forecast_table(
    title: str,
    rows: Mapping[str, Sequence[Estimate]],
    *,
    total: str,
    columns: Sequence[str] = FORECAST_HEADINGS,
) -> FigureTable:
    """A forecast as a table: a row per entry and, of several, their sum.

    Args:
        title: the title.
        rows: the estimates that a row adds up, keyed by its name.
        total: the name of the sum.
        columns: the headings.
    """
    table = FigureTable(title, columns)
    sums = {total: [one for parts in rows.values() for one in parts]} if len(rows) > 1 else {}
    for name, parts in {**rows, **sums}.items():
        cells = {"prompt": name, **_forecast_cells(parts)}
        table.add_row(*(cells[column] for column in columns))
    return table


def _forecast_cells(parts: Sequence[Estimate]) -> dict[str, str]:
    """The cells of a row of the forecast by heading, summed over prompts."""
    sums = {
        heading: [value for part in parts if (value := getattr(part, name)) is not None]
        for heading, name in ESTIMATES.items()
    }
    texts: dict[str, Callable[[float], str]] = {
        "time": _duration,
        "cost": decimal_text,
        "most cost": decimal_text,
    }
    return {
        heading: texts.get(heading, "{:,}".format)(sum(values)) if values else UNKNOWN
        for heading, values in sums.items()
    }


def _duration(seconds: float) -> str:
    minutes, short = decimal_text(seconds / 60, 1), decimal_text(seconds, 1)
    return f"{short} s" if seconds < MINUTES_FROM else f"{minutes} min"


def _forecast_sentences(estimate: Estimate, model: str) -> Iterator[str]:
    """How the figures of the forecast were found, and what is not known."""
    yield f"Tokens: counted by {estimate.rule}, without those that a chat template adds."
    if is_served(model):
        yield "Written, cost: if each answer is a label; most: if each is as long as --answer-tokens allows."
    if estimate.seconds is None:
        yield f"Time: no run has measured how fast {model} answers here."
    if is_served(model) and estimate.cost is None:
        yield "Cost: not known without --price-in and --price-out, of a million tokens each."
    yield "Answers that are known from earlier runs are not asked for again, and cost nothing."

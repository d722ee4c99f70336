"""`arts generate`: make a robustness test set out of a corpus."""

from __future__ import annotations

import platform
from dataclasses import asdict
from enum import StrEnum
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arts.cli.app import run_command
from arts.cli.progress import progress_bar
from arts.data.errors import ArtsError, UnknownNameError
from arts.data.schema import PERTURBATIONS, Split, Strategy
from arts.data.support.atomic import resumable_folder
from arts.generators.running.output import Format
from arts.generators.running.pipeline import Engine
from arts.generators.running.sentence_source import Source, source_of
from arts.generators.strategies.revtgt import Neutral

if TYPE_CHECKING:
    from arts.generators.running.pipeline import Work
    from arts.generators.running.quality_report import QualityReport, Tally
    from arts.models.language_model import LanguageModel

CANDIDATES = 6  # among which a language model chooses
LIBRARIES = ("spacy", "nltk", "lemminflect", "numpy")


class Rank(StrEnum):
    """What chooses among the candidates of an instance."""

    NONE = "none"
    LM = "lm"


def generate(
    output: Annotated[Path, typer.Option(help="A new or empty folder.")],
    input: Annotated[
        str, typer.Option(help="sample, laptop, restaurant, mams, or the path of a file or folder.")
    ] = "sample",
    split: Annotated[Split, typer.Option(help="Of a named corpus or a folder.")] = Split.TEST,
    opinions: Annotated[
        Path | None, typer.Option(help="TOWE JSON with opinion terms for the same ids; else they are found.")
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(
            help="Training sentences of the same domain, whose words are preferred and from which ADDDIFF "
            "takes what it adds: a name or path. Default: the input's train split, or the input itself."
        ),
    ] = None,
    strategy: Annotated[list[Strategy] | None, typer.Option(help="Repeatable. Default: all three.")] = None,
    seed: Annotated[int, typer.Option(help="Of every draw.")] = 1,
    neutral: Annotated[
        Neutral,
        typer.Option(help="Neutral targets under REVTGT: reverse the words and keep the label, or skip."),
    ] = Neutral.KEEP,
    k: Annotated[
        int | None, typer.Option(min=1, max=10, help="Aspects ADDDIFF adds. Default: 1 to 3.")
    ] = None,
    template: Annotated[
        list[str] | None, typer.Option(help="Of ADDDIFF, by name. Repeatable. Default: all.")
    ] = None,
    rank: Annotated[
        Rank, typer.Option(help="Choose among several candidates by a language model's likelihood.")
    ] = Rank.NONE,
    language_model: Annotated[
        str | None, typer.Option(help="Folder, GGUF file or Hub id. Default: SmolLM2-135M-Instruct.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    engine: Annotated[Engine, typer.Option(help="What runs them.")] = Engine.LOCAL,
    format: Annotated[
        Format, typer.Option(help="hf: a folder that datasets loads; arts: the release's JSON.")
    ] = Format.HF,
) -> None:
    """Perturb every sentence of a corpus in three ways: REVTGT, REVNON, ADDDIFF.

    Writes the originals with their variants, and quality.json. A run that is stopped goes on where it was
    when it is started again.
    """
    from arts.generators.generator import Options
    from arts.generators.opinions.analysis import Analyst
    from arts.generators.running.output import write
    from arts.generators.running.pipeline import BATCH, Staging, Work, chosen, judged, outcomes
    from arts.generators.strategies.adddiff import TEMPLATES
    from arts.generators.strategies.aspectset import mine
    from arts.models.language_model import DEFAULT_MODEL, LanguageModel

    for name in template or ():
        if name not in TEMPLATES:
            raise UnknownNameError("template", name, TEMPLATES)
    strategies = tuple(s for s in PERTURBATIONS if s in (strategy or PERTURBATIONS))
    if not strategies:
        raise ArtsError("--strategy original changes nothing; expected revtgt, revnon or adddiff")
    candidates = CANDIDATES if rank is Rank.LM else 1
    options = Options(strategies, seed, neutral, k, tuple(template or TEMPLATES), candidates)
    source = source_of(input, split=split, opinions=opinions, pool=pool)
    work = Work(mine(source.training, Analyst()), options)
    judge = LanguageModel.load(language_model or DEFAULT_MODEL) if rank is Rank.LM else None
    fingerprint = _fingerprint(work, input, split, str(opinions), rank, str(language_model))
    with resumable_folder(output, fingerprint) as place:
        staging = Staging(place.path)
        if staging.done:
            _tell(f"{staging.done * BATCH:,} sentences were done before; going on from there")
        with progress_bar("sentences") as progress:
            done = staging.done * BATCH
            progress(done)
            remaining = islice(source.sentences, done, None)
            for batch in outcomes(remaining, work, workers=workers, engine=engine):
                batch = judged(batch, judge) if judge else batch
                staging.add(batch, chosen(batch))
                done += len(batch)
                progress(done)
        report = _report(staging.tally(), source, work, input, rank, judge)
        write(staging, place.result, source.name, split.hf_name, format, report)
    _tell(str(source.notes))
    _show(report, output)


def _fingerprint(work: Work, input: str, *options: str) -> str:
    """Of all that the output depends on: unfinished batches of other runs must not be taken for its own."""
    import hashlib

    from arts.data.support.download import sha256
    from arts.generators.opinions.lexicon import OPINIONS

    path = Path(input)
    content = sha256(path) if path.is_file() else ""
    parts = (work.fingerprint, sha256(OPINIONS), version("arts-absa"), input, content, *options)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _report(
    tally: Tally, source: Source, work: Work, input: str, rank: Rank, judge: LanguageModel | None
) -> QualityReport:
    from arts.data.support.spacy_parser import parser_name
    from arts.generators.english import wordnet
    from arts.generators.running.quality_report import QualityReport

    return QualityReport(
        strategies=tally.strategies,
        source={
            "input": input,
            "pool": source.mined,
            "pool_size": len(work.pool.said),
            "repaired": source.notes.repaired,
            "left_out": source.notes.left_out,
            "conflict": source.notes.conflict,
        },
        options={**asdict(work.options), "rank": str(rank), "language_model": judge.name if judge else None},
        provenance={
            "arts": version("arts-absa"),
            "python": platform.python_version(),
            "parser": parser_name(),
            "wordnet": wordnet.available(),
            "libraries": {name: version(name) for name in LIBRARIES},
        },
    )


def _show(report: QualityReport, output: Path) -> None:
    from arts.cli import tables

    tables.show(tables.quality(report))
    _tell(f"wrote {output}")


def _tell(message: str) -> None:
    if message:
        typer.echo(f"arts: {message}", err=True)


if __name__ == "__main__":
    run_command(generate)

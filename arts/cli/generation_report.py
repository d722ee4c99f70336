"""The quality report of `arts generate`, and the fingerprint by which an interrupted run is resumed."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from arts.data.schema import Split, Strategy
from arts.generators.choices import Ranking
from arts.provenance import PACKAGE, process_environment

if TYPE_CHECKING:
    from arts.generators.running.batches import GenerationJob
    from arts.generators.running.quality_report import QualityReport, Tally
    from arts.generators.running.sentence_source import SentenceSource
    from arts.models.language_models.language_model import LanguageModel


def fingerprint(
    job: GenerationJob,
    source: SentenceSource,
    split: Split,
    labels: str,
    judge: LanguageModel | None,
    more: str = "",
) -> str:
    """A checksum of everything that the output depends on, so that only the same command resumes a run.

    Args:
        job: the AspectSet and the options.
        source: the input; the content of its files counts, not their paths.
        split: the split to perturb.
        labels: what labels and columns of the input mean, as text.
        judge: the language model that ranks variants; None for no ranking.
        more: what else the output depends on.
    """
    import hashlib

    from arts.data.support.code_checksum import code_checksum

    parts = [job.fingerprint, version(PACKAGE), code_checksum("arts.generate"), source.name, split, labels]
    parts.append(json.dumps(dict(source.files), sort_keys=True))
    parts += [more] if more else []
    if judge:
        parts += [judge.checksum, json.dumps(process_environment())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def quality_report(
    tally: Tally,
    source: SentenceSource,
    job: GenerationJob,
    input: str,
    rank: Ranking,
    judge: LanguageModel | None,
    writing: Mapping[str, Any] | None = None,
) -> QualityReport:
    """The quality report: counts per strategy, and with which input, options and software they were made.

    Args:
        tally: the counts.
        source: the input.
        job: the AspectSet and the options.
        input: what --input names.
        rank: how variants were chosen.
        judge: the language model that ranked them.
        writing: how language models were asked to write and to read.
    """
    from arts.generators.running.quality_report import QualityReport

    return QualityReport(
        strategies=tally.strategies,
        source=_source_facts(source, job, input),
        options={
            **asdict(job.options),
            "rank": str(rank),
            "language_model": judge.name if judge else None,
            "language_model_checksum": judge.checksum if judge else None,
            **({"writing": dict(writing)} if writing else {}),
        },
        provenance=_software_facts(),
    )


def _source_facts(source: SentenceSource, job: GenerationJob, input: str) -> dict[str, Any]:
    """What was read."""
    return {
        "input": input,
        "pool": source.mined,
        "pool_size": len(job.aspect_set.clauses),
        "repaired": source.notes.repaired,
        "left_out": source.notes.left_out,
        "conflict": source.notes.conflict,
        "files": dict(source.files),
    }


def _software_facts() -> dict[str, Any]:
    """With what software variants were made."""
    from arts.generators.running.checksum import LIBRARIES, variant_sources

    sources = variant_sources()
    return {
        "arts": version(PACKAGE),
        "python": platform.python_version(),
        "parser": sources["parser"],
        "wordnet": sources["wordnet"],
        "libraries": {name: sources[name] for name in LIBRARIES},
        "environment": process_environment(),
    }


def added_numbers(report: QualityReport) -> Mapping[int, int]:
    """How many variants ADDDIFF has made, keyed by the number of aspects that it added.

    Args:
        report: the quality report.
    """
    tally = report.strategies.get(Strategy.ADDDIFF)
    return tally.added if tally else {}

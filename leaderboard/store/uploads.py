"""What somebody uploads: checked, scored, and made a report, before it may go on the board."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from pathlib import Path

from pydantic import ValidationError

from arts.data.corpus_registry import NAMES, is_at_hand
from arts.data.errors import ArtsError
from arts.data.support.record import first_fault
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.leaderboard.analysis.table import FORMULA
from arts.leaderboard.store.entry import entry_of

LIMIT = 20  # megabytes
LONGEST = 80  # characters of a name
PREDICTIONS = (".csv", ".jsonl")
REPORT = ".json"


def clean_name(name: str) -> str:
    r"""A name that may be shown: one line, without control characters.

    Raises:
        ArtsError: when nothing is left, it is too long, or it holds markup or begins as a formula does.

    Example:
        >>> clean_name("  My\tmodel, v2 ")
        'My model, v2'
    """
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    cleaned = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    if not cleaned:
        raise ArtsError("no name; expected what the board should call the model")
    if len(cleaned) > LONGEST:
        raise ArtsError(f"a name of {len(cleaned)} characters; expected {LONGEST} at most")
    if cleaned.startswith(FORMULA) or re.search(r"[<>]", cleaned):
        raise ArtsError(
            f'the name "{cleaned}" holds markup or begins like a formula; expected no < or >, and none of '
            f"{' '.join(FORMULA)} first"
        )
    return cleaned


def report_of(file: str, content: bytes, *, corpus: str, name: str) -> Report:
    """The report of an upload: scored, if it is a predictions file.

    Args:
        file: its name, of which only the ending is used.
        content: of the file.
        corpus: that predictions are about.
        name: what the board should call the model; the report's own when empty.

    Raises:
        ArtsError: saying what is wrong with it.
    """
    if len(content) > LIMIT << 20:
        raise ArtsError(f"a file of {len(content) / (1 << 20):.1f} MB; expected {LIMIT} MB at most")
    suffix = Path(file).suffix.lower()
    if suffix not in (*PREDICTIONS, REPORT):
        raise ArtsError(f'a file that ends in "{suffix}"; expected {", ".join((*PREDICTIONS, REPORT))}')
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ArtsError("the file is not text in UTF-8") from error
    if "\0" in text:
        raise ArtsError("the file is binary; expected text in UTF-8")
    if suffix == REPORT:
        return _claimed(content, name)
    return _scored(suffix, content, corpus, clean_name(name))


def _scored(suffix: str, content: bytes, corpus: str, name: str) -> Report:
    """The report of a predictions file."""
    if not is_at_hand(corpus):
        raise ArtsError(f"{corpus} is not on this machine, so nothing can be scored on it")
    benchmark = load_benchmark(corpus)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"predictions{suffix}")
        path.write_bytes(content)
        try:
            return benchmark.score(path, name=name)
        except ArtsError as error:
            raise ArtsError(str(error).replace(str(path), "the file")) from error


def _claimed(content: bytes, name: str) -> Report:
    """A report as it was uploaded, without predictions."""
    try:
        report = Report.model_validate_json(content)
    except ValidationError as error:
        raise ArtsError(f"not a report: {first_fault(error)}") from error
    if report.dataset.name not in NAMES:
        raise ArtsError(f'a report on "{report.dataset.name}"; expected one on {", ".join(NAMES)}')
    if is_at_hand(report.dataset.name):
        checksum = load_benchmark(report.dataset.name).corpus.checksum
        if checksum != report.dataset.checksum:
            raise ArtsError(
                f"a report on another {report.dataset.name}, of checksum {report.dataset.checksum[:12]}; "
                f"expected {checksum[:12]}"
            )
    named = report.model_copy(update={"name": clean_name(name or report.name)})
    entry_of(named)
    return named

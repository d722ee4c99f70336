"""Uploaded files: checked, scored, and made into reports before they may go on the board."""

from __future__ import annotations

import tempfile
from pathlib import Path

from arts.data.corpus_registry import CORPUS_NAMES, is_available_locally
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.leaderboard.store.display_names import clean_name
from arts.leaderboard.store.entry import entry_of

MAX_MEGABYTES = 20
PREDICTION_SUFFIXES = (".csv", ".jsonl")
REPORT_SUFFIX = ".json"


def report_from_upload(
    file: str, content: bytes, *, corpus: str, name: str, column: str = "", labels: str = ""
) -> Report:
    """Make a report of an uploaded file: read it if it is a report, score it if it holds predictions.

    Args:
        file: Name of the file. Its suffix tells what it is: ``.json`` for a report, ``.csv`` or ``.jsonl``
            for predictions.
        content: Content of the file.
        corpus: Name of the corpus that the predictions are for; not used for a report.
        name: What the board should call the model. If it is empty, a report keeps its own name.
        column: Name of the column with the predicted labels; not used for a report. Default: ``prediction``.
        labels: What labels that do not name a polarity stand for, such as ``0=negative,1=positive``; not
            used for a report.

    Raises:
        ArtsError: The file is not valid, or predictions have no name; the message says what is wrong.
    """
    if len(content) > MAX_MEGABYTES << 20:
        raise ArtsError(f"a file of {len(content) / (1 << 20):.1f} MB; expected {MAX_MEGABYTES} MB at most")
    suffix = Path(file).suffix.lower()
    if suffix not in (*PREDICTION_SUFFIXES, REPORT_SUFFIX):
        raise ArtsError(
            f'a file that ends in "{suffix}"; expected {", ".join((*PREDICTION_SUFFIXES, REPORT_SUFFIX))}'
        )
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ArtsError("the file is not text in UTF-8") from error
    if "\0" in text:
        raise ArtsError("the file is binary; expected text in UTF-8")
    if suffix == REPORT_SUFFIX:
        return _read_report(content, name)
    try:
        names = polarity_names(LabelNames.parse([labels] if labels.strip() else []))
        return _score_predictions(
            suffix, content, corpus=corpus, name=clean_name(name), column=column.strip() or None, labels=names
        )
    except ArtsError as error:  # names options of the command line, which are fields of the form here
        raise ArtsError(str(error).replace("--labels", "Labels").replace("--column", "Column")) from error


def _score_predictions(
    suffix: str, content: bytes, *, corpus: str, name: str, column: str | None, labels: LabelNames
) -> Report:
    """Score an uploaded predictions file and make its report.

    Args:
        suffix: Suffix of the file, which tells its format.
        content: Content of the file.
        corpus: Name of the corpus that the predictions are for.
        name: What the board should call the model.
        column: Name of the column with the predicted labels; None for the usual one.
        labels: What labels that do not name a polarity stand for.

    Raises:
        ArtsError: The corpus is not on this machine, or the predictions are not valid.
    """
    if not is_available_locally(corpus):
        raise ArtsError(f"{corpus} is not on this machine, so nothing can be scored on it")
    benchmark = load_benchmark(corpus, labels=labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"predictions{suffix}")
        path.write_bytes(content)
        try:
            return benchmark.score(path, name=name, column=column)
        except ArtsError as error:
            raise ArtsError(str(error).replace(str(path), "the file")) from error


def _read_report(content: bytes, name: str) -> Report:
    """Read an uploaded report, which comes without predictions, and check it.

    Args:
        content: Content of the file.
        name: What the board should call the model. If it is empty, the report keeps its own name.

    Raises:
        ArtsError: The file is not a report, its corpus is unknown or has another content than the one on this
            machine, or it cannot be true.
    """
    report = Report.parse(content, "the file", what="a report")
    if report.dataset.name not in CORPUS_NAMES:
        raise ArtsError(f'a report on "{report.dataset.name}"; expected one on {", ".join(CORPUS_NAMES)}')
    renamed = report.model_copy(update={"name": clean_name(name or report.name)})
    entry_of(renamed)  # raises if it cannot be true
    return renamed

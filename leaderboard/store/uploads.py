"""Uploaded files: checked, scored, and made into reports before they may go on the board."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from arts.data.corpus_registry import CORPUS_NAMES, is_available_locally, local_corpus
from arts.data.errors import ArtsError
from arts.data.label_names import LabelNames
from arts.data.polarity_labels import polarity_names
from arts.data.schema import Polarity
from arts.data.support.record import first_fault
from arts.evaluation.benchmark import load_benchmark
from arts.evaluation.report import Report
from arts.evaluation.report_record import ModelInfo
from arts.evaluation.resample import Resample
from arts.evaluation.submission import Fact, Submission
from arts.leaderboard.store.display_names import clean_name
from arts.leaderboard.store.entry import BoardEntry, entry_of

MAX_MEGABYTES = 20
PREDICTION_SUFFIXES = (".csv", ".jsonl")
REPORT_SUFFIX = ".json"
EXAMPLE_ROWS = 3
_FACT: TypeAdapter[str] = TypeAdapter(Fact)


@dataclass(frozen=True)
class UploadForm:
    """What a visitor says of an uploaded file; fields that are left out are empty.

    Args:
        corpus: Name of the corpus that predictions are for; not used for a report.
        name: What the board should call the model. If it is empty, a report keeps its own name.
        column: Name of the column with the predicted labels; not used for a report. Default: ``prediction``.
        labels: What labels that do not name a polarity stand for, such as ``0=negative,1=positive``; not
            used for a report.
        encoder: Pretrained encoder that the model was trained from.
        seed: Random seed of training; None for none.
        paper, code, training_data, licence: As in `arts.evaluation.submission.Submission`.
    """

    corpus: str
    name: str
    column: str = ""
    labels: str = ""
    encoder: str = ""
    seed: int | None = None
    paper: str = ""
    code: str = ""
    training_data: str = ""
    licence: str = ""

    def describe(self, report: Report) -> Report:
        """The report with what the visitor says of the model, which only fills in what it lacks.

        Raises:
            ArtsError: A text is too long.
        """
        said = {name: getattr(self, name).strip() for name in Submission.model_fields}
        known = report.submission.model_dump() if report.submission else {}
        model = report.model.model_dump()
        model["encoder"] = model["encoder"] or self.encoder.strip() or None
        model["seed"] = self.seed if model["seed"] is None else model["seed"]
        try:
            _FACT.validate_python(self.encoder.strip())
            submission = Submission.model_validate(
                known | {name: text for name, text in said.items() if text}
            )
            update = {"model": ModelInfo.model_validate(model), "submission": submission}
        except ValidationError as error:
            raise ArtsError(first_fault(error)) from error
        return report.model_copy(update=update)


@dataclass(frozen=True)
class CheckedUpload:
    """An uploaded file that is valid.

    Args:
        report: Its report, with the predictions if the file has them.
        entry: The board's entry of the report.
    """

    report: Report
    entry: BoardEntry


def check_upload(
    file: str, content: bytes, form: UploadForm, *, resample: Resample = Resample.SENTENCES
) -> CheckedUpload:
    """Make a report of an uploaded file: read it if it is a report, score it if it holds predictions.

    Args:
        file: Name of the file. Its suffix tells what it is: ``.json`` for a report, ``.csv`` or ``.jsonl``
            for predictions.
        content: Content of the file.
        form: What the visitor says of it.
        resample: What the intervals of the entry are to be over.

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
    is_report = suffix == REPORT_SUFFIX
    report = form.describe(_read_report(content, form.name) if is_report else _score(suffix, content, form))
    return CheckedUpload(report, entry_of(report, resample=resample))


def _score(suffix: str, content: bytes, form: UploadForm) -> Report:
    """Score an uploaded predictions file and make its report.

    Args:
        suffix: Suffix of the file, which tells its format.
        content: Content of the file.
        form: What the visitor says of it.

    Raises:
        ArtsError: The corpus is not on this machine, or the predictions are not valid.
    """
    if not is_available_locally(form.corpus):
        raise ArtsError(f"{form.corpus} is not on this machine, so nothing can be scored on it")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"predictions{suffix}")
        path.write_bytes(content)
        try:
            names = polarity_names(LabelNames.parse([form.labels] if form.labels.strip() else []))
            benchmark = load_benchmark(form.corpus, labels=names)
            return benchmark.score(path, name=clean_name(form.name), column=form.column.strip() or None)
        except ArtsError as error:  # names options of the command line, which are fields of the form here
            message = str(error).replace(str(path), "the file")
            raise ArtsError(message.replace("--labels", "Labels").replace("--column", "Column")) from error


def _read_report(content: bytes, name: str) -> Report:
    """Read an uploaded report, which comes without predictions.

    Args:
        content: Content of the file.
        name: What the board should call the model. If it is empty, the report keeps its own name.

    Raises:
        ArtsError: The file is not a report, or its corpus is unknown.
    """
    report = Report.parse(content, "the file", what="a report")
    if report.dataset.name not in CORPUS_NAMES:
        raise ArtsError(f'a report on "{report.dataset.name}"; expected one on {", ".join(CORPUS_NAMES)}')
    return report.model_copy(update={"name": clean_name(name or report.name)})


def predictions_template(corpus: str) -> str:
    """A predictions file, as CSV, with the ids of a corpus on this machine and without predictions."""
    return _csv_text([(id, "") for id in _ids(corpus)])


def predictions_example(corpus: str) -> str:
    """The beginning of a predictions file, as CSV, for a corpus on this machine; the labels are made up."""
    return _csv_text(list(zip(_ids(corpus)[:EXAMPLE_ROWS], cycle(map(str, Polarity)), strict=False)))


def _ids(corpus: str) -> list[str]:
    """The ids of the instances in the test split of a corpus on this machine."""
    found = local_corpus(corpus)
    return [instance.id for instance in found.test] if found else []


def _csv_text(rows: list[tuple[str, str]]) -> str:
    """Ids and predictions as CSV."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([("id", "prediction"), *rows])
    return file.getvalue()

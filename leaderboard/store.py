"""The results on the board: read from folders, checked against their predictions, added to safely."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
from filelock import FileLock
from pydantic import TypeAdapter

from arts.data.corpus import REGISTRY, is_at_hand
from arts.data.errors import ArtsError, DataError, DownloadError
from arts.data.memo import Memo
from arts.data.published import published
from arts.data.schema import PERTURBATIONS, Strategy
from arts.metrics import BoolArray, unit_right
from arts.predictions import Predictions
from arts.report import Report, instances_at_hand
from arts.scores import Count, Estimate, Record, Scores

PACKAGED = Path(__file__).with_name("results")
REPOSITORY = "hf:"  # before the id of a dataset repository
Progress = Callable[[int, int], None]
FORMAT = "1"  # of what is kept about checked files; another number has all of them checked again

FAMILIES = {
    "memnet": "memory network",
    "gcae": "convolution",
    "atae-lstm": "recurrent",
    "td-lstm": "recurrent",
    "asgcn": "graph",
    "bert": "encoder",
    "bert-pt": "encoder",
    "capsbert": "encoder",
    "bert-sent": "encoder",
}


class Status(StrEnum):
    """How far the figures of an entry can be trusted."""

    VERIFIED = "verified"
    CONSISTENT = "consistent"
    RECOMPUTED = "recomputed"
    CLAIMED = "claimed"
    PUBLISHED = "published"


MEANING = {
    Status.VERIFIED: "recomputed from its predictions and the corpus",
    Status.CONSISTENT: "its predictions give these figures; the corpus is not here to check the labels",
    Status.RECOMPUTED: "it claims other figures; shown is what its predictions give",
    Status.CLAIMED: "as reported, without predictions that could be checked",
    Status.PUBLISHED: "from the paper",
}


class Entry(Record):
    """One row of the board: what was measured, the figures, and how far they can be trusted.

    Args:
        key: of links: the same for the same content.
        path: of the report; None for figures of the paper.
        name, corpus, checksum, units: the model as reported; of what was measured on.
        family, model, encoder, intervention, seed, kind: of the model.
        started: when it was measured; None for figures of the paper.
        seconds, train_seconds, parameters: cost, where it is known.
        accuracy, ars, macro_f1: in percent, with intervals.
        strategies: accuracy on the variants of each.
        status, remark: how far to trust it, and what is wrong with it.
        right: base64 of the packed bits of the units that are wholly right, in the order of the unit ids.
        answers: SHA-256 of the predictions; the same for the same answers to the same questions.
    """

    key: str
    path: str | None = None
    name: str
    corpus: str
    checksum: str = ""
    units: Count
    family: str
    model: str
    encoder: str = ""
    intervention: str = ""
    seed: int | None = None
    kind: str
    started: datetime | None = None
    seconds: float | None = None
    train_seconds: float | None = None
    parameters: int | None = None
    accuracy: Estimate
    ars: Estimate
    macro_f1: Estimate | None = None
    strategies: dict[Strategy, Estimate]
    status: Status
    remark: str = ""
    right: str = ""
    answers: str = ""

    @property
    def label(self) -> str:
        """Name and seed."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.name}{seed}" + (" (paper)" if self.status is Status.PUBLISHED else "")

    @property
    def has_answers(self) -> bool:
        """Whether its predictions are at hand."""
        return bool(self.right)

    @property
    def report(self) -> Report:
        """Its report, from the disk, with its predictions where they are at hand.

        Raises:
            DataError: when it is no longer there.
            ArtsError: for figures of the paper, which have none.
        """
        if self.path is None:
            raise ArtsError(f"{self.name}: figures of the paper have no report")
        return Report.read(Path(self.path))

    def units_right(self) -> BoolArray:
        """(units,) whether each unit is wholly right, in the order of the unit ids."""
        packed = np.frombuffer(base64.b64decode(self.right), np.uint8)
        return np.unpackbits(packed, count=self.units).astype(bool)


class Fault(Record):
    """A file that is not on the board, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Board:
    """All entries, and the files that could not be read or say what is there already."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Fault, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Entry]:
        """The entries by their keys."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def corpora(self) -> list[str]:
        """The corpora with an entry, known ones first, a sample last."""
        order = [*REGISTRY]
        names = {entry.corpus for entry in self.entries}
        return sorted(names, key=lambda n: (order.index(n) if n in order else len(order), n == "sample", n))

    def on(self, corpus: str) -> list[Entry]:
        """The entries on a corpus, best ARS first."""
        chosen = [entry for entry in self.entries if entry.corpus == corpus]
        return sorted(chosen, key=lambda entry: (-entry.ars.value, -entry.accuracy.value, entry.key))


def family_of(model: str) -> str:
    """What kind of model an id of the zoo is of.

    Example:
        >>> family_of("td-lstm"), family_of("mine.csv")
        ('recurrent', 'other')
    """
    return FAMILIES.get(model, "other")


@dataclass(frozen=True)
class Store:
    """Folders and dataset repositories with results; the first folder takes what is added.

    Args:
        folders: of the user, by path, or ``hf:`` and the id of a dataset repository.
        packaged: whether the paper's figures and the package's own results are shown too.
    """

    folders: tuple[str, ...] = ("results",)
    packaged: bool = True

    @cached_property
    def places(self) -> list[Path]:
        """Local folders to read, repositories as they were downloaded.

        Raises:
            DownloadError: when a repository is not to be had.
        """
        own = [PACKAGED] if self.packaged else []
        return own + [_local(folder) for folder in self.folders]

    @property
    def target(self) -> Path:
        """The folder that takes what is added.

        Raises:
            ArtsError: when only repositories were given.
        """
        for folder in self.folders:
            if not folder.startswith(REPOSITORY):
                return Path(folder)
        raise ArtsError("only dataset repositories are open; start the board with a folder to add to")

    def state(self) -> str:
        """Changes when a file is added, changed or removed."""
        found = hashlib.sha256()
        for path, mark in self._files():
            found.update(f"{path} {mark}\n".encode())
        return found.hexdigest()

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Every report with a mark of its state and of its predictions' state."""
        for place in self.places:
            sizes = {}
            if place.is_dir():
                for item in os.scandir(place):
                    if item.is_file() and not item.name.startswith("."):
                        stat = item.stat()
                        sizes[item.name] = f"{stat.st_size} {stat.st_mtime_ns}"
            for name in sorted(sizes):
                if name.endswith(".json"):
                    mark = f"{sizes[name]} {sizes.get(name.removesuffix('.json') + '.parquet', '')}"
                    yield place / name, mark

    def read(self, progress: Progress | None = None) -> Board:
        """Read and check everything; what was checked before and has not changed is not checked again.

        Args:
            progress: called with files done and files in all, while they are checked.
        """
        memo, entries, faults = Memo("leaderboard", FORMAT), list(_published() if self.packaged else ()), []
        files = [(path, f"{path.resolve()} {mark} {_corpora()}") for path, mark in self._files()]
        known = memo.get(mark for _, mark in files)
        fresh: dict[str, object] = {}
        for done, (path, mark) in enumerate(files):
            if mark not in known:
                known[mark] = fresh[mark] = _checked(path).model_dump(mode="json")
                if progress:
                    progress(done, len(files))
        memo.put(fresh)
        for found in _FOUND.validate_python([known[mark] for _, mark in files]):
            (faults if isinstance(found, Fault) else entries).append(found)  # type: ignore[attr-defined]
        unique, duplicates = _without_repetitions(entries)
        return Board(tuple(unique), tuple(faults), tuple(duplicates))

    def add(self, report: Report) -> Path:
        """Write a report and its predictions; several processes may do so at once.

        Returns:
            The report's path.

        Raises:
            ArtsError: when the same answers, or the same claim, are there already.
        """
        entry = entry_of(report)
        folder = self.target
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{report.stem}-{entry.key}.json"
        with FileLock(folder / ".adding.lock"):
            for other in self.read().entries:
                if _same(entry, other):
                    raise ArtsError(f'the same answers are on the board already, as "{other.label}"')
            if report.has_predictions:
                report.predictions.save(path.with_suffix(".parquet"))
            report.save_alone(path)
        return path


_FOUND: TypeAdapter[list[Entry | Fault]] = TypeAdapter(list[Entry | Fault])


def _local(folder: str) -> Path:
    if not folder.startswith(REPOSITORY):
        return Path(folder)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    name = folder.removeprefix(REPOSITORY)
    try:
        return Path(snapshot_download(name, repo_type="dataset", allow_patterns=["*.json", "*.parquet"]))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise DownloadError(
            f'results "{folder}" cannot be had from the Hugging Face Hub ({error})'
        ) from error


def _corpora() -> str:
    """Which corpora are at hand: what was checked without one is checked again when it is there."""
    return " ".join(name for name in REGISTRY if is_at_hand(name))


def _checked(path: Path) -> Entry | Fault:
    try:
        report = Report.read(path)
        return entry_of(report, path)
    except ArtsError as error:
        return Fault(path=str(path), reason=str(error))


def entry_of(report: Report, path: Path | None = None) -> Entry:
    """The row of a report; its figures made afresh from its predictions, where it has them.

    Raises:
        DataError: when it contradicts itself.
    """
    model, scores, remark = report.model, Scores(**{n: getattr(report, n) for n in Scores.model_fields}), ""
    right = answers = ""
    if report.has_predictions:
        fresh = Scores.of(report.predictions, report.bootstrap)
        sighted = bool(instances_at_hand(report.dataset))
        status = Status.VERIFIED if sighted else Status.CONSISTENT
        if wrong := report.claims_beyond(fresh):
            status = Status.RECOMPUTED
            remark = (
                f"claims accuracy {report.accuracy.value:.2f} and ARS {report.ars.value:.2f}; "
                f"its predictions give {fresh.accuracy.value:.2f} and {fresh.ars.value:.2f} "
                f"(differing: {', '.join(wrong)})"
            )
            scores = fresh
        right, answers = _bits(report.predictions), _digest(report.predictions)
        units = int(report.predictions.layout.units.max()) + 1
    else:
        status, units = Status.CLAIMED, report.dataset.units
        _check_consistency(report, path or report.stem)
    return Entry(
        key=hashlib.sha256(report.model_dump_json().encode()).hexdigest()[:12],
        path=str(path) if path else None,
        name=report.name,
        corpus=report.dataset.name,
        checksum=report.dataset.checksum,
        units=units,
        family=family_of(model.id),
        model=model.id,
        encoder=model.encoder or "",
        intervention=str((model.intervention or {}).get("name", "")),
        seed=model.seed,
        kind=model.kind,
        started=report.provenance.started,
        seconds=report.provenance.seconds,
        train_seconds=model.train_seconds,
        parameters=model.parameters,
        accuracy=scores.accuracy,
        ars=scores.ars,
        macro_f1=scores.macro_f1,
        strategies={strategy: score.perturbed for strategy, score in scores.strategies.items()},
        status=status,
        remark=remark,
        right=right,
        answers=answers,
    )


def _check_consistency(report: Report, source: object) -> None:
    """What a report without predictions can be held to: its own confusion matrix and its own intervals."""
    confusion = np.array(report.confusion)
    if confusion.shape != (3, 3) or confusion.sum() != report.dataset.units:
        raise DataError(source, f"its confusion matrix does not count {report.dataset.units} originals")
    accuracy = round(100 * float(np.trace(confusion)) / report.dataset.units, 2)
    if accuracy != report.accuracy.value:
        raise DataError(
            source, f"claims accuracy {report.accuracy.value:.2f}; its confusion matrix gives {accuracy:.2f}"
        )
    if report.ars.value > report.accuracy.value:
        raise DataError(
            source,
            f"claims ARS {report.ars.value:.2f} over its accuracy, {report.accuracy.value:.2f}; a unit "
            "counts only when its original is right too",
        )
    for estimate in (report.accuracy, report.ars):
        if not estimate.low <= estimate.value <= estimate.high:
            raise DataError(source, f"claims {estimate}, a figure outside its interval")


def _bits(predictions: Predictions) -> str:
    right = unit_right(predictions.correct, predictions.layout.units)
    originals = predictions.layout.rows(Strategy.ORIGINAL)
    ids = [predictions.ids[row] for row in np.flatnonzero(originals)]
    ordered = right[predictions.layout.units[originals]][np.argsort(ids)]
    return base64.b64encode(np.packbits(ordered).tobytes()).decode()


def _digest(predictions: Predictions) -> str:
    pairs = sorted(zip(predictions.ids, predictions.labels.tolist(), strict=True))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def _same(first: Entry, second: Entry) -> bool:
    """Whether two entries are one: the same key, or the same answers to the same questions."""
    answered = bool(first.answers) and (first.answers, first.checksum) == (second.answers, second.checksum)
    return first.key == second.key or answered


def _without_repetitions(entries: Iterable[Entry]) -> tuple[list[Entry], list[Fault]]:
    """Each entry once: a file that repeats an earlier one is listed, with the one that it repeats."""
    seen: dict[tuple[str, str], Entry] = {}
    unique, repeated = [], []
    for entry in entries:
        marks = [("key", entry.key)] + ([(entry.checksum, entry.answers)] if entry.answers else [])
        earlier = next((seen[mark] for mark in marks if mark in seen), None)
        if earlier is None:
            unique.append(entry)
            seen |= dict.fromkeys(marks, entry)
        else:
            repeated.append(Fault(path=str(entry.path), reason=f'repeats "{earlier.label}", {earlier.path}'))
    return unique, repeated


RELEASED = {  # originals, and variants by PERTURBATIONS
    "laptop": (638, 466, 135, 638),
    "restaurant": (1120, 846, 444, 1120),
    "mams": (1336, 789, 402, 1336),
}


def _published() -> Iterator[Entry]:
    """The nine of the paper on three corpora; intervals are binomial (Wilson), as there are no answers."""
    for corpus in REGISTRY:
        table = published(corpus)
        for score in table["scores"] if table else ():
            name, (units, *variants) = score["model"], RELEASED[corpus]
            yield Entry(
                key=f"paper-{corpus}-{name}",
                name=name,
                corpus=corpus,
                units=units,
                family=family_of(name),
                model=name,
                encoder="BERT-base" if family_of(name) == "encoder" else "GloVe",
                kind="published",
                accuracy=_wilson(score["accuracy"], units),
                ars=_wilson(score["ars"], units),
                strategies={
                    strategy: _wilson(pair[1], count)
                    for strategy, count, pair in zip(
                        PERTURBATIONS,
                        variants,
                        (score["revtgt"], score["revnon"], score["adddiff"]),
                        strict=True,
                    )
                },
                status=Status.PUBLISHED,
                remark=table["source"] if table else "",
            )


def _wilson(percent: float, count: int) -> Estimate:
    from scipy.stats import binomtest

    low, high = binomtest(round(percent * count / 100), count).proportion_ci(method="wilson")
    return Estimate(value=percent, low=round(100 * low, 2), high=round(100 * high, 2))


def answers_of(entries: Sequence[Entry]) -> dict[str, Predictions]:
    """The predictions of entries by key; entries without are left out."""
    return {entry.key: entry.report.predictions for entry in entries if entry.has_answers}

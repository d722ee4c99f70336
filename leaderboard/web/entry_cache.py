"""Reports, scores and comparisons of entries, computed once and cached until a file of the board changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from arts.data.corpus_registry import load_local_instances
from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import Predictions, align_predictions
from arts.evaluation.report import Report
from arts.evaluation.resample import Resample
from arts.evaluation.scores import Bootstrap, Scores
from arts.evaluation.verification import Status
from arts.leaderboard.analysis.before_after import (
    InterventionPair,
    SeedGains,
    before_and_after,
    gain_interval,
)
from arts.leaderboard.analysis.rows import BoardRow, board_rows
from arts.leaderboard.store.entry import BoardEntry, shown_scores
from arts.leaderboard.web import page_state


def report_of(entry: BoardEntry) -> Report:
    """The report of an entry, with its predictions if they lie beside it.

    Raises:
        ArtsError: The report cannot be read, or the entry has none.
    """
    return _report(entry.key, page_state.board_version(), entry)


@st.cache_resource(max_entries=64, show_spinner=False)
def _report(key: str, version: str, _entry: BoardEntry) -> Report:
    """The report of an entry, cached by its key and the version of the board.

    Streamlit leaves arguments with a leading underscore out of the cache's key.
    """
    return _entry.report


def scores_of(entry: BoardEntry) -> Scores:
    """The scores of an entry as the board shows them.

    If its predictions give other scores than its report claims, they are those of the predictions. Intervals
    are over what the store says, if the sentences are known.

    Raises:
        ArtsError: The report cannot be read, or the entry has none.
    """
    return _scores(entry.key, page_state.board_version(), entry)


@st.cache_resource(max_entries=16, show_spinner="Scoring …")
def _scores(key: str, version: str, _entry: BoardEntry) -> Scores:
    """The scores that an entry's predictions give, cached by its key and the version of the board.

    Streamlit leaves arguments with a leading underscore out of the cache's key.
    """
    report, resample = report_of(_entry), page_state.store().resample
    if _entry.status is not Status.RECOMPUTED:
        return shown_scores(report, report, resample=resample)
    layout = report.predictions.layout
    return Scores.of(
        report.predictions, Bootstrap.of(layout, resample if layout.sentences is not None else None)
    )


def aligned_predictions(first: BoardEntry, second: BoardEntry) -> tuple[Predictions, Predictions]:
    """The predictions of two entries for the same instances, both in the order of the first.

    Raises:
        ArtsError: An entry has no predictions, or the two were measured on different instances.
    """
    predictions = _predictions(first)
    return predictions, align_predictions(_predictions(second), predictions)


def comparison(first: BoardRow, second: BoardRow) -> Comparison:
    """The differences in accuracy and ARS between two rows of the board, first minus second, with tests.

    Rows of several entries are compared over seeds and sentences, see
    `arts.evaluation.seed_summary.compare_seeds`.

    Raises:
        ArtsError: An entry has no predictions, or the two were measured on different instances.
    """
    return _comparison(first.key, second.key, page_state.board_version(), first, second)


@st.cache_resource(max_entries=256, show_spinner="Comparing …")
def _comparison(first: str, second: str, version: str, _first: BoardRow, _second: BoardRow) -> Comparison:
    """The paired comparison of two rows, cached by their keys and the version of the board.

    Streamlit leaves arguments with a leading underscore out of the cache's key.
    """
    units_only = page_state.store().resample is Resample.UNITS
    return compare(
        [_predictions(entry) for entry in _first.entries],
        [_predictions(entry) for entry in _second.entries],
        resample=Resample.UNITS if units_only else None,
        paired_seeds=_first.seeds == _second.seeds,
    )


def _predictions(entry: BoardEntry) -> Predictions:
    """The predictions of an entry.

    Raises:
        ArtsError: The entry has none, or its report cannot be read.
    """
    if entry.path is None:
        raise ArtsError(f"{entry.label} has no predictions")
    return report_of(entry).predictions


def rows_on(corpus: str) -> list[BoardRow]:
    """The rows of the board on a corpus, best first, see `arts.leaderboard.analysis.rows.board_rows`."""
    return _rows(corpus, page_state.board_version())


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(corpus: str, version: str) -> list[BoardRow]:
    """The rows on a corpus, cached by its name and the version of the board."""
    return board_rows(page_state.board().on(corpus))


def instances_of(entry: BoardEntry) -> Sequence[Instance]:
    """The instances that an entry was measured on; empty if the corpus is not on this machine.

    Raises:
        ArtsError: The report of the entry cannot be read, or the entry has none.
    """
    dataset = report_of(entry).dataset
    return load_local_instances(dataset.name, dataset.checksum)


def pairs_on(corpus: str) -> list[InterventionPair]:
    """The pairs of entries on a corpus that measure one model without and with an intervention."""
    return _pairs(corpus, page_state.board_version())


@st.cache_resource(max_entries=8, show_spinner="Reading reports …")
def _pairs(corpus: str, version: str) -> list[InterventionPair]:
    """The intervention pairs on a corpus, cached by its name and the version of the board."""
    reports = []
    for entry in page_state.board().on(corpus):
        if entry.path is None or entry.kind != "zoo":
            continue
        try:
            reports.append((entry, Report.load_without_predictions(Path(entry.path))))
        except ArtsError:  # a file that is gone or broken; the board leaves it out, too
            continue
    return before_and_after(reports)


def gain_intervals(gains: SeedGains) -> dict[str, tuple[float, float]]:
    """The intervals of the mean gains of one model by one intervention, keyed by score.

    They are empty if an entry has no predictions.
    """
    entries = [entry for pair in gains.pairs for entry in (pair.before, pair.after)]
    if not all(entry.has_predictions for entry in entries):
        return {}
    keys = tuple((entry.key, entry.predictions_checksum) for entry in entries)
    return _gain_intervals(keys, page_state.store().resample, gains)


@st.cache_resource(max_entries=512, show_spinner="Comparing …")
def _gain_intervals(
    keys: tuple[tuple[str, str], ...], resample: Resample, _gains: SeedGains
) -> dict[str, tuple[float, float]]:
    """The intervals of mean gains, cached by the entries, their predictions and what is resampled."""
    try:
        return gain_interval(_gains.pairs, resample=resample)
    except ArtsError:  # a report that has gone since the board was read
        return {}

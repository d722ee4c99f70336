"""What the pages show of single entries: made once, kept while the files are as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from arts.data.corpus_registry import instances_at_hand
from arts.data.errors import ArtsError
from arts.data.schema import Instance
from arts.evaluation.paired_tests import Comparison, compare
from arts.evaluation.predictions import Predictions
from arts.evaluation.report import Report
from arts.evaluation.scores import Scores
from arts.leaderboard.analysis.before_after import Pair, before_and_after, in_order
from arts.leaderboard.store.entry import Entry, Status
from arts.leaderboard.web import page_state

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~:$-])")


def plain(text: str) -> str:
    r"""A text that Markdown shows as it is: names are other people's.

    Example:
        >>> plain("my_model *")
        'my\\_model \\*'
    """
    return _MARKUP.sub(r"\\\1", text)


def report_of(entry: Entry) -> Report:
    """The report of an entry, with its predictions where they are at hand.

    Raises:
        ArtsError: when it cannot be read, or there is none.
    """
    return _report(entry.key, page_state.stamp(), entry)


@st.cache_resource(max_entries=64, show_spinner=False)
def _report(key: str, state: str, _entry: Entry) -> Report:
    return _entry.report


def scores_of(entry: Entry) -> Scores:
    """The figures of an entry: made afresh from its predictions where its report claims others.

    Raises:
        ArtsError: as `report_of`.
    """
    if entry.status is not Status.RECOMPUTED:
        return report_of(entry)
    return _scores(entry.key, page_state.stamp(), entry)


@st.cache_resource(max_entries=16, show_spinner="Scoring …")
def _scores(key: str, state: str, _entry: Entry) -> Scores:
    report = report_of(_entry)
    return Scores.of(report.predictions, report.bootstrap)


def answered(first: Entry, second: Entry) -> tuple[Predictions, Predictions]:
    """The predictions of two entries, in the order of the first.

    Raises:
        ArtsError: when either has none at hand, or they are not about the same instances.
    """
    for entry in (first, second):
        if entry.path is None:
            raise ArtsError(f"{entry.label} has no predictions")
    one, other = (report_of(entry).predictions for entry in (first, second))
    return one, in_order(other, one)


def comparison(first: Entry, second: Entry) -> Comparison:
    """The paired comparison of two entries.

    Raises:
        ArtsError: as `answered`.
    """
    return _comparison(first.key, second.key, page_state.stamp(), first, second)


@st.cache_resource(max_entries=256, show_spinner="Comparing …")
def _comparison(first: str, second: str, state: str, _first: Entry, _second: Entry) -> Comparison:
    return compare(*answered(_first, _second))


def texts(entry: Entry) -> Sequence[Instance]:
    """The instances that an entry was measured on, if they are on this machine; none otherwise."""
    dataset = report_of(entry).dataset
    return instances_at_hand(dataset.name, dataset.checksum)


def pairs_on(corpus: str) -> list[Pair]:
    """The entries of a corpus with an intervention, each beside the one without."""
    return _pairs(corpus, page_state.stamp())


@st.cache_resource(max_entries=8, show_spinner="Reading reports …")
def _pairs(corpus: str, state: str) -> list[Pair]:
    """Reports that are gone or not to be read are left out; the board says so."""
    reports = []
    for entry in page_state.board().on(corpus):
        if entry.path is None or entry.kind != "zoo":
            continue
        try:
            reports.append((entry, Report.read_alone(Path(entry.path))))
        except ArtsError:
            continue
    return before_and_after(reports)

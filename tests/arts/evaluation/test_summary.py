"""Reports over seeds and models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.classifiers import positive

from arts.cli.markdown import markdown_tables
from arts.evaluation.summary import Summary, reports_by_model
from arts.interventions.consistency import Consistency
from arts.interventions.registry import settings_without_outcome


def test_summary_gives_mean_and_deviation_over_seeds(report):
    model = report.model.model_copy(update={"seed": 2})
    labels = report.predictions.labels.copy()
    labels[0] = (labels[0] + 1) % 3
    worse = report.model_copy(update={"model": model})
    worse._predictions = replace(report.predictions, labels=labels)
    first = report.model_copy(update={"model": report.model.model_copy(update={"seed": 1})})
    summary = Summary.of([first, worse])
    (group,) = summary.seeds
    assert group.seeds == (1, 2)
    lost = 100 / 3  # one of the three units is lost by one of the two seeds
    assert group.ars.mean == pytest.approx(100 - lost / 2, abs=0.01)
    assert group.ars.deviation == pytest.approx(np.std([lost, 0], ddof=1), abs=0.01)
    assert (group.ars.low, group.ars.high) == (50, 100)  # of two sentences, one may be drawn twice
    assert summary.comparisons == ()


def trained(**settings):
    return {"name": "consistency", **Consistency(**settings).settings()}


def test_summary_compares_the_means_over_seeds_also_with_the_untrained(bench, report):
    def report_of(name, seed):
        model = report.model.model_copy(update={"seed": seed})
        copy = report.model_copy(update={"name": name, "model": model})
        copy._predictions = report.predictions
        return copy

    runs = [report_of("a", 1), report_of("a", 2), report_of("b", 1), report_of("b", 2), report_of("c", None)]
    pairs = [(p.first, p.second, p.seed) for p in Summary.of(runs).comparisons]
    assert pairs == [("a", "b", None), ("a", "c", None)]
    assert [p.seeds for p in Summary.of(runs).comparisons] == [((1, 2), (1, 2)), ((1, 2), ())]


def test_summary_compares_with_the_first_model(bench, report):
    summary = Summary.of([report, bench.evaluate(positive, name="always positive")])
    (pair,) = summary.comparisons
    assert (pair.first, pair.second, pair.ars.value) == ("oracle", "always positive", 100)
    assert "oracle minus always positive: accuracy +66.67" in markdown_tables(summary)


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ([{"seed": 1}, {"seed": 2}], {"oracle": 2}),
        ([{"seed": 1}, {"seed": 1}], {"oracle": 1, "oracle (2)": 1}),
        ([{"seed": None}, {"seed": None}], {"oracle": 1, "oracle (2)": 1}),
        ([{"seed": 1, "encoder": "A"}, {"seed": 2, "encoder": "B"}], {"oracle": 1, "oracle (2)": 1}),
        (
            [{"seed": s, "encoder": e} for e in "AB" for s in (1, 2)],
            {"oracle": 2, "oracle (2)": 2},
        ),
        ([{"seed": 1, "id": "a"}, {"seed": 2, "id": "b"}], {"oracle": 1, "oracle (2)": 1}),
        (
            [{"seed": n, "intervention": trained(weight=w)} for n, w in ((1, 1.0), (2, 1.0), (1, None))],
            {"oracle": 2, "oracle (2)": 1},
        ),
        (  # what dev chose is no setting
            [{"seed": n, "intervention": {**trained(), "chosen": {"weight": n}}} for n in (1, 2)],
            {"oracle": 2},
        ),
        (
            [{"seed": n, "intervention": {"name": "later", "x": n}} for n in (1, 2)],
            {"oracle": 1, "oracle (2)": 1},
        ),
    ],
)
def test_summary_reports_of_one_name_are_of_one_model_only_with_seeds_of_their_own(report, facts, names):
    reports = [report.model_copy(update={"model": report.model.model_copy(update=one)}) for one in facts]
    assert {
        name: len(group) for name, group in reports_by_model(reports, settings_without_outcome).items()
    } == names
